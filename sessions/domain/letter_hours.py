"""When a letter may arrive that nobody sends by hand, other than a reminder: only at the hours that are safe there."""

from datetime import datetime, timedelta

from django.db.models import Q

from clients.domain import contacts, quiet
from clients.models import ContactPoint
from practice.models import Letter
from sessions.domain import reminder_words
from sessions.models import Session

SOON = timedelta(hours=3)
"""So long before the start a client has to know what changed, at whatever hour (ours)."""


def of_letter(letter: Letter, now: datetime) -> datetime:
    """From when on it may arrive where it goes, on the clocks of the place."""
    return _opens(_session(letter), contacts.recipient(letter.client, letter.to), now)


def of_notice(letter: Letter, now: datetime) -> datetime:
    """The same, and three hours before the start in any case."""
    session = _session(letter)
    return max(now, min(_opens(session, reminder_words.point_of(letter), now), session.starts_at - SOON))


def _opens(session: Session, point: ContactPoint | None, now: datetime) -> datetime:
    return quiet.own_hours(point, session.place.time_zone).next_open(now) if point else now


def _session(letter: Letter) -> Session:
    """A letter is about a session, a seat in one, or a place on the list for one."""
    about = Q(pk=letter.about) | Q(seats=letter.about) | Q(waiting_places=letter.about)
    return Session.objects.select_related("place").filter(about).distinct().get()
