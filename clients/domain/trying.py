"""Trying the rules on answers that are nobody's: plain JSON in, dispositions, rules and scores out. No database.

    {"mode": "run", "answers": {"asq": ["no", "no", "no", "no", null], "phq9": [0, …], "flags": {"lithium": true}}}

An instrument is a list of its answers in order, null where nothing was answered, or an object by item. `flags` are the
lines of `picture.toml`. The result is what the product computes from the same answers.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from clients.domain import screening
from clients.domain.considerations import Considered, consider
from clients.domain.facts import Limit
from clients.domain.instruments import Answers, Instrument, Item, shipped

LARGEST = 1_000_000
MOST_DIGITS = 9
"""Python itself refuses a number of some thousand digits, in words of its own."""
MODES = ("walk", "run")
FLAGS = "picture"
COUNTED, MOST = "auto_injectors", 2
"""More than two injectors are two or more."""
CONSTRAINTS: Mapping[Limit, tuple[str, ...]] = {
    Limit.HEAT_STRICT: ("heat_sensitive", "heat_strict"),
    Limit.HEAT_MILD: ("heat_sensitive", "heat_mild"),
}


class Unusable(ValueError):
    """Why the input cannot be tried, in one sentence."""


def parse(text: str) -> tuple[str, dict[str, Answers]]:
    """The way of meeting and the answers by instrument. Raises Unusable."""
    if len(text) > LARGEST:
        raise Unusable("The input is larger than a megabyte.")
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_number)
    except Unusable:
        raise
    except ValueError as error:
        raise Unusable(f"The input is not JSON: {error}.") from error
    except RecursionError as error:
        raise Unusable("The input is nested too deeply.") from error
    _known(data, {"mode", "answers"}, "The input")
    mode, answers = data.get("mode", "walk"), data.get("answers", {})
    if mode not in MODES:
        raise Unusable(f"The mode is {_shown(mode)}; known are walk and run.")
    _known(answers, {"flags", *shipped()} - {FLAGS}, "“answers”")
    return mode, {FLAGS if key == "flags" else key: _instrument(key, given) for key, given in answers.items()}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        key, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise Unusable(f"The key {_shown(key)} stands there twice.")
    return made


def _no_constant(name: str) -> None:
    raise Unusable(f"{name} is not an answer.")


def _number(digits: str) -> int:
    if (count := len(digits.lstrip("-"))) > MOST_DIGITS:
        raise Unusable(f"A number of {count} digits is not an answer.")
    return int(digits)


def _known(given: Any, keys: set[str], where: str) -> None:
    if not isinstance(given, dict):
        raise Unusable(f"{where} must be an object, not {_shown(given)}.")
    if unknown := sorted(set(given) - keys):
        raise Unusable(f"{where} has {_shown(unknown[0])}, which is not known; known are {', '.join(sorted(keys))}.")


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=True)
    except RecursionError:
        text = "something nested deeply"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _instrument(key: str, given: Any) -> dict[str, Any]:
    instrument = shipped()[FLAGS if key == "flags" else key]
    if isinstance(given, list):
        items = listed(instrument)
        if key == "flags" or len(given) != len(items):
            raise Unusable(f"“{key}” needs {len(items)} answers in a list, or an object by item.")
        pairs = list(zip(items, given, strict=True))
    else:
        known = {item.key: item for item in instrument.every_item()}
        _known(given, set(known), f"“{key}”")
        pairs = [(known[name], value) for name, value in given.items()]
    return {item.key: _answer(key, item, value) for item, value in pairs if value is not None}


def listed(instrument: Instrument) -> list[Item]:
    """The items of a list: all but those that count for nothing."""
    return [item for item in instrument.items if item.needed]


def _answer(key: str, item: Item, value: Any) -> Any:
    try:
        return screening.check(item, _plain(item, value))
    except screening.BadAnswer as error:
        offered = ", ".join(_offered(item))
        raise Unusable(f"“{key}”, {item.key}: {_shown(value)} is not an answer; known are {offered}.") from error


def _plain(item: Item, value: Any) -> Any:
    """JSON's words for an answer: true and false where the scale is yes and no, numbers where it is numbers."""
    if item.scale.kind == "text":
        return value
    if isinstance(value, bool):
        return {True: "yes", False: "no"}[value] if item.scale.values == {"yes", "no"} else None
    if isinstance(value, int):
        counted = item.key == COUNTED and value > MOST
        return str(MOST if counted else value) if all(one.isdecimal() for one in item.scale.values) else None
    if isinstance(value, str):
        return value if value in item.scale.values and not value.isdecimal() else None
    return value


def _offered(item: Item) -> list[str]:
    if item.scale.values == {"yes", "no"}:
        return ["true", "false", "null"]
    return [*(choice.value for choice in item.scale.choices), "null"] if item.scale.choices else ["words"]


def tried(text: str) -> dict[str, Any]:
    """The whole answer to one try. Raises Unusable."""
    mode, given = parse(text)
    found = consider(given, wants=mode)
    return {
        "disposition": found.level.name,
        "gates": [level.name for level in found.gates],
        "rules": sorted(found.rules),
        "constraints": constraints(found),
        "scores": {key: _score(shipped()[key], answers) for key, answers in given.items() if key != FLAGS},
        "danger_now": found.is_dangerous,
        "rule_set": found.rule_set,
    }


def constraints(found: Considered) -> list[str]:
    """All limits together; "walk_only" where something speaks against running and nothing against walking."""
    names = [name for limit in Limit if limit in found.limits for name in CONSTRAINTS.get(limit, (str(limit.value),))]
    walk_first = any("run" in one.closes and "walk" not in one.closes for one in found.considerations)
    return ["walk_only", *names] if walk_first else names


def _score(instrument: Instrument, answers: Answers) -> Any:
    """The outcome by name, or the figure, or the figures by name where there are several; null when it is open."""
    made = screening.score(instrument, answers)
    if not made.totals:
        return made.outcome or None
    return made.total if "total" in made.totals else dict(made.totals)


def described() -> dict[str, Any]:
    """The vocabulary: instruments with their items and answers, flags, constraints and rules."""
    from clients.domain.considerations import rule_set
    from clients.domain.facts import Level

    return {
        "mode": list(MODES),
        "answers": {
            "flags" if key == FLAGS else key: {item.key: _offered(item) for item in instrument.every_item()}
            for key, instrument in shipped().items()
            if instrument.parts
        },
        "lists": {
            key: [item.key for item in listed(instrument)] for key, instrument in shipped().items() if key != FLAGS
        },
        "dispositions": [level.name for level in Level],
        "constraints": sorted({"walk_only", *(n for one in Limit for n in CONSTRAINTS.get(one, (str(one.value),)))}),
        "rules": {rule.key: {"id": rule.id, "level": rule.level.name} for rule in rule_set().rules},
        "rule_set": rule_set().version,
    }
