"""A slot: who waits for it, who may have it, and what the database says of it. What every verb of booking rests on.

Bookings of the same therapist, room or client queue up on advisory locks, so that racing inserts wait instead of
deadlocking inside the exclusion constraints; what is true is still only what the constraints let in.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import glance
from clients.domain.glance import Glance
from clients.models import CareTeamMember, Client, KeepApart
from practice.domain import audit
from practice.models import User
from sessions.domain import apart, clash, grounds, holds, readiness
from sessions.domain.chip import Chip
from sessions.domain.outlook import Sky
from sessions.models import Seat, Session
from sessions.models.session import SessionQuerySet

A_DAY = timedelta(days=1)


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


class HasMoved(NotPossible):
    """It begins at another time than its reader has seen."""

    def __init__(self) -> None:
        super().__init__(_("The time has changed since this page was opened. Please look at the new one first."))


@dataclass(frozen=True, slots=True)
class Found:
    """What there is around a session that is to be written; only what there is is looked at more closely. As it stands,
    nothing is known yet."""

    hers: Mapping[UUID, bool] | None = None
    """Whether each client who is in treatment is in the therapist's care."""
    used: bool = True
    """The form's key belongs to a booking."""
    run_out: bool = True
    """Something is held whose time is over."""
    doubled: bool = True
    """Something lies doubled on the slot."""
    is_apart: bool = True
    """One of the clients is on the list of who must not meet."""
    seen: Glance | None = None
    """What there is of the clients, where that is weighed."""


UNKNOWN = Found()


def queue_up(*ids: UUID | None) -> None:
    """Wait for whoever books the same people or room just now; sorted, so that two never wait in a ring."""
    keys = sorted({one.int & (2**63 - 1) for one in ids if one})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


def look(session: Session, clients: Sequence[Client]) -> Found:
    """What there is around a session, in one statement. Called with the locks held."""
    ids = [client.pk for client in clients]
    people = Client.objects.filter(pk__in=ids).only("pk", "status")
    rows: list[Any] = list(
        (glance.looking(people) if session.is_outdoors else people).annotate(
            is_hers=_is_hers(session),
            used=Exists(Session.objects.filter(request_key=session.request_key, request_key__isnull=False)),
            run_out=Exists(holds.near(session, clients, now=timezone.now())),
            doubled=Exists(_doubled(session, clients)),
            is_apart=Exists(KeepApart.objects.current().of(ids)),
        )
    )
    if not rows:
        return UNKNOWN
    hers = {one.pk: one.is_hers for one in rows if one.status == Client.Status.ACTIVE}
    seen = glance.read(rows, ()) if session.is_outdoors else None
    return Found(hers, rows[0].used, rows[0].run_out, rows[0].doubled, rows[0].is_apart, seen)


def _is_hers(session: Session) -> Exists:
    return Exists(CareTeamMember.objects.caring().filter(user=session.therapist_id, client=OuterRef("pk")))


def made_before(session: Session, clients: Sequence[Client]) -> Session | None:
    """The booking that this very form made before. Raises `UsedAlready` when its key made another one."""
    if session.request_key is None:
        return None
    earlier = Session.objects.filter(request_key=session.request_key).first()
    if earlier is None:
        return None
    same = ("booked_by_id", "therapist_id", "starts_at", "ends_at", "mode", "place_id", "room_id", "route_id")
    seated = set(earlier.seats.values_list("client_id", flat=True))
    if any(getattr(earlier, name) != getattr(session, name) for name in same) or not earlier.holds_its_slot:
        raise UsedAlready
    if seated != {client.pk for client in clients}:
        raise UsedAlready
    return earlier


def ready(
    session: Session,
    clients: Sequence[Client],
    sky: Sky | None = None,
    *,
    also: Iterable[Chip] = (),
    shelf: grounds.Shelf | None = None,
) -> readiness.Readiness:
    """What readiness says about a session that need not be saved yet. The sky refuses nothing. `shelf`: what it rests
    on, when that was loaded for many."""
    shelf = shelf or grounds.load([(session, clients)])
    return readiness.of(session, shelf.of(session, clients), sky, also=also)


def refuse_strangers(session: Session, clients: Sequence[Client], found: Found = UNKNOWN) -> None:
    """Raises `NotInTreatment` or `NotInHerCare`."""
    known = found.hers
    if known is None:
        active = Client.objects.active().filter(pk__in=[client.pk for client in clients])
        known = dict(active.annotate(is_hers=_is_hers(session)).values_list("pk", "is_hers"))
    if others := [client for client in clients if client.pk not in known]:
        raise NotInTreatment(others)
    if strangers := [client for client in clients if not known[client.pk]]:
        raise NotInHerCare(strangers)


