"""Booking: one transaction, insert first, and the database says whether the slot is free (`slot`).

A time is asked for (`request`), held for somebody (`hold`) or booked (`book`); what was asked for or held becomes a
booking (`confirm`) or is refused with words (`decline`). All of them hold the slot. How a session ends is in `ending`.
"""

from collections.abc import Sequence
from copy import copy
from datetime import UTC, date, datetime, timedelta
from typing import Required, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from practice.models import Mode, Place, Room, Service, User
from routes.models import Route
from sessions.domain import holds, invitations_out, new_ground, reminders, slot
from sessions.domain.clash import Clash
from sessions.domain.ending import cancel, decline, is_late, mark_arrived, mark_kept, mark_missed
from sessions.domain.grounds import Shelf
from sessions.domain.retrying import retried
from sessions.domain.slot import NotInHerCare, NotInTreatment, NotPossible, NotYet, UsedAlready
from sessions.models import Seat, Series, Session

DEFAULT_MINUTES = 50


class Fields(TypedDict, total=False):
    """What a session may have besides: see `sessions.models.Session`. The same `request_key` is the same booking."""

    service: Service | None
    series: Series | None
    occurs_on: date | None
    room: Room | None
    route: Route | None
    kind: str
    name: str
    capacity: int | None
    fallback: str
    indoor_minutes: int
    video_link: str
    request_key: UUID | None
    doubled_because: str


class Wanted(Fields, total=False):
    """Who, how, when and where. `travel` minutes are held before and after for the therapist, `note` minutes after.
    `shelf` is what readiness rests on, when it was loaded for many."""

    therapist: Required[User]
    clients: Required[Sequence[Client]]
    mode: Required[str]
    starts_at: Required[datetime]
    place: Required[Place]
    by: Required[User]
    minutes: int
    travel: int
    note: int
    shelf: Shelf | None


def book(**wanted: Unpack[Wanted]) -> Session:
    """Book a session for one client, two or a group. Raises `NotYet`, `NotInTreatment`, `NotInHerCare`,
    `UsedAlready` or `Clash`.

    With `doubled_because` it goes over one other session of hers, on purpose; rooms and clients stay exclusive.
    """
    return _enter(Session.Status.BOOKED, **wanted)


def request(**wanted: Unpack[Wanted]) -> Session:
    """Ask for a time. It is held for the hours that the practice has set, and whether anything is missing is looked at
    when somebody says yes. Raises as `book` does, except `NotYet`; `NotPossible` for a time that is over."""
    return _enter(Session.Status.REQUESTED, **wanted)


def hold(**wanted: Unpack[Wanted]) -> Session:
    """Keep a time for somebody until they say yes; otherwise as `request`."""
    return _enter(Session.Status.HELD, **wanted)


@retried
def _enter(
    status: Session.Status,
    *,
    therapist: User,
    clients: Sequence[Client],
    mode: str,
    starts_at: datetime,
    place: Place,
    by: User,
    minutes: int = DEFAULT_MINUTES,
    travel: int = 0,
    note: int = 0,
    shelf: Shelf | None = None,
    **fields: Unpack[Fields],
) -> Session:
    session = Session(therapist=therapist, place=place, mode=mode, booked_by=by, status=status, **fields)
    session.doubled = bool(session.doubled_because)
    session.starts_at = starts_at.astimezone(UTC)  # what is added to a wall time goes wrong where clocks change
    session.ends_at = session.starts_at + timedelta(minutes=minutes)
    session.blocked_from = session.starts_at - timedelta(minutes=travel)
    session.blocked_until = session.ends_at + timedelta(minutes=travel + note)
    with transaction.atomic():
        slot.queue_up(therapist.pk, session.room_id, *(client.pk for client in clients))
        found = slot.look(session, clients)
        if found.used and (earlier := slot.made_before(session, clients)):
            return earlier
        if status != Session.Status.BOOKED:
            session.held_until = _held_until(session)
        if found.run_out:
            holds.let_go_near(session, clients)
        if found.doubled or session.doubled:
            slot.refuse_over_doubled(session, clients)
        seats = slot.insert(session, clients, found)
        if status == Session.Status.BOOKED:
            prefetch_related_objects(clients, "contact_points")
            _stands(session, clients, by=by, shelf=shelf, found=found, seats=seats)
        else:
            slot.refuse_strangers(session, clients, found)
        slot.say(f"session.{status}", session, clients, by=by)
    return session


def _held_until(session: Session) -> datetime:
    now = timezone.now()
    if session.starts_at <= now:
        raise NotPossible(_("That time is over."))
    return holds.until(session.starts_at, now=now)


def _stands(
    session: Session,
    clients: Sequence[Client],
    *,
    by: User,
    shelf: Shelf | None = None,
    found: slot.Found = slot.UNKNOWN,
    seats: Sequence[Seat] | None = None,
) -> None:
    """What a booking asks for, and what follows from it. `seats`: those of a session that was just made."""
    slot.refuse_unready(session, clients, shelf, found)
    new_ground.ask_again(session, clients, by=by)
    reminders.write(session, seats=seats)
    invitations_out.write(session, seats=seats)


