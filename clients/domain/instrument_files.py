"""Reading the file of an instrument: every complaint is a sentence with the file, the line and the reason.

A new instrument, or a new language of one, is a file in `clients/instruments/`; no code knows its items by position.
"""

import tomllib
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from clients.domain import scoring_files
from clients.domain.questions import Choice, Condition, Instrument, Item, Part, Scale, Status, Words

MANDATORY = ("version", "status", "licence", "source", "self_completed")


class BrokenInstrument(Exception):
    """A sentence with the file, the line and what is wrong with it."""


def read(path: Path) -> Instrument:
    """One file, checked. Raises BrokenInstrument with file, line and reason."""
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenInstrument(f"{path.name} is not valid TOML: {error}.") from error
    reader = _Reader(data)
    try:
        return reader.instrument(path.stem)
    except KeyError as error:
        raise BrokenInstrument(f"{path.name}, line {_line(text, reader.at)}: missing {error.args[0]}.") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise BrokenInstrument(f"{path.name}, line {_line(text, reader.at)}: {error}.") from error


def _line(text: str, at: str) -> int:
    """The line on which a key or answer is first named in quotes or before an equals sign; 1 when nowhere."""
    needles = (f'key = "{at}"', f'value = "{at}"', f"[scales.{at}]", f"[follow_sets.{at}]", f'"{at}"', f"{at} =")
    lines = text.splitlines()
    found = (number for needle in needles for number, line in enumerate(lines, start=1) if at and needle in line)
    return next(found, 1)


