"""What a weather provider is: a function that answers for a cell of the map, or raises `NoAnswer`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Service(StrEnum):
    """The two services of a provider."""

    FORECAST = "forecast"
    AIR = "air"


class NoAnswer(Exception):
    """Nothing that can be read has come; the text says why, and never where for."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """All that a provider learns of a route: degrees to one decimal, which is 11 km from south to north."""

    lat: Decimal
    lon: Decimal

    @classmethod
    def of(cls, lat: float, lon: float) -> "Cell":
        """The cell around a point; the antimeridian is -180. Raises ValueError when it is not on the globe."""
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError("not on the globe")
        east = (round(lon * 10) + 1800) % 3600 - 1800
        return cls(Decimal(round(lat * 10)).scaleb(-1), Decimal(east).scaleb(-1))


Ask = Callable[[Service, Cell, datetime], dict[str, Any]]
"""(service, cell, now) -> the response in Open-Meteo's format."""
