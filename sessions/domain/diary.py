"""Who is where in a span of time: loaded in a fixed number of queries, then asked of many times that somebody would
like."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from clients.models import Client
from practice.models import User
from sessions.domain import apart
from sessions.domain.clash import Clash, Taken
from sessions.models import Seat, Session

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """One session that holds its slot, as far as others can run into it."""

    pk: UUID
    therapist: UUID
    room: UUID | None
    starts_at: datetime
    ends_at: datetime
    blocked_from: datetime
    blocked_until: datetime
    doubled: bool
    clients: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Diary:
    """What is held, by the day in UTC that it touches. It says what the constraints would say; they have the last
    word."""

    days: dict[date, list[Held]] = field(default_factory=dict)
    watch: apart.Watch = field(default_factory=apart.Watch)

    def is_free(self, session: Session, clients: Collection[Client]) -> bool:
        """Whether nothing of this keeps the session from being written."""
        return not (self.taken(session, clients) or self.watch.pairs_at(session, clients))

    def taken(self, session: Session, clients: Iterable[Client]) -> tuple[Taken, Held] | None:
        """What this session would run into first, by the rules of `sessions.models` and `slot.refuse_over_doubled`."""
        ids = {client.pk for client in clients}
        for held in self._near(session):
            if what := _between(session, ids, held):
                return what, held
        return None

    def _near(self, session: Session) -> list[Held]:
        found = {held.pk: held for day in _touched(session.blocked_from, session.blocked_until)
                 for held in self.days.get(day, ())}  # fmt: skip
        return sorted(found.values(), key=lambda held: held.starts_at)


def load(sessions: Sequence[Session], clients: Collection[Client], *, ignoring: Collection[UUID] = ()) -> Diary:
    """What their therapists, rooms and clients have from a day before the first of these sessions to a day after the
    last one, and where those are whom the clients must not meet, without the sessions that are to be left out."""
    if not sessions:
        return Diary()
    start = min(one.blocked_from for one in sessions) - DAY
    end = max(one.blocked_until for one in sessions) + DAY
    seated = Exists(Seat.objects.filter(session=OuterRef("pk"), client__in=[client.pk for client in clients]))
    theirs = Q(therapist__in={one.therapist_id for one in sessions}) | Q(seated)
    if rooms := {one.room_id for one in sessions if one.room_id}:
        theirs |= Q(room__in=rooms)
    found = Session.objects.holding().filter(theirs, blocked_from__lt=end, blocked_until__gt=start)
    found = found.exclude(pk__in=ignoring).exclude(pk__in=Session.objects.run_out(timezone.now()).values("pk"))
    rows = found.values_list(
        "pk", "therapist_id", "room_id", "starts_at", "ends_at", "blocked_from", "blocked_until", "doubled"
    )
    seats = Seat.objects.filter(client__in=[client.pk for client in clients], starts_at__lt=end, ends_at__gt=start)
    sitting: dict[UUID, set[UUID]] = {}
    for session, client in seats.values_list("session_id", "client_id"):
        sitting.setdefault(session, set()).add(client)
    days: dict[date, list[Held]] = {}
    for row in rows:
        held = Held(*row, frozenset(sitting.get(row[0], ())))
        for day in _touched(held.blocked_from, held.blocked_until):
            days.setdefault(day, []).append(held)
    return Diary(days, apart.watch(sessions, clients, ignoring=ignoring, around=DAY + apart.NEAR))


def _touched(start: datetime, end: datetime) -> list[date]:
    first, last = start.astimezone(UTC).date(), end.astimezone(UTC).date()
    return [first + DAY * number for number in range((last - first).days + 1)]


def _between(session: Session, clients: set[UUID], held: Held) -> Taken | None:
    """What two sessions both want. A deliberate double booking goes by over one other of the therapist's."""
    meets = session.starts_at < held.ends_at and held.starts_at < session.ends_at
    near = session.blocked_from < held.blocked_until and held.blocked_from < session.blocked_until
    if meets and session.room_id and session.room_id == held.room:
        return Taken.ROOM
    if meets and clients & held.clients:
        return Taken.CLIENT
    if session.therapist_id != held.therapist:
        return None
    if session.doubled or held.doubled:
        return Taken.THERAPIST if meets and held.doubled else None
    return Taken.THERAPIST if near else None


def in_words(found: Sequence[tuple[Session, Taken, Held]], reader: User) -> list[str]:
    """A sentence for each clash, with the names that this reader may know. Three queries, however many."""
    ids = {held.pk for _session, _taken, held in found}
    if not ids:
        return []
    others = Session.objects.select_related("therapist", "place", "room__place").prefetch_related("seats__client")
    loaded = others.in_bulk(ids)
    seen = set(Session.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    return [
        Clash(taken, session, loaded.get(held.pk)).words(reader, seen=held.pk in seen) for session, taken, held in found
    ]
