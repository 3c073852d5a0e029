"""Putting new answers beside those that stand: only what a page changed is written, and nothing of another is lost.

A page says of every answer what stood there when it last knew (`was`, a mark). What it did not touch stays as it is;
what it touched and another page changed meanwhile is a clash, in which the answer that stands goes on standing.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from clients.domain import screening
from clients.domain.instruments import Answer, Answers, Instrument

MARK = 16


@dataclass(frozen=True, slots=True)
class Change:
    """An answer as a page holds it; "" or () takes it away. Without `was` the page says nothing of before."""

    answer: Answer
    was: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The answers to one instrument as they stand now, and which of the page's could not be put there."""

    answers: dict[str, Answer]
    clashes: frozenset[str] = frozenset()


def mark(answer: Answer | None) -> str:
    """A short fingerprint of an answer, "" for none: a page carries it and cannot be read by it."""
    if not answer:
        return ""
    text = json.dumps(list(answer) if isinstance(answer, tuple) else answer)
    return hashlib.sha256(text.encode()).hexdigest()[:MARK]


def merge(instrument: Instrument, stand: Answers, changes: Mapping[str, Change]) -> Kept:
    """Put the changes beside what stands. Answers to follow-ups that nothing opens any more are dropped."""
    answers = {key: tuple(one) if isinstance(one, list) else one for key, one in stand.items()}
    clashes = set()
    for key, change in changes.items():
        before, after = mark(answers.get(key)), mark(change.answer)
        if change.was is not None and after == change.was:
            continue
        if change.was is not None and before not in (change.was, after):
            clashes.add(key)
        elif change.answer:
            answers[key] = change.answer
        else:
            answers.pop(key, None)
    return Kept(_without_closed(instrument, answers), frozenset(clashes))


def _without_closed(instrument: Instrument, answers: Answers) -> dict[str, Answer]:
    """What an older version of the file asked stays: it was answered."""
    closed = {item.key for item in instrument.every_item()} - {one.key for one in screening.asked(instrument, answers)}
    return {key: answer for key, answer in answers.items() if key not in closed}
