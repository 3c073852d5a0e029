"""One thing that waits for a reader, as a line on Today; and which kinds of things wait, found in one statement."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, QuerySet

from practice.models import Practice

SHOWN = 4
"""So many lines of one kind; the rest follows when these are done."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One thing to do: a word on a chip, a link (plain words without `url`), and the rest of the sentence. With
    `tap` it can be done here by one button: its word, where it is posted, and the room that goes with it.
    """

    tone: str
    icon: str
    word: str
    link: str
    url: str
    rest: str = ""
    tap: str = ""
    post: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of thing that may wait: `rows` that there are when it does, and its lines."""

    rows: QuerySet[Any]
    lines: Callable[[], Iterable[Hand]]


def lines(parts: Iterable[Part]) -> list[Hand]:
    """The lines of each of these, in this order."""
    return [hand for part in parts for hand in part.lines()]


def there(rows: Mapping[str, QuerySet[Any]]) -> Collection[str]:
    """By their names, of which of these rows there are any. One statement."""
    asked = {f"has_{name}": Exists(found) for name, found in rows.items()}
    found = Practice.objects.annotate(**asked).values(*asked).first()
    return rows.keys() if found is None else {name for name in rows if found[f"has_{name}"]}
