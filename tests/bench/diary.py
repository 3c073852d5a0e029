"""A practice of 20 therapists, 2,000 clients and 104,000 sessions over two years, and what is asked of it.

Every therapist has ten hours a day from Monday to Friday, a hundred clients, and each of them every second week; all
are ready for a walk. A year lies behind, a year ahead; notes are signed but for the last three days. Weekends are
free: there is booked.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from threading import Lock
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import psycopg

THERAPISTS, CLIENTS, HOURS = 20, 100, 10
WEEKS = range(-52, 52)
"""Two years, counted from this week."""
A_TENTH = range(-5, 5)
LONDON = ZoneInfo("Europe/London")
SESSIONS = """
INSERT INTO moving_sessions_session (id, therapist_id, place_id, route_id, room_id, kind, mode, indoor_minutes, name,
    status, starts_at, ends_at, blocked_from, blocked_until, doubled, doubled_because, fallback, video_link, waived,
    changes, booked_by_id, booked_at)
SELECT gen_random_uuid(), person.id, %(place)s, CASE WHEN mode = 'walk' THEN %(route)s::uuid END,
    CASE WHEN mode = 'indoor' THEN person.room END, 'individual', mode, 0, '',
    CASE WHEN starts < now() THEN 'kept' ELSE 'booked' END, starts, starts + interval '50 minutes', starts,
    starts + interval '50 minutes', false, '', CASE WHEN mode = 'walk' THEN 'room' ELSE '' END, '', '', 0, person.id,
    now()
FROM unnest(%(therapists)s::uuid[], %(rooms)s::uuid[]) AS person (id, room),
    unnest(%(weeks)s::int[]) AS week, generate_series(0, 4) AS day, generate_series(0, %(hours)s - 1) AS hour,
    LATERAL (SELECT %(monday)s::timestamptz + make_interval(weeks => week, days => day, hours => 8 + hour) AS starts,
        (ARRAY['walk', 'indoor', 'online'])[1 + (hour + day) %% 3] AS mode) AS slot
"""
SEATS = """
INSERT INTO moving_sessions_seat (id, session_id, client_id, starts_at, ends_at, status, doubled, added_at, answer)
SELECT gen_random_uuid(), session.id,
    clients[1 + 2 * (%(hours)s * (extract(isodow FROM local)::int - 1) + extract(hour FROM local)::int - 8)
        + abs((starts_at::date - %(monday)s::date) / 7 %% 2)],
    starts_at, ends_at, status, false, now(), ''
FROM moving_sessions_session AS session
JOIN (SELECT user_id, array_agg(client_id ORDER BY client_id) AS clients FROM clients_careteammember GROUP BY user_id)
    AS team ON team.user_id = session.therapist_id, LATERAL (SELECT starts_at AT TIME ZONE 'UTC' AS local) AS clock
WHERE NOT EXISTS (SELECT FROM moving_sessions_seat AS seat WHERE seat.session_id = session.id)
"""
NOTES = """
INSERT INTO moving_sessions_note (id, seat_id, author_id, status, saved_at, signed_at, version, content_sealed)
SELECT gen_random_uuid(), seat.id, session.therapist_id, 'signed', session.ends_at, session.ends_at, 1, ''
FROM moving_sessions_seat AS seat JOIN moving_sessions_session AS session ON session.id = seat.session_id
WHERE session.ends_at < now() - interval '3 days'
    AND NOT EXISTS (SELECT FROM moving_sessions_note AS note WHERE note.seat_id = seat.id)
"""


@dataclass(frozen=True)
class Asked:
    """One request, made anew each time; `goal` is the least share of the bare view's answers, in per cent."""

    title: str
    goal: float
    browser: str
    request: Callable[[], tuple[str, str, str]]
    """Method, address, body."""
    status: int = 200


def people() -> None:
    """Everybody, each ready for a walk, and what they meet in."""
    from django.db import transaction

    from tests import factories
    from tests.sessions.people import ready

    factories.practice()
    factories.user("Olga Brandt", "front_desk")
    therapists = []
    with transaction.atomic():
        for number in range(THERAPISTS):
            person = factories.user(f"Therapist {number:02}", "therapist")
            therapists.append(person)
            factories.room(f"Room {number:02}")
            for each in range(CLIENTS):
                ready(factories.client(f"{_name(number * CLIENTS + each)} Client", person), person)
        sketch = {"parts": [[[lat, lon] for lat, lon, _height in factories.LOOP]]}
        factories.assessment(factories.route(therapists[0], sketch=sketch), therapists[0])