def refuse_unready(
    session: Session, clients: Sequence[Client], shelf: grounds.Shelf | None = None, found: Found = UNKNOWN
) -> None:
    """Raises `NotInTreatment`, `NotInHerCare` or `NotYet`. `shelf` as in `ready`."""
    refuse_strangers(session, clients, found)
    if session.is_outdoors and session.route:
        prefetch_related_objects([session.route], "hazards")
    shelf = shelf or grounds.load([(session, clients)], seen=found.seen)
    if readiness.of(session, shelf.of(session, clients, beside=False)).refusals:
        raise NotYet(ready(session, clients, shelf=shelf), clients)


def refuse_over_doubled(session: Session, clients: Sequence[Client], *, beside: Collection[UUID] = ()) -> None:
    """The constraints let a doubled session pass by; here it is held that it lies over one other of hers at most, and
    that nobody sits in two sessions and no room holds two. Called with the locks held.

    What lies `beside` it already was meant: both stay changeable, as long as no third one comes between."""
    exclusive = _exclusive(session, clients)
    wanted = Q(doubled=True) & (exclusive | Q(therapist=session.therapist_id) & ~Q(pk__in=beside))
    if session.doubled:
        wanted |= exclusive
    other = around(session).select_related("therapist", "place", "room").filter(wanted).first()
    if other is None and (session.doubled or beside):
        other = _third(session, beside)
    if other:
        raise clash.over_doubled(session, other, [client.pk for client in clients])


def _third(session: Session, beside: Collection[UUID]) -> Session | None:
    """Of hers, one too many: a second one under what is doubled."""
    hers = list(_hers(session).select_related("therapist", "place", "room"))
    if session.doubled and len(hers) > 1:
        return next((one for one in reversed(hers) if one.pk not in beside), None)
    for one in hers:
        if one.doubled and (third := _hers(one).exclude(pk=session.pk).select_related("therapist", "place").first()):
            return third
    return None


def lies_beside(session: Session) -> set[UUID]:
    """What else of the same therapist holds its slot while this session lasts."""
    return set(_hers(session).values_list("pk", flat=True))


def _hers(session: Session) -> SessionQuerySet:
    return around(session).filter(therapist=session.therapist_id)


def _exclusive(session: Session, clients: Sequence[Client]) -> Q:
    """What wants the same client or room."""
    wanted = Q(seats__client__in=[client.pk for client in clients])
    return wanted | Q(room=session.room_id) if session.room_id else wanted


def _doubled(session: Session, clients: Sequence[Client]) -> SessionQuerySet:
    """What `refuse_over_doubled` can refuse, unless the session itself is doubled."""
    return around(session).filter(Q(therapist=session.therapist_id) | _exclusive(session, clients), doubled=True)


def around(session: Session) -> SessionQuerySet:
    """What else holds its slot while this session lasts. None lasts longer than a day."""
    others = Session.objects.holding().filter(
        starts_at__gte=session.starts_at - A_DAY, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at
    )
    return others.exclude(pk=session.pk) if session.pk else others


def insert(session: Session, clients: Sequence[Client], found: Found = UNKNOWN) -> list[Seat]:
    """Insert, in the caller's transaction, which ends with a refusal: one by the database (23P01) becomes a `Clash`
    that names the other session. So is who is to be kept apart from somebody near (`apart`)."""
    try:
        session.save(force_insert=True)
        seats = Seat.objects.bulk_create([Seat.for_session(session, client) for client in clients])
    except IntegrityError as error:
        raise clash.from_refusal(error, session, [client.pk for client in clients]) from error
    if found.is_apart:
        apart.refuse(session, clients)
    return seats


def take(session: Session, clients: Sequence[Client], fields: Sequence[str], found: Found = UNKNOWN) -> None:
    """Save where a session moves to; refused as `insert` is."""
    try:
        session.save(update_fields=fields)
    except IntegrityError as error:
        raise clash.from_refusal(error, session, [client.pk for client in clients]) from error
    if found.is_apart:
        apart.refuse(session, clients)


def locked(session: Session) -> Session:
    """The row as it is now, held until the transaction ends."""
    return (
        Session.objects.select_for_update(of=("self",))
        .select_related("place", "therapist__clinician", "route", "room")
        .get(pk=session.pk)
    )


def people(session: Session) -> list[Client]:
    """Who holds the seats."""
    return [seat.client for seat in session.seats.select_related("client")]


def taken_up(session: Session, *others: UUID) -> tuple[Session, list[Client]]:
    """Wait for whoever books the same people, rooms and `others` just now; then the row as it is and who sits in it."""
    clients = people(session)
    queue_up(session.therapist_id, session.room_id, *others, *(client.pk for client in clients))
    return locked(session), clients


def taken_up_as_read(session: Session, read: str) -> Session:
    """The same, when it begins where its reader saw it (`read`, as a form carries it). Raises `HasMoved`."""
    session, _clients = taken_up(session)
    if session.starts_at.isoformat() != read:
        raise HasMoved
    return session


def say(action: str, session: Session, clients: Sequence[Client], *, by: User | None) -> None:
    """Write down what was done with a session, for each of its clients."""
    audit.record_each(action, by=by, subjects=[client.pk for client in clients], detail={"session": str(session.pk)})
