"""Fetching the weather before it is needed, in a worker and never while somebody waits for a page.

The rows decide, so the task may run twice, late or in parallel: whoever moves `tried_at` on asks, and nobody else.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DataError, transaction
from django.db.models import F
from django.utils import timezone

from routes.domain import forecast, open_meteo, sample_weather
from routes.domain.provider import Ask, Cell, NoAnswer, Service
from routes.models import Forecast

logger = logging.getLogger("alongside.weather")
SOON = timedelta(hours=12)
AGAIN_SOON = timedelta(hours=1)
AGAIN_LATER = timedelta(hours=2, minutes=30)
"""Ours: under the three hours after which it is stale, with half an hour left for a second and third try."""
PAUSES = [timedelta(minutes=m) for m in (5, 10, 15, 30, 60)]
KEPT = timedelta(days=3)
AT = {Service.FORECAST: "fetched_at", Service.AIR: "air_fetched_at"}

providers: dict[str, Ask] = {
    Forecast.Source.OPEN_METEO: open_meteo.ask,
    Forecast.Source.SAMPLE: sample_weather.ask,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somewhere, and when somebody starts to walk there."""

    lat: float
    lon: float
    starts_at: datetime


wanted: dict[str, Callable[[datetime], Iterable[Wanted]]] = {}
"""Filled by the apps that know who walks when: (now) -> where the weather is needed soon."""


def look(*, now: datetime | None = None, source: str | None = None) -> int:
    """Ask for what is needed soon and is old; returns for how many cells. The soonest first, and a service that does
    not answer for one cell is asked for no other until the next turn: silence costs a worker seconds."""
    now, source = now or timezone.now(), source or settings.WEATHER.source
    if source not in providers:
        return 0
    asked, silent = 0, set[Service]()
    for cell, starts_at in sorted(_cells(now).items(), key=lambda one: one[1]):
        if Service.FORECAST in silent:
            break
        if row := _claim(source, cell, AGAIN_SOON if starts_at - now <= SOON else AGAIN_LATER, now):
            asked += 1
            silent |= _ask(row, cell, silent, now)
    return asked


def forget(*, now: datetime | None = None) -> int:
    """Delete what nobody has needed for three days."""
    old = Forecast.objects.filter(tried_at__lt=(now or timezone.now()) - KEPT)
    return old.delete()[0]


def _cells(now: datetime) -> dict[Cell, datetime]:
    """Each cell with the first start in it."""
    soonest: dict[Cell, datetime] = {}
    for places in wanted.values():
        for one in places(now):
            cell = Cell.of(one.lat, one.lon)
            soonest[cell] = min(one.starts_at, soonest.get(cell, one.starts_at))
    return soonest


def _claim(source: str, cell: Cell, again: timedelta, now: datetime) -> Forecast | None:
    """The row of a cell that is due, for the one worker that gets it. A try counts as failed until it has succeeded,
    so a worker that dies is not followed at once by the next."""
    row, made = Forecast.objects.get_or_create(
        source=source, lat=cell.lat, lon=cell.lon, defaults={"tried_at": now, "failures": 1}
    )
    if made:
        return row
    pause = min(PAUSES[min(row.failures, len(PAUSES)) - 1], again) if row.failures else again
    if abs(now - row.tried_at) < pause:  # a clock that ran ahead for a while must not keep it for years
        return None
    ours = Forecast.objects.filter(pk=row.pk, tried_at=row.tried_at)
    if not ours.update(tried_at=now, failures=F("failures") + 1):
        return None
    row.tried_at = now
    return row


def _ask(row: Forecast, cell: Cell, silent: set[Service], now: datetime) -> set[Service]:
    """Ask the services but for those that are silent, and keep what each says; returns which gave nothing. A row that
    another worker took over meanwhile is left alone."""
    ours = Forecast.objects.filter(pk=row.pk, tried_at=row.tried_at)
    failed = set(silent)
    for service in [one for one in Service if one not in silent]:
        try:
            told = providers[row.source](service, cell, now)
            forecast.read(told)
            with transaction.atomic():
                ours.update(**{service.value: told, AT[service]: now})
        except (NoAnswer, forecast.ForecastProblem, DataError) as error:
            reason = str(error) if isinstance(error, NoAnswer) else type(error).__name__
            logger.warning("no weather", extra={"fields": {"service": service.value, "reason": reason}})
            failed.add(service)
    if not failed:
        ours.update(failures=0)
    return failed
