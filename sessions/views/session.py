"""One session, and a client's sessions as a fragment."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.models import Client
from practice.rules import Permission
from practice.web import needs
from sessions.domain import (
    arriving,
    letter_log,
    looking_again,
    measures_today,
    meeting,
    outlook,
    reading,
    rows,
    series_words,
    weather_choice,
)
from sessions.forms import WeatherChoiceForm
from sessions.models import Session
from sessions.views import undoing


@require_safe
@needs(Permission.SEE_DIARY)
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How ready it is, where it goes, who comes, and what can be done with it."""
    session = get_object_or_404(reading.whole(request.user), pk=pk)
    return render(request, "sessions/show.html", _page(request, session) | {"form": WeatherChoiceForm()})


def refused(request: HttpRequest, session: Session, why: Sequence[str]) -> HttpResponse:
    """The same page with why something about it could not be done; nothing was changed."""
    context = _page(request, session) | {"form": WeatherChoiceForm(), "refusals": why}
    return render(request, "sessions/show.html", context, status=409)


@require_POST
@needs(Permission.WRITE_NOTES)
def choose_weather(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What its therapist does about the weather. With a choice that cannot be kept the page says why."""
    session = get_object_or_404(reading.whole(request.user).of(request.user), pk=pk)
    form, now = WeatherChoiceForm(request.POST), timezone.now()
    if form.is_valid():
        found, sky = reading.under(session, now=now)
        try:
            weather_choice.choose(session, sky, outlook.person(found), by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("Kept, with what is known of the weather now."))
            return redirect("sessions:show", session.pk)
        except weather_choice.NotNow as problem:
            messages.error(request, str(problem))
            return redirect("sessions:show", session.pk)
        except weather_choice.LookAgain as problem:
            form.add_error(None, str(problem))
        except weather_choice.NeedsWords as problem:
            form.add_error("words", str(problem))
    return render(request, "sessions/show.html", _page(request, session) | {"form": form}, status=422)


@require_POST
@needs(Permission.WRITE_NOTES)
def arrive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its therapist is there, or ten minutes late: whoever comes reads it on the page behind their reminder."""
    session = get_object_or_404(Session.objects.visible_to(request.user).of(request.user), pk=pk)
    what, now = request.POST.get("what"), timezone.now()
    if what in arriving.WHEN and arriving.is_open(session, now=now):
        arriving.tell(session, what, by=request.user, now=now)
        messages.success(request, _("They read it on the page behind their reminder."))
    else:
        messages.info(request, _("This can be said from an hour before the start until the end."))
    return redirect("sessions:show", session.pk)


def _page(request: HttpRequest, session: Session) -> dict[str, Any]:
    now, chairs = timezone.now(), reading.chairs(session, request.user)
    named = {chair.seat.client.name for chair in chairs}
    more = max((getattr(session, "in_all", None) or 0) - len(chairs), 0)
    return (
        {
            "session": session,
            "undo": undoing.to_undo(request, now=now, session=session),
            "title": meeting.title(session),
            "how": meeting.short(session),
            "where": meeting.where(session),
            "meeting_point": meeting.meeting_point(session),
            "chairs": chairs,
            "more": more,
            "measures": measures_today.of(session, request.user, now=now),
            "repeats": series_words.of(session, request.user, now=now),
            "may_write": any(chair.may_write for chair in chairs),
            "letters": [line for line in letter_log.of(session, now=now) if not more or line.name in named],
            "arrivals": arriving.chips(session, session.seats.all(), now=now),
            "may_arrive": session.therapist_id == request.user.pk and arriving.is_open(session, now=now),
            "told": arriving.of_therapist(session),
            "has_begun": session.starts_at <= now,
            "may_change": Session.objects.kept_by(request.user).filter(pk=session.pk).exists(),
            "is_open": session.status in (Session.Status.BOOKED, Session.Status.ARRIVED),
        }
        | reading.stands(session, request.user, now=now)
        | reading.at(session)
    )


@require_safe
@needs(Permission.SEE_DIARY)
def for_client(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The sessions of one client, one line each: a fragment for her page, a page of its own without htmx."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    found = rows.loaded(Session.objects.visible_to(request.user).for_client(client), request.user).order_by(
        "-starts_at"
    )
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