@retried
def confirm(session: Session, *, by: User) -> Session:
    """What was asked for or held becomes a booking; twice is once. Raises `NotPossible` when its time is over, and what
    `book` raises."""
    with transaction.atomic():
        session, clients = slot.taken_up(session)
        if session.status == Session.Status.BOOKED:
            return session
        if not is_movable(session):
            raise NotPossible(_("This time is no longer held. Please choose another."))
        session.status, session.held_until = Session.Status.BOOKED, None
        slot.take(session, clients, ["status", "held_until"])
        _stands(session, clients, by=by)
        slot.say("session.booked", session, clients, by=by)
    return session


def is_movable(session: Session) -> bool:
    """Booked, or still asked for or held."""
    if session.held_until is None:
        return session.status == Session.Status.BOOKED
    return session.is_waiting and session.held_until > timezone.now()


INSTEAD: dict[str, Mode] = {Session.Fallback.ROOM: Mode.INDOOR, Session.Fallback.VIDEO: Mode.ONLINE}
"""What a session outdoors becomes when it moves to its fallback; another time is none of these."""
MOVED = ("starts_at", "ends_at", "blocked_from", "blocked_until", "mode", "route", "fallback", "indoor_minutes",
         "room", "place", "therapist", "held_until", "waived", "changes", "doubled", "doubled_because")  # fmt: skip
SPAN = ("starts_at", "ends_at", "therapist_id")


class Otherwise(TypedDict, total=False):
    """What else changes with a move. What is not told stays."""

    therapist: User
    place: Place
    room: Room | None
    route: Route | None
    mode: str
    fallback: str
    indoor_minutes: int
    waived: str


@retried
def move(
    session: Session,
    *,
    by: User,
    to: datetime | None = None,
    minutes: int | None = None,
    to_fallback: bool = False,
    because: str = "",
    shelf: Shelf | None = None,
    **otherwise: Unpack[Otherwise],
) -> Session:
    """Move a session, its travel time with it, to another time, or change who, where and how; everything is looked at
    again, and the reminder for what was is taken back. To its fallback: in the room or by video, as was agreed when it
    was booked, also at the same time. What is asked for or held stays so. Why it lies over another session is said for
    one time: elsewhere it lies over none, but for a reason of its own. What was doubled over it may stay over it.
    Raises as `book` does, and `NotPossible`."""
    with transaction.atomic():
        news = (one.pk for one in (otherwise.get("therapist"), otherwise.get("room")) if one)
        session, clients = slot.taken_up(session, *news)
        if not is_movable(session):
            raise NotPossible(_("This session can no longer be moved."))
        before = copy(session)
        _change(session, (to or session.starts_at).astimezone(UTC), minutes, _instead(session, to_fallback) | otherwise)
        if _where(session) == _where(before):
            return session
        session.changes += 1
        if takes_other_time(session, before):
            session.doubled, session.doubled_because = bool(because), because
        found, beside = slot.look(session, clients), slot.lies_beside(before)
        _look_again(session, clients, shelf, found)
        if found.doubled or session.doubled or beside:
            slot.refuse_over_doubled(session, clients, beside=beside)
        slot.take(session, clients, MOVED, found)
        reminders.forget_answers(session, was=before.starts_at)
        if session.status == Session.Status.BOOKED:
            new_ground.ask_again(session, clients, by=by)
            reminders.rewrite(session, was=before.starts_at)
            invitations_out.write(session)
        slot.say("session.moved", session, clients, by=by)
    return session


def _instead(session: Session, to_fallback: bool) -> Otherwise:
    mode = INSTEAD.get(session.fallback) if to_fallback else None
    return {"mode": mode, "route": None, "fallback": "", "indoor_minutes": 0} if mode else {}


def _where(session: Session) -> tuple[object, ...]:
    """When, who, where and how: what a move can change."""
    return tuple(getattr(session, name) for name in MOVED if name != "waived")


def takes_other_time(session: Session, before: Session) -> bool:
    """Whether it begins or ends otherwise than before, or it is somebody else's time."""
    return any(getattr(session, name) != getattr(before, name) for name in SPAN)


def _look_again(session: Session, clients: Sequence[Client], shelf: Shelf | None, found: slot.Found) -> None:
    if found.run_out:
        holds.let_go_near(session, clients)
    if session.is_waiting:
        slot.refuse_strangers(session, clients, found)
    else:
        slot.refuse_unready(session, clients, shelf, found)


def _change(session: Session, to: datetime, minutes: int | None, otherwise: Otherwise) -> None:
    length = timedelta(minutes=minutes) if minutes else session.ends_at - session.starts_at
    before, after = session.starts_at - session.blocked_from, session.blocked_until - session.ends_at
    session.starts_at, session.ends_at = to, to + length
    session.blocked_from, session.blocked_until = to - before, to + length + after
    if session.held_until:
        session.held_until = min(session.held_until, to)
    for name, value in otherwise.items():
        setattr(session, name, value)


__all__ = [
    "DEFAULT_MINUTES",
    "INSTEAD",
    "Clash",
    "NotInHerCare",
    "NotInTreatment",
    "NotPossible",
    "NotYet",
    "UsedAlready",
    "book",
    "cancel",
    "confirm",
    "decline",
    "hold",
    "is_late",
    "mark_arrived",
    "mark_kept",
    "mark_missed",
    "move",
    "request",
    "takes_other_time",
]
