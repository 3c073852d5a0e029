"""The calendar, what its grid asks for, and one session of it at a glance."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from practice.models import Mode, Place, Practice, Service
from practice.rules import Permission, has
from practice.web import needs
from sessions.domain import calendar as diary
from sessions.domain import meeting, reading
from sessions.forms.calendar import VIEWS, CalendarForm, EventsForm
from sessions.models import Session
from sessions.views import undoing


@require_safe
@needs(Permission.SEE_DIARY)
def calendar(request: HttpRequest) -> HttpResponse:
    """Days as an agenda, with a grid where there is room for one; what is shown is chosen in the address. A week of
    several therapists is a list alone: over each other in one grid nobody could read them."""
    form, now, zone = CalendarForm(request.GET), timezone.now(), Practice.load().zone
    people, wanted = diary.people(request.user), form.wanted()
    many = len(people) > 1 and wanted.therapist is None
    span = form.span(otherwise="day" if many else "week")
    side_by_side = many and span.view == "day"
    if span.view == "month":
        days = diary.counted(request.user, wanted, span.first, span.until, zone=zone, now=now)
    else:
        found = diary.entries(request.user, wanted, span.first, span.until, zone=zone, now=now, named=many)
        days = diary.by_day(found, span.first, span.until, zone=zone, now=now)
    context = {
        "span": span,
        "days": days,
        "count": sum(day.count for day in days),
        "wanted": wanted,
        "people": people,
        "has_grid": not many or span.view != "week",
        "columns": json.dumps([{"id": str(one.pk), "title": one.called} for one in people if side_by_side]),
        "views": VIEWS.items(),
        "modes": Mode.choices,
        "services": Service.objects.all(),
        "places": Place.objects.all(),
        "undo": undoing.to_undo(request, now=now),
    }
    return render(request, "sessions/calendar.html", context)


@require_safe
@needs(Permission.SEE_DIARY)
def events(request: HttpRequest) -> HttpResponse:
    """The sessions from `start` to before `end` and the light of these days, for the grid that shows them."""
    form, wanted, zone = EventsForm(request.GET), CalendarForm(request.GET).wanted(), Practice.load().zone
    if not form.is_valid():
        return JsonResponse({"problem": _("Ask for at most six weeks at a time.")}, status=422)
    first, until = form.cleaned_data["start"], form.cleaned_data["end"]
    several = wanted.therapist is None and not has(request.user, Permission.WRITE_NOTES)
    found = diary.entries(request.user, wanted, first, until, zone=zone, now=timezone.now(), named=several)
    shaded = diary.light(first, until, zone) if (until - first).days <= 7 else []
    return JsonResponse({"events": [entry.as_json(zone) for entry in found], "light": shaded})


@require_safe
@needs(Permission.SEE_DIARY)
def card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One session at a glance, for the pop-over of the grid: in the reader's rendering, with where one can go on."""
    session = get_object_or_404(reading.whole(request.user), pk=pk)
    context = {
        "session": session,
        "title": meeting.title(session),
        "how": meeting.short(session),
        "where": meeting.where(session),
        "may_move": session.status in diary.MOVABLE
        and Session.objects.kept_by(request.user).filter(pk=session.pk).exists(),
    }
    stands = reading.stands(session, request.user, now=timezone.now())
    return render(request, "sessions/card.html", context | reading.at(session) | {"chips": stands["chips"]})
