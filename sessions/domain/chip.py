"""One thing that was looked at before a session, as every strip shows it."""

from dataclasses import dataclass

OK, LOOK, STOP, NOTE = "ok", "look", "stop", "note"


@dataclass(frozen=True, slots=True)
class Chip:
    """Its word, why, and whether it keeps a session from being booked."""

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
