"""The light over a route: of one day, of one walk, through the year, and of a walk that comes every week."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from practice.domain.local_time import instant
from routes.domain import daylight
from routes.models import Route

WEEK = timedelta(days=7)
A_YEAR = 53
"""Weeks in which each weekday of a year comes by, its first once more."""


def start_of(route: Route) -> tuple[float, float]:
    """Latitude and longitude where a route begins, from its small sketch when there is one."""
    parts = route.sketch.get("parts") if route.sketch else None
    if parts and parts[0]:
        return float(parts[0][0][0]), float(parts[0][0][1])
    return route.start


def sun_over(route: Route, zone: str, day: date) -> daylight.SunTimes:
    """The sun of a day where a route begins, on the clocks of `zone`."""
    lat, lon = start_of(route)
    return _sun(round(lat, 3), round(lon, 3), zone, day)


def until(route: Route, zone: str, day: date) -> datetime | None:
    """When the light that counts on a route ends that day (`daylight.last_light`)."""
    return daylight.last_light(sun_over(route, zone, day), under_trees=_under_trees(route))


def _under_trees(route: Route) -> bool:
    return route.light == Route.Light.WOODLAND


@lru_cache(maxsize=4096)
def _sun(lat: float, lon: float, zone: str, day: date) -> daylight.SunTimes:
    return daylight.of(lat, lon, ZoneInfo(zone), day)


def over(route: Route, zone: str, starts_at: datetime, ends_at: datetime, *, lamps: bool = True) -> daylight.Light:
    """Whether a walk on a route stays in the light, by the rule of `routes.domain.daylight`; in daylight alone when
    `lamps` do not count."""
    here = ZoneInfo(zone)
    start, end = starts_at.astimezone(here), ends_at.astimezone(here)
    sun, lit = sun_over(route, zone, start.date()), lamps and is_lit(route, zone, start, end)
    return daylight.light(sun, start, end, under_trees=_under_trees(route), lit=lit)


def is_lit(route: Route, zone: str, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether lamps burn over a route whenever it is dark within a span, on the clocks of `zone`."""
    if route.light != Route.Light.LIT:
        return False
    here, hours = ZoneInfo(zone), {"off_from": route.lamps_off_from, "off_until": route.lamps_off_until}
    parts = daylight.dark_parts(sun_over(route, zone, starts_at.astimezone(here).date()), starts_at, ends_at)
    return all(daylight.lamps_on(first.astimezone(here), last.astimezone(here), **hours) for first, last in parts)


@dataclass(frozen=True, slots=True)
class Dark:
    """The first and the last day of a run of weeks in which a weekly walk is not in the light."""

    first: date
    last: date
    why: daylight.Why


def dark_weeks(
    route: Route, zone: str, *, start: date, clock: time, minutes: int, weeks: int = A_YEAR
) -> tuple[Dark, ...]:
    """When a walk that begins every week on the weekday of `start`, at a time on the clocks of `zone`, gets dark.

    Wall time stays when the clocks change. Weeks one after the other for the same reason are one run.
    """
    runs: list[Dark] = []
    for day, why in _weeks(route, zone, start=start, clock=clock, minutes=minutes, weeks=weeks):
        if runs and runs[-1].why is why and day - runs[-1].last == WEEK:
            runs[-1] = Dark(runs[-1].first, day, why)
        else:
            runs.append(Dark(day, day, why))
    return tuple(runs)


def _weeks(
    route: Route, zone: str, *, start: date, clock: time, minutes: int, weeks: int
) -> Iterator[tuple[date, daylight.Why]]:
    for number in range(weeks):
        day = start + WEEK * number
        begins = instant(day, clock, ZoneInfo(zone))
        found = over(route, zone, begins, begins + timedelta(minutes=minutes))
        if not found.ok:
            yield day, found.why


@dataclass(frozen=True, slots=True)
class Year:
    """The light of a year as two shapes of SVG path data, in a box of `WIDTH` by `HEIGHT`; hours run from the top."""

    twilight: str
    day: str
    months: tuple[tuple[int, date], ...]
    """Where each month begins on the drawing, with its first day."""

    WIDTH = 366
    HEIGHT = 240


def year(route: Route, zone: str, number: int) -> Year:
    """Twilight and day over all days of a year, as the clocks of a zone show them: a change of the clocks is a step."""
    first, months = date(number, 1, 1), [date(number, month, 1) for month in range(1, 13)]
    days = [first + timedelta(days=n) for n in range((date(number + 1, 1, 1) - first).days)]
    suns = [sun_over(route, zone, day) for day in days]
    return Year(
        twilight=_shape([_span(sun, sun.dawn, sun.dusk, sun.gets_light) for sun in suns]),
        day=_shape([_span(sun, sun.rise, sun.set, sun.sun_comes_up) for sun in suns]),
        months=tuple(((month - first).days, month) for month in months),
    )


Span = tuple[float, float] | None


def _span(sun: daylight.SunTimes, first: datetime | None, last: datetime | None, all_day: bool) -> Span:
    if not (first or last or all_day):
        return None
    return (_down(first, sun.day) if first else 0.0), (_down(last, sun.day) if last else float(Year.HEIGHT))


def _down(moment: datetime, day: date) -> float:
    """A time on the clocks of a day as units from the top: ten an hour."""
    hours = (moment.date() - day).days * 24 + moment.hour + moment.minute / 60
    return round(min(max(hours, 0.0), 24.0) * Year.HEIGHT / 24, 1)


def _shape(spans: list[Span]) -> str:
    """One closed path for each run of days that have light; each day is one unit wide."""
    shapes, run = [], list[tuple[int, tuple[float, float]]]()
    for day, span in enumerate([*spans, None]):
        if span is not None:
            run.append((day, span))
        elif run:
            shapes.append(_closed(run))
            run = []
    return "".join(shapes)


def _closed(run: list[tuple[int, tuple[float, float]]]) -> str:
    last, edge = run[-1]
    line = [*run, (last + 1, edge)]
    outline = [(x, ends[0]) for x, ends in line] + [(x, ends[1]) for x, ends in reversed(line)]
    return "M" + "L".join(f"{x} {y:g}" for x, y in outline) + "Z"
