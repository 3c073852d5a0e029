"""When, and what happened."""

from sessions.models.measure_due import MeasureDue
from sessions.models.note import Note
from sessions.models.session import Seat, Session
from sessions.models.weather_choice import WeatherChoice

__all__ = ["MeasureDue", "Note", "Seat", "Session", "WeatherChoice"]
