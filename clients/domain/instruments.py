"""What can be asked: one TOML file an instrument, read and checked when the product starts.

A new instrument, or a new language of one, is a file in `clients/instruments/`; no code knows its items by position.
A file that is not whole is refused with a sentence that names the file and the reason.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from django.utils.translation import get_language

FOLDER = Path(__file__).resolve().parent.parent / "instruments"
LEFT_OUT = "left_out"
"""Stored when a question was deliberately left out. It is never read as "no"."""

Words = Mapping[str, str]
Answer = str | tuple[str, ...]
Answers = Mapping[str, Answer]


class BrokenInstrument(Exception):
    """A sentence with the file and what is wrong with it."""


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
class Item:
    """One question; what follows from an answer hangs below it."""

    key: str
    text: Words
    short: Words
    note: Words
    scale: Scale
    needed: bool
    promise: bool
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
    """Holds when at least `at_least` of `items` have one of `answers`; one without items always holds."""

    key: str
    items: tuple[str, ...]
    answers: frozenset[str]
    at_least: int


@dataclass(frozen=True, slots=True)
class Scoring:
    """What answers add up to; without outcomes and points, nothing."""

    outcomes: tuple[Outcome, ...]
    total: tuple[str, ...]
    points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One set of questions, as its file says."""

    key: str
    version: str
    languages: tuple[str, ...]
    status: str
    licence: str
    source: str
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


@cache
def shipped() -> Mapping[str, Instrument]:
    """Every instrument in the folder, by key. Raises BrokenInstrument for the first that is not whole."""
    return MappingProxyType({found.key: found for found in map(read, sorted(FOLDER.glob("*.toml")))})


def read(path: Path) -> Instrument:
    """One file, checked. Raises BrokenInstrument with file and reason."""
    try:
        return _Reader(tomllib.loads(path.read_text("utf-8"))).instrument(path.stem)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenInstrument(f"{path.name} is not valid TOML: {error}.") from error
    except KeyError as error:
        raise BrokenInstrument(f"{path.name} is missing {error.args[0]}.") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise BrokenInstrument(f"{path.name}: {error}.") from error


class _Reader:
    """Turns the tables of one file into an Instrument; every complaint is a plain sentence."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.languages = tuple(data["languages"])
        self.scales = {key: self.scale(key, table) for key, table in data.get("scales", {}).items()}

    def instrument(self, stem: str) -> Instrument:
        data = self.data
        if data["key"] != stem:
            raise ValueError(f'the key "{data["key"]}" differs from the file name')
        made = Instrument(
            key=data["key"],
            version=data["version"],
            languages=self.languages,
            status=data["status"],
            licence=data["licence"],
            source=data["source"],
            self_completed=data["self_completed"],
            recall=self.words(data, "recall", "the file"),
            title=self.words(data, "title", "the file"),
            words=self.words(data, "words", "the file"),
            parts=tuple(self.part(table) for table in data["parts"]),
            scoring=self.scoring(data.get("scoring", {})),
        )
        _check(made)
        return made

    def words(self, table: dict[str, Any], name: str, where: str, *, needed: bool = True) -> Words:
        found = table.get(name, {})
        lacking = [language for language in self.languages if not found.get(language, "").strip()]
        if lacking and (needed or found):
            raise ValueError(f'{where} has no "{name}" in {", ".join(lacking)}')
        return MappingProxyType(dict(found))

    def scale(self, key: str, table: dict[str, Any]) -> Scale:
        kind = table.get("kind", "one")
        if kind not in ("one", "many", "text"):
            raise ValueError(f'the scale "{key}" is of kind "{kind}"; known are one, many, text')
        choices = tuple(
            Choice(one["value"], self.words(one, "text", f'the scale "{key}"'), one.get("alone", False))
            for one in table.get("choices", [])
        )
        if kind != "text" and len({choice.value for choice in choices}) < max(2, len(choices)):
            raise ValueError(f'the scale "{key}" needs at least two different answers')
        return Scale(kind, choices, table.get("longest", 2000))

    def part(self, table: dict[str, Any]) -> Part:
        where = f'the part "{table["key"]}"'
        return Part(
            key=table["key"],
            title=self.words(table, "title", where),
            lead=self.words(table, "lead", where, needed=False),
            items=tuple(self.item(one) for one in table["items"]),
        )

    def item(self, table: dict[str, Any], *, under: str = "") -> Item:
        key = f"{under}.{table['key']}" if under else table["key"]
        where = f'the item "{key}"'
        if table["scale"] not in self.scales:
            raise ValueError(f'{where} names the answer scale "{table["scale"]}", which is not in [scales]')
        return Item(
            key=key,
            text=self.words(table, "text", where),
            short=self.words(table, "short", where),
            note=self.words(table, "note", where, needed=False),
            scale=self.scales[table["scale"]],
            needed=table.get("needed", True),
            promise=table.get("promise", False),
            when=frozenset(table.get("when", [])),
            follow_ups=self.follow_ups(table, key),
        )

    def follow_ups(self, table: dict[str, Any], key: str) -> tuple[Item, ...]:
        if not (name := table.get("follow")):
            return ()
        if name not in self.data.get("follow_sets", {}):
            raise ValueError(f'the item "{key}" follows with "{name}", which is not in [follow_sets]')
        return tuple(self.item(one, under=key) for one in self.data["follow_sets"][name]["items"])

    def scoring(self, table: dict[str, Any]) -> Scoring:
        outcomes = tuple(
            Outcome(one["key"], tuple(one.get("items", ())), frozenset(one.get("answers", ())), one.get("at_least", 0))
            for one in table.get("outcomes", [])
        )
        return Scoring(outcomes, tuple(table.get("total", ())), MappingProxyType(table.get("points", {})))


def _check(made: Instrument) -> None:
    """What no single table can know: keys are unique, and every reference leads somewhere."""
    keys = [item.key for item in made.every_item()]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f'the item "{min(twice)}" is there twice')
    for item in made.every_item():
        if unknown := item.when - item.scale.values:
            raise ValueError(
                f'the item "{item.key}" is followed up on "{min(unknown)}", which its scale does not offer'
            )
    for outcome in made.scoring.outcomes:
        _check_outcome(made, outcome)
    for key in made.scoring.total:
        if key not in keys:
            raise ValueError(f'the total counts "{key}", which is not an item')
        if unscored := made.find(key).scale.values - set(made.scoring.points):
            raise ValueError(f'the answer "{min(unscored)}" to "{key}" has no points')


def _check_outcome(made: Instrument, outcome: Outcome) -> None:
    keys = {item.key for item in made.every_item()}
    for key in outcome.items:
        if key not in keys:
            raise ValueError(f'the outcome "{outcome.key}" looks at "{key}", which is not an item')
        if unknown := outcome.answers - made.find(key).scale.values:
            raise ValueError(f'the outcome "{outcome.key}" waits for "{min(unknown)}", which "{key}" cannot answer')
    if outcome.at_least > len(outcome.items):
        raise ValueError(f'the outcome "{outcome.key}" wants more answers than it has items')
