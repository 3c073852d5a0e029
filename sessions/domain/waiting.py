"""One thing that waits for a reader, as a line on Today."""

from dataclasses import dataclass

SHOWN = 4
"""So many lines of one kind; the rest follows when these are done."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One thing to do: a word on a chip, a link (plain words without `url`), and the rest of the sentence."""

    tone: str
    icon: str
    word: str
    link: str
    url: str
    rest: str = ""
