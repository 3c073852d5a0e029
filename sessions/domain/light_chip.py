"""The light over one session outdoors, as a chip. It refuses nothing."""

from collections.abc import Iterable
from datetime import datetime

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
    found = route_light.over(route, zone, starts_at, ends_at)
    until = words.clock(found.until, zone) if found.until else ""
    if found.why == Why.LIGHT:
        text = _("Light until %(time)s") % {"time": until} if until else _("Light all day")
        yield Chip("light", OK, "sun", text, short=text[0].lower() + text[1:])
    elif found.why == Why.LAMPS:
        text = _("In the dark, on a lit path")
        lamps = _("Lamps and people about; light until %(time)s.") % {"time": until} if until else ""
        yield Chip("light", NOTE, "moon", text, lamps or _("Lamps and people about."))
    elif found.why == Why.BEFORE_DAWN:
        at = words.clock(found.since, zone) if found.since else ""
        yield Chip("light", LOOK, "sunrise", _("Before dawn: light from %(time)s") % {"time": at}, _suggestion())
    elif found.why == Why.NO_DAYLIGHT:
        yield Chip("light", LOOK, "moon", _("No daylight that day"), _suggestion())
    else:
        text = _("Into the dark: light until %(time)s") % {"time": until}
        yield Chip("light", LOOK, "sunset", text, _over_by(found.end_by, zone))


def _over_by(moment: datetime | None, zone: str) -> str:
    by = words.clock(moment, zone) if moment else ""
    return _("It should be over by %(time)s.") % {"time": by} + " " + _suggestion() if by else _suggestion()


def _suggestion() -> str:
    return _("Choose an earlier hour, a lit route, or the room.")
