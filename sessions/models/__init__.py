"""When, and what happened."""

from sessions.models.asked_answer import AskedAnswer
from sessions.models.calendar_feed import CalendarFeed
from sessions.models.measure_due import MeasureDue
from sessions.models.note import Note
from sessions.models.reminder_rule import ReminderRule
from sessions.models.seat import Seat
from sessions.models.series import Series
from sessions.models.session import Session
from sessions.models.waiting_place import WaitingPlace
from sessions.models.weather_choice import WeatherChoice

__all__ = [
    "AskedAnswer",
    "CalendarFeed",
    "MeasureDue",
    "Note",
    "ReminderRule",
    "Seat",
    "Series",
    "Session",
    "WaitingPlace",
    "WeatherChoice",
]
