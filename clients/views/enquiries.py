"""Everybody who asked and is not a client yet: who waits for a reply or a place, and what became of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.domain import enquiry, forgetting, replies
from clients.models import CareTeamMember, Client, ClientQuerySet
from clients.views import finding
from practice.models import Practice
from practice.rules import Permission
from practice.web import needs

SHOWN = 200


@require_safe
@needs(Permission.KEEP_CLIENTS)
def listing(request: HttpRequest) -> HttpResponse:
    """Who waits for a reply first, then who is being talked with, the waiting list, and who went elsewhere."""
    now, practice = timezone.now(), Practice.load()
    leads = CareTeamMember.objects.current().filter(is_lead=True).select_related("user")
    seen = Client.objects.visible_to(request.user).prefetch_related(Prefetch("care_team", leads, to_attr="leads"))
    context = {
        "unanswered": _lines(seen.unanswered().order_by("enquired_at"), practice, now),
        "talking": _lines(seen.talking().order_by("enquired_at"), practice, now),
        "waiting": _lines(seen.waiting(), practice, now),
        "ended": _lines(
            seen.never_admitted().filter(status=Client.Status.CLOSED).order_by("-closed_at"), practice, now
        ),
        "usual": replies.usual(now=now),
        "days": practice.enquiry_days,
    }
    return render(request, "clients/enquiries.html", context)


def _lines(clients: ClientQuerySet, practice: Practice, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "client": client,
            "took": replies.took(client),
            "asked": replies.spoken(now - client.enquired_at),
            "waits": replies.spoken(now - client.waiting_since) if client.waiting_since else "",
            "forgotten_on": forgetting.forgotten_on(client, practice),
        }
        for client in clients[:SHOWN]
    ]


@require_POST
@needs(Permission.KEEP_CLIENTS)
def reply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody rang or wrote back."""
    client = finding.of(request, pk)
    try:
        enquiry.reply(client, by=request.user)
        messages.success(request, _("Noted: %(took)s.") % {"took": replies.took(client)})
    except enquiry.WrongMoment as error:
        messages.info(request, str(error))
    return _back(request, client)


@require_POST
@needs(Permission.KEEP_CLIENTS)
def wait(request: HttpRequest, pk: UUID) -> HttpResponse:
    """On the waiting list, or off it."""
    client = finding.of(request, pk)
    try:
        if request.POST.get("off"):
            enquiry.stop_waiting(client, by=request.user)
            messages.success(request, _("Taken off the waiting list."))
        else:
            enquiry.wait(client, by=request.user)
            messages.success(request, _("%(name)s is on the waiting list.") % {"name": client.called_name})
    except enquiry.WrongMoment as error:
        messages.info(request, str(error))
    return _back(request, client)


def _back(request: HttpRequest, client: Client) -> HttpResponse:
    """To where the button was pressed."""
    if request.POST.get("from") == "enquiries":
        return redirect("clients:enquiries")
    return redirect("clients:show", client.pk)
