"""The light over one session outdoors, as a chip. It refuses nothing."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from practice.domain import words
from routes.domain import route_light
from routes.domain.daylight import Why
from routes.models import Route
from sessions.domain.chip import LOOK, NOTE, OK, Chip


def of(route: Route | None, starts_at: datetime, ends_at: datetime, *, zone: str) -> Iterable[Chip]:
    """Whether it is light, or lit, from start to end; nothing without a route."""
    if route is None:
        return
    sun = route_light.sun_over(route, zone, starts_at.astimezone(ZoneInfo(zone)).date())
    found = route_light.over(route, zone, starts_at, ends_at)
    last = sun.set if sun.set and ends_at <= sun.set else found.until or sun.set
    until = words.clock(last, zone) if last else ""
    if found.why == Why.LIGHT:
        text = _("Light until %(time)s") % {"time": until} if until else _("Light all day")
        yield Chip("light", OK, "sun", text, short=text[0].lower() + text[1:])
    elif found.why == Why.LAMPS:
        text = _("In the dark, on a lit path")
        yield Chip("light", NOTE, "moon", text, _("Lamps and people about; light until %(time)s.") % {"time": until})
    elif found.why == Why.BEFORE_DAWN:
        at = words.clock(found.since, zone) if found.since else ""
        yield Chip("light", LOOK, "sunrise", _("Before dawn: light from %(time)s") % {"time": at}, _suggestion())
    elif found.why == Why.NO_DAYLIGHT:
        yield Chip("light", LOOK, "moon", _("No daylight that day"), _suggestion())
    else:
        text = _("Into the dark: light until %(time)s") % {"time": until}
        yield Chip("light", LOOK, "sunset", text, _suggestion())


def _suggestion() -> str:
    return _("Choose an earlier hour, a lit route, or the room.")
