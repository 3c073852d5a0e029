"""When it is light at a place, and whether a walk there stays in the light.

Sunrise and sunset at a zenith of 90.833 degrees, civil dawn and dusk at 96 (NOAA's definitions).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from astral import Observer, SunDirection
from astral import sun as astral_sun

SUN_EDGE = 90.833
CIVIL = 96.0
BUFFER = timedelta(minutes=15)
"""Ours: a walk should be over this long before the light goes."""


@dataclass(frozen=True, slots=True)
class SunTimes:
    """The dawn, rise, set and dusk around one noon, in the place's own zone; None where the sun does not do it.

    In northern summers the dusk of a day comes after midnight, so `dusk.date()` may be the next day.
    """

    day: date
    noon: datetime
    dawn: datetime | None
    rise: datetime | None
    set: datetime | None
    dusk: datetime | None
    noon_zenith: float

    @property
    def sun_comes_up(self) -> bool:
        return self.noon_zenith <= SUN_EDGE

    @property
    def gets_light(self) -> bool:
        return self.noon_zenith <= CIVIL


def of(lat: float, lon: float, zone: ZoneInfo, day: date) -> SunTimes:
    """The light of one day at a place; `zone` is the place's own."""
    observer = Observer(lat, lon, 0.0)
    noon = _noon(observer, zone, day)
    return SunTimes(
        day=day,
        noon=noon,
        dawn=_crossing(observer, noon, CIVIL, SunDirection.RISING),
        rise=_crossing(observer, noon, SUN_EDGE, SunDirection.RISING),
        set=_crossing(observer, noon, SUN_EDGE, SunDirection.SETTING),
        dusk=_crossing(observer, noon, CIVIL, SunDirection.SETTING),
        noon_zenith=_zenith(observer, noon),
    )


def _noon(observer: Observer, zone: ZoneInfo, day: date) -> datetime:
    """The solar noon that falls on `day` where the place's clocks are; UTC's day may be another one."""
    noons = [astral_sun.noon(observer, day + timedelta(days=shift), tzinfo=zone) for shift in (0, -1, 1)]
    return next((noon for noon in noons if noon.date() == day), noons[0])


def _crossing(observer: Observer, noon: datetime, zenith: float, direction: SunDirection) -> datetime | None:
    """The last rise through `zenith` before noon, or the first fall after it; None when there is none."""
    if _zenith(observer, noon) > zenith:
        return None
    rising = direction is SunDirection.RISING
    for shift in (0, -1, 1):
        utc_day = noon.astimezone(UTC).date() + timedelta(days=shift)
        try:
            found = astral_sun.time_of_transit(observer, utc_day, zenith, direction, with_refraction=False)
        except ValueError:
            continue
        away = (noon - found) if rising else (found - noon)
        if timedelta(0) <= away <= timedelta(hours=12, minutes=30):
            return found.astimezone(noon.tzinfo)
    return _grazing(observer, noon.astimezone(UTC), zenith, rising=rising, zone=noon.tzinfo)


def _grazing(
    observer: Observer, noon: datetime, zenith: float, *, rising: bool, zone: tzinfo | None
) -> datetime | None:
    """A crossing that astral misses, on days when the sun comes back or stays away for long: the hours between noon
    and midnight are halved until it is known to a second. None when it is light at midnight too."""
    light, dark = noon, noon + timedelta(hours=-12 if rising else 12)
    if _zenith(observer, dark) <= zenith:
        return None
    while abs(dark - light) > timedelta(seconds=1):
        between = light + (dark - light) / 2
        if _zenith(observer, between) <= zenith:
            light = between
        else:
            dark = between
    return light.astimezone(zone)


def _zenith(observer: Observer, moment: datetime) -> float:
    return astral_sun.zenith(observer, moment, with_refraction=False)


class Why(StrEnum):
    """What decides about the light of a walk; pages put it into words."""

    LIGHT = "light"
    LAMPS = "lamps"
    BEFORE_DAWN = "before_dawn"
    INTO_THE_DARK = "into_the_dark"
    NO_DAYLIGHT = "no_daylight"


