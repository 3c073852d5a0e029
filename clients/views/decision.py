"""Reading what was answered, thinking about it, and writing the decision."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import rules
from clients.domain import (
    asq,
    contacts,
    deciding,
    decision,
    decision_paper,
    intake,
    measures,
    reading,
    safety,
    second_reading,
    unread,
    worry,
)
from clients.domain.facts import limit_words
from clients.forms.decision import STARTERS, DecisionForm
from clients.models import Client, Decision
from clients.views import finding
from practice.domain import audit
from practice.models import Mode
from practice.rules import Permission, has
from practice.web import needs


@require_safe
@needs(Permission.READ_CHART)
def answers(request: HttpRequest, pk: UUID, screening_pk: UUID) -> HttpResponse:
    """What was answered, and what it asks one to think about."""
    asked = finding.screening(request, pk, screening_pk)
    if not intake.may_be_read(asked):
        raise Http404
    intake.see(asked, by=request.user)
    worries = bool(worry.as_practised(asked.answers))
    context = {
        "client": asked.client,
        "asked": asked,
        "sections": reading.sections(reading.given([asked])),
        "told": asq.told(asked) if asked.kind == asq.KIND else None,
        "is_asq": asked.kind == asq.KIND,
        "worries": worries,
        "called_for": worry.called_for(intake.called_for(asked)),
        "numbers": contacts.own_numbers(asked.client) if worries else [],
        "may_decide": rules.may_decide(request.user, asked.client),
    }
    return render(request, "clients/answers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DECIDE)
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Considerations with their reasons beside the answers, and a decision in a clinician's own words."""
    client, today = finding.to_decide_about(request, pk), timezone.localdate()
    unread.calling_for(request.user)
    table = deciding.table(client, on=today)
    form = DecisionForm(
        request.POST or None,
        considered=table.considered,
        today=today,
        crisis_is_open=table.crisis_is_open,
        readers=second_reading.readers(request.user),
        supervisor=second_reading.supervisor_of(request.user),
    )
    if form.is_bound and form.is_valid() and (answer := _write(request, client, form)):
        return answer
    for one in table.screenings:
        intake.see(one, by=request.user)
    for read in ("measures.read", "medical.opened"):
        audit.record(read, by=request.user, subject=client.pk)
    context = {
        "client": client,
        "form": form,
        "table": table,
        "read": table.mark,
        "sections": reading.sections(reading.given(table.screenings[::-1])),
        "kept": safety.kept(client, on=today),
        "charts": measures.charts(client),
        "starters": STARTERS,
        "training": rules.is_in_training(request.user),
    }
    return render(request, "clients/decide.html", context, status=422 if form.is_bound else 200)


def _write(request: HttpRequest, client: Client, form: DecisionForm) -> HttpResponse | None:
    """None when something came in since the page was opened: it stands there now, and the words are kept."""
    said = {name: form.cleaned_data[name] for name in ("modes", "limits", "reasoning", "look_again_on")}
    mark, reader = form.cleaned_data["read"], form.cleaned_data["read_with"]
    try:
        deciding.write(client, mark=mark, reader=reader, on=form.today, by=request.user, **said)
    except deciding.Overtaken:
        form.add_error(None, _("Something came in since this page was opened. It stands here now: please read."))
        return None
    messages.success(request, _("The decision is written down."))
    return redirect("clients:show", client.pk)


@require_safe
@needs(Permission.READ_CHART)
def one(request: HttpRequest, pk: UUID, decision_pk: UUID) -> HttpResponse:
    """A decision as it was written, and who read it too. The trace of the rules has a page of its own."""
    client = finding.in_care_of(request, pk)
    made = _made(client, decision_pk)
    audit.record("decision.read", by=request.user, subject=client.pk, detail={"decision": str(made.pk)})
    context = {
        "client": client,
        "made": made,
        "modes": [Mode(mode) for mode in made.modes],
        "limits": limit_words(made.limits),
        "stands": decision.newest(client) == made,
        "readings": second_reading.said(made),
        "training": rules.is_in_training(made.by),
        "may_print": has(request.user, Permission.DECIDE),
        "printed": decision_paper.kept(made),
    }
    return render(request, "clients/decision.html", context)


@require_POST
@needs(Permission.DECIDE)
def printed(request: HttpRequest, pk: UUID, decision_pk: UUID) -> HttpResponse:
    """Print it, keep the paper and hand it over."""
    client = finding.in_care_of(request, pk)
    paper = decision_paper.make(_made(client, decision_pk), by=request.user)
    return redirect("clients:paper", client.pk, paper.pk)


@require_safe
@needs(Permission.READ_CHART)
def log(request: HttpRequest, pk: UUID, decision_pk: UUID) -> HttpResponse:
    """The technical log: what the rules raised then. Ours, not validated; no part of the decision."""
    client = finding.in_care_of(request, pk)
    made = _made(client, decision_pk)
    audit.record("decision.log_read", by=request.user, subject=client.pk, detail={"decision": str(made.pk)})
    context = {"client": client, "made": made, "lines": decision.trace_of(made)}
    return render(request, "clients/decision_log.html", context)


def _made(client: Client, decision_pk: UUID) -> Decision:
    made: Decision = get_object_or_404(
        Decision.objects.select_related("by", "client", "carries_on"), client=client, pk=decision_pk
    )
    return made
