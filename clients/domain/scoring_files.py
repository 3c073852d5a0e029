"""Reading how an instrument is scored: figures with their bands, outcomes and flags, each checked against its items."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Protocol

from clients.domain.questions import Band, Condition, Group, Instrument, Outcome, Scoring, Sum, Words

ORDERED = ("sum", "mean")
MISSING = ("refuse", "prorate", "ignore")


class Source(Protocol):
    """The file being read: its words, and what is being looked at."""

    at: str

    def words(self, table: dict[str, Any], name: str, where: str, *, needed: bool = True) -> Words: ...


class Reader:
    """Turns the [scoring] of one file into Scoring."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def scoring(self, table: dict[str, Any]) -> Scoring:
        return Scoring(
            points=MappingProxyType(dict(table.get("points", {}))),
            reverse=frozenset(table.get("reverse", ())),
            sums=tuple(self.figure(one) for one in table.get("sums", ())),
            outcomes=tuple(self.outcome(one) for one in table.get("outcomes", ())),
            flags=tuple(self.outcome(one) for one in table.get("flags", ())),
        )

    def figure(self, table: dict[str, Any]) -> Sum:
        self.source.at = key = table["key"]
        where = f'the sum "{key}"'
        bands = tuple(
            Band(one["from"], one["key"], self.source.words(one, "text", where)) for one in table.get("bands", ())
        )
        if [band.start for band in bands] != sorted({band.start for band in bands}):
            raise ValueError(f"{where} has bands that do not rise")
        made = Sum(
            key=key,
            title=self.source.words(table, "title", where, needed=False),
            items=tuple(table.get("items", ())),
            of=tuple(table.get("of", ())),
            method=table.get("method", "sum"),
            times=table.get("times", 1),
            missing=table.get("missing", "refuse"),
            at_most_missing=table.get("at_most_missing", 0),
            change=table.get("change", 0),
            bands=bands,
            zero_when=condition(table["zero_when"]) if "zero_when" in table else None,
        )
        if made.method not in ORDERED or made.missing not in MISSING:
            raise ValueError(f"{where} has a method or a way with missing answers that is not known")
        if bool(made.items) == bool(made.of):
            raise ValueError(f"{where} needs either items, or other sums")
        return made

    def outcome(self, table: dict[str, Any]) -> Outcome:
        self.source.at = table["key"]
        where = f'the outcome "{table["key"]}"'
        return Outcome(
            key=table["key"],
            text=self.source.words(table, "text", where, needed=False),
            conditions=tuple(condition(one) for one in table.get("all", [table])),
        )


def condition(table: dict[str, Any]) -> Condition:
    """Items and answers, or groups of them, and how many must count."""
    groups = table.get("groups", [table] if "items" in table else [])
    return Condition(
        groups=tuple(Group(tuple(one["items"]), frozenset(one["answers"])) for one in groups),
        at_least=table.get("at_least", 0),
    )


def check(made: Instrument, source: Source) -> None:
    """Every item, answer and sum that the scoring and the skips name is there."""
    for item in made.every_item():
        if item.opened_by:
            source.at = item.key
            _check_condition(made, item.key, item.opened_by)
    for outcome in (*made.scoring.outcomes, *made.scoring.flags):
        source.at = outcome.key
        for one in outcome.conditions:
            _check_condition(made, outcome.key, one)
    known: set[str] = set()
    for figure in made.scoring.sums:
        source.at = figure.key
        _check_items(made, figure.items, f'the sum "{figure.key}" counts')
        if figure.zero_when:
            _check_condition(made, figure.key, figure.zero_when)
        if later := set(figure.of) - known:
            raise ValueError(f'the sum "{figure.key}" adds "{min(later)}", which does not stand before it')
        known.add(figure.key)
        for key in figure.items:
            if unscored := {value for value in made.find(key).scale.values if points(made, value) is None}:
                raise ValueError(f'the answer "{min(unscored)}" to "{key}" has no points')
    source.at = "reverse"
    _check_items(made, made.scoring.reverse, "the reversed items name")


def points(made: Instrument, value: str) -> int | None:
    """The points of an answer before reversing; None when it has none."""
    if value in made.scoring.points:
        return made.scoring.points[value]
    return int(value) if value.isdecimal() else None


def _check_items(made: Instrument, keys: Iterable[str], who: str) -> None:
    known = {item.key for item in made.every_item()}
    for key in keys:
        if key not in known:
            raise ValueError(f'{who} "{key}", which is not an item')


def _check_condition(made: Instrument, of: str, looked_at: Condition) -> None:
    for group in looked_at.groups:
        _check_items(made, group.items, f'"{of}" looks at')
        for key in group.items:
            if unknown := group.answers - made.find(key).scale.values:
                raise ValueError(f'"{of}" waits for "{min(unknown)}", which "{key}" cannot answer')
    if looked_at.at_least > sum(len(group.items) for group in looked_at.groups):
        raise ValueError(f'"{of}" wants more answers than it has items')
