"""Taking back while somebody else books there: what lies over another was meant, and nothing is done twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from practice.models import Mode
from sessions.domain import booking, taking_back
from sessions.domain.clash import Clash
from sessions.models import Session
from tests import factories
from tests.sessions.test_taking_back import at


def test_of_taking_back_and_booking_over_at_once_one_is_done(fresh_db: None) -> None:
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    people = [factories.client(name, anna) for name in ("Mary Lee", "Ines Marlow", "Robin Roe")]
    how: dict[str, Any] = {"therapist": anna, "mode": Mode.INDOOR, "place": factories.place(), "by": anna}
    first = booking.book(clients=people[:1], starts_at=at(10, days=6), **how)
    was = taking_back.before(first)
    after = taking_back.after(was, booking.cancel(first, by=anna))
    assert after
    acts: list[Callable[[], Session]] = [
        lambda: taking_back.take_back(after, by=anna),
        lambda: taking_back.take_back(after, by=anna),
        lambda: booking.book(clients=people[1:2], starts_at=at(10, 20, days=6), **how),
        lambda: booking.book(clients=people[2:], starts_at=at(9, 40, days=6), doubled_because="a crisis", **how),
    ]
    gate = Barrier(len(acts))

    def at_once(act: Callable[[], Session]) -> str:
        try:
            gate.wait(20)
            return str(act().pk)
        except Clash:
            return "taken"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        told = list(pool.map(at_once, acts))
    back, again, booked, over = (one != "taken" for one in told)
    assert back == again and any((back, booked, over)) and not (back and booked), told
    holding = Session.objects.holding()
    assert (holding.filter(doubled=False).count(), holding.count()) == (back or booked, (back or booked) + over)
