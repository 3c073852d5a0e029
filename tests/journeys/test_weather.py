"""A real worker: it fetches the weather for a session ahead, and a service that hangs keeps nobody waiting."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from practice.domain import hints
from routes.models import Forecast
from tests import factories
from tests.journeys.conftest import Served, until
from tests.routes import weather_server


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[weather_server.Service]:
    """The worker's Open-Meteo; its air-quality service never answers."""
    with weather_server.running() as found:
        found.break_down(lambda handler: found.closing.wait(60) and None, "/v1/air-quality")
        monkeypatch.setenv("ALONGSIDE_WEATHER", "open-meteo")
        monkeypatch.setenv("ALONGSIDE_WEATHER_URL", found.url)
        monkeypatch.setenv("ALONGSIDE_AIR_URL", found.url)
        yield found


def test_a_worker_fetches_ahead_and_waits_for_no_hanging_service(service: weather_server.Service, served: Served):
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    start = timezone.now() + timedelta(hours=3)
    factories.session(anna, starts_at=start, mode="walk", route=factories.route(anna), fallback="room")
    assert hints.send("routes.tasks.look_at_the_weather") and hints.send("routes.tasks.look_at_the_weather")
    until(lambda: Forecast.objects.filter(fetched_at__isnull=False).exists(), seconds=40, what="the weather")
    row = Forecast.objects.get()
    assert (row.source, str(row.lat), str(row.lon)) == ("open-meteo", "51.5", "-0.2")
    assert (row.air_fetched_at, row.failures) == (None, 1)
    assert service.paths().count("/v1/forecast") == 1
