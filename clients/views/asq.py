"""The suicide questions: recorded by the clinician who asks them, in the room, on the telephone or by video."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.domain import asq, contacts, intake, safety
from clients.forms.questions import AsqForm
from clients.models import Screening
from clients.views import finding
from practice.domain import audit
from practice.domain.crisis import emergency_number
from practice.models import CoverPerson, Practice
from practice.rules import Permission
from practice.web import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, word for word, and write down each answer. A positive screen leads to what to do now."""
    client = finding.active(request, pk)
    form = AsqForm(request.POST or None)
    if not form.is_bound or not form.is_valid():
        context = {"client": client, "form": form}
        return render(request, "clients/asq.html", context, status=422 if form.is_bound else 200)
    made = asq.record(client, form.answers, manner=form.cleaned_data["manner"], by=request.user)
    if asq.outcome(made) != "negative":
        return redirect("clients:asq_now", client.pk, made.pk)
    messages.success(request, _("Written down. Thank you for asking."))
    return redirect("clients:show", client.pk)


@require_safe
@needs(Permission.SCREEN)
def now(request: HttpRequest, pk: UUID, screening_pk: UUID) -> HttpResponse:
    """What to do now, whom to ring, and the assessment that comes next."""
    made = finding.screening(request, pk, screening_pk, kind__in=asq.KINDS)
    intake.see(made, by=request.user)
    kept = safety.kept(made.client, on=timezone.localdate())
    named = getattr(made.client, "emergency_contact", None)
    if named:
        audit.record("client.emergency_contact_read", by=request.user, subject=made.client_id)
    since = kept.assessment if kept.assessment and kept.assessment.at >= made.asked_at else None
    context = {
        "client": made.client,
        "made": made,
        "acute": asq.outcome(made) == asq.ACUTE,
        "settled": asq.is_settled(made),
        "since": since,
        "apart": since is not None or made.manner != Screening.Manner.ROOM,
        "waits_for_plan": since is not None and since.waits_for(kept.plan),
        "kept": kept,
        "emergency": emergency_number(Practice.load().country),
        "cover": CoverPerson.objects.select_related("user").exclude(user=request.user),
        "told": asq.told(made),
        "named": named,
        "numbers": contacts.own_numbers(made.client),
    }
    return render(request, "clients/asq_now.html", context)