class _Reader:
    """Turns the tables of one file into an Instrument. `at` is what is being read."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data, self.at = data, "key"
        self.languages: tuple[str, ...] = ()
        self.scales: dict[str, Scale] = {}

    def instrument(self, stem: str) -> Instrument:
        data = self.data
        if data["key"] != stem:
            raise ValueError(f'the key "{data["key"]}" differs from the file name')
        self.languages = tuple(data["languages"])
        for name in MANDATORY:
            data[name]
        self.scales = {key: self.scale(key, table) for key, table in data.get("scales", {}).items()}
        parts = tuple(self.part(table) for table in data.get("parts", ()))
        made = Instrument(
            key=data["key"],
            version=data["version"],
            languages=self.languages,
            status=self.status(data["status"], parts),
            licence=data["licence"],
            source=data["source"],
            notice=data.get("notice", ""),
            link=data.get("link", ""),
            self_completed=data["self_completed"],
            recall=self.words(data, "recall", "the file"),
            title=self.words(data, "title", "the file"),
            words=self.words(data, "words", "the file"),
            parts=parts,
            scoring=scoring_files.Reader(self).scoring(data.get("scoring", {})),
        )
        self.check(made)
        return made

    def status(self, status: str, parts: tuple[Part, ...]) -> Status:
        self.at = "status"
        if status not in set(Status):
            raise ValueError(f'the status "{status}" is not one of {", ".join(Status)}')
        if (status == Status.LINK_ONLY) == bool(parts):
            raise ValueError("an instrument that is only a link has no questions, and every other one has some")
        return Status(status)

    def words(self, table: dict[str, Any], name: str, where: str, *, needed: bool = True) -> Words:
        found = table.get(name, {})
        lacking = [language for language in self.languages if not found.get(language, "").strip()]
        if lacking and (needed or found):
            raise ValueError(f'{where} has no "{name}" in {", ".join(lacking)}')
        return MappingProxyType(dict(found))

    def everywhere(self, text: str) -> Words:
        """The same text in every language: a number."""
        return MappingProxyType(dict.fromkeys(self.languages, text))

    def scale(self, key: str, table: dict[str, Any]) -> Scale:
        self.at = key
        kind: Literal["one", "many", "text"] = table.get("kind", "one")
        if kind not in ("one", "many", "text"):
            raise ValueError(f'the scale "{key}" is of kind "{kind}"; known are one, many, text')
        numbers = [str(number) for number in range(table["from"], table["to"] + 1)] if "from" in table else []
        worded = {one["value"]: one for one in table.get("choices", ())}
        if len(worded) < len(table.get("choices", ())):
            raise ValueError(f'the scale "{key}" offers an answer twice')
        if numbers and set(worded) - set(numbers):
            raise ValueError(f'the scale "{key}" words an answer that is not among its numbers')
        choices = tuple(
            Choice(value, self.words(worded[value], "text", f'the scale "{key}"'), worded[value].get("alone", False))
            if value in worded
            else Choice(value, self.everywhere(value))
            for value in numbers or worded
        )
        if kind != "text" and len(choices) < 2:
            raise ValueError(f'the scale "{key}" needs at least two different answers')
        return Scale(kind, choices, table.get("longest", 2000))

    def part(self, table: dict[str, Any]) -> Part:
        self.at = table["key"]
        where = f'the part "{table["key"]}"'
        items = tuple(self.item(one) for one in table.get("items", ())) or self.numbered(table)
        if not items:
            raise ValueError(f"{where} has no questions")
        return Part(
            key=table["key"],
            title=self.words(table, "title", where),
            lead=self.words(table, "lead", where, needed=False),
            items=items,
        )

    def numbered(self, table: dict[str, Any]) -> tuple[Item, ...]:
        """Questions q1 to qN without words: these stand in the practice's own copy. `names` says what each is about."""
        names = table.get("names", [""] * table.get("numbered", 0))
        if len(names) != table.get("numbered", 0):
            raise ValueError(f'the part "{table["key"]}" names {len(names)} of {table.get("numbered")} questions')
        return tuple(
            Item(
                key=f"q{number}",
                text=self.everywhere(str(number)),
                short=self.everywhere(f"{number}. {name}" if name else str(number)),
                note=MappingProxyType({}),
                scale=self.scale_of(table, f"q{number}"),
                needed=True,
                promise=False,
                live=False,
                opened_by=self.opened_by(table.get("opened_by", {}).get(f"q{number}")),
                when=frozenset(),
                follow_ups=(),
            )
            for number, name in enumerate(names, start=1)
        )

    def opened_by(self, table: dict[str, Any] | None) -> Condition | None:
        return scoring_files.condition(table) if table else None

    def scale_of(self, table: dict[str, Any], key: str) -> Scale:
        if table["scale"] not in self.scales:
            raise ValueError(f'the item "{key}" names the answer scale "{table["scale"]}", which is not in [scales]')
        return self.scales[table["scale"]]

    def item(self, table: dict[str, Any], *, under: str = "") -> Item:
        key = f"{under}.{table['key']}" if under else table["key"]
        where, self.at = f'the item "{key}"', table["key"]
        return Item(
            key=key,
            text=self.words(table, "text", where),
            short=self.words(table, "short", where),
            note=self.words(table, "note", where, needed=False),
            scale=self.scale_of(table, key),
            needed=table.get("needed", True),
            promise=table.get("promise", False),
            live=table.get("live", False),
            opened_by=self.opened_by(table.get("opened_by")),
            when=frozenset(table.get("when", [])),
            follow_ups=self.follow_ups(table, key),
        )

    def follow_ups(self, table: dict[str, Any], key: str) -> tuple[Item, ...]:
        if not (name := table.get("follow")):
            return ()
        if name not in self.data.get("follow_sets", {}):
            raise ValueError(f'the item "{key}" follows with "{name}", which is not in [follow_sets]')
        return tuple(self.item(one, under=key) for one in self.data["follow_sets"][name]["items"])

    def check(self, made: Instrument) -> None:
        """What no single table can know: keys are unique, and every reference leads somewhere."""
        keys = [item.key for item in made.every_item()]
        if twice := {key for key in keys if keys.count(key) > 1}:
            self.at = min(twice)
            raise ValueError(f'the item "{min(twice)}" is there twice')
        for item in made.every_item():
            self.at = item.key
            if unknown := item.when - item.scale.values:
                raise ValueError(
                    f'the item "{item.key}" is followed up on "{min(unknown)}", which its scale does not offer'
                )
        scoring_files.check(made, self)
