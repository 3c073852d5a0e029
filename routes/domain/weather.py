"""The weather at a place for whoever reads it: what was fetched ahead, or why it is not known. Asks nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from practice.domain import words
from routes import models
from routes.domain.forecast import Forecast, read
from routes.domain.provider import Cell

OFF = "off"
CREDIT_URL = "https://open-meteo.com/"
STALE = timedelta(hours=3)
"""Ours: an answer older than this says nothing any more. It is asked for again every hour before a start within twelve
hours and every two and a half before a later one, so that a stale one means that nobody answered or nobody asked."""


@dataclass(frozen=True, slots=True)
class Weather:
    """What is known of a place's weather. `forecast` is None while it is unknown; where only the air is, its hours
    have none, and what reads them takes that for unknown too."""

    source: str
    forecast: Forecast | None = None
    fetched_at: datetime | None = None
    is_stale: bool = False
    is_silent: bool = False
    """The service was asked since, and gave no forecast."""
    alerts: tuple[str, ...] = ()
    """Official warnings: no source has any yet, which a page may say."""

    @property
    def is_sample(self) -> bool:
        """True when it was made up for a demo, which has to stand beside it."""
        return self.source == models.Forecast.Source.SAMPLE

    @property
    def credit(self) -> str:
        """The words that have to stand beside it: for Open-Meteo a link to `CREDIT_URL`, for a sample what it is."""
        return str(models.Forecast.Source(self.source).label) if self.forecast else ""

    def why_unknown(self, zone: str) -> str:
        """A sentence with times in a zone; empty when the weather is known."""
        if self.forecast:
            return ""
        if self.source == OFF:
            return _("The weather is not looked up in this practice.")
        if not self.fetched_at:
            return _("The weather service has not answered yet.") if self.is_silent else _("Not looked up yet.")
        since = words.when(self.fetched_at, zone)
        if self.is_silent:
            return _("The weather service has not answered since %(time)s.") % {"time": since}
        return _("The weather was last looked up on %(time)s.") % {"time": since}


def at(lat: float, lon: float, *, now: datetime) -> Weather:
    """The weather around a point."""
    return at_many([(lat, lon)], now=now)[lat, lon]


def at_many(places: Iterable[tuple[float, float]], *, now: datetime) -> dict[tuple[float, float], Weather]:
    """The weather around each (lat, lon), in one query."""
    source = settings.WEATHER.source
    cells = {place: Cell.of(*place) for place in places}
    known: dict[Cell, Weather] = {}
    if cells and source != OFF:
        somewhere = reduce(or_, (Q(lat=cell.lat, lon=cell.lon) for cell in set(cells.values())))
        rows = models.Forecast.objects.filter(somewhere, source=source)
        known = {Cell(row.lat, row.lon): _weather(row, now) for row in rows}
    return {place: known.get(cell, Weather(source)) for place, cell in cells.items()}


def _weather(row: models.Forecast, now: datetime) -> Weather:
    """A row as it is now. Raises nothing: only answers that can be read are kept."""
    found = _fresh(row.forecast, row.fetched_at, now)
    air = _fresh(row.air, row.air_fetched_at, now)
    return Weather(
        source=row.source,
        forecast=found.joined(air) if found and air else found,
        fetched_at=row.fetched_at,
        is_stale=bool(row.fetched_at and not found),
        is_silent=row.fetched_at is None or row.fetched_at < row.tried_at,
    )


def _fresh(told: object, fetched_at: datetime | None, now: datetime) -> Forecast | None:
    return read(told, fetched_at) if fetched_at and abs(now - fetched_at) <= STALE else None
