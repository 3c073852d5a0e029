"""The printed decision: what was agreed, why and until when. The trace of the rules is a log and never stands on it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import second_reading
from clients.domain.contacts import TWICE
from clients.domain.facts import limit_words
from clients.models import Client, Decision, PrintedDecision
from practice.domain import audit, papers, printing, words
from practice.models import Mode, Paper, Practice, User

KIND = "decision"


@transaction.atomic
def make(made: Decision, *, by: User) -> Paper:
    """Print it and keep the paper. The same paper by the same person a moment ago is returned."""
    Client.objects.select_for_update().get(pk=made.client_id)
    moment_ago = made.prints.filter(paper__kept_by=by, paper__kept_at__gt=timezone.now() - TWICE)
    if before := moment_ago.select_related("paper").defer("paper__sealed").first():
        return before.paper
    audit.record("decision.printed", by=by, subject=made.client_id, detail={"decision": str(made.pk)})
    number = papers.new_number()
    paper = papers.keep(
        subject=made.client_id,
        kind=KIND,
        title=_("Decision of %(day)s") % {"day": words.short_day(timezone.localdate(made.at))},
        data=printing.pdf("pdf/decision.html", contents(made, number=number)),
        media_type="application/pdf",
        by=by,
        number=number,
    )
    PrintedDecision.objects.create(decision=made, paper=paper)
    return paper


def contents(made: Decision, *, number: str) -> dict[str, Any]:
    """What stands on the paper: that a colleague read it, and when; not what was said between them."""
    return {
        "practice": Practice.load(),
        "document_id": number,
        "private_for": made.client.name,
        "client": made.client,
        "made": made,
        "on": timezone.localdate(made.at),
        "modes": [Mode(mode).label for mode in made.modes],
        "limits": limit_words(made.limits),
        "readings": second_reading.of(made),
    }


def kept(made: Decision) -> list[Paper]:
    """Its prints, the newest first."""
    prints = made.prints.select_related("paper__kept_by").defer("paper__sealed").order_by("-paper__kept_at")
    return [one.paper for one in prints]
