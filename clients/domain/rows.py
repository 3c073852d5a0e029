"""One row of an uploaded table: a person who can be made, a person who is here already, or why not, in words."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.domain import columns, names
from clients.domain.columns import Column
from clients.domain.languages import find
from clients.models.client import folded

OLDEST_YEARS = 120
FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"
"""A name that begins so is a formula to a spreadsheet (OWASP, CSV injection)."""
Key = tuple[str, str, str]


class Why(models.TextChoices):
    """Why a row was not made; kept without a word of the row."""

    HERE = "here", _("is here already: same name, and the same date of birth, e-mail or telephone")
    TWICE = "twice", _("stands in this file twice; the first one counts")
    NAMESAKE = "namesake", _("somebody of this name is here, and no date of birth tells them apart")
    NO_NAME = "no_name", _("there is no name")
    LONG_NAME = "long_name", _("the name has more than 160 letters")
    FORMULA = "formula", _("the name begins like a formula")
    WIDE = "wide", _("there are more cells than headings, so something stands in the wrong column")
    BORN = "born", _("the date of birth cannot be read; write it as 1984-03-09")
    BORN_WHEN = "born_when", _("the date of birth lies in the future, or too long ago")
    EMAIL = "email", _("the e-mail address does not have the form of one")
    PHONE = "phone", _("the telephone number cannot be read")
    LONG = "long", _("something else in the row is too long")
    RING = "ring", _("of the emergency contact there is a name or a number, and not both")

    @property
    def is_known(self) -> bool:
        """True for whoever is here already: nothing is wrong with the row."""
        return self in (Why.HERE, Why.TWICE, Why.NAMESAKE)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be made of a row."""

    name: str
    called: str = ""
    pronouns: str = ""
    born: date | None = None
    email: str = ""
    phone: str = ""
    language: str = "en"
    ring: tuple[str, str, str] = ("", "", "")
    """Whom to ring: name, who that is, telephone."""

    @property
    def keys(self) -> frozenset[Key]:
        """What tells this person from others of the same name."""
        return keys(self.name, self.born, [self.email, self.phone])


class Refused(Exception):
    """A row that cannot be made; `why` says what is wrong."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def keys(name: str, born: date | None, ways: Iterable[str]) -> frozenset[Key]:
    """The name with the date of birth, with each e-mail address, and with each telephone number. People who share an
    address and not a name are two people."""
    found = {(folded(name), "born", born.isoformat())} if born else set()
    for way in ways:
        if way:
            found.add((folded(name), "way", way.casefold() if "@" in way else dialled(way)))
    return frozenset(found)


def dialled(number: str) -> str:
    """The digits that tell a telephone number: its last nine, so that +44 7700 and 07700 are the same."""
    return "".join(c for c in number if c.isdecimal())[-9:]


def person(cells: Mapping[str, str], *, month_first: bool, today: date, languages: Collection[str] = ("en",)) -> Person:
    """The person whom these cells describe, by column. Raises Refused."""
    said = {column: cells.get(column, "") for column in Column.values}
    return Person(
        name=_name(said),
        called=_short(said[Column.CALLED], 80),
        pronouns=_short(said[Column.PRONOUNS], 40),
        born=_born(said[Column.BORN], month_first, today),
        email=_email(said[Column.EMAIL]),
        phone=_phone(said[Column.PHONE]),
        language=find(said[Column.LANGUAGE], languages),
        ring=_ring(said),
    )


def _name(said: dict[str, str]) -> str:
    raw = said[Column.NAME] or f"{said[Column.FIRST]} {said[Column.LAST]}"
    if raw.strip().startswith(tuple(FORMULA)):
        raise Refused(Why.FORMULA)
    name = names.seen(raw)
    if not name:
        raise Refused(Why.NO_NAME)
    if len(name) > 160:
        raise Refused(Why.LONG_NAME)
    return name


def _short(text: str, most: int) -> str:
    if len(text) > most or text.startswith(tuple(FORMULA)):
        raise Refused(Why.FORMULA if len(text) <= most else Why.LONG)
    return text


def _born(text: str, month_first: bool, today: date) -> date | None:
    if not text:
        return None
    try:
        born = columns.day(text, month_first=month_first)
    except ValueError as error:
        raise Refused(Why.BORN) from error
    if born > today or born.year < today.year - OLDEST_YEARS:
        raise Refused(Why.BORN_WHEN)
    return born


def _email(text: str) -> str:
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError as error:
        raise Refused(Why.EMAIL) from error
    if len(text) > 254 or text.startswith(tuple(FORMULA)):
        raise Refused(Why.EMAIL)
    return text


def _phone(text: str) -> str:
    digits = sum(c.isdecimal() for c in text)
    if text and (digits < 5 or len(text) > 40 or any(c not in "+0123456789 ()/.-" for c in text)):
        raise Refused(Why.PHONE)
    return text


def _ring(said: dict[str, Any]) -> tuple[str, str, str]:
    name, relation = _short(said[Column.RING_NAME], 160), _short(said[Column.RING_RELATION], 80)
    phone = _phone(said[Column.RING_PHONE])
    if bool(name) != bool(phone):
        raise Refused(Why.RING)
    return (name, relation, phone) if name else ("", "", "")
