"""What `decision.permits` answers: open or not, for which reasons, in whose words. Pure; nothing is decided here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practice.models import Mode


class Ground(StrEnum):
    """What the answer rests on."""

    FREE = "free"
    AGREED = "agreed"
    NEW = "new"
    RAN_OUT = "ran_out"
    BRIDGED = "bridged"
    PAUSED = "paused"
    UNDECIDED = "undecided"
    NOT_INCLUDED = "not_included"
    OVER = "over"


LOOKS = frozenset({Ground.NEW, Ground.RAN_OUT, Ground.BRIDGED})
STOPS = frozenset({Ground.PAUSED, Ground.UNDECIDED, Ground.NOT_INCLUDED, Ground.OVER})


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether a client and their therapist may meet this way on a day, in words for each reader."""

    ground: Ground
    word: str
    """For a clinician, in a few words."""
    reasons: tuple[str, ...]
    """For a clinician, in full."""
    for_desk: str
    for_client: str
    until: date | None
    limits: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """True when nothing speaks against it that only a clinician can lift."""
        return self.ground not in STOPS

    @property
    def needs_a_look(self) -> bool:
        """Open, and the therapist is asked to look again: never a stop, and only for a clinician's eyes."""
        return self.ground in LOOKS

    @property
    def lapsed(self) -> bool:
        """Open, but the decision ran out: a look, not a stop."""
        return self.ground == Ground.RAN_OUT


AGREED: dict[str, Callable[[], str]] = {
    Mode.INDOOR: lambda: _("Meeting in the room"),
    Mode.ONLINE: lambda: _("Meeting by video"),
    Mode.SIT: lambda: _("Sitting outside agreed"),
    Mode.WALK: lambda: _("Walking agreed"),
    Mode.RUN: lambda: _("Running agreed"),
}
AS_BEFORE: dict[str, Callable[[], str]] = {
    Mode.SIT: lambda: _("Sitting outside, as before"),
    Mode.WALK: lambda: _("Walking, as before"),
    Mode.RUN: lambda: _("Running, as before"),
}
"""For a client carried over from paper, until there is a decision here."""


def left_of_grace(ran_out: date, on: date, grace: int) -> int:
    """How many of the practice's days of grace are left on a day; below none when they are over.

    What merely ran out does not cancel anybody's Monday: for these days it is only a look.
    """
    return grace - (on - ran_out).days


def grace_words(left: int) -> str:
    """“21 days of grace.”"""
    if left < 0:
        return _("Its days of grace are over.")
    return ngettext("%(n)s day of grace.", "%(n)s days of grace.", left) % {"n": left}
