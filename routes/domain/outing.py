"""An outing, the person on it, and what is found about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise

from practice.models.modes import Mode
from routes.domain.limits import Basis, Hazard, Level, Who


class Exposure(StrEnum):
    """How much of the sky a route sees."""

    OPEN = "open"
    PARTLY = "partly"
    SHADED = "shaded"


class Heat(StrEnum):
    """How heat finds a person. Mild (an SSRI alone): the limits of everyone, and a word about water and shade.
    Strict: lithium, anticholinergics, antipsychotics, heart."""

    STANDARD = "standard"
    MILD = "mild"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class Person:
    """What of a person's limits the weather meets."""

    heat: Heat = Heat.STANDARD
    lungs: bool = False
    """Asthma or COPD."""
    by_day: bool = False
    """Only in daylight, lamps or not."""

    @property
    def who(self) -> frozenset[Who]:
        told = {Who.EVERYONE: True, Who.STRICT: self.heat is Heat.STRICT, Who.LUNGS: self.lungs}
        return frozenset(who for who, true in told.items() if true)


@dataclass(frozen=True, slots=True)
class Outing:
    """When, how and under what sky; `start` and `end` are aware."""

    start: datetime
    end: datetime
    mode: Mode
    exposure: Exposure = Exposure.OPEN
    under_trees: bool = False
    lit: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One hazard at its worst hour: the figure, what it asks for, and the limit that says so, or the next one."""

    hazard: Hazard
    level: Level
    value: float | None
    unit: str
    limit: float | None
    basis: Basis
    source: str
    at: datetime | None
    in_the_sun: bool = False
    badness: float = float("-inf")
    words: tuple[str | Promise, ...] = ()
    """What to change, or to think of."""
