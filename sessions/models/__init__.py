"""When, and what happened."""

from sessions.models.measure_due import MeasureDue
from sessions.models.note import Note
from sessions.models.session import Seat, Session

__all__ = ["MeasureDue", "Note", "Seat", "Session"]
