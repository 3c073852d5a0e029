"""A client cancels her own time: whether she can, and what it costs, said beforehand in calm words."""

from datetime import datetime
from typing import Any

from practice.models import Practice
from sessions.domain import asking, her_clocks
from sessions.domain.ending import is_late
from sessions.models import Seat, Session

ALONE = Session.Kind.INDIVIDUAL


def may(seat: Seat, *, now: datetime) -> bool:
    """Booked, to come, and hers alone: what others sit in as well is talked about."""
    session = seat.session
    return session.status == Session.Status.BOOKED and session.starts_at > now and session.kind == ALONE


def page(seat: Seat, *, now: datetime) -> dict[str, Any]:
    """When it is, whether that is late, and what the practice charges then."""
    session, practice = seat.session, Practice.load()
    service = session.service
    fee = f"{service.fee} {service.currency}" if service and service.fee else ""
    return {
        "seat": seat,
        "when": her_clocks.when(session.starts_at, session.place, seat.client),
        "therapist": session.therapist.called,
        "is_late": is_late(session, now=now),
        "hours": practice.cancel_notice_hours,
        "fee": fee,
        "phone": practice.phone,
        "may_ask": asking.rules(seat.client, now=now) is not None,
    }
