"""Things to consider: findings, with how much thought they ask for and why. Never a verdict; a clinician decides.

The rules are data (`clients/considerations.toml`), checked when the product starts.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from clients.domain.facts import Facts, Level, Limit, Ref
from clients.domain.findings import FINDINGS
from clients.domain.instruments import LEFT_OUT, Answers, BrokenInstrument, Words, said, shipped
from practice.models.modes import OUTDOOR

RULES_FILE = Path(__file__).resolve().parent.parent / "considerations.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table."""

    id: str
    finding: str
    level: Level
    limits: frozenset[Limit]
    closes: frozenset[str]
    words: Words
    client_words: Words
    basis: Words


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules, under one version."""

    version: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Consideration:
    """One thing to consider. `rule` is for the technical log and for clinicians, and never reaches a client."""

    rule: str
    finding: str
    level: Level
    limits: frozenset[Limit]
    closes: frozenset[str]
    words: str
    client_words: str
    basis: str

    @property
    def limit_words(self) -> list[str]:
        """The limits in words, in the order in which a decision lists them."""
        return [str(limit.label) for limit in Limit if limit in self.limits]


@dataclass(frozen=True, slots=True)
class Considered:
    """The highest level, every consideration behind it, and all limits together."""

    level: Level
    considerations: tuple[Consideration, ...]
    limits: frozenset[Limit]
    closes: frozenset[str]
    rule_set: str

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(one.rule for one in self.considerations)


def consider(given: Mapping[str, Answers], *, expected: Collection[str] = (), safety_open: bool = False) -> Considered:
    """What these answers (by instrument) ask a clinician to think about.

    `expected` names instruments that should have been answered by now; `safety_open` says that suicide questions were
    positive within 30 days and safety is not settled. The result does not depend on the order of anything.
    """
    facts = Facts(given, expected, safety_open)
    fired = [(rule, found) for rule in rule_set().rules if (found := FINDINGS[rule.finding](facts))]
    considerations = tuple(
        Consideration(
            rule=rule.id,
            finding="; ".join(finding(facts, ref) for ref in found),
            level=rule.level,
            limits=rule.limits,
            closes=rule.closes,
            words=said(rule.words),
            client_words=said(rule.client_words),
            basis=said(rule.basis),
        )
        for rule, found in sorted(fired, key=lambda pair: -pair[0].level)
    )
    return Considered(
        level=max((one.level for one in considerations), default=Level.CLEAR),
        considerations=considerations,
        limits=frozenset[Limit]().union(*(one.limits for one in considerations)),
        closes=frozenset[str]().union(*(one.closes for one in considerations)),
        rule_set=rule_set().version,
    )


def finding(facts: Facts, ref: Ref) -> str:
    """The item and what was answered, in a clinician's short words, follow-ups included."""
    instrument = shipped()[ref.instrument]
    if not ref.item:
        return said(instrument.title)
    item = instrument.find(ref.item)
    parts = [
        f"{said(one.short)}: {answered}"
        for one in (item, *item.follow_ups)
        if (answered := answer_words(facts, Ref(ref.instrument, one.key)))
    ]
    return ", ".join(parts) or said(item.short)


def answer_words(facts: Facts, ref: Ref) -> str:
    """The words of the chosen answers; nothing when there are none."""
    given = facts.answer(ref)
    if not given or given == LEFT_OUT:
        return ""
    chosen = {given} if isinstance(given, str) else set(given)
    choices = shipped()[ref.instrument].find(ref.item).scale.choices
    return ", ".join(said(choice.text) for choice in choices if choice.value in chosen)


@cache
def rule_set() -> RuleSet:
    """The rules as shipped. Raises BrokenInstrument with file and reason."""
    return read_rules(RULES_FILE)


def read_rules(path: Path) -> RuleSet:
    """One file of rules, checked. Raises BrokenInstrument with file and reason."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        return RuleSet(data["version"], tuple(_rule(table, data) for table in data["rules"]))
    except tomllib.TOMLDecodeError as error:
        raise BrokenInstrument(f"{path.name} is not valid TOML: {error}.") from error
    except KeyError as error:
        raise BrokenInstrument(f"{path.name}: there is no {error.args[0]}.") from error
    except ValueError as error:
        raise BrokenInstrument(f"{path.name}: {error}.") from error


def _rule(table: dict[str, Any], data: dict[str, Any]) -> Rule:
    where = f'the rule "{table["id"]}"'
    if table["finding"] not in FINDINGS:
        raise ValueError(f'{where} looks for "{table["finding"]}", which is not a finding')
    if table["level"] not in Level.__members__:
        raise ValueError(f'{where} has the level "{table["level"]}", which is not a level')
    if strange := set(table.get("closes", ())) - {str(mode) for mode in OUTDOOR}:
        raise ValueError(f'{where} closes "{min(strange)}", which is not an outdoor mode')
    for name in ("words", "client_words"):
        if lacking := [language for language in data["languages"] if not table.get(name, {}).get(language)]:
            raise ValueError(f'{where} has no "{name}" in {", ".join(lacking)}')
    return Rule(
        id=table["id"],
        finding=table["finding"],
        level=Level[table["level"]],
        limits=frozenset(Limit(name) for name in table.get("limits", ())),
        closes=frozenset(table.get("closes", ())),
        words=table["words"],
        client_words=table["client_words"],
        basis=data["basis"][table["basis"]],
    )
