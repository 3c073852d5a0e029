"""What one hour of a forecast says about each hazard, as figures in the units of the limits. Decides nothing."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from routes.domain import air
from routes.domain.daylight import SunTimes
from routes.domain.feels import HOTTEST_F, fahrenheit, heat_to_judge, wind_chill
from routes.domain.forecast import Hour
from routes.domain.limits import Hazard, Level, Limits
from routes.domain.outing import Exposure

MPH = 0.44704
"""Metres a second in a mile an hour."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure to hold against the limits of a hazard; None is unknown."""

    value: float | None
    applies: bool | None = True
    """Whether a limit that is reached counts: frost does on a wet path only. None: nobody knows."""
    whole: bool = True
    """When not, the true figure may be worse, and only "indoors" is certain."""
    cap: Level = Level.INDOORS
    """The worst level this figure can ask for."""
    in_the_sun: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """What there is to see at one hour: the day before it, the sun, the route, and the numbers that hold."""

    hour: Hour
    hours: Sequence[Hour]
    """Those of the forecast from a day before to the end of the outing."""
    sun: SunTimes
    exposure: Exposure
    limits: Limits


def figures(hazard: Hazard, sight: Sight) -> tuple[Figure, ...]:
    """The figures of a hazard at one hour, to a millionth, so that a limit is met after a change of units too."""
    found = _FIGURES[hazard](sight)
    return found if isinstance(found, tuple) else (found,)


def _exact(value: float | None, turned: Callable[[float], float] = float) -> float | None:
    return None if value is None else round(turned(value), 6)


def _heat(sight: Sight) -> tuple[Figure, ...]:
    """In the shade, and with what the sun adds, which alone never sends anybody indoors."""
    warm, damp = sight.hour.temperature_c, sight.hour.humidity_pct
    if warm is None or damp is None:
        return (Figure(None),)
    shade = heat_to_judge(min(fahrenheit(warm), HOTTEST_F), damp)
    added = _sun_adds(sight) if shade >= sight.limits.number("sun_from") else 0.0
    in_the_sun = (Figure(_exact(shade + added), cap=Level.MODIFY, in_the_sun=True),) if added > 0 else ()
    return (Figure(_exact(shade)), *in_the_sun)


def _sun_adds(sight: Sight) -> float:
    if sight.exposure is Exposure.SHADED:
        return 0.0
    most = sight.limits.number("sun_open" if sight.exposure is Exposure.OPEN else "sun_partly")
    return most * sun_share(sight.hour, sight.sun, full=sight.limits.number("sun_full"))


def sun_share(hour: Hour, sun: SunTimes, *, full: float) -> float:
    """How much of full sun there is, 0 to 1: by radiation against `full` (W/m²); without it by the hour of the day (a
    half sine from rise to set) and the cloud (Kasten and Czeplak 1980: 1 - 0.75 N^3.4). What is unknown counts as
    sun, because a sunny guess asks for shade and a cloudy one for nothing."""
    if hour.is_day == 0:
        return 0.0
    if hour.radiation_wm2 is not None:
        return min(hour.radiation_wm2 / full, 1.0)
    clear = 1.0 - 0.75 * math.pow((hour.cloud_pct or 0.0) / 100.0, 3.4)
    return clear * _height(hour, sun)


def _height(hour: Hour, sun: SunTimes) -> float:
    if not sun.rise or not sun.set:
        return 1.0 if sun.sun_comes_up else 0.0
    share = (hour.at - sun.rise) / (sun.set - sun.rise)
    return math.sin(math.pi * share) if 0.0 < share < 1.0 else 0.0


def _cold(sight: Sight) -> Figure:
    cold, wind = sight.hour.temperature_c, sight.hour.wind_ms
    if cold is None or wind is None:
        return Figure(None)
    return Figure(_exact(wind_chill(fahrenheit(cold), wind / MPH)))


def _air(sight: Sight) -> Figure:
    found = air.of_hour(sight.hour.at, sight.hours)
    return Figure(None if found.value is None else float(found.value), whole=found.whole)


def _uv(sight: Sight) -> Figure:
    """Rounded to whole numbers before it is banded, as WHO bands it; under trees no reason to go indoors."""
    value = None if sight.hour.uv is None else math.floor(sight.hour.uv + 0.5)
    return Figure(value, cap=Level.MODIFY if sight.exposure is Exposure.SHADED else Level.INDOORS)


def _ice(sight: Sight) -> Figure:
    """The temperature, which matters on a path that is wet now or was within the hours before."""
    longest = timedelta(hours=sight.limits.number("ice_wet_hours"))
    before = [hour for hour in sight.hours if sight.hour.at - longest < hour.at <= sight.hour.at]
    told = {_wet(hour) for hour in before}
    missing = len(before) < sight.limits.number("ice_wet_hours")
    wet = True if True in told else None if None in told or missing else False
    return Figure(_exact(sight.hour.temperature_c, fahrenheit), applies=wet)


def _wet(hour: Hour) -> bool | None:
    """Drizzle, rain, snow, showers and storms have the weather codes from 51 on."""
    fallen = [hour.precipitation_mm, hour.rain_mm, hour.snowfall_cm]
    if any(amount is not None and amount > 0 for amount in fallen) or (hour.code is not None and hour.code >= 51):
        return True
    return None if hour.precipitation_mm is None else False


def _rain(sight: Sight) -> Figure:
    known = [amount for amount in (sight.hour.precipitation_mm, sight.hour.rain_mm) if amount is not None]
    return Figure(_exact(max(known, default=None)), whole=sight.hour.precipitation_mm is not None)


_FIGURES: Mapping[Hazard, Callable[[Sight], Figure | tuple[Figure, ...]]] = MappingProxyType(
    {
        Hazard.HEAT: _heat,
        Hazard.COLD: _cold,
        Hazard.AIR: _air,
        Hazard.UV: _uv,
        Hazard.GUSTS: lambda sight: Figure(_exact(sight.hour.gust_ms, lambda speed: speed / MPH)),
        Hazard.RAIN: _rain,
        Hazard.THUNDER: lambda sight: Figure(sight.hour.code),
        Hazard.ICE: _ice,
        Hazard.FREEZING_RAIN: lambda sight: Figure(sight.hour.code),
        Hazard.VISIBILITY: lambda sight: Figure(_exact(sight.hour.visibility_m)),
    }
)
