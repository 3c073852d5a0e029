"""Booking: one transaction, insert first, and the database says whether the slot is free (`slot`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from practice.domain import audit
from practice.models import Mode, Place, Room, Service, User
from routes.models import Route
from sessions.domain import invitations_out, new_ground, reminders, slot
from sessions.domain.clash import Clash
from sessions.domain.slot import NotInHerCare, NotInTreatment, NotPossible, NotYet, UsedAlready
from sessions.models import Note, Session

DEFAULT_MINUTES = 50


class Fields(TypedDict, total=False):
    """What a session may have besides: see `sessions.models.Session`. The same `request_key` is the same booking."""

    service: Service | None
    room: Room | None
    route: Route | None
    kind: str
    name: str
    capacity: int | None
    fallback: str
    indoor_minutes: int
    request_key: UUID | None
    doubled_because: str


def book(
    *,
    therapist: User,
    clients: Sequence[Client],
    mode: str,
    starts_at: datetime,
    place: Place,
    by: User,
    minutes: int = DEFAULT_MINUTES,
    travel: int = 0,
    **fields: Unpack[Fields],
) -> Session:
    """Book a session for one client, two or a group. Raises `NotYet`, `NotInTreatment`, `NotInHerCare`,
    `UsedAlready` or `Clash`.

    `travel` minutes are held before and after for the therapist. With `doubled_because` it goes over one other
    session of hers, on purpose; rooms and clients stay exclusive.
    """
    session = Session(therapist=therapist, place=place, mode=mode, booked_by=by, **fields)
    session.doubled = bool(session.doubled_because)
    session.starts_at, session.ends_at = starts_at, starts_at + timedelta(minutes=minutes)
    session.blocked_from = session.starts_at - timedelta(minutes=travel)
    session.blocked_until = session.ends_at + timedelta(minutes=travel)
    with transaction.atomic():
        slot.queue_up(therapist.pk, session.room_id, *(client.pk for client in clients))
        if earlier := slot.made_before(session, clients):
            return earlier
        slot.refuse_over_doubled(session, clients)
        slot.insert(session, clients)
        slot.refuse_unready(session, clients)
        new_ground.ask_again(session, clients, by=by)
        reminders.write(session)
        invitations_out.write(session)
        for client in clients:
            audit.record("session.booked", by=by, subject=client.pk, detail={"session": str(session.pk)})
    return session


INSTEAD: dict[str, Mode] = {Session.Fallback.ROOM: Mode.INDOOR, Session.Fallback.VIDEO: Mode.ONLINE}
"""What a session outdoors becomes when it moves to its fallback; another time is none of these."""
MOVED = (
    "starts_at", "ends_at", "blocked_from", "blocked_until", "mode", "route", "fallback", "indoor_minutes", "changes",
)  # fmt: skip


def move(session: Session, *, to: datetime, by: User, minutes: int | None = None, to_fallback: bool = False) -> Session:
    """Move a booked session, its travel time with it; the reminder for the old time is taken back. To its fallback: in
    the room or by video, as was agreed when it was booked, also at the same time."""
    with transaction.atomic():
        clients = slot.people(session)
        slot.queue_up(session.therapist_id, session.room_id, *(client.pk for client in clients))
        session = slot.locked(session)
        if session.status not in (Session.Status.BOOKED, Session.Status.HELD, Session.Status.REQUESTED):
            raise NotPossible
        length = timedelta(minutes=minutes) if minutes else session.ends_at - session.starts_at
        instead = INSTEAD.get(session.fallback) if to_fallback else None
        if instead is None and (to, length) == (session.starts_at, session.ends_at - session.starts_at):
            return session
        if instead:
            session.mode, session.route, session.fallback, session.indoor_minutes = instead, None, "", 0
        before, after = session.starts_at - session.blocked_from, session.blocked_until - session.ends_at
        session.starts_at, session.ends_at = to, to + length
        session.blocked_from, session.blocked_until = to - before, to + length + after
        slot.refuse_unready(session, clients)
        session.changes += 1
        slot.refuse_over_doubled(session, clients)
        slot.take(session, clients, MOVED)
        session.seats.update(answer="", answered_at=None)
        new_ground.ask_again(session, clients, by=by)
        reminders.rewrite(session)
        invitations_out.write(session)
        for client in clients:
            audit.record("session.moved", by=by, subject=client.pk, detail={"session": str(session.pk)})
    return session


def _become(session: Session, status: Session.Status, *, by: User) -> Session:
    """Change where a session stands; twice is once."""
    with transaction.atomic():
        session = slot.locked(session)
        if session.status == status:
            return session
        if not session.holds_its_slot:
            raise NotPossible
        if status != Session.Status.KEPT and Note.objects.filter(seat__session=session, status="signed").exists():
            raise NotPossible(_("A note of this session is signed: it took place. Nothing was changed."))
        session.status = status
        if status == Session.Status.CANCELLED:
            session.cancelled_at, session.changes = timezone.now(), session.changes + 1
        session.save(update_fields=["status", "cancelled_at", "changes"])
        reminders.take_back(session)
        invitations_out.write(session)
        for client in slot.people(session):
            audit.record(f"session.{status}", by=by, subject=client.pk, detail={"session": str(session.pk)})
    return session


def cancel(session: Session, *, by: User) -> Session:
    """Free the slot; no reminder leaves any more."""
    if session.status == Session.Status.KEPT:
        raise NotPossible
    return _become(session, Session.Status.CANCELLED, by=by)


def mark_missed(session: Session, *, by: User) -> Session:
    """Nobody came. Only once it has begun."""
    if session.starts_at > timezone.now():
        raise NotPossible
    return _become(session, Session.Status.MISSED, by=by)


def mark_kept(session: Session, *, by: User) -> Session:
    """It took place. Only once it has begun."""
    if session.starts_at > timezone.now():
        raise NotPossible
    return _become(session, Session.Status.KEPT, by=by)


__all__ = [
    "Clash",
    "NotInHerCare",
    "NotInTreatment",
    "NotPossible",
    "NotYet",
    "UsedAlready",
    "book",
    "cancel",
    "mark_kept",
    "mark_missed",
    "move",
]
