"""One thing that readiness looked at, as every page shows it."""

from dataclasses import dataclass

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
