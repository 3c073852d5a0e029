"""A series in words: how often, when and until when; and what the clocks do to one of its dates."""

from datetime import date, time
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from practice.domain import words
from sessions.domain import dark_dates, recurrence
from sessions.domain.recurrence import Clock, Occurrence
from sessions.models import Series, Session

ORDINALS = {
    1: lambda: _("Every month on the first %(weekday)s at %(time)s"),
    2: lambda: _("Every month on the second %(weekday)s at %(time)s"),
    3: lambda: _("Every month on the third %(weekday)s at %(time)s"),
    4: lambda: _("Every month on the fourth %(weekday)s at %(time)s"),
    -1: lambda: _("Every month on the last %(weekday)s at %(time)s"),
}


def how_often(every: str, first_on: date, starts: time) -> str:
    """“Every Thursday at 17:30”, “Every month on the last Thursday at 17:30”."""
    said = {"weekday": formats.date_format(first_on, "l"), "time": formats.time_format(starts, "H:i")}
    if every == Series.Every.MONTH:
        return ORDINALS[recurrence.which(first_on)]() % said
    often = _("Every %(weekday)s at %(time)s") if every == Series.Every.WEEK else None
    return (often or _("Every second %(weekday)s at %(time)s")) % said


def sentence(series: Series) -> str:
    """“Every Thursday at 17:30, until 16 December”."""
    often = how_often(series.every, series.first_on, series.starts)
    return _("%(often)s, until %(day)s") % {"often": often, "day": words.plain_day(series.until)}


def of_clock(one: Occurrence, starts: time, zone: str) -> str:
    """What a change of the clocks makes of a time; empty on all other days."""
    said = {"time": formats.time_format(starts, "H:i"), "start": words.clock(one.starts_at, zone)}
    if one.clock == Clock.GAP:
        return _("The clocks leave out %(time)s that day: it begins at %(start)s.") % said
    if one.clock == Clock.FOLD:
        return _("The clocks show %(time)s twice that day: it is the first.") % said
    return ""


def instead_of(session: Session, day: date, starts: time) -> str:
    """“Instead of 17:30.”, “Instead of Thursday 14 October, 17:30.”; empty where a date keeps to its rule."""
    there = session.starts_at.astimezone(ZoneInfo(session.place.time_zone))
    clock = formats.time_format(starts, "H:i")
    if dark_dates.local_day(session) != day:
        return _("Instead of %(day)s, %(time)s.") % {"day": words.day(day), "time": clock}
    return _("Instead of %(time)s.") % {"time": clock} if there.time() != starts else ""
