"""Fixtures of the routes: a weather service that is asked for real. Properties of paths are judged by what holds."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.routes import weather_server

hypothesis_settings.register_profile(
    "unhurried", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("unhurried")


@pytest.fixture
def service(settings) -> Iterator[weather_server.Service]:
    """Open-Meteo as far as this process knows."""
    with weather_server.running() as found:
        settings.WEATHER = replace(
            settings.WEATHER, source="open-meteo", forecast_url=found.url, air_url=found.url, key=""
        )
        yield found


@pytest.fixture
def walks(monkeypatch):
    """Where somebody walks soon, for tests to fill with `Wanted`."""
    from routes.domain import weather_ahead

    soon: list[weather_ahead.Wanted] = []
    monkeypatch.setattr(weather_ahead, "wanted", {"tests": lambda now: soon})
    return soon
