"""Questionnaires filled in here, by a clinician with the client; and what a clinician knows without one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.domain import asking, asq, consent, intake, inviting, packs, recording, worry
from clients.forms.questions import HereForm
from clients.views import finding
from practice.domain import audit
from practice.domain.crisis import emergency_number
from practice.models import Practice
from practice.rules import Permission
from practice.web import needs


@require_safe
@needs(Permission.SCREEN)
def listing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every questionnaire that can be filled in here, and those that can go by link today."""
    client = finding.active(request, pk)
    why_not = intake.may_go_by_link(client)
    rows = [{"one": one, "by_link": not why_not and asking.may_be_answered_alone(one.key)} for one in recording.kinds()]
    alone = None if why_not else inviting.alone(consent.lead_of(client) or request.user)
    context = {"client": client, "rows": rows, "why_not": why_not, "alone": alone}
    return render(request, "clients/questionnaires.html", context)


@require_POST
@needs(Permission.SCREEN)
def by_link(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Send one questionnaire; pressed twice, one letter leaves."""
    client = finding.active(request, pk)
    if kind not in {one.key for one in recording.kinds()} or not asking.may_be_answered_alone(kind):
        raise Http404
    try:
        intake.send(client, by=request.user, reader=consent.lead_of(client) or request.user, kind=kind)
        messages.success(request, _("The letter with the link is on its way. The link works for two weeks."))
    except intake.CannotSend as error:
        messages.error(request, str(error))
    return redirect("clients:questionnaires", client.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def here(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """All questions of one instrument on one page. Without its words there are numbers, and the licensed copy."""
    client = finding.active(request, pk)
    if kind not in {one.key for one in recording.kinds()}:
        raise Http404
    form = HereForm(request.POST or None, instrument=packs.worded(kind), known=recording.before_this(client, kind))
    if form.is_bound and form.is_valid():
        made = recording.record(client, kind, form.answers, manner=form.cleaned_data["manner"], by=request.user)
        if kind == asq.CSSRS and asq.outcome(made) != asq.NEGATIVE:
            return redirect("clients:asq_now", client.pk, made.pk)
        if worry.item9(made.answers):
            messages.warning(request, _("Written down. The ninth answer calls for the suicide questions, now."))
            return redirect("clients:asq", client.pk)
        messages.success(request, _("Written down. It stands beside the other answers."))
        return redirect("clients:decide" if "decide" in request.GET else "clients:show", client.pk)
    if form.initial:
        audit.record("screening.read", by=request.user, subject=client.pk, detail={"kind": kind})
    context = {
        "client": client,
        "form": form,
        "instrument": form.instrument,
        "emergency": emergency_number(Practice.load().country),
    }
    return render(request, "clients/here.html", context, status=422 if form.is_bound else 200)
