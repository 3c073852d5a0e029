"""What readiness rests on, loaded for many clients and days in a fixed number of queries."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from uuid import UUID
from zoneinfo import ZoneInfo

from clients.domain import coverage, decision, glance
from clients.domain.glance import Glance
from clients.models import Client, ConsentText
from sessions.domain import free
from sessions.models import Session


@dataclass(frozen=True, slots=True)
class AtWork:
    """The therapist of one session; what she is held against is looked up for all at once, when first asked for."""

    session: Session
    look: Callable[[], free.Frame]


@dataclass(frozen=True, slots=True)
class Grounds:
    """Where one client stands for one way of meeting on one day."""

    client: Client
    standing: decision.Standing
    coverage: coverage.Coverage
    has_emergency_contact: bool
    at_work: AtWork | None = None
    """None where only the client is judged, and where only refusals are asked for."""


UNREAD = decision.Standing(None, "", False)
"""In the room and by video nothing rests on a decision, and none is looked up."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The grounds of many sessions, looked up one by one."""

    standing: dict[UUID, decision.Standing]
    coverage: dict[coverage.Pair, coverage.Coverage]
    reachable: set[UUID]
    look: Callable[[], free.Frame]
    groups_are_asked: bool = True
    """Whether the practice has a text that covers groups, so that somebody can be asked to sign it."""

    def of(self, session: Session, clients: Iterable[Client], *, beside: bool = True) -> list[Grounds]:
        """What one session rests on, client by client; without what lies `beside` it and refuses nothing."""
        at_work = AtWork(session, self.look) if beside else None
        return [self._of(client, session, at_work) for client in clients]

    def _of(self, client: Client, session: Session, at_work: AtWork | None) -> Grounds:
        found = {scope: self.coverage[client.pk, scope, day_of(session)] for scope in needed(session)}
        counting = [one for scope, one in found.items() if one.said_no or self._is_asked(session, scope)]
        return Grounds(
            client=client,
            standing=self.standing.get(client.pk, UNREAD),
            coverage=coverage.heaviest([coverage.not_asked(), *counting]),
            has_emergency_contact=client.pk in self.reachable,
            at_work=at_work,
        )

    def _is_asked(self, session: Session, scope: str) -> bool:
        """Whether a missing consent matters. In the room and by video only a no does, and the consent to a group."""
        return session.is_outdoors or (scope == coverage.GROUP and self.groups_are_asked)


def day_of(session: Session) -> date:
    """The day of a session on the clocks of its place."""
    return session.starts_at.astimezone(ZoneInfo(session.place.time_zone)).date()


def needed(session: Session) -> list[str]:
    """What the consent of each client has to cover: the way of meeting, and in a group meeting others."""
    return [session.mode, coverage.GROUP] if _is_group(session) else [session.mode]


def load(
    wanted: Iterable[tuple[Session, Iterable[Client]]],
    *,
    stood: Mapping[Client, decision.Standing] | None = None,
    seen: Glance | None = None,
) -> Shelf:
    """The grounds of these sessions with these clients. As many queries for one as for many.

    `stood`: where some of them stand, and `seen`: what there is of all, when that was looked up already.
    """
    sessions = [(session, list(clients)) for session, clients in wanted]
    pairs = [
        (client, scope, day_of(session))
        for session, clients in sessions
        for client in clients
        for scope in needed(session)
    ]
    weighed = [(session, clients) for session, clients in sessions if session.is_outdoors or _is_group(session)]
    known = {client.pk: client for _session, clients in weighed for client in clients}
    standing = {client.pk: stands for client, stands in (stood or {}).items()}
    missing = [client for pk, client in known.items() if pk not in standing]
    everyone = {client.pk for client, _scope, _day in pairs}
    seen = seen or (glance.of(everyone) if known else None)
    return Shelf(
        standing=standing | (decision.standing(missing, seen=seen) if missing else {}),
        coverage=coverage.covers_many(pairs, beside=seen.beside if seen else None),
        reachable=seen.reachable if seen else set(),
        look=cache(partial(free.frame, [session for session, _clients in sessions])),
        groups_are_asked=any(_is_group(session) and not session.is_outdoors for session, _clients in sessions)
        and ConsentText.objects.filter(modes__contains=[coverage.GROUP]).exists(),
    )


def _is_group(session: Session) -> bool:
    return session.kind == Session.Kind.GROUP
