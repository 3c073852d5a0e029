"""Today: the day in its title, its light, its sessions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.domain.decision import Standing
from clients.models import Client
from practice.domain import words
from practice.models import Mode, Practice, User
from practice.rules import Permission, has
from routes.domain import route_light
from routes.models import Route
from sessions.domain import light, rows
from sessions.models import Session
from sessions.models.session import SessionQuerySet


@dataclass(frozen=True, slots=True)
class Today:
    """A day for one reader."""

    date: date
    title: str
    rows: list[rows.Row]
    bar: light.Bar | None
    all_therapists: bool


def mine(reader: User) -> SessionQuerySet:
    """The sessions a reader's day is made of: a therapist's own; everyone else's what they may see."""
    return Session.objects.of(reader) if has(reader, Permission.WRITE_NOTES) else Session.objects.visible_to(reader)


def of(reader: User, *, now: datetime, stood: Mapping[Client, Standing] | None = None) -> Today:
    """Everything the page shows except what needs a hand. `stood` as in `grounds.load`."""
    zone = Practice.load().time_zone
    day = now.astimezone(ZoneInfo(zone)).date()
    sessions = list(rows.loaded(mine(reader).on(day, ZoneInfo(zone)).holding()))
    route = _where_the_sun_is(sessions)
    sun = route_light.sun_over(route, zone, day) if route else None
    until = route_light.until(route, zone, day) if route else None
    return Today(
        date=day,
        title=title(sessions, words.clock(until, zone) if until else ""),
        rows=rows.of(sessions, reader, now=now, stood=stood),
        bar=light.bar(sun, zone, sessions) if sun else None,
        all_therapists=not has(reader, Permission.WRITE_NOTES),
    )


def _where_the_sun_is(sessions: Sequence[Session]) -> Route | None:
    """The first route of the day, or else any route of the practice."""
    own = next((session.route for session in sessions if session.route), None)
    return own or Route.objects.in_use().defer("line", "breaks").first()


def spelled(number: int) -> str:
    """“three”; from thirteen on, digits."""
    names = (
        _("no"),
        _("one"),
        _("two"),
        _("three"),
        _("four"),
        _("five"),
        _("six"),
        _("seven"),
        _("eight"),
        _("nine"),
        _("ten"),
        _("eleven"),
        _("twelve"),
    )
    return names[number] if number < len(names) else str(number)


def title(sessions: Sequence[Session], light_until: str) -> str:
    """“Three walks, and light until 18:24”."""
    if not sessions:
        return _("Nothing booked, and light until %(time)s") % {"time": light_until} if light_until else _("A free day")
    what = capfirst(_what(sessions))
    if not light_until or not any(session.is_outdoors for session in sessions):
        return what
    return _("%(what)s, and light until %(time)s") % {"what": what, "time": light_until}


def _what(sessions: Sequence[Session]) -> str:
    modes = Counter(session.mode for session in sessions)
    total = len(sessions)
    if len(modes) == 1:
        mode = next(iter(modes))
        named = {
            Mode.WALK: ngettext("%(n)s walk", "%(n)s walks", total),
            Mode.RUN: ngettext("%(n)s run", "%(n)s runs", total),
            Mode.SIT: ngettext("%(n)s hour on a bench", "%(n)s hours on a bench", total),
            Mode.INDOOR: ngettext("%(n)s session in the room", "%(n)s sessions in the room", total),
            Mode.ONLINE: ngettext("%(n)s session by video", "%(n)s sessions by video", total),
        }
        return named[Mode(mode)] % {"n": spelled(total)}
    outside = sum(session.is_outdoors for session in sessions)
    counts = {"n": spelled(total), "out": spelled(outside)}
    if outside == total:
        return ngettext("%(n)s session outdoors", "%(n)s sessions outdoors", total) % counts
    if not outside:
        return ngettext("%(n)s session indoors", "%(n)s sessions indoors", total) % counts
    return ngettext("%(n)s session, %(out)s outdoors", "%(n)s sessions, %(out)s outdoors", total) % counts
