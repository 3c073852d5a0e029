"""Things to consider: findings, with how much thought they ask for and why. Never a verdict; a clinician decides.

The rules are data (`clients/considerations.toml`), checked when the product starts.
"""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from clients.domain import clauses
from clients.domain.clauses import When
from clients.domain.facts import Facts, Level, Limit, Ref
from clients.domain.instruments import LEFT_OUT, Answers, BrokenInstrument, Instrument, Words, said, shipped
from practice.models.modes import OUTDOOR, Mode

RULES_FILE = Path(__file__).resolve().parent.parent / "considerations.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table."""

    id: str
    key: str
    """This line among those of the same id."""
    when: When
    level: Level
    also: frozenset[Level]
    limits: frozenset[Limit]
    closes: frozenset[str]
    danger: bool
    live: bool
    words: Words
    client_words: Words
    basis: Words

    def changed(self, level: Level) -> "Rule":
        """The rule as a practice wants it. Looser: it closes nothing that its new level does not close."""
        closes = self.closes if level >= self.level else frozenset({Mode.RUN} & self.closes if level else ())
        if level == Level.NOT_SUITABLE_NOW:
            closes |= {Mode.WALK, Mode.RUN}
        elif level in (Level.WALK_ONLY, Level.MEDICAL_CLEARANCE):
            closes |= {Mode.RUN}
        also = self.also if level >= self.level else frozenset[Level]()
        return replace(self, level=level, also=also, closes=frozenset(str(mode) for mode in closes))

    @property
    def is_fixed(self) -> bool:
        """Danger to life or to the body now: no practice changes it."""
        return self.level == Level.CRISIS or self.danger


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules, under one version."""

    version: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Consideration:
    """One thing to consider. `rule` is for the technical log and for clinicians, and never reaches a client."""

    rule: str
    key: str
    finding: str
    level: Level
    also: frozenset[Level]
    limits: frozenset[Limit]
    closes: frozenset[str]
    danger: bool
    words: str
    client_words: str
    basis: str
    refs: tuple[Ref, ...]
    said: frozenset[str]
    """What it rests on, item by item, by which a later answer is told from one that was known."""

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

    def beside(self, other: "Considered") -> "Considered":
        """Both together: every consideration once, the worst first."""
        known = {(one.key, one.said) for one in self.considerations}
        more = (one for one in other.considerations if (one.key, one.said) not in known)
        return _together((*self.considerations, *more), self.rule_set)

    def only_danger(self) -> "Considered":
        """What of it means danger now."""
        return _together((one for one in self.considerations if one.danger), self.rule_set)

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(one.rule for one in self.considerations)

    @property
    def gates(self) -> tuple[Level, ...]:
        """Every level above "good to know" that stays open, the highest first: they close one by one."""
        opened = {one.level for one in self.considerations}.union(*(one.also for one in self.considerations))
        return tuple(sorted(opened - {Level.CLEAR}, reverse=True))

    @property
    def is_dangerous(self) -> bool:
        """Whether something stated means danger now. Nothing else moves a booking by itself."""
        return any(one.danger for one in self.considerations)


def consider(
    given: Mapping[str, Answers],
    *,
    expected: Collection[str] = (),
    safety_open: bool = False,
    safety_settled: bool = False,
    wants: str = "",
    doctor: str = "",
    parq_yes: bool = False,
    changes: Mapping[str, Level | None] = MappingProxyType({}),
) -> Considered:
    """What these answers (by instrument) ask a clinician to think about. The other arguments are those of `Facts`.

    `changes` are the practice's own levels by the key of a rule; None switches it off. A rule of the highest level
    cannot be changed. The result does not depend on the order of anything.
    """
    facts = Facts(given, expected, safety_open, safety_settled, wants, doctor, parq_yes)
    fired = [(rule, refs) for rule in rules(changes) if (refs := rule.when.found(facts))]
    considerations = tuple(
        Consideration(
            rule=rule.id,
            key=rule.key,
            finding="; ".join(finding(facts, ref) for ref in refs),
            level=rule.level,
            also=rule.also,
            limits=rule.limits,
            closes=rule.closes,
            danger=rule.danger,
            words=said(rule.words),
            client_words=said(rule.client_words),
            basis=said(rule.basis),
            refs=refs,
            said=frozenset(_said(facts, ref) for ref in refs),
        )
        for rule, refs in fired
    )
    return _together(considerations, rule_set().version)


def _together(some: Iterable[Consideration], version: str) -> Considered:
    considerations = tuple(sorted(some, key=lambda one: -one.level))
    return Considered(
        level=max((one.level for one in considerations), default=Level.CLEAR),
        considerations=considerations,
        limits=frozenset[Limit]().union(*(one.limits for one in considerations)),
        closes=frozenset[str]().union(*(one.closes for one in considerations)),
        rule_set=version,
    )


def rules(changes: Mapping[str, Level | None]) -> Iterator[Rule]:
    """The rules as a practice has them, without what it switched off."""
    for rule in rule_set().rules:
        wanted = rule.level if rule.is_fixed else changes.get(rule.key, rule.level)
        if wanted is not None:
            yield rule if wanted == rule.level else rule.changed(wanted)


def finding(facts: Facts, ref: Ref) -> str:
    """The item and what was answered, in a clinician's short words, follow-ups included."""
    instrument = shipped()[ref.instrument]
    if not ref.item:
        return _scored(facts, instrument)
    item = instrument.find(ref.item)
    parts = [
        f"{said(one.short)}: {answered}"
        for one in (item, *item.follow_ups)
        if (answered := answer_words(facts, Ref(ref.instrument, one.key)))
    ]
    return ", ".join(parts) or said(item.short)


