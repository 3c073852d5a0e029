"""A response of Open-Meteo's forecast or air-quality service, read into hours in UTC.

Format: https://open-meteo.com/en/docs and https://open-meteo.com/en/docs/air-quality-api. Whatever is missing, has a
unit that we do not know or cannot be true is None, which everything that reads it takes for "unknown".
"""

import math
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HOUR = timedelta(hours=1)


class ForecastProblem(Exception):
    """The response cannot be read; `sentence` says why, in words for the person who asked."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(frozen=True, slots=True)
class Hour:
    """What is forecast for one moment. Precipitation, rain, snowfall, gusts and radiation are those of the hour before
    it, as the service gives them."""

    at: datetime
    temperature_c: float | None = None
    humidity_pct: float | None = None
    precipitation_mm: float | None = None
    rain_mm: float | None = None
    snowfall_cm: float | None = None
    code: float | None = None
    """WMO 4677 in the subset of the service: 45, 48 fog; 56, 57, 66, 67 freezing; 95, 96, 99 thunder."""
    wind_ms: float | None = None
    gust_ms: float | None = None
    uv: float | None = None
    cloud_pct: float | None = None
    radiation_wm2: float | None = None
    visibility_m: float | None = None
    precipitation_probability_pct: float | None = None
    is_day: float | None = None
    us_aqi: float | None = None
    pm2_5_ugm3: float | None = None
    pm10_ugm3: float | None = None
    ozone_ugm3: float | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Hours in order of time, each moment once."""

    hours: tuple[Hour, ...] = ()
    issued_at: datetime | None = None
    """When it was fetched, which the response does not say; of two that were joined, the older."""

    def between(self, start: datetime, end: datetime) -> tuple[Hour, ...]:
        """The hours that say something about a span: from the last at or before its start to the first at or after
        its end, as far as they are there (`covers`)."""
        first = bisect_right(self.hours, start - HOUR, key=_moment)
        return self.hours[first : bisect_left(self.hours, end + HOUR, key=_moment)]

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether no hour that says something about a span is missing."""
        moments = [hour.at for hour in self.between(start, end)]
        whole = bool(moments) and moments[0] <= start and moments[-1] >= end
        return whole and all(later - earlier <= HOUR for earlier, later in pairwise(moments))

    def joined(self, other: "Forecast") -> "Forecast":
        """Weather and air in one: for each moment what either says, this one first."""
        hours = {hour.at: hour for hour in other.hours}
        for hour in self.hours:
            hours[hour.at] = _both(hour, hours[hour.at]) if hour.at in hours else hour
        issued = [moment for moment in (self.issued_at, other.issued_at) if moment]
        return Forecast(tuple(hours[at] for at in sorted(hours)), min(issued, default=None))


def _moment(hour: Hour) -> datetime:
    return hour.at


def _both(first: Hour, second: Hour) -> Hour:
    gaps = [field.name for field in fields(Hour) if getattr(first, field.name) is None]
    return replace(first, **{name: getattr(second, name) for name in gaps})


@dataclass(frozen=True, slots=True)
class _Variable:
    """Where a variable goes, its units as (factor, offset) to ours, and between what its values can be true."""

    field: str
    units: Mapping[str, tuple[float, float]]
    low: float
    high: float


_CELSIUS = {"°C": (1.0, 0.0), "°F": (5 / 9, -160 / 9)}
_SPEED = {
    "m/s": (1.0, 0.0),
    "km/h": (1 / 3.6, 0.0),
    "mph": (0.44704, 0.0),
    "mp/h": (0.44704, 0.0),  # as the service writes it
    "kn": (1852 / 3600, 0.0),
}
_MILLIMETRES = {"mm": (1.0, 0.0), "inch": (25.4, 0.0)}
_CENTIMETRES = {"cm": (1.0, 0.0), "inch": (2.54, 0.0)}
_METRES = {"m": (1.0, 0.0), "ft": (0.3048, 0.0)}
_PERCENT = {"%": (1.0, 0.0)}
_MASS = {unicodedata.normalize("NFKC", "μg/m³"): (1.0, 0.0)}
_WATTS = {unicodedata.normalize("NFKC", "W/m²"): (1.0, 0.0)}
_PLAIN = {"": (1.0, 0.0), "wmo code": (1.0, 0.0), "USAQI": (1.0, 0.0)}

CODES = frozenset(
    {0, 1, 2, 3, 45, 48, 51, 53, 55, 56, 57, 61, 63, 65, 66, 67, 71, 73, 75, 77, 80, 81, 82, 85, 86, 95, 96, 99}
)
"""The weather codes that the service uses."""

# Between the extremes that the World Meteorological Organization has on record, with some room.
_VARIABLES = {
    "temperature_2m": _Variable("temperature_c", _CELSIUS, -90.0, 60.0),
    "relative_humidity_2m": _Variable("humidity_pct", _PERCENT, 0.0, 100.0),
    "precipitation": _Variable("precipitation_mm", _MILLIMETRES, 0.0, 500.0),
    "rain": _Variable("rain_mm", _MILLIMETRES, 0.0, 500.0),
    "snowfall": _Variable("snowfall_cm", _CENTIMETRES, 0.0, 100.0),
    "weather_code": _Variable("code", _PLAIN, 0.0, 99.0),
    "wind_speed_10m": _Variable("wind_ms", _SPEED, 0.0, 110.0),
    "wind_gusts_10m": _Variable("gust_ms", _SPEED, 0.0, 140.0),
    "uv_index": _Variable("uv", _PLAIN, 0.0, 30.0),
    "cloud_cover": _Variable("cloud_pct", _PERCENT, 0.0, 100.0),
    "shortwave_radiation": _Variable("radiation_wm2", _WATTS, 0.0, 1500.0),
    "visibility": _Variable("visibility_m", _METRES, 0.0, 400_000.0),
    "precipitation_probability": _Variable("precipitation_probability_pct", _PERCENT, 0.0, 100.0),
    "is_day": _Variable("is_day", _PLAIN, 0.0, 1.0),
    "us_aqi": _Variable("us_aqi", _PLAIN, 0.0, 2_000.0),
    "pm2_5": _Variable("pm2_5_ugm3", _MASS, 0.0, 5_000.0),
    "pm10": _Variable("pm10_ugm3", _MASS, 0.0, 20_000.0),
    "ozone": _Variable("ozone_ugm3", _MASS, 0.0, 2_000.0),
}
WEATHER = tuple(_VARIABLES)[:14]
"""What to ask of the forecast service."""
AIR = tuple(_VARIABLES)[14:]
"""What to ask of the air-quality service."""
MOST_HOURS = 24 * 400
"""More than a year of hours is no forecast."""


def read(response: object, issued_at: datetime | None = None) -> Forecast:
    """The response, decoded from JSON, of either service. Raises ForecastProblem when it has no hours to read.

    A moment that comes twice with different values is kept with what both agree on.
    """
    if not isinstance(response, Mapping):
        raise ForecastProblem(_("This is not a forecast: a JSON object with “hourly” is expected."))
    hourly = _hourly(response)
    units = response.get("hourly_units")
    moments = _moments(response, hourly["time"], units if isinstance(units, Mapping) else {})
    columns = {
        variable.field: _values(hourly.get(name), variable, _unit(units, name), len(moments))
        for name, variable in _VARIABLES.items()
    }
    hours: dict[datetime, Hour] = {}
    for number, at in enumerate(moments):
        hour = Hour(at, **{field: values[number] for field, values in columns.items()})
        hours[at] = _agreed(hours[at], hour) if at in hours else hour
    return Forecast(tuple(hours[at] for at in sorted(hours)), issued_at)


def _hourly(response: Mapping[str, Any]) -> Mapping[str, Any]:
    if response.get("error"):
        told = str(response.get("reason") or "")[:200]
        raise ForecastProblem(_("The weather service refused the question: {reason}").format(reason=told))
    hourly = response.get("hourly")
    if not isinstance(hourly, Mapping) or not isinstance(hourly.get("time"), list):
        raise ForecastProblem(_("This forecast has no “hourly” part with a “time” list."))
    if len(hourly["time"]) > MOST_HOURS:
        raise ForecastProblem(_("This forecast has more hours than a year."))
    return hourly


def _moments(response: Mapping[str, Any], times: list[Any], units: Mapping[str, Any]) -> list[datetime]:
    """The hours in UTC. The service shifts all of a response by one offset, also over a change of the clocks, so the
    offset counts before the name of the zone; without either it answers in GMT."""
    zone = _zone(response)
    try:
        if units.get("time") == "unixtime":
            return [datetime.fromtimestamp(_whole(time), UTC) for time in times]
        return [datetime.fromisoformat(time).replace(tzinfo=zone).astimezone(UTC) for time in times]
    except (TypeError, ValueError, OverflowError, OSError):
        raise ForecastProblem(_("The “time” list of this forecast has something in it that is not a time.")) from None


def _whole(time: object) -> int:
    if isinstance(time, bool) or not isinstance(time, int):
        raise ValueError(time)
    return time


def _zone(response: Mapping[str, Any]) -> tzinfo:
    offset, name = response.get("utc_offset_seconds"), response.get("timezone")
    try:
        if offset is not None:
            return timezone(timedelta(seconds=_whole(offset)))
        return UTC if name is None else ZoneInfo(str(name))
    except (ValueError, OverflowError, OSError, LookupError):
        raise ForecastProblem(_("The time zone of this forecast is not one we know.")) from None


def _unit(units: object, name: str) -> str | None:
    if not isinstance(units, Mapping):
        return None
    unit = units.get(name)
    return unicodedata.normalize("NFKC", unit).strip() if isinstance(unit, str) else None


def _values(column: object, variable: _Variable, unit: str | None, length: int) -> list[float | None]:
    """One column in our units. A list of another length cannot be told apart by hours, so all of it is unknown."""
    turned = variable.units.get("" if unit is None else unit)
    if turned is None or not isinstance(column, list) or len(column) != length:
        return [None] * length
    factor, offset = turned
    return [_value(raw, variable, factor, offset) for raw in column]


def _value(raw: object, variable: _Variable, factor: float, offset: float) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not abs(raw) < 1e9:
        return None
    value = raw * factor + offset
    if not math.isfinite(value) or not variable.low <= value <= variable.high:
        return None
    return None if variable.field == "code" and value not in CODES else value


def _agreed(first: Hour, second: Hour) -> Hour:
    names = [field.name for field in fields(Hour) if getattr(first, field.name) == getattr(second, field.name)]
    return Hour(**{name: getattr(first, name) for name in names})
