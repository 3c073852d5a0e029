"""What somebody who signs beside a client sees: their papers; when and where, if that was agreed; and nothing else."""

from datetime import datetime
from typing import Any

from clients.domain import beside
from clients.models import Client, Signatory
from practice.models import User
from sessions.domain import grounds
from sessions.domain.own_page import next_time
from sessions.models import Seat, Session

SHOWN = 6
HELD = (Session.Status.BOOKED, Session.Status.ARRIVED)


def of(user: User, *, now: datetime) -> dict[str, Any]:
    """For each client beside whom they sign: the papers laid before them, and the next sessions if they may know."""
    return {"found": [_beside(one, now) for one in beside.of(user, now=now)], "name": user.name}


def _beside(one: Signatory, now: datetime) -> dict[str, Any]:
    knows = one.may_see == Signatory.MaySee.TIMES
    return {
        "signatory": one,
        "papers": beside.papers(one, now=now),
        "knows": knows,
        "times": _times(one.client, now) if knows else [],
    }


def _times(client: Client, now: datetime) -> list[dict[str, Any]]:
    held = Seat.objects.filter(client=client, ends_at__gt=now, status__in=HELD)
    beside_it = ("client", "session__place", "session__route", "session__room", "session__therapist")
    seats = list(held.select_related(*beside_it).order_by("starts_at")[:SHOWN])
    shelf = grounds.load([(seat.session, [client]) for seat in seats])
    return [next_time(seat, now=now, shelf=shelf) for seat in seats]
