"""When, and what happened."""

from sessions.models.note import Note
from sessions.models.session import Seat, Session

__all__ = ["Note", "Seat", "Session"]
