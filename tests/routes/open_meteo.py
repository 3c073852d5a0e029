"""Responses in the format of Open-Meteo, made for tests."""

from datetime import datetime, timedelta
from typing import Any

UNITS = {
    "time": "iso8601",
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
AIR_UNITS = {"time": "iso8601", "us_aqi": "USAQI", "pm2_5": "μg/m³", "pm10": "μg/m³", "ozone": "μg/m³"}
MILD_HOUR = {
    "temperature_2m": 15.0,
    "relative_humidity_2m": 50,
    "precipitation": 0.0,
    "rain": 0.0,
    "snowfall": 0.0,
    "weather_code": 1,
    "wind_speed_10m": 10.0,
    "wind_gusts_10m": 20.0,
    "uv_index": 2.0,
    "cloud_cover": 30,
    "shortwave_radiation": 300.0,
    "visibility": 20000.0,
    "precipitation_probability": 5,
    "is_day": 1,
}
CLEAN_AIR = {"us_aqi": 30, "pm2_5": 5.0, "pm10": 10.0, "ozone": 60.0}


def response(
    hour: dict[str, Any], units: dict[str, str], *, first: str = "2026-06-15T00:00", hours: int = 24, **more: Any
) -> dict[str, Any]:
    """The same hour over and over, from `first` local to `utc_offset_seconds` (0 unless told)."""
    times = [(datetime.fromisoformat(first) + timedelta(hours=n)).strftime("%Y-%m-%dT%H:%M") for n in range(hours)]
    return {
        "latitude": 51.5, "longitude": -0.12, "generationtime_ms": 0.1, "utc_offset_seconds": 0, "timezone": "GMT",
        "timezone_abbreviation": "GMT", "elevation": 23.0, "hourly_units": dict(units),
        "hourly": {"time": times} | {name: [value] * hours for name, value in hour.items()},
    } | more  # fmt: skip


def weather(changed: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A mild dry day, with these values of every hour changed."""
    return response(MILD_HOUR | (changed or {}), UNITS, **more)


def air(changed: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Clean air all day, with these values of every hour changed."""
    return response(CLEAN_AIR | (changed or {}), AIR_UNITS, **more)
