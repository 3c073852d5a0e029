"""What readiness rests on, loaded for many clients and days in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from clients.domain import coverage, decision
from clients.models import Client, EmergencyContact
from sessions.models import Session


@dataclass(frozen=True, slots=True)
class Grounds:
    """Where one client stands for one way of meeting on one day."""

    client: Client
    standing: decision.Standing
    coverage: coverage.Coverage
    has_emergency_contact: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """The grounds of many sessions, looked up one by one."""

    standing: dict[UUID, decision.Standing]
    coverage: dict[coverage.Pair, coverage.Coverage]
    reachable: set[UUID]

    def of(self, session: Session, clients: Iterable[Client]) -> list[Grounds]:
        """What one session rests on, client by client."""
        return [self._of(client, needed(session), day_of(session)) for client in clients]

    def _of(self, client: Client, scopes: Sequence[str], day: date) -> Grounds:
        return Grounds(
            client=client,
            standing=self.standing[client.pk],
            coverage=coverage.heaviest([self.coverage[client.pk, scope, day] for scope in scopes]),
            has_emergency_contact=client.pk in self.reachable,
        )


def day_of(session: Session) -> date:
    """The day of a session on the clocks of its place."""
    return session.starts_at.astimezone(ZoneInfo(session.place.time_zone)).date()


def needed(session: Session) -> list[str]:
    """What the consent of each client has to cover: the way of meeting, and in a group meeting others."""
    return [session.mode, coverage.GROUP] if session.kind == Session.Kind.GROUP else [session.mode]


def load(wanted: Iterable[tuple[Session, Iterable[Client]]]) -> Shelf:
    """The grounds of these sessions with these clients. As many queries for one as for many."""
    pairs = [
        (client, scope, day_of(session))
        for session, clients in wanted
        for client in clients
        for scope in needed(session)
    ]
    known = {client.pk: client for client, _mode, _day in pairs}
    if not known:
        return Shelf({}, {}, set())
    return Shelf(
        standing=decision.standing(list(known.values())),
        coverage=coverage.covers_many(pairs),
        reachable=set(EmergencyContact.objects.filter(client__in=known).values_list("client_id", flat=True)),
    )
