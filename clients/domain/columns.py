"""What a column of an uploaded table holds, guessed from its heading; a person looks before anything is made."""

from collections.abc import Sequence
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import folded


class Column(models.TextChoices):
    """What can be taken in. All else in a table is left out."""

    NAME = "name", _("Full name")
    FIRST = "first", _("First name")
    LAST = "last", _("Last name")
    CALLED = "called", _("Likes to be called")
    PRONOUNS = "pronouns", _("Pronouns")
    BORN = "born", _("Date of birth")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Telephone")
    LANGUAGE = "language", _("Language")
    RING_NAME = "ring_name", _("Emergency contact: name")
    RING_RELATION = "ring_relation", _("Emergency contact: who that is")
    RING_PHONE = "ring_phone", _("Emergency contact: telephone")


HEADINGS: dict[str, tuple[str, ...]] = {
    Column.NAME: ("name", "full name", "client", "client name", "patient", "patient name"),
    Column.FIRST: ("first name", "first", "forename", "given name", "firstname"),
    Column.LAST: ("last name", "last", "surname", "family name", "lastname"),
    Column.CALLED: ("preferred name", "likes to be called", "called", "known as", "nickname"),
    Column.PRONOUNS: ("pronouns", "pronoun"),
    Column.BORN: ("date of birth", "dob", "d o b", "birth date", "birthdate", "birthday", "born", "birth day"),
    Column.EMAIL: ("email", "e mail", "email address", "e mail address", "mail", "primary email"),
    Column.PHONE: ("phone", "telephone", "mobile", "mobile phone", "phone number", "tel", "cell", "cell phone",
                   "mobile number", "telephone number", "primary phone"),
    Column.LANGUAGE: ("language", "preferred language"),
    Column.RING_NAME: ("emergency contact", "emergency contact name", "next of kin", "emergency name"),
    Column.RING_RELATION: ("emergency contact relationship", "emergency relationship", "relationship",
                           "emergency contact relation"),
    Column.RING_PHONE: ("emergency contact phone", "emergency phone", "next of kin phone", "emergency contact number",
                        "emergency contact telephone", "emergency telephone"),
}  # fmt: skip


def guess(headings: Sequence[str]) -> list[str]:
    """What each column seems to hold, "" for what is left out. Each thing is found once, the first time."""
    found: list[str] = []
    for heading in headings:
        plain = " ".join("".join(c if c.isalnum() else " " for c in folded(heading)).split())
        kind = next((str(column) for column, names in HEADINGS.items() if plain in names), "")
        found.append("" if kind in found else kind)
    return found


def month_first(dates: Sequence[str], *, country: str) -> bool:
    """Whether 03/04/2026 is the 4th of March here: what the dates themselves say, otherwise what the country writes."""
    parts = [one.replace(".", "/").replace("-", "/").split("/") for one in dates]
    pairs = [(int(a), int(b)) for a, b, *_rest in (p for p in parts if len(p) == 3) if a.isdecimal() and b.isdecimal()]
    days = [pair for pair in pairs if pair[0] <= 31 and pair[1] <= 31]
    if any(first > 12 for first, _second in days):
        return False
    return any(second > 12 for _first, second in days) or country == "US"


def day(text: str, *, month_first: bool) -> date:
    """A date as tables write it: 1984-03-09, or 9/3/1984, 9.3.1984, 9-3-1984 in the order given. Raises ValueError."""
    first, second, third = (part.strip() for part in text.replace(".", "/").replace("-", "/").split("/"))
    if not all(part.isascii() and part.isdecimal() for part in (first, second, third)):
        raise ValueError
    if len(first) == 4:
        return date(int(first), int(second), int(third))
    if len(third) != 4:
        raise ValueError
    return date(int(third), *((int(first), int(second)) if month_first else (int(second), int(first))))
