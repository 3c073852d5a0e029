"""How a session ends: cancelled, missed, kept; and what was asked for, refused. Part of `booking`."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.models import Practice, User
from sessions.domain import asked_letters, invitations_out, reminders, slot
from sessions.domain.retrying import retried
from sessions.domain.slot import NotPossible
from sessions.models import AskedAnswer, Note, Session


def is_late(session: Session, *, now: datetime | None = None) -> bool:
    """Whether it was cancelled, or would be cancelled now, later than the practice's notice allows. What was only asked
    for or held is never late."""
    at = session.cancelled_at or now or timezone.now()
    return session.held_until is None and at > session.starts_at - timedelta(hours=Practice.load().cancel_notice_hours)


@retried
def _become(session: Session, status: Session.Status, *, by: User | None, waived: str = "") -> Session:
    """Change where a session stands; twice is once."""
    with transaction.atomic():
        session, clients = slot.taken_up(session)
        if session.status == status:
            return session
        if not session.holds_its_slot or (session.status, status) == (Session.Status.KEPT, Session.Status.CANCELLED):
            raise NotPossible
        if status != Session.Status.KEPT and Note.objects.filter(seat__session=session, status="signed").exists():
            raise NotPossible(_("A note of this session is signed: it took place. Nothing was changed."))
        session.status, fields = status, ["status"]
        if status == Session.Status.CANCELLED:
            session.cancelled_at, session.waived = timezone.now(), waived
            session.changes += 1
            fields += ["cancelled_at", "waived", "changes"]
        session.save(update_fields=fields)
        if status in (Session.Status.CANCELLED, Session.Status.MISSED):
            reminders.take_back(session)
        invitations_out.write(session)
        slot.say(f"session.{status}", session, clients, by=by)
    return session


def cancel(session: Session, *, by: User, waived: str = "") -> Session:
    """Free the slot; no reminder leaves any more. `waived`: why nobody is charged, though it is late
    (`Session.Waived`). It takes back what was asked for or held as well."""
    return _become(session, Session.Status.CANCELLED, by=by, waived=waived)


@retried
def decline(session: Session, *, by: User, words: str) -> Session:
    """Refuse what was asked for, with words for the person who asked; twice is once. Raises `NotPossible` for what is
    no longer asked for."""
    with transaction.atomic():
        session, _clients = slot.taken_up(session)
        said = AskedAnswer.objects.filter(session=session, said=AskedAnswer.Said.NO)
        if session.status == Session.Status.CANCELLED and said.exists():
            return session
        if not session.is_waiting:
            raise NotPossible
        session = _become(session, Session.Status.CANCELLED, by=by)
        asked_letters.answer(session, AskedAnswer.Said.NO, by=by, words=words)
    return session


def mark_missed(session: Session, *, by: User) -> Session:
    """Nobody came. Only once it has begun."""
    return _begun(session, Session.Status.MISSED, by=by)


def mark_arrived(session: Session, *, by: User) -> Session:
    """Somebody came, and it goes on. Only once it has nearly begun."""
    return _begun(session, Session.Status.ARRIVED, by=by, early=EARLY)


def mark_kept(session: Session, *, by: User) -> Session:
    """It took place. Only once it has begun."""
    return _begun(session, Session.Status.KEPT, by=by)


EARLY = timedelta(minutes=30)
"""So long before a session somebody may be there already (ours)."""


def _begun(session: Session, status: Session.Status, *, by: User, early: timedelta = timedelta()) -> Session:
    if session.is_waiting or session.starts_at - early > timezone.now():
        raise NotPossible
    return _become(session, status, by=by)
