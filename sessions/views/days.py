"""Today and the week."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from clients.domain import unread, waiting
from practice.models import User
from practice.rules import Permission, has
from practice.web import needs
from sessions.domain import hand, hand_weather, week
from sessions.domain import today as day


@require_safe
@needs(Permission.SEE_DIARY)
def today(request: HttpRequest) -> HttpResponse:
    """The day of whoever asks, and what needs a hand."""
    now = timezone.now()
    unread.calling_for(request.user)
    stood = waiting.in_care(request.user) if has(request.user, Permission.DECIDE) else {}
    found = day.of(request.user, now=now, stood=stood)
    hands = hand.of(request.user, now=now, today=found.date, stood=stood)
    hands = hand.worst_first([*hands, *hand_weather.of(request.user, found.rows, now=now)])
    return render(request, "sessions/today.html", {"today": found, "hands": hands, "now": now})


@require_safe
@needs(Permission.SEE_DIARY)
def calendar(request: HttpRequest) -> HttpResponse:
    """A week as agenda and drawing; `?week=` is any day of it, `?with=` one therapist for those who see all."""
    people = list(User.objects.clinicians()) if has(request.user, Permission.SEE_ALL_CLIENTS) else []
    asked = request.GET.get("with", "")
    therapist = next((person for person in people if str(person.pk) == asked), None)
    shown = week.of(request.user, _asked_day(request), therapist=therapist, now=timezone.now())
    context = {"week": shown, "people": people, "therapist": therapist}
    return render(request, "sessions/calendar.html", context)


def _asked_day(request: HttpRequest) -> date:
    """The day in the address; today when it is none."""
    try:
        asked = parse_date(request.GET.get("week", ""))
    except ValueError:
        asked = None
    return asked if asked and 1990 < asked.year < 2200 else timezone.localdate()
