"""What a set of questions is made of: words, answer scales, items, pages, and what answers add up to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from django.utils.translation import get_language

LEFT_OUT = "left_out"
"""Stored when a question was deliberately left out. It is never read as "no"."""

Words = Mapping[str, str]
Answer = str | tuple[str, ...]
Answers = Mapping[str, Answer]


class Status(StrEnum):
    """What of an instrument comes with the product."""

    BUNDLED = "bundled"
    PACK_REQUIRED = "pack_required"
    """Scoring only; its words are loaded by the practice from a copy it is entitled to use."""
    LINK_ONLY = "link_only"
    """Nothing but where to find it; the practice keeps the result."""


def said(words: Words, language: str | None = None) -> str:
    """The words in the reader's language, in English where there is no translation, "" where there are none."""
    language = language or (get_language() or "en")
    return words.get(language) or words.get(language[:2]) or words.get("en", "")


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a scale offers."""

    value: str
    text: Words
    alone: bool = False
    """Chosen together with nothing else ("none of these")."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How an item is answered: one of these, many of these, or in words."""

    kind: Literal["one", "many", "text"]
    choices: tuple[Choice, ...]
    longest: int

    @property
    def values(self) -> frozenset[str]:
        return frozenset(choice.value for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Group:
    """Items that count when they have one of the answers."""

    items: tuple[str, ...]
    answers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when at least so many items of its groups count; one without groups always holds."""

    groups: tuple[Group, ...]
    at_least: int


@dataclass(frozen=True, slots=True)
class Item:
    """One question; what follows from an answer hangs below it. What is `live` is asked in words and never kept."""

    key: str
    text: Words
    short: Words
    note: Words
    scale: Scale
    needed: bool
    promise: bool
    live: bool
    opened_by: Condition | None
    """Asked only once this holds; an answer that was given all the same is kept."""
    when: frozenset[str]
    follow_ups: tuple["Item", ...]

    def is_followed(self, answer: Answer | None) -> bool:
        """Whether this answer opens the follow-up questions."""
        given = {answer} if isinstance(answer, str) else set(answer or ())
        return bool(given & self.when)


@dataclass(frozen=True, slots=True)
class Part:
    """One page of questions."""

    key: str
    title: Words
    lead: Words
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result by name: holds when each of its conditions does."""

    key: str
    text: Words
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A range of a sum, from its lowest value up to the next band, with the published word for it."""

    start: int
    key: str
    text: Words


@dataclass(frozen=True, slots=True)
class Sum:
    """A figure: the sum or mean of the points of `items`, or the sum of other figures (`of`), times `times`.

    `missing` says what an unanswered item does: no figure at all (refuse), as published for some measures the mean of
    the others in its place when at most `at_most_missing` are open (prorate), or nothing (ignore).
    """

    key: str
    title: Words
    items: tuple[str, ...]
    of: tuple[str, ...]
    method: Literal["sum", "mean"]
    times: int
    missing: Literal["refuse", "prorate", "ignore"]
    at_most_missing: int
    change: int
    """How much is a meaningful change, as published; 0 where nothing is."""
    bands: tuple[Band, ...]
    zero_when: Condition | None
    """Holds when the figure is 0 without being counted: a gate was answered with no."""

    def band(self, value: float | None) -> Band | None:
        """The band of a value; None without a value or without bands."""
        fitting = [band for band in self.bands if value is not None and value >= band.start]
        return fitting[-1] if fitting else None


@dataclass(frozen=True, slots=True)
class Scoring:
    """What answers add up to. The first outcome that holds is the result; every flag that holds is raised."""

    points: Mapping[str, int]
    """Points of an answer; an answer that is a number and not listed here counts as that number."""
    reverse: frozenset[str]
    sums: tuple[Sum, ...]
    outcomes: tuple[Outcome, ...]
    flags: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One set of questions, as its file says."""

    key: str
    version: str
    languages: tuple[str, ...]
    status: Status
    licence: str
    source: str
    notice: str
    """A line that must stand wherever the questions are shown; "" where none must."""
    link: str
    self_completed: bool
    recall: Words
    title: Words
    words: Words
    parts: tuple[Part, ...]
    scoring: Scoring

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for part in self.parts for item in part.items)

    def every_item(self) -> Iterator[Item]:
        """Items and all their follow-ups, in the order asked."""
        for item in self.items:
            yield item
            yield from item.follow_ups

    def find(self, key: str) -> Item:
        return next(item for item in self.every_item() if item.key == key)

    def part(self, key: str) -> Part:
        return next(part for part in self.parts if part.key == key)
