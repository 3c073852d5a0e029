"""Where the weather is needed: the routes of the sessions of the next two days."""

from collections.abc import Iterator
from datetime import datetime

from routes.domain.route_light import start_of
from routes.domain.weather_ahead import Wanted
from sessions.domain.outlook import AHEAD
from sessions.models import Session


def walks(now: datetime) -> Iterator[Wanted]:
    """Where a session outdoors begins within 48 hours or is under way; nothing about whose it is."""
    soon = Session.objects.holding().outdoors().filter(ends_at__gt=now, starts_at__lte=now + AHEAD)
    for session in soon.select_related("route").defer("route__line"):
        if session.route:
            yield Wanted(*start_of(session.route), session.starts_at)
