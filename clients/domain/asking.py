"""What is asked, page by page, of whatever a client answers for herself: the intake, or one instrument alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from clients.domain import packs, screening
from clients.domain.instruments import Answers, Instrument, Item, Part, Status, shipped
from clients.models import Screening

KIND = "intake"
SECONDS_AN_ITEM = 12


class NotByLink(Exception):
    """These questions are asked by a person; no link leads to them."""


@dataclass(frozen=True, slots=True)
class Step:
    """One page of questions."""

    number: int
    instrument: Instrument
    part: Part

    @property
    def every_item(self) -> tuple[Item, ...]:
        """Its questions and all that can follow from them."""
        return tuple(one for item in self.part.items for one in (item, *item.follow_ups))

    @property
    def keys(self) -> frozenset[str]:
        """What can be answered here."""
        return frozenset(item.key for item in self.every_item)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on: the number of a page, and the question there that is still open, if one is."""

    number: int
    item: str = ""


def instruments(kind: str) -> tuple[Instrument, ...]:
    """The instruments of one asking, in order. Raises NotByLink for what only a person asks."""
    if kind == KIND:
        return screening.intake()
    if not may_be_answered_alone(kind):
        raise NotByLink(kind)
    return (packs.worded(kind),)


def may_be_answered_alone(kind: str) -> bool:
    """Whether a client may answer these questions by herself: not those a person asks, nor bare numbers."""
    if kind == KIND:
        return True
    found = shipped().get(kind)
    if found is None or not found.self_completed or not found.parts:
        return False
    return found.status != Status.PACK_REQUIRED or bool(packs.loaded(kind))


def steps(kind: str = KIND) -> tuple[Step, ...]:
    """The pages, in order, from 1."""
    pages = [(instrument, part) for instrument in instruments(kind) for part in instrument.parts]
    return tuple(Step(number, *page) for number, page in enumerate(pages, start=1))


def in_words() -> frozenset[str]:
    """The questions of any instrument that are answered in somebody's own words."""
    every = (item for one in shipped().values() for item in one.every_item())
    return frozenset(item.key for item in every if item.scale.kind == "text")


def minutes_left(number: int, kind: str = KIND) -> int:
    """About how long the pages from this one on take; at least one minute."""
    items = sum(len(step.part.items) for step in steps(kind) if step.number >= number)
    return max(1, round(items * SECONDS_AN_ITEM / 60))


def still_open(step: Step, answers: Answers) -> tuple[str, ...]:
    """Needed questions of a page that were neither answered nor left out, follow-ups among them."""
    return tuple(
        item.key
        for item in screening.asked(step.instrument, answers)
        if item.needed and item.key in step.keys and item.key not in answers
    )


def first_open(kind: str, answers: Mapping[str, Answers]) -> Place:
    """The first question that is still open; the last page when none is."""
    pages = steps(kind)
    for step in pages:
        kept = answers.get(step.instrument.key, {})
        if waiting := still_open(step, kept):
            return Place(step.number, waiting[0] if step.keys & set(kept) else "")
    return Place(len(pages))


def language_of(kind: str, wanted: str) -> str:
    """The language the questions are truly shown in: the wanted one when every instrument has it, else English."""
    for language in (wanted, wanted[:2]):
        if all(language in one.languages for one in instruments(kind)):
            return language
    return "en"


def versions_of(kind: str) -> dict[str, str]:
    """Which version of each file is asked now."""
    return {one.key: one.version for one in instruments(kind)}


def has_changed(asked: Screening, step: Step) -> bool:
    """Whether the questions of this page were written anew after they were asked of this client."""
    return bool(asked.versions.get(step.instrument.key, step.instrument.version) != step.instrument.version)
