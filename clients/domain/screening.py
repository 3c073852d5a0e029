"""Asking and scoring, the same for every instrument: what to ask next, what an answer is, what answers add up to."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clients.domain.instruments import LEFT_OUT, Answer, Answers, Instrument, Item, Outcome, shipped

INTAKE = ("everyday_health", "food_and_rest", "running_and_me", "harder_days")
"""What a client answers for herself, in this order. The suicide questions are never among them."""


class BadAnswer(ValueError):
    """An answer that the item does not offer; the message is a sentence for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Score:
    """What the answers to one instrument add up to."""

    instrument: str
    version: str
    outcome: str
    total: int | None
    """Sum of the points; None when the instrument has none or when not one of the counted items was answered."""
    missing: tuple[str, ...]
    """Needed items with no answer, and needed items left out: neither is ever a "no"."""


def asked(instrument: Instrument, answers: Answers) -> tuple[Item, ...]:
    """The items these answers lead to: all of them, and the follow-ups that an answer opened."""
    items: list[Item] = []
    for item in instrument.items:
        items.append(item)
        if item.is_followed(answers.get(item.key)):
            items.extend(item.follow_ups)
    return tuple(items)


def missing(instrument: Instrument, answers: Answers) -> tuple[str, ...]:
    """Keys of needed items without an answer. Left out counts as missing."""
    return tuple(
        item.key
        for item in asked(instrument, answers)
        if item.needed and answers.get(item.key, LEFT_OUT) in (LEFT_OUT, "", ())
    )


def score(instrument: Instrument, answers: Answers) -> Score:
    """What the answers add up to. Depends on the answers only, not on their order."""
    points = [
        instrument.scoring.points[given]
        for key in instrument.scoring.total
        if isinstance(given := answers.get(key), str) and given in instrument.scoring.points
    ]
    return Score(
        instrument=instrument.key,
        version=instrument.version,
        outcome=next((one.key for one in instrument.scoring.outcomes if _holds(one, answers)), ""),
        total=sum(points) if points else None,
        missing=missing(instrument, answers),
    )


def _holds(outcome: Outcome, answers: Answers) -> bool:
    return sum(answers.get(key) in outcome.answers for key in outcome.items) >= outcome.at_least


def clean(instrument: Instrument, answers: Mapping[str, object]) -> dict[str, Answer]:
    """Only what was asked and offered. Answers to follow-ups that nothing opened are dropped.

    Raises BadAnswer for an item the instrument does not have or an answer it does not offer.
    """
    known = {item.key: item for item in instrument.every_item()}
    if unknown := set(answers) - set(known):
        raise BadAnswer(_("This form has no question “%(key)s”.") % {"key": min(unknown)[:60]})
    kept = {key: check(known[key], given) for key, given in answers.items()}
    open_keys = {item.key for item in asked(instrument, kept)}
    return {key: given for key, given in kept.items() if key in open_keys and given not in ("", ())}


def check(item: Item, given: object) -> Answer:
    """One answer, as it is kept. Raises BadAnswer for one that the item does not offer."""
    if given == LEFT_OUT:
        return LEFT_OUT
    if item.scale.kind == "many":
        return _many(item, given)
    if not isinstance(given, str):
        raise BadAnswer(_("Please choose one of the answers."))
    if item.scale.kind == "text":
        if len(given) > item.scale.longest:
            raise BadAnswer(_("Please keep this under %(count)d letters.") % {"count": item.scale.longest})
        return given.strip()
    if given and given not in item.scale.values:
        raise BadAnswer(_("Please choose one of the answers."))
    return given


def _many(item: Item, given: object) -> Answer:
    values = [given] if isinstance(given, str) else given
    if not isinstance(values, list | tuple) or not all(isinstance(one, str) for one in values):
        raise BadAnswer(_("Please choose one or more of the answers."))
    chosen = {one for one in values if one}
    if not chosen <= item.scale.values:
        raise BadAnswer(_("Please choose one or more of the answers."))
    alone = {choice.value for choice in item.scale.choices if choice.alone}
    if chosen & alone and chosen - alone:
        raise BadAnswer(_("“None of these” does not go with another answer. Please keep one of the two."))
    return tuple(choice.value for choice in item.scale.choices if choice.value in chosen)


def intake() -> tuple[Instrument, ...]:
    """The instruments of the intake, in the order a client meets them."""
    return tuple(shipped()[key] for key in INTAKE)
