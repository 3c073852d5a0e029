"""Safe ways to reach a person, and whom to ring."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients import rules
from clients.domain import contacts
from clients.forms.person import ContactForm, EmergencyForm
from clients.models import ContactPoint
from clients.views import finding
from practice.domain import audit
from practice.rules import Permission
from practice.web import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_CLIENTS)
def contact(request: HttpRequest, pk: UUID, point_pk: UUID | None = None) -> HttpResponse:
    """Add a way to reach a client, or change one."""
    client = finding.of(request, pk)
    point = get_object_or_404(client.contact_points, pk=point_pk) if point_pk else None
    form = ContactForm(request.POST or None, instance=point)
    if form.is_bound and form.is_valid():
        contacts.put(client, form.way, point=point, by=request.user)
        messages.success(request, _("Kept."))
        return redirect("clients:show", client.pk)
    context = {"client": client, "form": form, "point": point}
    return render(request, "clients/contact.html", context, status=422 if form.is_bound else 200)


@require_POST
@needs(Permission.KEEP_CLIENTS)
def remove_contact(request: HttpRequest, pk: UUID, point_pk: UUID) -> HttpResponse:
    """Forget a way to reach a client."""
    client = finding.of(request, pk)
    contacts.remove(get_object_or_404(ContactPoint, client=client, pk=point_pk), by=request.user)
    messages.success(request, _("Removed."))
    return redirect("clients:show", client.pk)


@require_POST
@needs(Permission.KEEP_CLIENTS)
def start_messages(request: HttpRequest, pk: UUID, point_pk: UUID) -> HttpResponse:
    """They said that messages may go there again."""
    client = finding.of(request, pk)
    contacts.start(get_object_or_404(ContactPoint, client=client, pk=point_pk), by=request.user)
    messages.success(request, _("Messages may go there again."))
    return redirect("clients:show", client.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_CLIENTS)
def emergency(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whom to ring if something happens outdoors."""
    client = finding.of(request, pk)
    kept = getattr(client, "emergency_contact", None)
    if kept:
        audit.record("client.emergency_contact_read", by=request.user, subject=client.pk)
    form = EmergencyForm(request.POST or None, kept=kept, reads_chart=rules.may_read_chart(request.user, client))
    if form.is_bound and form.is_valid():
        contacts.put_emergency(client, by=request.user, **form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect("clients:show", client.pk)
    context = {"client": client, "form": form, "kept": kept}
    return render(request, "clients/emergency.html", context, status=422 if form.is_bound else 200)
