"""The limits of the weather that hold in this practice: the newest of its own over the shipped ones."""

from collections.abc import Mapping
from dataclasses import dataclass

from practice.models import User
from routes.domain.limits import LimitProblem, Limits, shipped
from routes.models import WeatherLimits


def in_force() -> Limits:
    """In one query. A number of the practice's own that a newer version no longer takes is left out."""
    kept = WeatherLimits.objects.first()
    return _over_shipped(kept.values) if kept else shipped()


def _over_shipped(own: Mapping[str, object]) -> Limits:
    try:
        return shipped().changed(own)
    except LimitProblem as problem:
        return _over_shipped({name: value for name, value in own.items() if name not in problem.sentences})


def keep(numbers: Mapping[str, float], *, words: str, by: User) -> WeatherLimits:
    """Write down what differs from the shipped limits; what stood before stays readable. Raises LimitProblem."""
    made, before = shipped().changed(numbers), shipped().numbers
    own = {name: value for name, value in made.numbers.items() if value != before[name]}
    return WeatherLimits.objects.create(values=own, words=words, by=by)


@dataclass(frozen=True, slots=True)
class Change:
    """One time that the limits were set, and what had changed."""

    kept: WeatherLimits
    numbers: tuple[tuple[str, float, float], ...]
    """Name of the limit, what it was, what it became."""


def changes() -> list[Change]:
    """What each time changed against the one before it, the newest first. A limit that is gone is left out."""
    found, known = list[Change](), shipped().numbers
    before = known
    for row in WeatherLimits.objects.select_related("by").order_by("at", "pk"):
        after = known | {name: value for name, value in row.values.items() if name in known}
        moved = [(name, before[name], after[name]) for name in known if after[name] != before[name]]
        found.insert(0, Change(row, tuple(moved)))
        before = after
    return found