def sessions(admin: psycopg.Connection, weeks: Iterable[int]) -> int:
    """The sessions of these weeks, past the triggers of history; how many there are now in all."""
    from practice.models import Room, User
    from routes.models import Route
    from tests import factories

    today = datetime.now(LONDON).date()
    values = {
        "place": factories.place().pk,
        "route": Route.objects.get().pk,
        "rooms": list(Room.objects.order_by("name").values_list("pk", flat=True)),
        "therapists": list(User.objects.clinicians().order_by("name").values_list("pk", flat=True)),
        "weeks": list(weeks),
        "hours": HOURS,
        "monday": f"{today - timedelta(days=today.weekday())} 00:00+00",
    }
    with admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute("SET LOCAL TIME ZONE 'UTC'")
        for statement in (SESSIONS, SEATS, NOTES):
            admin.execute(statement, values)
    admin.execute("VACUUM ANALYZE")
    (count,) = admin.execute("SELECT count(*) FROM moving_sessions_session").fetchone() or (0,)
    return int(count)


def _name(number: int) -> str:
    """Names that begin differently: Baba, Babe, Babi …; a search by two letters finds some twenty of two thousand."""
    vowels, consonants = "aeiou", "bdfgklmnprst"
    letters = []
    for _step in range(2):
        number, which = divmod(number, len(consonants) * len(vowels))
        letters.append(consonants[which // len(vowels)] + vowels[which % len(vowels)])
    return "".join(letters).capitalize() + f" {number}"


def questions() -> list[Asked]:
    """What is asked, by whom. Django is set up and the practice is there."""
    from clients.models import Client
    from practice.models import User

    anna = User.objects.get(name="Therapist 00")
    today = datetime.now(LONDON).date()
    monday = today - timedelta(days=today.weekday())
    span = urlencode({"start": monday, "end": monday + timedelta(days=7)})
    client = Client.objects.filter(care_team__user=anna).earliest("pk")
    forms, one_at_a_time = _bookings(), Lock()

    def booking() -> tuple[str, str, str]:
        with one_at_a_time:
            return next(forms)

    def of(address: str) -> Callable[[], tuple[str, str, str]]:
        return lambda: ("GET", address, "")

    return [
        Asked("week, JSON", 6, anna.email, of(f"/sessions/events?{span}")),
        Asked("week, page", 2.5, anna.email, of("/sessions/week")),
        Asked("a client", 6, anna.email, of(f"/clients/{client.pk}/")),
        Asked("search a name", 8, "olga.brandt@larchstreet.example", of("/clients/?q=ba")),
        Asked("Today", 2.5, anna.email, of("/sessions/today")),
        Asked("book a walk", 4, "olga.brandt@larchstreet.example", booking, 302),
    ]


def _bookings() -> Iterator[tuple[str, str, str]]:
    """A walk on a weekend, never twice the same slot of the same therapist."""
    from clients.models import CareTeamMember
    from practice.models import User
    from routes.models import Route
    from tests import factories

    teams = [
        (one.pk, list(CareTeamMember.objects.filter(user=one).values_list("client", flat=True)))
        for one in User.objects.clinicians()
    ]
    place, route = factories.place().pk, Route.objects.get().pk
    today = datetime.now(LONDON).date()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 + 7)
    for number in count():
        slot, which = divmod(number, THERAPISTS)
        therapist, clients = teams[which]
        weekend, hour = divmod(slot, 2 * 6)
        form: dict[str, Any] = {
            "client": clients[slot % len(clients)], "therapist": therapist, "mode": "walk", "route": route,
            "day": saturday + timedelta(weeks=weekend % 40, days=hour // 6), "starts": time(9 + hour % 6),
            "minutes": 50, "place": place, "travel": 0, "indoor_minutes": 0, "fallback": "room",
            "request_key": uuid.uuid4(),
        }  # fmt: skip
        yield "POST", "/sessions/book", urlencode(form)
