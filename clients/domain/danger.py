"""Danger stated now: the only thing that moves a booking by itself. It lasts until a decision that came after it.

Stated intent in the suicide questions is asked of `asq`, because a safety assessment has to settle it too. Here is the
rest: what answers of any other kind said about danger to life or to the body, when they were handed in.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from clients.domain import asq, results
from clients.domain.results import Result
from clients.models import Client, Decision, SafetyAssessment, Screening
from practice.domain import words

CSSRS = "cssrs"


Heard = tuple[Screening, Result]


def since_decided(clients: Collection[UUID]) -> list[Heard]:
    """What these clients answered since their newest decision, with what it came to, the oldest first.

    Two queries at the most, whatever the number: the answers, and the keys to them.
    """
    decided = Decision.objects.filter(client=OuterRef("client"), at__gte=OuterRef("submitted_at"))
    rows = Screening.objects.filter(client__in=clients, status=Screening.Status.SUBMITTED).exclude(Exists(decided))
    answered = list(rows.order_by("submitted_at").defer("told_sealed"))
    return list(zip(answered, results.of_each(answered), strict=True))


def stated(heard: Collection[Heard]) -> dict[UUID, str]:
    """By client of whom danger was stated: what a clinician reads. A later calm answer does not lift it."""
    return {
        made.client_id: _words(made.kind, made.submitted_at)
        for made, result in heard
        if result.is_dangerous and made.submitted_at and made.kind != asq.KIND
    }


def intent_is_open(client: Client) -> bool:
    """Whether intent or behaviour that the Columbia screener found has not been settled by a safety assessment."""
    settled = SafetyAssessment.objects.filter(
        client=OuterRef("client"), at__gte=OuterRef("submitted_at"), outcome__in=SafetyAssessment.SETTLES
    )
    rows = Screening.objects.answered().filter(client=client, kind=CSSRS).exclude(Exists(settled))
    return any(result.is_dangerous for result in results.of_each(list(rows)))


def _words(kind: str, at: datetime) -> str:
    if kind == CSSRS:
        return _("Thoughts of suicide were stated. Outdoors waits until that is settled, and for a new decision.")
    day = {"day": words.short_day(at.date())}
    return _("Danger to the body was stated on %(day)s. Outdoors waits for a new decision.") % day
