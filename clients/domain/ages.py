"""Who agrees alone: the ages that a practice has set, and where a client stands between them. Pure sums."""

from datetime import date
from enum import Enum

from practice.models import Practice

OLDEST_MAJORITY = 21
"""The highest age of majority in use (Mississippi and a few countries); above it nobody needs a guardian for age."""


class Standing(Enum):
    """Of age; young but old enough to agree to therapy alone; young, so that a guardian signs too."""

    GROWN = "grown"
    ALONE = "alone"
    YOUNG = "young"


def on(birth_date: date | None, day: date) -> int | None:
    """Full years on a day; None when the date of birth is not known. Born on 29 February, it grows on 1 March."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def birthday(birth_date: date | None, age: int | None) -> date | None:
    """The day on which somebody reaches an age; for 29 February it is 1 March in other years."""
    if birth_date is None or age is None:
        return None
    try:
        return birth_date.replace(year=birth_date.year + age)
    except ValueError:
        return date(birth_date.year + age, 3, 1)


def comings(birth_date: date | None, practice: Practice) -> list[date]:
    """The days on which the word of somebody young comes to mean something else: old enough to agree alone, of age."""
    found = (birthday(birth_date, age) for age in (practice.minor_age, practice.majority_age))
    return sorted({day for day in found if day} if practice.majority_age is not None else ())


def born_by(day: date, age: int) -> date:
    """The last day of birth of those who have reached an age on a day."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:
        return date(day.year - age, 2, 28)


def standing(age: int | None, practice: Practice) -> Standing:
    """Where somebody of this age stands here. Whose age is not known counts as of age."""
    if age is None or practice.majority_age is None or age >= practice.majority_age:
        return Standing.GROWN
    if practice.minor_age is not None and age >= practice.minor_age:
        return Standing.ALONE
    return Standing.YOUNG


def is_young(birth_date: date | None, day: date, practice: Practice) -> bool:
    """Under the age of majority, whether or not a guardian signs too."""
    return standing(on(birth_date, day), practice) is not Standing.GROWN
