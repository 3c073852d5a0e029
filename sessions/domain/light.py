"""The light of a day: where it is looked up, the bar that shows it, and what it means for one session."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from practice.domain import words
from practice.domain.local_time import day_bounds
from routes.domain import daylight
from sessions.models import Session

Bar = dict[str, object]


@dataclass(frozen=True, slots=True)
class Day:
    """A day with its first and next midnight, to place instants on it in per cent."""

    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, day: date, zone: str) -> "Day":
        """A day in a zone; it may have 23 or 25 hours."""
        return cls(*day_bounds(day, ZoneInfo(zone)))

    def at(self, moment: datetime) -> float:
        """Where an instant lies, 0 to 100."""
        part = (moment - self.starts_at) / (self.ends_at - self.starts_at)
        return round(min(max(part, 0.0), 1.0) * 100, 2)


def bar(sun: daylight.SunTimes, zone: str, sessions: Iterable[Session] = ()) -> Bar:
    """The day as parts and sessions in per cent, with words for whoever does not see it."""
    day = Day.of(sun.day, zone)
    return {
        "parts": [
            {"kind": kind, "start": day.at(start), "width": round(day.at(end) - day.at(start), 2)}
            for kind, start, end in _pieces(sun, day)
        ],
        "sessions": [
            {
                "start": day.at(session.starts_at),
                "width": max(round(day.at(session.ends_at) - day.at(session.starts_at), 2), 1.0),
                "label": words.clock(session.starts_at, zone),
            }
            for session in sessions
        ],
        "words": in_words(sun, zone),
    }


def _pieces(sun: daylight.SunTimes, day: Day) -> list[tuple[str, datetime, datetime]]:
    """Twilight and day; an edge that the sun does not cross is a midnight."""
    return [
        (kind, first or day.starts_at, last or day.ends_at)
        for kind, first, last, is_there in (
            ("twilight", sun.dawn, sun.dusk, sun.gets_light),
            ("day", sun.rise, sun.set, sun.sun_comes_up),
        )
        if is_there
    ]


def in_words(sun: daylight.SunTimes, zone: str) -> str:
    """The day's light as a sentence."""
    if sun.dawn and sun.rise and sun.set and sun.dusk:
        at = {
            "dawn": words.clock(sun.dawn, zone),
            "rise": words.clock(sun.rise, zone),
            "set": words.clock(sun.set, zone),
            "dusk": words.clock(sun.dusk, zone),
        }
        return _("Night until %(dawn)s, sun from %(rise)s to %(set)s, dark from %(dusk)s") % at
    if sun.rise and sun.set:
        at = {"rise": words.clock(sun.rise, zone), "set": words.clock(sun.set, zone)}
        return _("Sun from %(rise)s to %(set)s, and it does not get dark") % at
    return _("The sun stays up all day") if sun.sun_comes_up else _("The sun does not rise")
