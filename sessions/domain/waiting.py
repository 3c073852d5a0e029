"""One thing that waits for a reader, as a line on Today."""

from dataclasses import dataclass

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
