"""Hours of a year generated from monthly normals: a diurnal sine with seeded variation. No observations."""

import calendar
import math
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import elevation

from routes.domain import daylight
from routes.domain.daylight import SunTimes
from routes.domain.forecast import HOUR, Forecast, Hour

FILE = Path(__file__).parent / "climates.toml"
YEAR = 2025


@dataclass(frozen=True)
class Climate:
    """One place, and its normals by name."""

    key: str
    of: dict[str, Any]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.of["zone"])

    def sun(self, day: date) -> SunTimes:
        return daylight.of(self.of["lat"], self.of["lon"], self.zone, day)

    def normal(self, name: str, day: date) -> float:
        """The normal of a day, straight between the middles of the months."""
        at = day.month - 1 + (day.day - 15) / calendar.monthrange(day.year, day.month)[1]
        low, values = math.floor(at), self.of[name]
        return values[low % 12] + (values[(low + 1) % 12] - values[low % 12]) * (at - low)


def climates() -> list[Climate]:
    return [Climate(key, table) for key, table in tomllib.loads(FILE.read_text("utf-8")).items()]


@dataclass(frozen=True)
class _Day:
    mean: float
    swing: float
    vapour: float
    sky: float
    wind: float
    wet: dict[int, float]
    thunder: set[int]
    pm2_5: float


def year(climate: Climate, *, seed: str = "a year") -> Forecast:
    """All hours of a year, as a forecast of which nothing is missing. Fog is not generated, nor ozone and PM10."""
    chance = random.Random(f"{climate.key} {seed}")
    hours: dict[datetime, Hour] = {}
    for day, drift in _drifts(chance).items():
        weather = _day(climate, day, drift, chance)
        hours |= {hour.at: hour for hour in _hours(climate, day, weather, chance)}
    return Forecast(tuple(hours[at] for at in sorted(hours)))


def _drifts(chance: random.Random) -> dict[date, float]:
    """How far each day is from its normal, in standard deviations: a warm day follows a warm day, and over a month
    they make up for each other."""
    drift, drifts = 0.0, {}
    for number in range(-1, 367):
        drift = 0.7 * drift + math.sqrt(1 - 0.7**2) * chance.gauss(0, 1)
        drifts[date(YEAR, 1, 1) + timedelta(days=number)] = drift
    mean = {month: fmean(away for day, away in drifts.items() if day.month == month) for month in range(1, 13)}
    return {day: away - mean[day.month] for day, away in drifts.items()}


def _day(climate: Climate, day: date, drift: float, chance: random.Random) -> _Day:
    high, low = climate.normal("highs", day), climate.normal("lows", day)
    winter, summer = climate.of["spread"]
    height = (1 - math.cos(2 * math.pi * (day.timetuple().tm_yday - 15) / 365.25)) / 2
    away = drift * (winter + (summer - winter) * height)
    mean = (high + low) / 2 + away
    days = calendar.monthrange(day.year, day.month)[1]
    wet = _rain(climate, day, chance) if chance.random() < climate.normal("rain_days", day) / days else {}
    storm = chance.random() < climate.normal("thunder_days", day) / days
    begins = min(23, max(0, round(chance.gauss(17, 3))))
    sun = climate.normal("sunshine", day) / 100
    clear = min(max(chance.betavariate(1.2 * sun / (1 - sun), 1.2), 0.0), 1.0) if not wet else sun * chance.random()
    vapour = climate.normal("humidity", day) / 100 * _saturated(mean) * chance.uniform(0.85, 1.12)
    return _Day(
        mean=mean,
        swing=(high - low) / 2 * (1 + 0.5 * (clear - sun)),
        vapour=vapour,
        sky=1 - clear,
        wind=climate.normal("wind", day) * chance.weibullvariate(1.12, 2.5),
        wet=wet,
        thunder={begins, begins + 1} if storm else set(),
        pm2_5=climate.of["pm2_5"] * chance.lognormvariate(-0.1, 0.45),
    )


def _rain(climate: Climate, day: date, chance: random.Random) -> dict[int, float]:
    """Millimetres by the hour of a wet day: some four hours, unevenly."""
    amount = chance.expovariate(climate.normal("rain_days", day) / climate.normal("rain", day))
    begins, length = chance.randrange(24), max(1, min(12, round(chance.expovariate(1 / 4))))
    shares = [chance.expovariate(1) for _ in range(length)]
    return {begins + n: amount * share / sum(shares) for n, share in enumerate(shares) if begins + n < 24}


def _saturated(temperature_c: float) -> float:
    """Saturation vapour pressure, hPa (Magnus)."""
    return 6.112 * math.exp(17.62 * temperature_c / (243.12 + temperature_c))


def _hours(climate: Climate, day: date, weather: _Day, chance: random.Random) -> Iterator[Hour]:
    observer = Observer(climate.of["lat"], climate.of["lon"], 0.0)
    shift = timedelta(hours=round(climate.of["lon"] / 15))
    for number in range(24):
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + number * HOUR - shift
        warm = weather.mean + weather.swing * math.cos(2 * math.pi * (number - 15) / 24) + chance.gauss(0, 0.4)
        sky = min(max(weather.sky + chance.gauss(0, 0.12), 0.0), 1.0)
        sine = max(math.sin(math.radians(elevation(observer, at))), 0.0)
        through = 1 - 0.75 * sky**3.4
        wind = weather.wind * (1 + 0.15 * math.cos(2 * math.pi * (number - 15) / 24)) * chance.uniform(0.8, 1.2)
        fallen = weather.wet.get(number, 0.0)
        yield Hour(
            at,
            temperature_c=warm,
            humidity_pct=min(100.0, 100 * weather.vapour / _saturated(warm)),
            precipitation_mm=fallen,
            rain_mm=fallen if warm > 1 else 0.0,
            snowfall_cm=fallen * 0.7 if warm <= 1 else 0.0,
            code=_code(number, weather, fallen, warm, sky, chance),
            wind_ms=wind,
            gust_ms=wind * chance.uniform(1.3, 1.7),
            uv=_uv(sine, climate.of["ozone_du"]) * through,
            cloud_pct=100 * sky,
            radiation_wm2=1098 * sine * math.exp(-0.057 / sine) * through if sine > 0.01 else 0.0,  # Haurwitz 1945
            visibility_m=20_000.0,
            us_aqi=None,
            pm2_5_ugm3=weather.pm2_5,
            pm10_ugm3=weather.pm2_5 * 1.6,
            ozone_ugm3=60.0,
            is_day=float(sine > 0),
        )


def _uv(sine: float, ozone_du: float) -> float:
    """Clear sky (Madronich 2007): 12.5 sin(height)^2.42 (ozone / 300)^-1.23; a tenth less for the haze of a city."""
    return 0.9 * 12.5 * sine**2.42 * (ozone_du / 300) ** -1.23


def _code(number: int, weather: _Day, fallen: float, warm: float, sky: float, chance: random.Random) -> float:
    if number in weather.thunder:
        return 95.0
    if fallen > 0:
        if warm <= -0.5:
            return 73.0
        return 66.0 if warm < 0.5 and chance.random() < 0.1 else 63.0
    return 3.0 if sky > 0.8 else 1.0
