"""A plan for harder days as a page: its headings, its lines, and which of them can be rung."""

import re
from dataclasses import dataclass
from math import ceil

from django.utils.translation import gettext as _

from clients.domain.safety import PARTS
from clients.models import SafetyPlan

ROW, ROWS = 80, 5
"""A plan is one page: so many letters are a line of it, and so many lines a part may have (ours)."""
NUMBER = re.compile(r"\+?\d[\d ()/.-]{4,}\d")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a plan; with a number in it, it can be rung (`href`)."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a plan as it is read."""

    key: str
    heading: str
    rows: tuple[Row, ...]


def headings() -> dict[str, str]:
    """The parts, in the client's own voice, in the order of the page."""
    return {
        "staying": _("What is worth staying for"),
        "signs": _("How I notice that it is getting hard"),
        "alone": _("What helps when I am alone with it"),
        "places": _("Where I can be, and who is good company there"),
        "people": _("Whom I tell, and ring"),
        "helpers": _("Who helps me by profession"),
        "safer": _("What makes it safer around me"),
    }


def parts(made: SafetyPlan) -> tuple[Part, ...]:
    """The plan as it is read, part by part. The audit entry comes before."""
    words, said = made.words, headings()
    return tuple(
        Part(key, said[key], tuple(_row(line) for line in words[key].splitlines() if line.strip()))
        for key in PARTS
        if words.get(key)
    )


def _row(line: str) -> Row:
    found = NUMBER.search(line)
    if not found:
        return Row(line.strip())
    together = line.replace(found[0], found[0].replace(" ", "\N{NO-BREAK SPACE}"))
    return Row(together.strip(), f"tel:{re.sub(r'[^+0-9]', '', found[0])}")


def lines(text: str) -> int:
    """How many lines of the page these words take."""
    return sum(max(1, ceil(len(line) / ROW)) for line in text.splitlines())
