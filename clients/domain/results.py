"""What answers came to when they were handed in: scores and rules, sealed beside them, never computed anew.

A later version of the rules does not rewrite what an earlier one said. Rows of before there was a place for it are
read through today's rules.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clients.domain import rule_changes, screening
from clients.domain.considerations import Considered, consider
from clients.domain.facts import Level
from clients.domain.instruments import Answers, shipped
from clients.models import Screening


@dataclass(frozen=True, slots=True)
class Found:
    """One consideration: its line among the rules, its level, and what it rested on."""

    rule: str
    key: str
    level: Level
    said: frozenset[str]


@dataclass(frozen=True, slots=True)
class Result:
    """Level, rules and figures of one asking."""

    level: Level
    rules: frozenset[str]
    found: tuple["Found", ...]
    is_dangerous: bool
    """Something stated meant danger then."""
    totals: Mapping[str, Mapping[str, float | None]]
    """Figures by instrument and sum."""
    outcomes: Mapping[str, str]
    rule_set: str


def given(answers: Mapping[str, Any]) -> dict[str, Answers]:
    """Stored answers, by instrument, as the rules read them. What is not an instrument's is left aside."""
    return {
        key: {item: tuple(value) if isinstance(value, list) else value for item, value in kept.items()}
        for key, kept in answers.items()
        if key in shipped()
    }


def seal(made: Screening) -> None:
    """Put beside the answers what they come to. Called once, when they are handed in; the caller saves."""
    answers = given(made.answers)
    found = consider(answers, changes=rule_changes.current())
    made.result_text = json.dumps(_row(found, answers), sort_keys=True)


def _row(found: Considered, answers: Mapping[str, Answers]) -> dict[str, Any]:
    scores = {key: screening.score(shipped()[key], one) for key, one in answers.items()}
    return {
        "level": found.level.name,
        "rules": sorted(found.rules),
        "found": lines(found),
        "danger": found.is_dangerous,
        "totals": {key: dict(score.totals) for key, score in scores.items() if score.totals},
        "outcomes": {key: score.outcome for key, score in scores.items() if score.outcome},
        "rule_set": found.rule_set,
    }


def lines(found: Considered) -> list[dict[str, Any]]:
    """What was considered, as it is kept beside answers and beside a decision."""
    return [
        {"rule": one.rule, "key": one.key, "level": one.level.name, "said": sorted(one.said)}
        for one in found.considerations
    ]


def read_lines(rows: Sequence[Mapping[str, Any]]) -> tuple[Found, ...]:
    """The same, read again. A line of before it had a key is named by its rule."""
    return tuple(
        Found(
            row["rule"], row.get("key", row["rule"]), Level[row.get("level", "CLEAR")], frozenset(row.get("said", ()))
        )
        for row in rows
    )


def of(made: Screening) -> Result:
    """What one asking came to."""
    return of_each([made])[0]


def of_each(some: Sequence[Screening]) -> list[Result]:
    """What each of these came to, with one look at the keys; what is only begun, as far as it has come."""
    texts = Screening.result_text.read_each(some)
    begun = [made for made, text in zip(some, texts, strict=True) if not text]
    anew = {made.pk: _anew(text) for made, text in zip(begun, Screening.answers_text.read_each(begun), strict=True)}
    return [_read(json.loads(text) if text else anew[made.pk]) for made, text in zip(some, texts, strict=True)]


def _anew(text: str) -> dict[str, Any]:
    answers = given(json.loads(text)) if text else {}
    return _row(consider(answers), answers)


def _read(row: Mapping[str, Any]) -> Result:
    return Result(
        level=Level[row["level"]],
        rules=frozenset(row["rules"]),
        found=read_lines(row["found"]),
        is_dangerous=row["danger"],
        totals=row["totals"],
        outcomes=row["outcomes"],
        rule_set=row["rule_set"],
    )
