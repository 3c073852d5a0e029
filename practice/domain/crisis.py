"""Whom to ring at any hour, by country: data in `practice/data/crisis.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

Line = dict[str, str]
FILE = Path(__file__).resolve().parent.parent / "data" / "crisis.toml"


@cache
def _countries() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def lines(country: str) -> list[Line]:
    """The lines of a country (ISO 3166 alpha-2), most used first; the European number where none are kept."""
    countries = _countries()
    found: list[Line] = countries.get(country, countries["other"])["lines"]
    return found


def emergency_number(country: str) -> str:
    """The number for danger to life."""
    countries = _countries()
    number: str = countries.get(country, countries["other"])["emergency"]
    return number
