"""Booking: one transaction, insert first, and the database says whether the slot is free.

Bookings of the same therapist, room or client queue up on advisory locks, so that racing inserts wait instead of
deadlocking inside the exclusion constraints; what is true is still only what the constraints let in.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import CareTeamMember, Client
from practice.domain import audit
from practice.models import Mode, Place, Room, User
from routes.models import Route
from sessions.domain import clash, grounds, new_ground, readiness, reminders
from sessions.domain.clash import Clash
from sessions.domain.outlook import Sky
from sessions.models import Note, Seat, Session

DEFAULT_MINUTES = 50


class NotYet(Exception):
    """Something is missing before this session can be booked; `readiness` says what, to each reader in her words."""

    def __init__(self, found: readiness.Readiness, clients: Sequence[Client]) -> None:
        self.readiness, self.clients = found, clients
        super().__init__("; ".join(chip.text for chip in found.refusals))


class NotInHerCare(Exception):
    """The therapist is not in the care team of these clients."""

    def __init__(self, clients: Sequence[Client]) -> None:
        self.clients = clients
        super().__init__(", ".join(client.name for client in clients))


class NotInTreatment(Exception):
    """These clients are not clients yet, or their files are closed."""

    def __init__(self, clients: Sequence[Client]) -> None:
        self.clients = clients
        super().__init__(", ".join(client.name for client in clients))


class UsedAlready(Exception):
    """This form's key belongs to another booking than this; whose and when is not said."""


class NotPossible(Exception):
    """The session is cancelled, missed or over: what was asked no longer fits. May carry a sentence."""


class Fields(TypedDict, total=False):
    """What a session may have besides: see `sessions.models.Session`. The same `request_key` is the same booking."""

    room: Room | None
    route: Route | None
    kind: str
    name: str
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
        _queue_up(therapist.pk, session.room_id, *(client.pk for client in clients))
        if earlier := _earlier(session, clients):
            return earlier
        _refuse_over_doubled(session, clients)
        _insert(session, clients)
        _refuse_what_is_not_ready(session, clients)
        new_ground.ask_again(session, clients, by=by)
        reminders.write(session)
        for client in clients:
            audit.record("session.booked", by=by, subject=client.pk, detail={"session": str(session.pk)})
    return session


def _queue_up(*ids: UUID | None) -> None:
    """Wait for whoever books the same people or room just now; sorted, so that two never wait in a ring."""
    keys = sorted({one.int & (2**63 - 1) for one in ids if one})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


def _earlier(session: Session, clients: Sequence[Client]) -> Session | None:
    """The booking that this very form made before. Raises `UsedAlready` when its key made another one."""
    if session.request_key is None:
        return None
    earlier = Session.objects.filter(request_key=session.request_key).first()
    if earlier is None:
        return None
    same = ("booked_by_id", "therapist_id", "starts_at", "mode")
    seated = set(earlier.seats.values_list("client_id", flat=True))
    if any(getattr(earlier, name) != getattr(session, name) for name in same) or not earlier.holds_its_slot:
        raise UsedAlready
    if seated != {client.pk for client in clients}:
        raise UsedAlready
    return earlier


def ready(session: Session, clients: Sequence[Client], sky: Sky | None = None) -> readiness.Readiness:
    """What readiness says about a session that need not be saved yet. The sky refuses nothing."""
    return readiness.of(session, grounds.load([(session, clients)]).of(session, clients), sky)


def _refuse_what_is_not_ready(session: Session, clients: Sequence[Client]) -> None:
    active = set(Client.objects.active().filter(pk__in=[client.pk for client in clients]).values_list("pk", flat=True))
    if others := [client for client in clients if client.pk not in active]:
        raise NotInTreatment(others)
    known = set(
        CareTeamMember.objects.caring()
        .filter(user=session.therapist_id, client__in=[client.pk for client in clients])
        .values_list("client_id", flat=True)
    )
    strangers = [client for client in clients if client.pk not in known]
    if strangers:
        raise NotInHerCare(strangers)
    found = ready(session, clients)
    if found.refusals:
        raise NotYet(found, clients)


def _refuse_over_doubled(session: Session, clients: Sequence[Client]) -> None:
    """The constraints let a doubled session pass by; here it is held that there is at most one on a slot,
    and that nobody sits in two sessions and no room holds two. Called with the locks held."""
    others = Session.objects.holding().filter(starts_at__lt=session.ends_at, ends_at__gt=session.starts_at)
    if session.pk:
        others = others.exclude(pk=session.pk)
    seated = Q(seats__client__in=[client.pk for client in clients])
    same = seated | Q(therapist=session.therapist_id)
    if session.room_id:
        same |= Q(room=session.room_id)
    exclusive = seated | Q(room=session.room_id) if session.room_id else seated
    wanted = Q(doubled=True) & same
    if session.doubled:
        wanted |= exclusive
    if other := others.filter(wanted).select_related("therapist", "place", "room").first():
        raise clash.over_doubled(session, other, [client.pk for client in clients])


def _insert(session: Session, clients: Sequence[Client]) -> None:
    """Insert in a savepoint; a refusal by the database (23P01) becomes a `Clash` that names the other session."""
    try:
        with transaction.atomic():
            session.save(force_insert=True)
            Seat.objects.bulk_create([Seat.for_session(session, client) for client in clients])
    except IntegrityError as error:
        raise clash.from_refusal(error, session, [client.pk for client in clients]) from error


def _locked(session: Session) -> Session:
    """The row as it is now, held until the transaction ends."""
    return (
        Session.objects.select_for_update(of=("self",))
        .select_related("place", "therapist", "route", "room")
        .get(pk=session.pk)
    )


def _people(session: Session) -> list[Client]:
    return [seat.client for seat in session.seats.select_related("client")]


INSTEAD: dict[str, Mode] = {Session.Fallback.ROOM: Mode.INDOOR, Session.Fallback.VIDEO: Mode.ONLINE}
"""What a session outdoors becomes when it moves to its fallback; another time is none of these."""
MOVED = ("starts_at", "ends_at", "blocked_from", "blocked_until", "mode", "route", "fallback", "indoor_minutes")


def move(session: Session, *, to: datetime, by: User, minutes: int | None = None, to_fallback: bool = False) -> Session:
    """Move a booked session, its travel time with it; the reminder for the old time is taken back. To its fallback: in
    the room or by video, as was agreed when it was booked, also at the same time."""
    with transaction.atomic():
        clients = _people(session)
        _queue_up(session.therapist_id, session.room_id, *(client.pk for client in clients))
        session = _locked(session)
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
        _refuse_what_is_not_ready(session, clients)
        _refuse_over_doubled(session, clients)
        try:
            with transaction.atomic():
                session.save(update_fields=MOVED)
        except IntegrityError as error:
            raise clash.from_refusal(error, session, [client.pk for client in clients]) from error
        session.seats.update(answer="", answered_at=None)
        new_ground.ask_again(session, clients, by=by)
        reminders.rewrite(session)
        for client in clients:
            audit.record("session.moved", by=by, subject=client.pk, detail={"session": str(session.pk)})
    return session


def _become(session: Session, status: Session.Status, *, by: User) -> Session:
    """Change where a session stands; twice is once."""
    with transaction.atomic():
        session = _locked(session)
        if session.status == status:
            return session
        if not session.holds_its_slot:
            raise NotPossible
        if status != Session.Status.KEPT and Note.objects.filter(seat__session=session, status="signed").exists():
            raise NotPossible(_("A note of this session is signed: it took place. Nothing was changed."))
        session.status = status
        session.save(update_fields=["status"])
        reminders.take_back(session)
        for client in _people(session):
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
