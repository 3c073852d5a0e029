"""Two desks send at the same moment, for two rooms and five sessions: no room twice, nobody told twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from practice.models import Letter, Mode, Role, User
from sessions.domain import notices, storm, storm_send
from sessions.domain.storm import Way
from sessions.domain.storm_send import Order, Outcome
from sessions.models import Session
from tests import factories
from tests.sessions.people import ready

IN_A_ROOM = {"same": ((0, 1), (0, 1)), "other": ((0, 1), (2, 3)), "crossed": ((0, 1), (1, 0))}
"""Which sessions each desk gives Room 1 and Room 2; all others go to video."""


def morning() -> list[User]:
    """Five therapists out with one client each in an hour, two rooms, two people at the desk."""
    factories.practice()
    start = timezone.now() + timedelta(hours=1)
    for number in range(5):
        who = factories.user(f"Therapist {number}", Role.THERAPIST)
        factories.record(who, video_link=f"https://video.example/{number}")
        person = ready(factories.client(f"Person {number}", who), who)
        path = factories.route(who, f"Path {number}")
        factories.session(who, person, starts_at=start, mode=Mode.WALK, route=path, fallback="room")
    return [factories.user(f"Desk {number}", Role.FRONT_DESK) for number in range(2)]


def orders(desk: User, indoors: tuple[int, int]) -> list[Order]:
    rooms = [factories.room("Room 1"), factories.room("Room 2")]
    made = []
    for number, card in enumerate(storm.of(desk, now=timezone.now()).open):
        room = rooms[indoors.index(number)] if number in indoors else None
        made.append(Order(card.session, Way.ROOM if room else Way.VIDEO, card.saw, "weather", room))
    return made


@pytest.mark.parametrize("plan", list(IN_A_ROOM))
def test_two_desks_send_at_once(fresh_db: Any, plan: str) -> None:
    desks, gate = morning(), Barrier(2)
    wanted = [orders(desk, indoors) for desk, indoors in zip(desks, IN_A_ROOM[plan], strict=True)]

    def press(number: int) -> list[Outcome]:
        try:
            gate.wait(10)
            return storm_send.send(wanted[number], by=desks[number], now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(press, range(2)))
    sessions = list(Session.objects.order_by("therapist__name"))
    told = Letter.objects.filter(kind=notices.KIND).exclude(state="cancelled")
    rooms = Counter(session.room_id for session in sessions if session.room_id)
    assert set(rooms.values()) <= {1} and len(rooms) <= 2
    assert told.count() == told.values("client").distinct().count()
    for number, session in enumerate(sessions):
        chosen = {one[number].why_not == "" for one in said}
        assert (session.mode != Mode.WALK) == (True in chosen), "done by somebody, or left as it was"
        assert (session.mode == Mode.INDOOR) == (session.room_id is not None)
        assert (session.waived == "weather") == told.filter(about=session.pk).exists() == (session.mode != Mode.WALK)
    if plan == "same":
        assert not [one for each in said for one in each if one.why_not] and len(rooms) == 2
