"""A reminder in words: a mail, or a text message of one line. No clinical word in either."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from clients.domain import contacts, unsubscribing
from clients.models import Client, ContactPoint
from practice.domain import crisis, links, texts, words
from practice.domain.local_time import day_bounds
from practice.domain.post import Rendered
from practice.models import Letter, Practice
from routes.domain import route_light
from routes.models import Route
from sessions.domain import her_clocks, light, meeting, outlook
from sessions.models import Seat, Session

PURPOSE = "reminder"
UNSETTLED = {"where_is_open": True, "where": "", "meeting_point": "", "bring": [], "is_outdoors": False}
"""What a letter says of the place when it is booked outdoors and outdoors does not stand: nothing, and not why."""


def point_of(letter: Letter) -> ContactPoint | None:
    """Where it may go as things stand now: the address it was written to, or the one kept in its place since."""
    client = Client.objects.filter(pk=letter.client).first() if letter.client else None
    return contacts.best(client, letter.channel, first=letter.to) if client else None


@contextmanager
def in_the_language_of(client: Client) -> Iterator[None]:
    """The client's language, where the product speaks it; else the one it speaks."""
    folder = translation.to_locale(client.language)
    spoken = any((path / folder / "LC_MESSAGES" / "django.mo").exists() for path in settings.LOCALE_PATHS)
    with translation.override(client.language) if spoken else translation.override(settings.LANGUAGE_CODE):
        yield


def render(letter: Letter) -> Rendered:
    """The letter in words: a day and a time, where, what to bring, whom to ring. No clinical word anywhere.
    An address that was corrected since is where it goes. Where they meet is left open while that is not settled."""
    seat = (
        Seat.objects.select_related("client", "session__therapist", "session__place", "session__room", "session__route")
    ).get(session=letter.about, client=letter.client)
    point = point_of(letter)
    if point and point.value != letter.to:
        letter.to = point.value
        letter.save(update_fields=["to"])
    token = links.make(PURPOSE, subject=seat.pk, lasts=until_midnight(seat.session), by=None, letter=letter.pk)
    link = settings.BASE_URL + reverse("reminder", args=[token])
    with in_the_language_of(seat.client):
        if letter.channel == Letter.Channel.TEXT:
            return Rendered(subject="", text=text_message(seat, point, link, _others(letter, seat.client)), html="")
        stop = unsubscribing.address(point, letter.pk) if point else ""
        context = _context(seat, point, link) | {"stop": stop, "others": _others(letter, seat.client)}
        return Rendered(
            subject=subject(seat.session, seat.client),
            text=render_to_string("mail/reminder.txt", context),
            html=render_to_string("mail/reminder.html", context),
            sender=context["sender"],
            headers=unsubscribing.headers(stop) if stop else {},
        )


def _sender(seat: Seat, point: ContactPoint | None, practice: Practice) -> str:
    named = point is not None and contacts.may_name_us(point)
    return (point.sender if point else "") or (practice.name if named else seat.session.therapist.called)


def text_message(seat: Seat, point: ContactPoint | None, link: str, others: Sequence[str]) -> str:
    """One short line: who writes, when, where to answer, and how to stop. Never where or what for: a locked screen
    shows it to whoever is near."""
    session, zone = seat.session, seat.session.place.time_zone
    local = session.starts_at.astimezone(ZoneInfo(zone)).date()
    at = her_clocks.at(session.starts_at, session.place, seat.client)
    said = {
        "sender": _sender(seat, point, Practice.load())[:20],
        "when": f"{formats.date_format(local, 'D j M')}, {at}",
        "link": link,
    }
    first = _("%(sender)s: %(when)s.") % said
    end = _("Reply STOP to end these.") if texts.are_answered() else _("Answers reach nobody: ring %(phone)s.")
    last = " " + _("Answer and place: %(link)s") % said + " " + end % {"phone": Practice.load().phone}
    return first + _also(others, room=texts.LONGEST - len(first + last)) + last


def _also(others: Sequence[str], *, room: int) -> str:
    """As many of the other times as fit into so many signs, the soonest first; what is left out is said to be."""
    for most in range(len(others), 0, -1):
        times = [*others[:most], _("and more")] if most < len(others) else others
        if len(also := " " + _("Also %(times)s.") % {"times": "; ".join(times)}) <= room:
            return also
    return ""


