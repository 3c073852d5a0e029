"""Rules of reminders: for everybody and each service, and for one client."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.models import Client
from practice.rules import Permission
from practice.web import needs
from sessions.domain import reminder_rules
from sessions.forms.reminders import RuleForm
from sessions.models import ReminderRule


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def rules(request: HttpRequest) -> HttpResponse:
    """Those of the practice, and those of its services."""
    kept = ReminderRule.objects.filter(client=None).select_related("service").order_by("service__name", "pk")
    return _page(request, kept, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_CLIENTS)
def of_client(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One client's own, which count in place of all others."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    return _page(request, ReminderRule.objects.filter(client=client), client)


def _page(request: HttpRequest, kept: Any, client: Client | None) -> HttpResponse:
    """One act a press: add a rule, take one away, or switch reminders off."""
    act = request.POST.get("act", "")
    form = RuleForm(request.POST if act == "add" else None, for_client=client is not None)
    back = redirect("sessions:client_reminders", client.pk) if client else redirect("sessions:reminder_rules")
    if act == "off":
        reminder_rules.add(client=client, is_off=True, by=request.user)
        return back
    if act == "remove":
        gone = next((rule for rule in kept if str(rule.pk) == request.POST.get("rule")), None)
        if gone:
            reminder_rules.remove(gone, by=request.user)
        return back
    if form.is_bound and form.is_valid():
        alone = not kept.exists()
        try:
            reminder_rules.add(client=client, by=request.user, **form.said)
            messages.success(request, _("Kept. Reminders that have not left yet follow it."))
            if alone:
                messages.warning(
                    request, _("It counts in place of what held before: add that too, if both should leave.")
                )
            return back
        except reminder_rules.SameAgain:
            form.add_error(None, _("This rule stands already."))
    rows = [(rule, reminder_rules.words(rule)) for rule in kept]
    context = {"client": client, "form": form, "rows": rows}
    return render(request, "sessions/reminder_rules.html", context, status=422 if request.method == "POST" else 200)
