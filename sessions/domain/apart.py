"""Who must not meet: two clients on the keep-apart list are not booked near each other.

Near is within 60 minutes (ours), before or after, at the same place or on the same route, and in one session. By video
nobody meets. Whoever may read the chart is told; everybody else reads that the time cannot be had, as of any other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from clients.models import Client, KeepApart
from practice.models import Mode, User
from sessions.domain.clash import Clash, Taken, not_then
from sessions.models import Session
from sessions.models.session import SessionQuerySet

NEAR = timedelta(minutes=60)
Pair = tuple[UUID, UUID]
"""One who is booked, and whom she must not meet."""


class TooNear(Clash):
    """A clash like any other for who may not know; `pairs` are who is booked and who is near, client by client."""

    def __init__(self, session: Session, pairs: Collection[Pair]) -> None:
        super().__init__(Taken.THERAPIST, session, None)
        self.pairs = pairs

    def words(self, reader: User, *, seen: bool | None = None) -> str:
        """Names only those whose charts this reader may read."""
        return in_words([self.pairs], reader)[0]


def in_words(found: Sequence[Collection[Pair]], reader: User) -> list[str]:
    """A sentence for each time at which pairs would meet. One query, however many."""
    people = {one for pairs in found for pair in pairs for one in pair}
    known = Client.objects.charted_by(reader).filter(pk__in=people).in_bulk() if people else {}
    return [_sentence(pairs, known) for pairs in found]


def _sentence(pairs: Collection[Pair], known: Mapping[UUID, Client]) -> str:
    for booked, near in pairs:
        if booked in known and near in known:
            said = {"name": known[booked].name, "other": known[near].name}
            text = _("%(name)s and %(other)s are to be kept apart. Choose another time or place.")
            return text % said
        if booked in known:
            text = _("%(name)s is to be kept apart from somebody who is near then. Choose another time or place.")
            return text % {"name": known[booked].name}
    return not_then()


def refuse(session: Session, clients: Sequence[Client]) -> None:
    """Raises `TooNear` when one of these must not meet who sits there too, or is near. Called once the session is
    written, in the same transaction: whoever books the other of a pair at this moment waits, and sees it then."""
    pairs = _pairs({client.pk for client in clients})
    if not pairs:
        return
    seated = set(session.seats.values_list("client", flat=True))
    together = [pair for pair in pairs if pair[1] in seated]
    if not together:
        _wait_for({other for _booked, other in pairs})
        there = set(_near(session).filter(seats__client__in=[other for _booked, other in pairs])
                    .values_list("seats__client", flat=True))  # fmt: skip
        together = [pair for pair in pairs if pair[1] in there]
    if together:
        raise TooNear(session, together)


@dataclass(frozen=True, slots=True)
class There:
    """Where one of those is whom somebody must not meet."""

    client: UUID
    starts_at: datetime
    ends_at: datetime
    place: UUID
    route: UUID | None


@dataclass(frozen=True, slots=True)
class Watch:
    """Whom some clients must not meet, and where those are in a span of time."""

    pairs: Sequence[Pair] = ()
    there: Sequence[There] = ()

    def pairs_at(self, session: Session, clients: Iterable[Client]) -> list[Pair]:
        """Who would meet in a session that need not be saved, by the rule of `refuse`."""
        ids = {client.pk for client in clients}
        pairs = [pair for pair in self.pairs if pair[0] in ids]
        if together := [pair for pair in pairs if pair[1] in ids]:
            return together
        near = {one.client for one in self.there if _meets(session, one)} if pairs else set()
        return [pair for pair in pairs if pair[1] in near]


def watch(
    sessions: Sequence[Session],
    clients: Collection[Client],
    *,
    ignoring: Collection[UUID] = (),
    around: timedelta = NEAR,
) -> Watch:
    """What `pairs_at` is asked of, as far `around` these sessions as they may still be put; without the sessions that
    will be gone by then. Two queries, however many."""
    pairs = _pairs({client.pk for client in clients})
    if not pairs or not sessions:
        return Watch(pairs)
    start, end = min(one.starts_at for one in sessions) - around, max(one.ends_at for one in sessions) + around
    held = Session.objects.holding().filter(starts_at__lt=end, ends_at__gt=start).exclude(mode=Mode.ONLINE)
    others = held.filter(seats__client__in={other for _booked, other in pairs}).exclude(pk__in=ignoring)
    columns = ("seats__client", "starts_at", "ends_at", "place", "route")
    return Watch(pairs, [There(*row) for row in others.values_list(*columns)])


def _meets(session: Session, one: There) -> bool:
    here = one.place == session.place_id or (one.route is not None and one.route == session.route_id)
    then = one.starts_at < session.ends_at + NEAR and one.ends_at > session.starts_at - NEAR
    return session.mode != Mode.ONLINE and here and then


def away(session: Session, clients: Sequence[Client], starts: Sequence[datetime]) -> list[datetime]:
    """Of these starts, for a session that is not written yet, those at which nobody is near who must not be."""
    length, there = session.ends_at - session.starts_at, []
    for start in starts:
        there.append(one := copy(session))
        one.starts_at, one.ends_at = start, start + length
    seen = watch(there, clients)
    return [one.starts_at for one in there if not seen.pairs_at(one, clients)]


def _pairs(clients: Collection[UUID]) -> list[Pair]:
    """(One of these clients, whom she must not meet), either way round."""
    rows = KeepApart.objects.current().of(clients).values_list("client", "other")
    both = [pair for one, other in rows for pair in ((one, other), (other, one))]
    return [pair for pair in both if pair[0] in clients]


def _near(session: Session) -> SessionQuerySet:
    """What holds its slot near this session, in time and place."""
    if session.mode == Mode.ONLINE:
        return Session.objects.none()
    here = Q(place=session.place_id)
    if session.route_id:
        here |= Q(route=session.route_id)
    around = Session.objects.holding().filter(
        here, starts_at__lt=session.ends_at + NEAR, ends_at__gt=session.starts_at - NEAR
    )
    return around.exclude(mode=Mode.ONLINE).exclude(pk=session.pk)


def _wait_for(people: Collection[UUID]) -> None:
    """As `slot.queue_up`: two of a pair who are booked at the same moment see each other."""
    keys = sorted(one.int & (2**63 - 1) for one in people)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])