def _others(letter: Letter, client: Client) -> list[str]:
    """The times that late letters were about which went with this one, and that still stand and are still hers."""
    about = [one.about for one in letter.folded.all() if one.client == letter.client]
    hers = Seat.objects.filter(session__in=about, client=letter.client).values("session")
    standing = Session.objects.filter(pk__in=hers, status=Session.Status.BOOKED).select_related("place")
    ahead = standing.exclude(pk=letter.about).filter(starts_at__gt=timezone.now()).order_by("starts_at")
    return [her_clocks.when(one.starts_at, one.place, client) for one in ahead]


def subject(session: Session, client: Client | None = None) -> str:
    """“Thursday, 14:00”; by the clocks of the client too, who reads it."""
    zone = session.place.time_zone
    local = session.starts_at.astimezone(ZoneInfo(zone)).date()
    at = her_clocks.at(session.starts_at, session.place, client) if client else words.clock(session.starts_at, zone)
    return f"{formats.date_format(local, 'l')}, {at}"


def until_midnight(session: Session) -> timedelta:
    """The link ends with the day of the session."""
    zone = ZoneInfo(session.place.time_zone)
    return day_bounds(session.starts_at.astimezone(zone).date(), zone)[1] - timezone.now()


def _context(seat: Seat, point: ContactPoint | None, link: str) -> dict[str, Any]:
    practice, session = Practice.load(), seat.session
    named = point is not None and contacts.may_name_us(point)
    sky = outlook.load([session], now=timezone.now()).get(session.pk)
    context: dict[str, Any] = {
        "sender": _sender(seat, point, practice),
        "practice": practice,
        "discreet": not named,
        "phone": practice.phone,
        "called": words.apart(seat.client.called_name),
        "with": words.apart(session.therapist.called),
        "when": her_clocks.when(session.starts_at, session.place, seat.client),
        "until": her_clocks.at(session.ends_at, session.place, seat.client),
        "where": meeting.where(session) if named else "",
        "indoors_first": session.indoor_minutes if named else 0,
        "is_outdoors": session.is_outdoors,
        "bring": meeting.bring(session, sky) if named else [],
        "link": link,
        "meeting_point": meeting.meeting_point(session) if named else "",
        "crisis_lines": crisis.lines(practice.country) if named else [],
    }
    if not meeting.is_settled(seat):
        return context | UNSETTLED
    if named and session.is_outdoors and session.route:
        context["light"] = mail_light(session, session.route)
    return context


def mail_light(session: Session, route: Route) -> dict[str, Any]:
    """The day's light as columns of a table, for mail programs that draw no SVG."""
    zone = session.place.time_zone
    sun = route_light.sun_over(route, zone, session.starts_at.astimezone(ZoneInfo(zone)).date())
    day = light.Day.of(sun.day, zone)
    edges = [(0.0, "night")]
    edges += [(day.at(sun.dawn), "twilight")] if sun.dawn else []
    edges += [(day.at(sun.rise), "day")] if sun.rise else []
    edges += [(day.at(sun.set), "twilight")] if sun.set else []
    edges += [(day.at(sun.dusk), "night")] if sun.dusk else []
    start, end = day.at(session.starts_at), day.at(session.ends_at)
    return {
        "cells": _columns(edges, start, end),
        "rise": words.clock(sun.rise, zone) if sun.rise else "",
        "set": words.clock(sun.set, zone) if sun.set else "",
    }


def _columns(edges: list[tuple[float, str]], start: float, end: float) -> list[dict[str, Any]]:
    """Widths in whole per cent with their colours; the session lies over the day."""
    cuts = sorted({*(edge for edge, _kind in edges), start, end, 100.0})
    columns: list[dict[str, Any]] = []
    for left, right in pairwise(cuts):
        middle = (left + right) / 2
        under = [kind for edge, kind in edges if edge <= middle][-1]
        width = round(right) - round(left)
        if width > 0:
            columns.append({"width": width, "kind": "session" if start <= middle < end else under})
    return columns
