"""A sample of the weather for a demo: made up, the same for the same place and day, and it says so in the data.

Five kinds of day take turns, and every one has a gusty hour or two in the morning, so that something asks for a change.
The sun stands where it does; temperatures are roughly those of the British Isles.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from routes.domain.provider import Cell, Service

SAYS = "Made up for a demo. This is not real weather."
DAYS = 4
GUSTY = 52.0
"""km/h, from nine to eleven by the sun: over the limit for a change, and under the one for indoors."""
UNITS = {
    "temperature_2m": "°C",
    "relative_humidity_2m": "%",
    "precipitation": "mm",
    "rain": "mm",
    "snowfall": "cm",
    "weather_code": "wmo code",
    "wind_speed_10m": "km/h",
    "wind_gusts_10m": "km/h",
    "uv_index": "",
    "cloud_cover": "%",
    "shortwave_radiation": "W/m²",
    "visibility": "m",
    "precipitation_probability": "%",
    "is_day": "",
}
AIR_UNITS = {"us_aqi": "USAQI", "pm2_5": "μg/m³", "pm10": "μg/m³", "ozone": "μg/m³"}


@dataclass(frozen=True, slots=True)
class _Day:
    """A kind of day: the share of the sky that is clouded, degrees against the season's mean, wind in km/h, rain in mm
    an hour from 13 to 16 by the sun, and the code of its sky."""

    cloud: float
    warmer: float
    wind: float
    rain: float
    code: int


TURNS = (
    _Day(cloud=0.1, warmer=2.0, wind=9.0, rain=0.0, code=1),
    _Day(cloud=0.5, warmer=1.0, wind=14.0, rain=0.0, code=2),
    _Day(cloud=0.9, warmer=-1.0, wind=19.0, rain=0.8, code=3),
    _Day(cloud=0.7, warmer=-0.5, wind=27.0, rain=0.0, code=3),
    _Day(cloud=0.3, warmer=0.0, wind=11.0, rain=0.0, code=2),
)


def ask(service: Service, cell: Cell, now: datetime) -> dict[str, Any]:
    """Today in GMT and three more days, hour by hour."""
    first = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    hours = [first + timedelta(hours=number) for number in range(24 * DAYS)]
    say, units = (_weather, UNITS) if service == Service.FORECAST else (_air, AIR_UNITS)
    said = [say(float(cell.lat), float(cell.lon), at) for at in hours]
    return {
        "sample": SAYS,
        "latitude": float(cell.lat),
        "longitude": float(cell.lon),
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "hourly_units": {"time": "iso8601", **units},
        "hourly": {
            "time": [f"{at:%Y-%m-%dT%H:%M}" for at in hours],
            **{name: [one[name] for one in said] for name in units},
        },
    }


def _weather(lat: float, lon: float, at: datetime) -> dict[str, float]:
    there = at + timedelta(hours=lon / 15)
    day, hour, height = TURNS[there.toordinal() % len(TURNS)], there.hour + there.minute / 60, _sun(lat, there)
    rain = day.rain if 13 <= hour < 16 else 0.0
    above_mean = 5 * (1 - 0.6 * day.cloud) * math.cos((hour - 15) / 24 * math.tau)
    return {
        "temperature_2m": round(_season(lat, there) + day.warmer + above_mean, 1),
        "relative_humidity_2m": round(min(95 if rain else 75 - 3.5 * above_mean, 98)),
        "precipitation": rain,
        "rain": rain,
        "snowfall": 0.0,
        "weather_code": 61 if rain else day.code,
        "wind_speed_10m": day.wind,
        "wind_gusts_10m": GUSTY if 9 <= hour < 11 else round(1.7 * day.wind, 1),
        "uv_index": round(12.5 * max(height, 0.0) ** 2.42 * (1 - 0.7 * day.cloud**2.5), 1),
        "cloud_cover": round(100 * day.cloud),
        "shortwave_radiation": round(max(910 * height - 30, 0.0) * (1 - 0.75 * day.cloud**3.4)),
        "visibility": 9_000.0 if rain else 24_000.0,
        "precipitation_probability": 70 if rain else round(20 * day.cloud),
        "is_day": int(height > 0),
    }


def _air(_lat: float, lon: float, at: datetime) -> dict[str, float]:
    """Clean, and a little less so around eight and eighteen by the sun."""
    hour = (at + timedelta(hours=lon / 15)).hour
    fine = 5.4 + 1.8 * math.cos((hour - 8) / 10 * math.tau) ** 2
    return {
        "us_aqi": round(fine / 9 * 50),
        "pm2_5": round(fine, 1),
        "pm10": round(2 * fine, 1),
        "ozone": round(60 + 15 * math.cos((hour - 15) / 24 * math.tau)),
    }


def _season(lat: float, there: datetime) -> float:
    """The mean of a day in °C: coldest at the end of January in the north, of July in the south."""
    return 12 - math.copysign(7, lat) * math.cos((there.timetuple().tm_yday - 25) / 365 * math.tau)


def _sun(lat: float, there: datetime) -> float:
    """The sine of the sun's height. UV and radiation above follow from it (Madronich 2007, Kasten and Czeplak 1980)."""
    tilt = math.radians(-23.44 * math.cos((there.timetuple().tm_yday + 10) / 365 * math.tau))
    turn = (there.hour + there.minute / 60 - 12) / 24 * math.tau
    at = math.radians(lat)
    return math.sin(at) * math.sin(tilt) + math.cos(at) * math.cos(tilt) * math.cos(turn)
