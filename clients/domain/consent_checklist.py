"""Which clauses an agreement has, by what it is about: `clients/consents/checklist.toml`, read once and checked."""

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from practice.models import OUTDOOR, Scope

FILE = Path(__file__).resolve().parent.parent / "consents" / "checklist.toml"
TRAINEE, MINOR = "trainee", "minor"
"""To whom alone a clause is shown: the clients of a trainee; whoever is asked about somebody under age."""
MINORS = "minors"
"""Stands among the scopes of the file for a text that is marked as being for minors."""

_WHERE = frozenset({*Scope.values, MINORS})


class BrokenChecklist(Exception):
    """A sentence with the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Point:
    """One clause: its key, what the editor calls it, what it has to say, where it is needed or fits, and which names
    its words have to fill in."""

    key: str
    name: str
    says: str
    only: str
    needed: frozenset[str]
    fits: frozenset[str]
    names: frozenset[str]


@cache
def points() -> tuple[Point, ...]:
    """Every clause in the order of the file. Raises BrokenChecklist."""
    try:
        made = tuple(_point(table) for table in tomllib.loads(FILE.read_text("utf-8"))["clauses"])
    except tomllib.TOMLDecodeError as error:
        raise BrokenChecklist(f"{FILE.name} is not valid TOML: {error}.") from error
    except KeyError as error:
        raise BrokenChecklist(f"{FILE.name}: a clause is missing {error.args[0]}.") from error
    if len({one.key for one in made}) < len(made):
        raise BrokenChecklist(f"{FILE.name}: a clause is there twice.")
    return made


def _point(table: dict[str, Any]) -> Point:
    needed, fits = _where(table.get("needed", [])), _where(table.get("fits", []))
    if unknown := (needed | fits) - _WHERE:
        raise BrokenChecklist(f'{FILE.name}: "{min(unknown)}", of the clause "{table["key"]}", is not known.')
    only, names = table.get("only", ""), frozenset(table.get("names", []))
    return Point(table["key"], table["name"], table["says"], only, needed, fits, names)


def _where(named: Iterable[str]) -> frozenset[str]:
    return frozenset(one for name in named for one in (OUTDOOR if name == "outdoors" else (name,)))


def needed(scopes: Collection[str], *, minors: bool = False) -> list[Point]:
    """The clauses without which a text about this is not published."""
    about = {*scopes, MINORS} if minors else set(scopes)
    return [one for one in points() if one.needed & about]


def fitting(scopes: Collection[str]) -> list[Point]:
    """The clauses that a text about this may have beside them."""
    return [one for one in points() if one.fits & set(scopes)]


def name_of(key: str) -> str:
    """What the editor calls a clause, in the reader's language."""
    return next((_(one.name) for one in points() if one.key == key), _("A clause of your own"))
