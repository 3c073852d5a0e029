"""What in somebody's answers should not wait, and what of it is new against what is known already.

Pure sums, but for `as_practised`, which looks up what the practice made of the rules.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from clients.domain import results, rule_changes, screening
from clients.domain.considerations import consider, rule_set, rules
from clients.domain.facts import Facts, Level, Ref
from clients.domain.instruments import Answers, shipped

ASQ, CSSRS, PHQ9, HARDER = "asq", "cssrs", "phq9", "harder_days"
ITEM9, HURT, NOW = "better_off_dead", "hurt", "now"
WANTS_TO_TALK = "S5"
ABOUT_SUICIDE = "S"
"""The rules about suicide and self-harm begin so; what they find is counted below, item by item."""
HOW_MUCH = ("no", "talk", "yes")


@dataclass(frozen=True, slots=True)
class Signs:
    """What was said, as far as it worries: `now` is intent at this moment, `danger` is of the body,
    or a wish to talk before anything else; `dangers` says which (`_names`). `body` moves a booking."""

    now: bool = False
    danger: bool = False
    item9: int = 0
    asq: frozenset[str] = frozenset()
    hurt: str = "no"
    dangers: frozenset[str] = frozenset()
    body: bool = False

    def __bool__(self) -> bool:
        return bool(self.now or self.danger or self.item9 or self.asq or self.hurt != "no")


@dataclass(frozen=True, slots=True)
class Known:
    """What a baseline holds: the highest answer about being better off dead, ASQ items, and the self-harm answer."""

    item9: int = 0
    asq: frozenset[str] = frozenset()
    hurt: str = "no"


NONE, NOTHING_KNOWN = Signs(), Known()


def as_practised(answers: Mapping[str, Any]) -> Signs:
    """The signs by the rules as the practice has them: whether somebody is called, and for what. One query."""
    return signs(answers, rule_changes.current())


def still_practised(said: Signs, changes: Mapping[str, Level | None]) -> Signs:
    """What was noticed, without the dangers whose rule the practice has switched off or made no danger since.

    What no rule of today knows stays, and danger to the body does: no practice changes that.
    """
    grave = {rule.key for rule in rules(_changeable(changes)) if _is_danger(rule.id, rule.level, rule.closes)}
    let_go = {rule.key for rule in rule_set().rules if rule.key in changes} - grave
    gone = {name for name in said.dangers if name.partition(":")[0] in let_go}
    return replace(said, dangers=said.dangers - gone, danger=said.danger and said.dangers != gone) if gone else said


def signs(answers: Mapping[str, Any], changes: Mapping[str, Level | None] = MappingProxyType({})) -> Signs:
    """The signs in stored answers, by instrument. No change of the practice touches what is about suicide."""
    given = results.given(answers)
    found = consider(given, changes=_changeable(changes))
    grave = [one for one in found.considerations if _is_danger(one.rule, one.level, one.closes)]
    said = str(given.get(HARDER, {}).get(HURT, ""))
    return Signs(
        now=_now(given),
        danger=bool(grave),
        item9=item9(answers),
        asq=_not_no(given.get(ASQ)),
        hurt=said if said in HOW_MUCH else "no",
        dangers=frozenset(name for one in grave for ref in one.refs for name in _names(one.key, ref, given)),
        body=found.is_dangerous,
    )


def _changeable(changes: Mapping[str, Level | None]) -> dict[str, Level | None]:
    about_suicide = {rule.key for rule in rule_set().rules if rule.id.startswith(ABOUT_SUICIDE)}
    return {key: level for key, level in changes.items() if key not in about_suicide}


def _is_danger(rule: str, level: Level, closes: Collection[str]) -> bool:
    if rule.startswith(ABOUT_SUICIDE):
        return rule == WANTS_TO_TALK
    return level >= Level.NOT_SUITABLE_NOW or "sit" in closes


def _names(key: str, ref: Ref, given: Mapping[str, Answers]) -> Iterator[str]:
    """A danger by the line of the rules and the question; where several answers go together, by each that raises it."""
    name, answers = f"{key}:{ref.item.split('.')[0]}", given.get(ref.instrument, {})
    said = answers.get(ref.item, "")
    if isinstance(said, str):
        yield name
        return
    when = next(rule.when for rule in rule_set().rules if rule.key == key)
    for value in said:
        alone = Facts({**given, ref.instrument: {**answers, ref.item: (value,)}})
        if ref in when.found(alone):
            yield f"{name}:{value}"


def is_worse(found: Signs, heard: Signs, known: Known) -> bool:
    """Whether anything is more than what somebody was called for already, and than what is known."""
    return (
        found.now > heard.now
        or found.danger > heard.danger
        or found.body > heard.body
        or bool(found.dangers - heard.dangers)
        or found.item9 > max(heard.item9, known.item9)
        or bool(found.asq - heard.asq - known.asq)
        or HOW_MUCH.index(found.hurt) > max(HOW_MUCH.index(heard.hurt), HOW_MUCH.index(known.hurt))
    )


def together(signs_: Iterable[Signs]) -> Signs:
    """The most that was said in any of them."""
    every = list(signs_)
    return Signs(
        now=any(one.now for one in every),
        body=any(one.body for one in every),
        danger=any(one.danger for one in every),
        item9=max((one.item9 for one in every), default=0),
        asq=frozenset[str]().union(*(one.asq for one in every)),
        hurt=max((one.hurt for one in every), key=HOW_MUCH.index, default="no"),
        dangers=frozenset[str]().union(*(one.dangers for one in every)),
    )


def written(found: Signs) -> str:
    """To be sealed beside an alert: what it was raised for."""
    row = {name: getattr(found, name) for name in ("now", "danger", "item9", "hurt", "body")}
    return json.dumps(row | {"asq": sorted(found.asq), "dangers": sorted(found.dangers)}, sort_keys=True)


def read(text: str) -> Signs:
    """What an alert was raised for; nothing for one that does not say."""
    if not text:
        return NONE
    row = json.loads(text)
    return Signs(**row | {name: frozenset(row[name]) for name in ("asq", "dangers")})


def called_for(found: Signs) -> list[str]:
    """What somebody was called for, in a clinician's words."""
    ninth = _("question 9 of the PHQ-9, with %(n)s of 3") % {"n": found.item9}
    said = (
        (found.now, _("thoughts of suicide at this moment")),
        (found.asq, _("the suicide questions")),
        (found.item9, ninth),
        (found.body, _("danger to the body")),
        (
            found.danger and not found.body,
            _("a wish to talk before anything else, or something that speaks against it"),
        ),
        (found.hurt != "no", _("self-harm")),
    )
    return [words for is_so, words in said if is_so]


def is_new(found: Signs, known: Known) -> bool:
    """Whether somebody is to be called: a rise, a new item, and always intent now or danger to the body."""
    return is_worse(found, NONE, known)


def item9(answers: Mapping[str, Any]) -> int:
    """The answer to the ninth question of the PHQ-9; 0 when it was not answered. Nought is no "no risk" (T16)."""
    value = str(answers.get(PHQ9, {}).get(ITEM9, ""))
    return int(value) if value in ("1", "2", "3") else 0


def _now(given: Mapping[str, Answers]) -> bool:
    graves = {ASQ: "acute_positive", CSSRS: "high"}
    return any(
        screening.score(shipped()[key], given[key]).outcome == grave for key, grave in graves.items() if key in given
    )


def _not_no(given: Answers | None) -> frozenset[str]:
    """The ASQ items that were not answered with no; one that was left out counts, as published."""
    if given is None:
        return frozenset()
    items = (item.key for item in shipped()[ASQ].items if item.key != NOW)
    return frozenset(key for key in items if given.get(key) != "no")
