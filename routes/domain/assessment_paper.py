"""A signed assessment on paper: printed and kept once as it stood, and once more when it was approved afterwards."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.domain import papers, printing
from practice.models import Paper
from routes.domain import assessing, emergency_facts, risk
from routes.models import RiskAssessment

SIZES = ("usual", "close")
"""It is one page where its lines allow."""


def paper_of(made: RiskAssessment) -> Paper:
    """The kept paper of a signed assessment; made now when nobody asked for it before. Two at once keep one."""
    with transaction.atomic():
        made = (
            RiskAssessment.objects.select_for_update(of=("self",), no_key=True)
            .select_related("route", "assessed_by", "approval__by")
            .get(pk=made.pk)
        )
        if kept := Paper.objects.filter(subject=made.route_id, kind=_kind(made)).defer("sealed").first():
            return kept
        number = papers.new_number()
        return papers.keep(
            subject=made.route_id,
            kind=_kind(made),
            title=_("Risk assessment, version %(n)s") % {"n": made.version},
            data=printing.one_page("pdf/assessment.html", contents(made, number=number), sizes=SIZES),
            media_type="application/pdf",
            by=None,
            number=number,
        )


def _kind(made: RiskAssessment) -> str:
    """One paper a version; another one once it no longer waits for its approval."""
    waits = not made.failures and assessing.approval_of(made) is None
    return f"assessment.{made.version}" + (".waiting" if waits else "")


def contents(made: RiskAssessment, *, number: str) -> dict[str, Any]:
    """What stands on the paper: the lines, and the emergency facts as they were when it was signed."""
    return {
        "document_id": number,
        "made": made,
        "name": made.emergency["name"],
        "signed_on": timezone.localdate(made.signed_at),
        "approval": assessing.approval_of(made),
        "failures": assessing.failure_words(made.failures),
        "lines": risk.lines(made.rows),
        "facts": emergency_facts.lines(made.emergency),
    }
