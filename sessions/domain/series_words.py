"""A series in words: how often, when and until when; and what the clocks do to one of its dates."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practice.domain import words
from practice.models import User
from practice.rules import Permission, has
from sessions.domain import dark_dates, recurrence, series_changes
from sessions.domain.recurrence import Clock, Occurrence
from sessions.domain.series_changes import What
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


HEADINGS = {
    What.MOVE: lambda: _("Move these sessions"),
    What.CANCEL: lambda: _("Cancel these sessions?"),
    What.ROUTE: lambda: _("Another route for these sessions"),
    What.THERAPIST: lambda: _("These sessions with somebody else"),
}


def done(what: str, n: int) -> str:
    """What was carried out, and on how many dates."""
    said = {
        What.MOVE: ngettext("Moved: one date.", "Moved: %(n)s dates.", n),
        What.CANCEL: ngettext("Cancelled: one date. No reminder will leave any more.",
                              "Cancelled: %(n)s dates. No reminder will leave any more.", n),
        What.ROUTE: ngettext("Another route on one date.", "Another route on %(n)s dates.", n),
        What.THERAPIST: ngettext("With somebody else on one date.", "With somebody else on %(n)s dates.", n),
    }  # fmt: skip
    return said[What(what)] % {"n": n}


def choices(session: Session, reader: User) -> dict[str, str]:
    """What this reader may do with a whole series, with the words of its link. Only who books for others hands over."""
    found = {What.MOVE: _("Move"), What.CANCEL: _("Cancel")}
    if session.is_outdoors:
        found[What.ROUTE] = _("Change the route")
    if has(reader, Permission.SEE_ALL_CLIENTS):
        found[What.THERAPIST] = _("Change the therapist")
    return {str(what): word for what, word in found.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """A series as the page of one of its sessions shows it."""

    sentence: str
    to_come: int
    choices: dict[str, str]


def of(session: Session, reader: User, *, now: datetime) -> Standing | None:
    """The series of a session whose `series` is loaded; None without one. The choices are there while something of it
    is to come that this reader may change."""
    if session.series is None:
        return None
    left = series_changes.to_come(session.series, by=reader, now=now).count()
    return Standing(sentence(session.series), left, choices(session, reader) if left else {})
