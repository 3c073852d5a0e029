"""Weather for sessions of tests: rows as a service would leave them."""

from datetime import datetime, timedelta
from typing import Any

from routes.domain.provider import Cell
from routes.models import Forecast, Route
from tests.routes import open_meteo

HOT = {"temperature_2m": 33.0, "relative_humidity_2m": 50, "cloud_cover": 100, "shortwave_radiation": 0.0}
WARM = {"temperature_2m": 28.0, "relative_humidity_2m": 55, "cloud_cover": 100, "shortwave_radiation": 0.0}
STORM = {"weather_code": 95}


def forecast(
    route: Route, now: datetime, changed: dict[str, Any] | None = None, *, source: str = "open-meteo", **fields: Any
) -> Forecast:
    """The same hour over and over from a day before to three days after, fetched now; air is clean."""
    cell = Cell.of(*route.start)
    first = {"first": f"{now - timedelta(days=1):%Y-%m-%dT%H:00}", "hours": 96}
    told = {
        "forecast": open_meteo.weather(changed, **first),
        "fetched_at": now,
        "air": open_meteo.air(**first),
        "air_fetched_at": now,
        "tried_at": now,
    }
    row, _made = Forecast.objects.update_or_create(source=source, lat=cell.lat, lon=cell.lon, defaults=told | fields)
    return row
