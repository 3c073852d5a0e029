"""The US air quality index (AQI) of May 2024, from concentrations; the table is `routes/conditions/aqi.toml`."""

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path

from routes.domain.forecast import Hour

FILE = Path(__file__).resolve().parent.parent / "conditions" / "aqi.toml"
BEYOND = 501
"""Said for concentrations above the table, which the index calls "beyond 500"."""
PPM = 24.45 / 48.00 / 1000
"""Of ozone (48.00 g/mol) in one μg/m³, at the 25 °C and 760 mmHg of 40 CFR part 50."""


class Pollutant(StrEnum):
    """A column of the table."""

    PM2_5 = "pm2_5"
    PM10 = "pm10"
    OZONE_8H = "ozone_8h"
    OZONE_1H = "ozone_1h"


@dataclass(frozen=True, slots=True)
class Band:
    """A row of the table: between which index and which concentration it goes in a straight line."""

    low: int
    high: int
    begins: Decimal
    ends: Decimal


@dataclass(frozen=True, slots=True)
class _Column:
    step: Decimal
    bands: tuple[Band, ...]


@cache
def _table() -> dict[Pollutant, _Column]:
    data = tomllib.loads(FILE.read_text("utf-8"))
    return {
        pollutant: _Column(
            Decimal(data[pollutant]["step"]),
            tuple(Band(low, high, Decimal(a), Decimal(b)) for low, high, a, b in data[pollutant]["rows"]),
        )
        for pollutant in Pollutant
    }


def index(pollutant: Pollutant, concentration: float) -> int | None:
    """The AQI of a concentration, cut to the table's step and rounded half up; BEYOND above the table.

    None for a 1 h ozone value below 0.125 ppm, about which the table says nothing. An 8 h ozone value above 0.200 ppm
    is "at least 300": how much more, the 1 h value says. ValueError for what is no concentration.
    """
    if not math.isfinite(concentration) or concentration < 0:
        raise ValueError("a concentration is a number from 0")
    column = _table()[pollutant]
    # A mean of equal values may miss them by the last bit, and would be cut to the step below.
    cut = Decimal(repr(round(concentration, 6))).quantize(column.step, ROUND_DOWN)
    for band in column.bands:
        if band.begins <= cut <= band.ends:
            rise = (band.high - band.low) * (cut - band.begins) / (band.ends - band.begins)
            return int((rise + band.low).quantize(Decimal(1), ROUND_HALF_UP))
    if cut < column.bands[0].begins:
        return None
    return column.bands[-1].high if pollutant is Pollutant.OZONE_8H else BEYOND


def now_cast(newest_first: Sequence[float | None]) -> float | None:
    """EPA's NowCast of PM, in the unit of the values: of up to twelve hourly values, newest first.

    None when fewer than two of the newest three are known.
    """
    values = newest_first[:12]
    known = [value for value in values if value is not None]
    if sum(value is not None for value in values[:3]) < 2:
        return None
    weight = max(min(known) / max(known), 0.5) if max(known) > 0 else 1.0
    weighted = [(weight**age, value) for age, value in enumerate(values) if value is not None]
    return sum(share * value for share, value in weighted) / sum(share for share, _ in weighted)


@dataclass(frozen=True, slots=True)
class Aqi:
    """The index of one hour; when not `whole`, a pollutant is missing and the true one may be higher."""

    value: int | None
    whole: bool


def of_hour(at: datetime, hours: Sequence[Hour]) -> Aqi:
    """The AQI at a moment of a forecast: the worse of the service's own and ours.

    Ours is the worst of NowCast PM2.5, NowCast PM10 and ozone (mean of 8 hours, of which 6 must be known, as
    40 CFR part 50 asks; and the hour's own). It is kept beside the service's, whose table may be that from before
    May 2024. Without the service's, all three pollutants must be known for the whole.
    """
    past = {hour.at: hour for hour in hours if at - timedelta(hours=12) < hour.at <= at}
    line = [past.get(at - timedelta(hours=age)) for age in range(12)]
    ours = [
        _particles(Pollutant.PM2_5, [hour.pm2_5_ugm3 if hour else None for hour in line]),
        _particles(Pollutant.PM10, [hour.pm10_ugm3 if hour else None for hour in line]),
        _ozone([hour.ozone_ugm3 if hour else None for hour in line[:8]]),
    ]
    theirs = line[0].us_aqi if line[0] else None
    known = [value for value in ours if value is not None]
    if theirs is not None:
        known.append(math.floor(theirs + 0.5))
    return Aqi(max(known, default=None), theirs is not None or None not in ours)


def _particles(pollutant: Pollutant, newest_first: Sequence[float | None]) -> int | None:
    mean = now_cast(newest_first)
    return None if mean is None else index(pollutant, mean)


def _ozone(newest_first: Sequence[float | None]) -> int | None:
    known = [value * PPM for value in newest_first if value is not None]
    if len(known) < 6 or newest_first[0] is None:
        return None
    long, short = sum(known) / len(known), newest_first[0] * PPM
    found = [index(Pollutant.OZONE_8H, long), index(Pollutant.OZONE_1H, short)]
    return max(value for value in found if value is not None)
