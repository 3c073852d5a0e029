"""On paper: the assessment for the chart, and the plan as one page for the client in large type."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from clients.domain import plan_page, safety
from clients.domain.contacts import TWICE
from clients.models import SafetyAssessment, SafetyPlan
from practice.domain import audit, crisis, papers
from practice.domain.words import clock, day, short_day
from practice.models import Paper, Practice, User

ASSESSMENT, PLAN = "safety_assessment", "safety_plan"
KINDS = (ASSESSMENT, PLAN)
SIZES = ("largest", "large", "middle", "small", "close")
"""The plan is set in the largest type in which it is one page."""
LABELS = {
    "thoughts": lambda: _("Thoughts"),
    "intent": lambda: _("Intent"),
    "method": lambda: _("Plan"),
    "means": lambda: _("Means"),
}


def said(made: SafetyAssessment) -> list[tuple[str, str, str]]:
    """What was asked, what was answered, and the words beside it. The audit entry comes before."""
    words = made.words
    return [
        (str(LABELS[question]()), str(answers(words[question]).label), words.get(f"{question}_words", ""))
        for question, answers in safety.ASKED.items()
        if question in words
    ]


def assessment(made: SafetyAssessment, *, by: User) -> Paper:
    """Print an assessment for the chart, and keep it. Pressed twice, it is printed once."""
    practice = Practice.load()
    local = f"{short_day(safety.day_of(made.at))}, {clock(made.at, practice.time_zone)}"
    title = _("Safety assessment, %(when)s") % {"when": local}
    audit.record("safety.assessment_printed", by=by, subject=made.client_id, detail={"assessment": str(made.pk)})
    about = {"made": made, "when": local, "said": said(made), "words": made.words, "private_for": _("the chart")}
    return _keep(made, ASSESSMENT, title, "pdf/safety_assessment.html", about, by)


def plan(made: SafetyPlan, *, by: User | None) -> Paper:
    """The page for the client, in their language and as large as it fits. It was read on the record before."""
    with override(made.client.language):
        title = _("For harder days, version %(n)s") % {"n": made.version}
        about = {
            "made": made,
            "parts": plan_page.parts(made),
            "made_on": day(safety.day_of(made.at)),
            "crisis_lines": crisis.lines(Practice.load().country),
        }
        return _keep(made, PLAN, title, "pdf/safety_plan.html", about, by, sizes=SIZES)


def _keep(
    made: SafetyAssessment | SafetyPlan,
    kind: str,
    title: str,
    template: str,
    context: dict[str, Any],
    by: User | None,
    *,
    sizes: Sequence[str] = (),
) -> Paper:
    from practice.domain import printing

    same = Paper.objects.filter(subject=made.client_id, kind=kind, title=title, kept_by=by)
    if twice := same.filter(kept_at__gt=timezone.now() - TWICE).defer("sealed").first():
        return twice
    number = papers.new_number()
    context = {"client": made.client, "document_id": number, "title": title} | context
    data = printing.one_page(template, context, sizes=sizes)
    return papers.keep(
        subject=made.client_id, kind=kind, title=title, data=data, media_type="application/pdf", by=by, number=number
    )
