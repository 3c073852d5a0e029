"""One session, and a client's sessions as a fragment."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from clients.models import Client
from practice.rules import Permission
from practice.web import needs
from sessions.domain import looking_again, measures_today, meeting, reading, rows
from sessions.models import Session


@require_safe
@needs(Permission.SEE_DIARY)
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How ready it is, where it goes, who comes, and what can be done with it."""
    session = get_object_or_404(reading.whole(request.user), pk=pk)
    now, chairs = timezone.now(), reading.chairs(session, request.user)
    context = {
        "session": session,
        "title": meeting.title(session),
        "how": meeting.short(session),
        "where": meeting.where(session),
        "meeting_point": meeting.meeting_point(session),
        "chips": reading.chips_of(session, request.user) if session.holds_its_slot and session.ends_at > now else (),
        "chairs": chairs,
        "measures": measures_today.of(session, request.user, now=now),
        "may_write": any(chair.may_write for chair in chairs),
        "has_begun": session.starts_at <= now,
        "may_change": Session.objects.kept_by(request.user).filter(pk=pk).exists(),
        "is_open": session.status in (Session.Status.BOOKED, Session.Status.ARRIVED),
    } | reading.at(session)
    return render(request, "sessions/show.html", context)


@require_safe
@needs(Permission.SEE_DIARY)
def for_client(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The sessions of one client, one line each: a fragment for her page, a page of its own without htmx."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    found = rows.loaded(Session.objects.visible_to(request.user).for_client(client)).order_by("-starts_at")
    lines = rows.of(list(found[:60]), request.user, now=timezone.now(), judged=False)
    name = "sessions/for_client.html"
    if request.headers.get("HX-Request"):
        name += "#lines"
    return render(request, name, {"client": client, "lines": lines, "now": timezone.now()})


@require_safe
@needs(Permission.SEE_DIARY)
def outdoors_after(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is booked outdoors after a day (`?after=`, today without it): a fragment, a page of its own without htmx."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    try:
        after = parse_date(request.GET.get("after", ""))
    except ValueError:
        after = None
    found = looking_again.after(client, after or timezone.localdate(), by=request.user, now=timezone.now())
    name = "sessions/outdoors_after.html"
    if request.headers.get("HX-Request"):
        name += "#lines"
    return render(request, name, {"client": client, "sessions": found})
