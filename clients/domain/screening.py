"""Asking and scoring, the same for every instrument: what to ask next, what an answer is, what answers add up to."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from django.utils.translation import gettext as _

from clients.domain.instruments import LEFT_OUT, Answer, Answers, Instrument, Item, Outcome, shipped
from clients.domain.questions import Condition, Sum
from clients.domain.scoring_files import points

INTAKE = ("everyday_health", "food_and_rest", "running_and_me", "harder_days")
"""What a client answers for herself, in this order. The suicide questions are never among them."""

HIGHER_IS_EASIER = frozenset({"who5"})
"""Instruments on which more is better (Topp 2015); of all others less is."""


class BadAnswer(ValueError):
    """An answer that the item does not offer; the message is a sentence for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Score:
    """What the answers to one instrument add up to."""

    instrument: str
    version: str
    outcome: str
    totals: Mapping[str, float | None]
    """Every figure by key; None when too much is open for it."""
    bands: Mapping[str, str]
    """The band of every figure that has one, by key."""
    reached: Mapping[str, str]
    """The band that a figure reaches already with the easiest answers to what is open, but for as many as the published
    rule stands in for; its own band where it has one."""
    flags: frozenset[str]
    missing: tuple[str, ...]
    """Needed items with no answer, and needed items left out: neither is ever a "no"."""

    @property
    def total(self) -> float | None:
        """The figure called total; None when there is none or too much is open for it."""
        return self.totals.get("total")


def asked(instrument: Instrument, answers: Answers) -> tuple[Item, ...]:
    """The items these answers lead to: those that are not skipped, and the follow-ups that an answer opened."""
    items: list[Item] = []
    for item in instrument.items:
        if item.opened_by and item.key not in answers and not is_met(item.opened_by, answers):
            continue
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
    exact = _figures(instrument, answers)
    totals = {key: None if value is None else _plain(value) for key, value in exact.items()}
    bands = _bands(instrument, exact)
    easiest = _bands(instrument, _figures(instrument, _filled(instrument, answers)))
    return Score(
        instrument=instrument.key,
        version=instrument.version,
        outcome=next((one.key for one in instrument.scoring.outcomes if _holds(one, answers)), ""),
        totals=MappingProxyType(totals),
        bands=MappingProxyType(bands),
        reached=MappingProxyType({key: band for key, band in easiest.items() if exact[key] is None} | bands),
        flags=frozenset(one.key for one in instrument.scoring.flags if _holds(one, answers)),
        missing=missing(instrument, answers),
    )


def _figures(instrument: Instrument, answers: Answers) -> dict[str, Fraction | None]:
    exact: dict[str, Fraction | None] = {}
    for one in instrument.scoring.sums:
        exact[one.key] = _figure(instrument, one, answers, exact)
    return exact


def _bands(instrument: Instrument, exact: Mapping[str, Fraction | None]) -> dict[str, str]:
    return {one.key: band.key for one in instrument.scoring.sums if (band := one.band(_float(exact[one.key])))}


def _filled(instrument: Instrument, answers: Answers) -> Answers:
    """The answers, with the easiest one for every open item that counts, but for those that a figure can do without.

    Ours: it only tells which band is reached already. A figure from it is never kept or shown.
    """
    filled = dict(answers)
    for one in instrument.scoring.sums:
        still_open = [key for key in one.items if _points(instrument, key, filled.get(key)) is None]
        for key in still_open[one.at_most_missing :]:
            worth = {value: _points(instrument, key, value) or 0 for value in instrument.find(key).scale.values}
            filled[key] = (max if instrument.key in HIGHER_IS_EASIER else min)(worth, key=worth.__getitem__)
    return filled


def _figure(
    instrument: Instrument, one: Sum, answers: Answers, before: Mapping[str, Fraction | None]
) -> Fraction | None:
    """One figure, exactly: thirds of a mean must not lose a cut-off."""
    if one.zero_when and is_met(one.zero_when, answers):
        return Fraction()
    if one.of:
        parts = [before[key] for key in one.of]
        return None if None in parts else one.times * sum((part for part in parts if part is not None), Fraction())
    counted = [value for key in one.items if (value := _points(instrument, key, answers.get(key))) is not None]
    still_open = len(one.items) - len(counted)
    if not counted or (one.missing != "ignore" and still_open > one.at_most_missing):
        return None
    result = Fraction(sum(counted))
    if one.method == "mean":
        result /= len(counted)
    elif one.missing == "prorate" and still_open:
        # Half rounds up: of two readings of an open question the graver one.
        result = Fraction((2 * result * len(one.items) / len(counted) + 1) // 2)
    return one.times * result


def _points(instrument: Instrument, key: str, given: Answer | None) -> int | None:
    values = instrument.find(key).scale.values
    if not isinstance(given, str) or given not in values:
        return None
    found = points(instrument, given)
    if found is None or key not in instrument.scoring.reverse:
        return found
    scale = [number for value in values if (number := points(instrument, value)) is not None]
    return min(scale) + max(scale) - found


def _plain(value: Fraction) -> float:
    return int(value) if value.denominator == 1 else round(float(value), 4)


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _holds(outcome: Outcome, answers: Answers) -> bool:
    return all(is_met(condition, answers) for condition in outcome.conditions)


def is_met(condition: Condition, answers: Answers) -> bool:
    """Whether enough of the condition's items have one of its answers."""
    counted = sum(answers.get(key) in group.answers for group in condition.groups for key in group.items)
    return counted >= condition.at_least


def clean(instrument: Instrument, answers: Mapping[str, object]) -> dict[str, Answer]:
    """Only what was asked and offered, and may be kept. Answers to follow-ups that nothing opened are dropped.

    Raises BadAnswer for an item the instrument does not have or an answer it does not offer.
    """
    known = {item.key: item for item in instrument.every_item()}
    if unknown := set(answers) - set(known):
        raise BadAnswer(_("This form has no question “%(key)s”.") % {"key": min(unknown)[:60]})
    kept = {key: check(known[key], given) for key, given in answers.items()}
    open_keys = {item.key for item in asked(instrument, kept)}
    return {
        key: given for key, given in kept.items() if key in open_keys and given not in ("", ()) and not known[key].live
    }


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
