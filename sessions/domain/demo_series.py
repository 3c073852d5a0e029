"""The demo's series: one before noon, and a late one that walks into the dark, whenever the demo is made."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from uuid import uuid4

from practice.models import Mode, Service
from routes.models import Route
from sessions.domain import series
from sessions.domain.demo_diary import WEEKS_AHEAD, Habit
from sessions.domain.demo_practice import House
from sessions.domain.recurrence import Rule
from sessions.domain.series import Plan
from sessions.models import Series, Session

THURSDAY = 3
LATE = (time(16, 10), Series.Every.MONTH, 11)
"""Eleven months from any day on reach one of those in which London is dark before five, the end of Anna's hours."""
NOON = (time(11, 40), Series.Every.WEEK, 6)


def make(habits: Sequence[Habit], house: House, today: date, offered: Mapping[str, Service]) -> list[Series]:
    """Two of Anna's who walk come again after the weeks that are booked one by one; whatever is in the way of a date
    leaves that date out, as a person would."""
    walkers = [habit for habit in habits if habit.modes[-1] == Mode.WALK and len(habit.clients) == 1]
    walkers.sort(key=lambda habit: habit.route is None or habit.route.light == Route.Light.LIT)
    first = today + timedelta(weeks=WEEKS_AHEAD, days=1)
    first += timedelta(days=(THURSDAY - first.weekday()) % 7)
    made = []
    for habit, (starts, every, count) in zip(walkers, (LATE, NOON), strict=False):
        rule = Rule(first, starts, house.place.time_zone, every, count=count)
        plan = Plan(_what(habit, house, offered[habit.kind]), rule)
        made.append(series.book(plan, series.preview(plan, habit.therapist).possible, by=habit.therapist, key=uuid4()))
    return made


def _what(habit: Habit, house: House, service: Service) -> dict[str, object]:
    return {
        "therapist": habit.therapist,
        "clients": habit.clients,
        "service": service,
        "mode": Mode.WALK,
        "place": house.place,
        "route": habit.route,
        "fallback": Session.Fallback.ROOM,
        "minutes": 50,
    }
