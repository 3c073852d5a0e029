"""The limits of the weather: defaults from `routes/conditions/limits.toml`, and a practice's own over them."""

import math
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from practice.models.modes import OUTDOOR, Mode

FILE = Path(__file__).resolve().parent.parent / "conditions" / "limits.toml"


class Level(StrEnum):
    """What a figure asks for. Not to know is as bad as having to change something (`rank`)."""

    GO = "go"
    MODIFY = "modify"
    UNKNOWN = "unknown"
    INDOORS = "indoors"

    @property
    def rank(self) -> int:
        return {Level.GO: 0, Level.MODIFY: 1, Level.UNKNOWN: 1, Level.INDOORS: 2}[self]


class Hazard(StrEnum):
    """What is looked at, in the order in which it is told."""

    LIGHT = "light"
    HEAT = "heat_index"
    COLD = "wind_chill"
    AIR = "aqi"
    UV = "uv"
    GUSTS = "gusts"
    RAIN = "rain"
    THUNDER = "thunder"
    ICE = "ice"
    FREEZING_RAIN = "freezing_rain"
    VISIBILITY = "visibility"


class Basis(StrEnum):
    """Whose number it is."""

    PUBLISHED = "published"
    OURS = "ours"


class Who(StrEnum):
    """Of whom a limit is true."""

    EVERYONE = "everyone"
    STRICT = "strict"
    LUNGS = "lungs"


REACHED = {
    ">=": lambda value, at: value >= at,
    ">": lambda value, at: value > at,
    "<=": lambda value, at: value <= at,
    "<": lambda value, at: value < at,
}


@dataclass(frozen=True, slots=True)
class Limit:
    """One row: from which figure on, for whom and in which mode, a hazard asks for this level."""

    key: str
    hazard: Hazard
    level: Level
    modes: frozenset[Mode]
    who: Who
    reached: str
    at: float
    among: frozenset[float]
    unit: str
    between: tuple[float, float] | None
    basis: Basis
    source: str

    def met_by(self, value: float) -> bool:
        """Whether a figure, in the unit of this limit, reaches it."""
        return value in self.among if self.among else bool(REACHED[self.reached](value, self.at))

    def badness(self, value: float) -> float:
        """A number that grows as the figure of this hazard gets worse."""
        return -value if self.reached.startswith("<") else value


@dataclass(frozen=True, slots=True)
class Setting:
    """A number beside the limits."""

    key: str
    at: float
    unit: str
    between: tuple[float, float]
    basis: Basis
    source: str


Row = TypeVar("Row", Limit, Setting)


class LimitProblem(ValueError):
    """Limits that cannot be set; `sentences` says why, by the name of the limit."""

    def __init__(self, sentences: Mapping[str, str | Promise]) -> None:
        super().__init__(sentences)
        self.sentences = sentences

    def __str__(self) -> str:
        return " ".join(str(sentence) for sentence in self.sentences.values())


@dataclass(frozen=True, slots=True)
class Limits:
    """All limits that hold in a practice."""

    rows: tuple[Limit, ...]
    settings: Mapping[str, Setting]

    def of(self, hazard: Hazard, mode: Mode, who: Collection[Who]) -> tuple[Limit, ...]:
        """The rows for one person in one mode, those first that are reached first."""
        rows = [row for row in self.rows if row.hazard is hazard and mode in row.modes and row.who in who]
        return tuple(sorted(rows, key=lambda row: (row.badness(row.at), row.level.rank)))

    def number(self, key: str) -> float:
        """A number beside the limits, by its name."""
        return self.settings[key].at

    @property
    def numbers(self) -> dict[str, float]:
        """Every number by its name, those of the limits and those beside them."""
        return {row.key: row.at for row in self.rows} | {name: one.at for name, one in self.settings.items()}

    def changed(self, own: Mapping[str, object]) -> "Limits":
        """These with a practice's own numbers, by name. Raises LimitProblem with a sentence for each that cannot be:
        no such name, no number, out of bounds, or indoors before a change is asked for."""
        known: dict[str, Limit | Setting] = {row.key: row for row in self.rows} | dict(self.settings)
        wrong = {name: sentence for name, value in own.items() if (sentence := _refusal(known.get(name), value))}
        if wrong:
            raise LimitProblem(wrong)
        made = Limits(
            tuple(_own(row, own) for row in self.rows),
            MappingProxyType({name: _own(setting, own) for name, setting in self.settings.items()}),
        )
        if wrong := _upside_down(made, own):
            raise LimitProblem(wrong)
        return made


def _refusal(row: Limit | Setting | None, value: object) -> str | Promise | None:
    if row is None:
        return _("There is no limit of that name.")
    if row.between is None:
        return _("This limit cannot be moved.")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return _("A limit is a number.")
    low, high = row.between
    if not low <= value <= high:
        return _("This limit lies between {low} and {high} {unit}.").format(low=low, high=high, unit=row.unit)
    return None


def _own(row: Row, own: Mapping[str, object]) -> Row:
    value = own.get(row.key)
    if not isinstance(value, int | float) or value == row.at:
        return row
    return replace(row, at=float(value), basis=Basis.OURS, source=str(_("set by this practice")))


def _upside_down(limits: Limits, own: Mapping[str, object]) -> dict[str, str | Promise]:
    """Each of the practice's own that would send people indoors before it asks for a change."""
    said = _("With these limits people would go indoors before anything is changed.")
    pairs = [
        (row, other)
        for row in limits.rows
        for other in limits.rows
        if row.level is Level.MODIFY and other.level is Level.INDOORS
        if row.hazard is other.hazard and row.who is other.who and row.modes & other.modes
        if row.badness(row.at) > other.badness(other.at)
    ]
    return {row.key: said for pair in pairs for row in pair if row.key in own}


@cache
def shipped() -> Limits:
    """The defaults that the product brings."""
    data = tomllib.loads(FILE.read_text("utf-8"))
    rows = tuple(_limit(key, row, data["hazards"][row["hazard"]]) for key, row in data["limits"].items())
    settings = {key: _setting(key, row) for key, row in data["settings"].items()}
    return Limits(rows, MappingProxyType(settings))


def _limit(key: str, row: Mapping[str, Any], hazard: Mapping[str, Any]) -> Limit:
    among = frozenset(float(code) for code in row.get("among", ()))
    return Limit(
        key=key,
        hazard=Hazard(row["hazard"]),
        level=Level(row["level"]),
        modes=frozenset(Mode(mode) for mode in row.get("modes", OUTDOOR)),
        who=Who(row.get("who", Who.EVERYONE)),
        reached=row["reached"] if not among else ">=",
        at=min(among) if among else float(row["at"]),
        among=among,
        unit=hazard["unit"],
        between=_between(hazard),
        basis=Basis(row["basis"]),
        source=row["source"],
    )


def _between(row: Mapping[str, Any]) -> tuple[float, float] | None:
    return (float(row["between"][0]), float(row["between"][1])) if "between" in row else None


def _setting(key: str, row: Mapping[str, Any]) -> Setting:
    low, high = row["between"]
    return Setting(key, float(row["at"]), row["unit"], (float(low), float(high)), Basis(row["basis"]), row["source"])
