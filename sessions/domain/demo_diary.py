"""The demo's diary: eight weeks behind, two ahead, the same hour every week, and signed notes for what took place."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from clients.models import Client
from practice.domain.local_time import instant
from practice.models import OUTDOOR, Mode, Room, Service, User
from routes.models import Route
from sessions.domain import booking, demo_words
from sessions.domain.demo_practice import House
from sessions.models import Note, Seat, Session

WEEKS_BACK, WEEKS_AHEAD = 8, 2
HOURS = (time(9, 40), time(11, 0), time(13, 0), time(14, 20))
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Habit:
    """Who meets whom, when in the week, and how it went from the room to the path."""

    clients: tuple[Client, ...]
    therapist: User
    days_on: int
    at: time
    modes: tuple[str, ...]
    """One way of meeting a week from the first to the last; the last one goes on."""
    route: Route | None
    name: str = ""
    indoor_minutes: int = 0

    @property
    def kind(self) -> str:
        """Individual, couple or group, by how many they are."""
        kinds = {1: Session.Kind.INDIVIDUAL, 2: Session.Kind.COUPLE}
        return kinds.get(len(self.clients), Session.Kind.GROUP)


def free_hours(today: date, *, later: int = 0) -> list[tuple[int, time]]:
    """Hours of the week from today on: all of today's, then one a day. Weekends are left out unless today is one.

    `later` minutes keep the therapists' clients from meeting at the same gate.
    """
    days = [n for n in range(1, 7) if (today + timedelta(days=n)).weekday() < 5]
    turns = [(day, HOURS[(turn + n) % len(HOURS)]) for turn in range(len(HOURS)) for n, day in enumerate(days)]
    order = [(0, hour) for hour in HOURS] + turns
    return [(day, _later(hour, later)) for day, hour in order]


def _later(hour: time, minutes: int) -> time:
    total = hour.hour * 60 + hour.minute + minutes
    return time(total // 60, total % 60)


def past(habits: Sequence[Habit], house: House, today: date, rng: random.Random) -> list[Session]:
    """What took place, was missed or cancelled; written in one go, because nobody needs reminding."""
    sessions, seats = [], []
    for habit in habits:
        for week in range(WEEKS_BACK):
            day = today + timedelta(days=habit.days_on - 7 * (WEEKS_BACK - week))
            if day >= today:
                continue
            status = rng.choices(
                [Session.Status.KEPT, Session.Status.MISSED, Session.Status.CANCELLED], weights=[92, 3, 5]
            )[0]
            made = _session(habit, house, day, habit.modes[min(week, len(habit.modes) - 1)], status)
            sessions.append(made)
            seats += [Seat.for_session(made, client) for client in habit.clients]
    Session.objects.bulk_create(sessions)
    Seat.objects.bulk_create(seats)
    return sessions


def _session(habit: Habit, house: House, day: date, mode: str, status: str) -> Session:
    starts_at = instant(day, habit.at, LONDON)
    ends_at = starts_at + timedelta(minutes=_minutes(habit))
    outdoors = mode in OUTDOOR
    return Session(
        therapist=habit.therapist,
        place=house.place,
        room=_room(habit, house) if mode == Mode.INDOOR else None,
        route=habit.route if outdoors else None,
        kind=habit.kind,
        name=habit.name,
        mode=mode,
        status=status,
        fallback=Session.Fallback.ROOM if outdoors else "",
        indoor_minutes=habit.indoor_minutes if outdoors else 0,
        starts_at=starts_at,
        ends_at=ends_at,
        blocked_from=starts_at,
        blocked_until=ends_at,
        booked_by=habit.therapist,
    )


def _minutes(habit: Habit) -> int:
    return 75 if len(habit.clients) > 1 else booking.DEFAULT_MINUTES


def _room(habit: Habit, house: House) -> Room:
    """Each therapist has a room."""
    return house.rooms[("Anna", "Ben", "Mira").index(habit.therapist.called)]


def write_notes(sessions: Sequence[Session], rng: random.Random, *, waits_for: User) -> None:
    """A signed note for each seat of what took place; the last two of one therapist wait: one is begun, one is not."""
    kept = [session for session in sessions if session.status == Session.Status.KEPT]
    seats = list(
        Seat.objects.filter(session__in=kept)
        .select_related("session__therapist", "client")
        .order_by("starts_at", "client__search_name")
    )
    begun, empty = [seat for seat in seats if seat.session.therapist == waits_for][:-3:-1]
    Note.objects.bulk_create(_signed([seat for seat in seats if seat not in (begun, empty)], rng))
    draft = Note(seat=begun, author=waits_for, version=1, started_at=begun.starts_at, stopped_at=begun.ends_at)
    said = demo_words.note(rng, outside=begun.session.is_outdoors, told=set())
    draft.content = {name: said[name] for name in ("focus", "interventions")}
    draft.save(force_insert=True)


def _signed(seats: Sequence[Seat], rng: random.Random) -> list[Note]:
    notes = []
    told: dict[UUID, set[str]] = {}
    for seat in seats:
        note = Note(
            seat=seat,
            author=seat.session.therapist,
            status=Note.Status.SIGNED,
            started_at=seat.starts_at,
            stopped_at=seat.ends_at,
            signed_at=seat.ends_at + timedelta(minutes=rng.randrange(4, 40)),
            version=3,
        )
        note.content = demo_words.note(
            rng, outside=seat.session.is_outdoors, told=told.setdefault(seat.client_id, set())
        )
        notes.append(note)
    return notes


def ahead(habits: Sequence[Habit], house: House, today: date, offered: Mapping[str, Service]) -> list[Session]:
    """Today and two weeks on, booked by the same verb as real ones, so that reminders are written."""
    made = []
    for habit in habits:
        for week in range(WEEKS_AHEAD + 1):
            day = today + timedelta(days=habit.days_on + 7 * week)
            if day > today + timedelta(weeks=WEEKS_AHEAD):
                continue
            mode = habit.modes[-1]
            outdoors = mode in OUTDOOR
            made.append(
                booking.book(
                    therapist=habit.therapist,
                    clients=habit.clients,
                    mode=mode,
                    starts_at=instant(day, habit.at, LONDON),
                    minutes=_minutes(habit),
                    place=house.place,
                    room=_room(habit, house) if mode == Mode.INDOOR else None,
                    route=habit.route if outdoors else None,
                    kind=habit.kind,
                    service=offered[habit.kind],
                    note=offered[habit.kind].note_minutes,
                    capacity=offered[habit.kind].seats if habit.kind == Session.Kind.GROUP else None,
                    name=habit.name,
                    fallback=Session.Fallback.ROOM if outdoors else "",
                    indoor_minutes=habit.indoor_minutes if outdoors else 0,
                    by=habit.therapist,
                )
            )
    return made
