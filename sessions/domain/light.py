"""The light of a day: where it is looked up, the bar that shows it, and what it means for one session."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from practice.domain import words
from practice.domain.local_time import day_bounds
from routes.domain import daylight
from routes.models import Route
from sessions.models import Session

Bar = dict[str, object]


@lru_cache(maxsize=4096)
def _sun(lat: float, lon: float, zone: str, day: date) -> daylight.SunTimes:
    return daylight.of(lat, lon, ZoneInfo(zone), day)


def start_of(route: Route) -> tuple[float, float]:
    """Latitude and longitude where a route begins, from its small sketch when there is one."""
    parts = route.sketch.get("parts") if route.sketch else None
    if parts and parts[0]:
        return float(parts[0][0][0]), float(parts[0][0][1])
    return route.start


def sun_over(route: Route, zone: str, day: date) -> daylight.SunTimes:
    """The sun of a day where a route begins."""
    lat, lon = start_of(route)
    return _sun(round(lat, 3), round(lon, 3), zone, day)


def of_walk(route: Route, zone: str, starts_at: datetime, ends_at: datetime) -> daylight.Light:
    """Whether a session on a route stays in the light, by the rule of `routes.domain.daylight`."""
    sun = sun_over(route, zone, starts_at.astimezone(ZoneInfo(zone)).date())
    return daylight.light(
        sun,
        starts_at,
        ends_at,
        under_trees=route.light == Route.Light.WOODLAND,
        lit=route.light == Route.Light.LIT,
    )


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
            for kind, start, end in _pieces(sun)
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


def _pieces(sun: daylight.SunTimes) -> list[tuple[str, datetime, datetime]]:
    pieces = []
    if sun.dawn and sun.dusk:
        pieces.append(("twilight", sun.dawn, sun.dusk))
    if sun.rise and sun.set:
        pieces.append(("day", sun.rise, sun.set))
    return pieces


def in_words(sun: daylight.SunTimes, zone: str) -> str:
    """The day's light as a sentence."""
    if sun.dawn and sun.rise and sun.set and sun.dusk:
        at = {
            "dawn": words.clock(sun.dawn, zone),
            "rise": words.clock(sun.rise, zone),
            "set": words.clock(sun.set, zone),
            "dusk": words.clock(sun.dusk, zone),
        }
        return _("Night until %(dawn)s, light from %(rise)s to %(set)s, dark from %(dusk)s") % at
    return _("The sun stays up all day") if sun.sun_comes_up else _("The sun does not rise")