@dataclass(frozen=True, slots=True)
class Light:
    """What the light rule says about a span."""

    ok: bool
    why: Why
    since: datetime | None
    """From when it is light enough to start; None: all night, or never (`why` tells)."""
    until: datetime | None
    """When the light that counts here ends (`last_light`)."""
    end_by: datetime | None
    """When a walk should be over: `until` less our buffer."""


def last_light(sun: SunTimes, *, under_trees: bool) -> datetime | None:
    """When the light that counts ends, which is what “light until” says everywhere: civil dusk on open ground, 15
    minutes before sunset under trees. None: it lasts all night, or does not come (`gets_light`)."""
    return _before(sun.set) if under_trees else sun.dusk


def light(sun: SunTimes, start: datetime, end: datetime, *, under_trees: bool, lit: bool) -> Light:
    """The light rule (ours). A walk starts after civil dawn and ends 15 minutes before the light that counts is gone:
    civil dusk on open ground, 15 minutes before sunset under trees. Other hours need lamps and people about (`lit`)."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)  # times of one zone would compare by the clock on the wall
    until = last_light(sun, under_trees=under_trees)
    end_by = _before(until)
    why = Why.LIGHT
    if not (sun.sun_comes_up if under_trees else sun.gets_light):
        why = Why.NO_DAYLIGHT
    elif sun.dawn and start < sun.dawn:
        why = Why.BEFORE_DAWN
    elif end_by and end > end_by:
        why = Why.INTO_THE_DARK
    if why is not Why.LIGHT and lit:
        why = Why.LAMPS
    return Light(ok=why in (Why.LIGHT, Why.LAMPS), why=why, since=sun.dawn, until=until, end_by=end_by)


def dark_parts(sun: SunTimes, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The parts of a span on open ground that the light rule gives to lamps: before dawn, and from 15 minutes before
    dusk on."""
    found = light(sun, start, end, under_trees=False, lit=False)
    if found.why is Why.NO_DAYLIGHT:
        return [(start, end)]
    start, end, parts = start.astimezone(UTC), end.astimezone(UTC), []
    if found.since and start < found.since:
        parts.append((start, min(end, found.since)))
    if found.end_by and end > found.end_by:
        parts.append((max(start, found.end_by), end))
    return parts


def lamps_on(start: datetime, end: datetime, *, off_from: time | None, off_until: time | None) -> bool:
    """Whether the lamps of a path burn all through a span; both times are those of its zone's clocks.
    Without hours they burn all night."""
    if off_from is None or off_until is None:
        return True
    first = start.date() - timedelta(days=1)
    for days in range((end.date() - first).days + 1):
        off = datetime.combine(first + timedelta(days=days), off_from, start.tzinfo)
        on = datetime.combine(off.date() + timedelta(days=off_until <= off_from), off_until, start.tzinfo)
        if start.astimezone(UTC) < on.astimezone(UTC) and off.astimezone(UTC) < end.astimezone(UTC):
            return False
    return True


def _before(moment: datetime | None) -> datetime | None:
    return (moment.astimezone(UTC) - BUFFER).astimezone(moment.tzinfo) if moment else None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the day's bar, in per cent of the day."""

    kind: str
    start: float
    width: float


def bar(sun: SunTimes) -> list[Stretch]:
    """Twilight and day on a bar from midnight to midnight; what is left is night."""
    pieces = []
    for kind, first, last, all_day in (
        ("twilight", sun.dawn, sun.dusk, sun.gets_light),
        ("day", sun.rise, sun.set, sun.sun_comes_up),
    ):
        if first or last or all_day:
            start = _share(first, sun.day) if first else 0.0
            end = _share(last, sun.day) if last else 100.0
            pieces.append(Stretch(kind, round(start, 2), round(end - start, 2)))
    return pieces


def _share(moment: datetime, day: date) -> float:
    days = (moment.date() - day).days
    return min(max((days * 1440 + moment.hour * 60 + moment.minute) / 14.4, 0.0), 100.0)
