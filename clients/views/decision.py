"""Reading what was answered, thinking about it, and writing the decision."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients import rules
from clients.domain import asq, decision, intake, measures, reading, safety
from clients.domain.facts import limit_words
from clients.forms.decision import STARTERS, DecisionForm
from clients.models import Client, Decision, Screening
from clients.views import finding
from practice.domain import audit
from practice.models import Mode
from practice.rules import Permission
from practice.web import needs


@require_safe
@needs(Permission.READ_CHART)
def answers(request: HttpRequest, pk: UUID, screening_pk: UUID) -> HttpResponse:
    """What was answered, and what it asks one to think about."""
    asked = finding.screening(request, pk, screening_pk)
    if not intake.may_be_read(asked):
        raise Http404
    intake.see(asked, by=request.user)
    context = {
        "client": asked.client,
        "asked": asked,
        "sections": reading.sections(reading.given([asked])),
        "told": asq.told(asked) if asked.kind == asq.KIND else None,
        "is_asq": asked.kind == asq.KIND,
        "may_decide": rules.may_decide(request.user, asked.client),
    }
    return render(request, "clients/answers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DECIDE)
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Considerations with their reasons beside the answers, and a decision in a clinician's own words."""
    client, today = finding.active(request, pk), timezone.localdate()
    screenings, asked = reading.newest(client, today=today), asq.all_of(client)
    left_open = safety.is_left_open(client)
    considered = reading.considered(screenings, safety_open=left_open or asq.open_one(asked, on=today) is not None)
    form = DecisionForm(
        request.POST or None,
        considered=considered,
        today=today,
        crisis_is_open=left_open or asq.acute_unsettled(asked),
        answers=" ".join(str(one.pk) for one in screenings),
    )
    if form.is_bound and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("modes", "limits", "reasoning", "look_again_on")}
        decision.decide(client, by=request.user, considered=considered, screenings=screenings, **said)
        messages.success(request, _("The decision is written down."))
        return redirect("clients:show", client.pk)
    _seen(request, client, screenings)
    context = {
        "client": client,
        "form": form,
        "read": form.answers,
        "considered": considered,
        "asq_is_missing": not any(one.kind == asq.KIND for one in screenings),
        "sections": reading.sections(reading.given(screenings)),
        "charts": measures.charts(client),
        "starters": STARTERS,
        "training": rules.is_in_training(request.user),
    }
    return render(request, "clients/decide.html", context, status=422 if form.is_bound else 200)


def _seen(request: HttpRequest, client: Client, screenings: Iterable[Screening]) -> None:
    """Write down first that the answers are read, and the scores of before beside them."""
    for one in screenings:
        intake.see(one, by=request.user)
    audit.record("measures.read", by=request.user, subject=client.pk)


@require_safe
@needs(Permission.READ_CHART)
def one(request: HttpRequest, pk: UUID, decision_pk: UUID) -> HttpResponse:
    """A decision as it was written. The trace of the rules is a technical log and is not printed with it."""
    client = finding.in_care_of(request, pk)
    made = get_object_or_404(Decision.objects.select_related("by", "carries_on"), client=client, pk=decision_pk)
    audit.record("decision.read", by=request.user, subject=client.pk, detail={"decision": str(made.pk)})
    context = {
        "client": client,
        "made": made,
        "modes": [Mode(mode) for mode in made.modes],
        "limits": limit_words(made.limits),
        "stands": decision.newest(client) == made,
        "read_with": rules.supervisors_of(made.by),
    }
    return render(request, "clients/decision.html", context)
