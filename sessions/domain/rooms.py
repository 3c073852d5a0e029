"""Which rooms are free while sessions take place. What is true is what the exclusion constraint lets in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from practice.models import Room
from sessions.models import Session

LONGEST = timedelta(days=1)
"""No session is longer (the constraint `session_is_at_most_a_day`), so that the index on starts finds them."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A room from one moment to another, by a session that holds it."""

    room: UUID
    session: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms of some places, and who has them."""

    all: tuple[Room, ...]
    taken: tuple[Taken, ...]

    def at(self, session: Session) -> list[Room]:
        """Every room of its place."""
        return [room for room in self.all if room.place_id == session.place_id]

    def free(self, session: Session) -> list[Room]:
        """Those that nobody else has while it takes place."""
        away = {
            one.room
            for one in self.taken
            if one.session != session.pk and one.starts_at < session.ends_at and one.ends_at > session.starts_at
        }
        return [room for room in self.at(session) if room.pk not in away]

    def given(self, room: Room, session: Session) -> "Rooms":
        """As it is once this session has that room and no other."""
        others = [one for one in self.taken if one.session != session.pk]
        return Rooms(self.all, (*others, Taken(room.pk, session.pk, session.starts_at, session.ends_at)))


def load(sessions: Sequence[Session]) -> Rooms:
    """The rooms of the places of these sessions, and who has them meanwhile. Two queries, none for no session."""
    if not sessions:
        return Rooms((), ())
    places = {session.place_id for session in sessions}
    first, last = min(one.starts_at for one in sessions), max(one.ends_at for one in sessions)
    about = Session.objects.holding().between(first - LONGEST, last)
    held = about.filter(room__place__in=places, ends_at__gt=first)
    taken = held.values_list("room_id", "pk", "starts_at", "ends_at")
    return Rooms(
        all=tuple(Room.objects.filter(place__in=places).select_related("place")),
        taken=tuple(Taken(room, pk, start, end) for room, pk, start, end in taken if room),
    )


def assign(wanted: Iterable[tuple[Session, Room | None]], rooms: Rooms) -> dict[UUID, Room]:
    """A room for each of these by its key: the one that was chosen, or else the first that is free; in the order of
    their starts, then as they come, so that no two that overlap have the same. Whoever goes without is left out."""
    found: dict[UUID, Room] = {}
    chosen = sorted(wanted, key=lambda one: (one[1] is None, one[0].starts_at))
    for session, room in chosen:
        free = rooms.free(session)
        given = next((one for one in free if room is None or one == room), None)
        if given:
            found[session.pk], rooms = given, rooms.given(given, session)
    return found
