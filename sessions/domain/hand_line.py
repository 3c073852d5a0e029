"""One line of what needs a hand."""

from dataclasses import dataclass

SHOWN = 4
"""How many of a kind are shown at once."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One thing to do: a word on a chip, a link (plain words without `url`), and the rest of the sentence."""

    tone: str
    icon: str
    word: str
    link: str
    url: str
    rest: str = ""
