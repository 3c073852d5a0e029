"""What clients asked for, for whoever answers: yes, another time, or no with words (`booking.decline`)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from practice.models import User
from sessions.domain import asked_letters, booking, holds, reading
from sessions.domain.retrying import retried
from sessions.models import AskedAnswer, Session
from sessions.models.session import SessionQuerySet


def waiting(reader: User, *, now: datetime) -> SessionQuerySet:
    """What waits for an answer of this person, the first to come first, with everything its page shows."""
    asked: SessionQuerySet = reading.changeable(reader).filter(status=Session.Status.REQUESTED, held_until__gt=now)
    return asked.order_by("starts_at")


@retried
def yes(session: Session, *, by: User) -> Session:
    """Book it, and tell her; twice is once. Raises what `booking.confirm` raises."""
    with transaction.atomic():
        session = booking.confirm(session, by=by)
        if not AskedAnswer.objects.filter(session=session, said=AskedAnswer.Said.YES).exists():
            asked_letters.answer(session, AskedAnswer.Said.YES, by=by)
    return session


@retried
def offer(session: Session, *, to: datetime, by: User, words: str = "") -> Session:
    """Hold another time for her instead, until she says yes on her own page. Raises what `booking.move` raises."""
    with transaction.atomic():
        session = booking.move(session, to=to, by=by)
        if session.status == Session.Status.BOOKED or to <= timezone.now():
            raise booking.NotPossible
        session.status, session.held_until = Session.Status.HELD, holds.until(to, now=timezone.now())
        session.save(update_fields=["status", "held_until"])
        asked_letters.answer(session, AskedAnswer.Said.OTHER, by=by, words=words)
    return session


def no(session: Session, *, by: User, words: str) -> Session:
    """Not this time. Raises what `booking.decline` raises."""
    return booking.decline(session, by=by, words=words)
