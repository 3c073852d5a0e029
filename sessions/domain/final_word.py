"""The final word on the weather: by which hour of the evening before, and about which starts of the next day."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from practice.domain import words
from practice.domain.local_time import instant
from practice.models import Practice
from sessions.models import Session

SOON = timedelta(hours=3)
"""So long before a start the weather asks for a word (ours)."""
BEFORE = timedelta(hours=2)
"""So long before the final word it is asked for (ours)."""


def at(today: date, practice: Practice) -> datetime:
    """The moment of a day's final word, on the practice's clock."""
    return instant(today, practice.final_word_at, practice.zone)


def about(sessions: Iterable[Session], practice: Practice, *, today: date) -> list[Session]:
    """Those of the next day that start before the hour which the practice has set."""
    tomorrow = today + timedelta(days=1)
    return [
        one
        for one in sessions
        if practice.day_of(one.starts_at) == tomorrow
        and one.starts_at.astimezone(practice.zone).time() < practice.final_word_before
    ]


def sentence(sessions: Iterable[Session], practice: Practice, *, now: datetime) -> str:
    """“Final word by 20:00 today for the 07:30 and 09:00 of tomorrow.” Empty where none start that early."""
    today = practice.day_of(now)
    early = about(sessions, practice, today=today)
    if not early:
        return ""
    due = at(today, practice)
    said = {"time": words.clock(due, practice.time_zone), "starts": starts(early, practice)}
    if now > due:
        return _("The final word for the %(starts)s of tomorrow was due by %(time)s.") % said
    return _("Final word by %(time)s today for the %(starts)s of tomorrow.") % said


def starts(sessions: Iterable[Session], practice: Practice) -> str:
    """“07:30, 08:00 and 09:00”."""
    *first, last = dict.fromkeys(words.clock(one.starts_at, practice.time_zone) for one in sessions)
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last
