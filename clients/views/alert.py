"""Who has heard of a worrying answer: the care team's page, and the one for a colleague who covers."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.domain import alert_words, alerts, contacts
from clients.forms.watching import ActForm
from clients.models import Alert, Client
from clients.views import finding
from practice.domain import audit
from practice.models import CoverPerson
from practice.rules import Permission
from practice.web import needs

ABOUT = ("screening__client", "screening__read_by", "screening__asked_by", "seen_by", "reached_by", "acted_by")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.READ_CHART)
def show(request: HttpRequest, pk: UUID, alert_pk: UUID) -> HttpResponse:
    """What became of it; to open it is to have seen it. Whoever acted says so in a line."""
    client = finding.in_care_of(request, pk)
    rows = Alert.objects.with_sent().select_related(*ABOUT)
    alert = get_object_or_404(rows, screening__client=client, pk=alert_pk)
    audit.record("alert.read", by=request.user, subject=client.pk, detail={"alert": str(alert.pk)})
    form = ActForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        alerts.act(alert, words=form.cleaned_data["words"], by=request.user)
        messages.success(request, _("Written down. Thank you."))
        return redirect("clients:show", client.pk)
    if alert.seen_at is None:
        alerts.see(alert.screening, by=request.user)
        alert = rows.get(pk=alert.pk)
    context = {"client": client, "alert": alert, "line": alert_words.line(alert), "form": form}
    context["numbers"] = contacts.own_numbers(client)
    return render(request, "clients/alert.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: HttpRequest, alert_pk: UUID) -> HttpResponse:
    """For whoever is on the cover list: which colleague to ring, and that they were reached. About nobody else."""
    if not CoverPerson.objects.filter(user=request.user).exists():
        raise Http404
    alert = get_object_or_404(Alert.objects.select_related(*ABOUT), pk=alert_pk)
    audit.record("alert.opened_by_cover", by=request.user, detail={"alert": str(alert.pk)})
    if request.method == "POST":
        alerts.reached(alert, by=request.user)
        messages.success(request, _("Thank you. Nobody else is written to."))
        return redirect("clients:cover_alert", alert.pk)
    context = {
        "alert": alert,
        "colleague": alert.colleague,
        "others": alert_words.colleagues(alert),
        "cares": Client.objects.charted_by(request.user).filter(pk=alert.screening.client_id).exists(),
    }
    return render(request, "clients/cover_alert.html", context)
