"""One thing that readiness looked at, as every page shows it."""

from dataclasses import dataclass
from uuid import UUID

from clients.domain.permission import grace_words

OK, LOOK, STOP, NOTE = "ok", "look", "stop", "note"


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was looked at: its word, why, and whether it keeps a session from being booked."""

    key: str
    tone: str
    icon: str
    text: str
    reason: str = ""
    short: str = ""
    refuses: bool = False
    is_personal: bool = False
    plain: "Chip | None" = None
    """What stands in its place for whoever may not know the person."""
    record: UUID | None = None
    """Whose record it rests on, so that whoever keeps the practice is one tap from it."""


def of_grace(left: int) -> tuple[str, str]:
    """The tone of what ran out, and what is left of its grace in words."""
    return (STOP if left < 0 else LOOK), grace_words(left)