def _said(facts: Facts, ref: Ref) -> str:
    """An item with the answers to it and to what follows from it; of a figure only the name, for it moves a little."""
    if not ref.item or not shipped()[ref.instrument].parts:
        return ref.instrument
    item = shipped()[ref.instrument].find(ref.item)
    answers = [(one.key, facts.answer(Ref(ref.instrument, one.key))) for one in (item, *item.follow_ups)]
    told = (f"{key}={answer if isinstance(answer, str) else '+'.join(answer)}" for key, answer in answers if answer)
    return f"{ref.instrument}: {', '.join(told) or f'{item.key}, open'}"


def _scored(facts: Facts, instrument: Instrument) -> str:
    """The instrument with its figure and band or its outcome, where it has them; of an open figure the band alone."""
    parts = []
    if score := facts.score(instrument.key):
        for one in instrument.scoring.sums:
            if (value := score.totals[one.key]) is not None and (one.key == "total" or len(score.totals) < 4):
                band = one.band(value)
                parts.append(f"{value:g}, {said(band.text)}" if band else f"{value:g}")
            elif value is None and (reached := score.reached.get(one.key)):
                band_words = said(next(band.text for band in one.bands if band.key == reached))
                parts.append(_("%(band)s already, with questions left open") % {"band": band_words})
        parts += [said(one.text) for one in instrument.scoring.outcomes if one.key == score.outcome and one.text]
    title = said(instrument.title)
    return f"{title}: {'; '.join(parts)}" if parts else title


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
        rules = tuple(_rule(table, data) for table in data["rules"])
        if len({rule.key for rule in rules}) < len(rules):
            raise ValueError("two rules have the same key")
        return RuleSet(data["version"], rules)
    except tomllib.TOMLDecodeError as error:
        raise BrokenInstrument(f"{path.name} is not valid TOML: {error}.") from error
    except KeyError as error:
        raise BrokenInstrument(f"{path.name}: there is no {error.args[0]}.") from error
    except ValueError as error:
        raise BrokenInstrument(f"{path.name}: {error}.") from error


def _rule(table: dict[str, Any], data: dict[str, Any]) -> Rule:
    where = f'the rule "{table["key"]}"'
    levels = [table["level"], *table.get("also", ())]
    if strange := set(levels) - set(Level.__members__):
        raise ValueError(f'{where} has the level "{min(strange)}", which is not a level')
    if strange := set(table.get("closes", ())) - {str(mode) for mode in OUTDOOR}:
        raise ValueError(f'{where} closes "{min(strange)}", which is not an outdoor mode')
    if strange := set(table.get("limits", ())) - set(Limit.values):
        raise ValueError(f'{where} carries the limit "{min(strange)}", which is not a limit')
    for name in ("words", "client_words"):
        if lacking := [language for language in data["languages"] if not table.get(name, {}).get(language)]:
            raise ValueError(f'{where} has no "{name}" in {", ".join(lacking)}')
    return Rule(
        id=table["id"],
        key=table["key"],
        when=clauses.read(table["when"], where),
        level=Level[table["level"]],
        also=frozenset(Level[name] for name in table.get("also", ())),
        limits=frozenset(Limit(name) for name in table.get("limits", ())),
        closes=frozenset(table.get("closes", ())),
        danger=table.get("danger", False),
        live=table.get("live", False),
        words=table["words"],
        client_words=table["client_words"],
        basis=data["basis"][table["basis"]],
    )
