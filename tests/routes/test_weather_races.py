"""The task in several workers at the same moment, on committed rows: each cell is asked for once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

from django.db import connection

from routes.domain import weather_ahead
from routes.domain.weather_ahead import Wanted
from routes.models import Forecast

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
WORKERS = 4


def together(work):
    gate = Barrier(WORKERS)

    def one(number):
        try:
            gate.wait(10)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(one, range(WORKERS)))


def test_workers_at_the_same_moment_ask_once(fresh_db, service, walks):
    walks += [Wanted(51.5, lon / 10, NOW) for lon in range(3)]
    for turn, now in enumerate((NOW, NOW + timedelta(hours=1)), start=1):
        assert sum(together(lambda number, now=now: weather_ahead.look(now=now))) == 3
        assert len(service.asked) == 3 * 2 * turn
    assert Forecast.objects.filter(failures=0, fetched_at=now, air_fetched_at=now).count() == 3


def test_a_worker_that_comes_late_does_not_put_an_old_answer_over_a_new_one(fresh_db, service, walks):
    walks.append(Wanted(51.5, 0.0, NOW))
    cell = next(iter(weather_ahead._cells(NOW)))
    slow = weather_ahead._claim("open-meteo", cell, timedelta(hours=1), NOW)
    later = NOW + timedelta(minutes=10)
    assert weather_ahead.look(now=later) == 1
    weather_ahead._ask(slow, cell, set(), NOW)
    row = Forecast.objects.get()
    assert (row.fetched_at, row.air_fetched_at, row.failures) == (later, later, 0)
