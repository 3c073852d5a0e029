"""Reminders: written with the booking, read again before they leave, answered on a page behind a link.

One letter for each client, start and safe e-mail address, due the day before at 18:00 on the clocks of the place.
A move takes back what has not left and writes anew; a cancelled session is never reminded of.
"""

import hashlib
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from clients.domain import contacts
from clients.models import Client, ContactPoint
from practice.domain import audit, crisis, links, post, words
from practice.domain.local_time import day_bounds, instant
from practice.domain.post import Rendered
from practice.models import Letter, Practice
from routes.domain import route_light
from routes.models import Route
from sessions.domain import light, meeting
from sessions.models import Seat, Session

KIND = "session_reminder"
PURPOSE = "reminder"
EVENING = time(18, 0)
UNSETTLED = {"where_is_open": True, "where": "", "meeting_point": "", "bring": [], "is_outdoors": False}
"""What a letter says of the place when it is booked outdoors and outdoors does not stand: nothing, and not why."""


def due_at(session: Session) -> datetime:
    """The evening before, 18:00 where the session takes place."""
    zone = ZoneInfo(session.place.time_zone)
    return instant(session.starts_at.astimezone(zone).date() - timedelta(days=1), EVENING, zone)


def write(session: Session, *, now: datetime | None = None, only: Client | None = None) -> list[Letter]:
    """Put one reminder a client into the outbox, in the caller's transaction; none for what has begun. For `only` one,
    who joins a group, nobody else is written to again."""
    now = now or timezone.now()
    if session.starts_at <= now:
        return []
    letters = []
    seats = session.seats.select_related("client")
    for seat in seats.filter(client=only) if only else seats:
        point = contacts.safe_email(seat.client)
        if point is None:
            continue
        letters.append(
            post.write(
                KIND,
                key=_new_key(session, seat.client_id, point.value),
                to=point.value,
                about=session.pk,
                client=seat.client_id,
                due_at=max(due_at(session), now),
                not_after=session.starts_at,
            )
        )
    return letters


def rewrite(session: Session) -> None:
    """After a move: what waited for the old time is taken back, and one for the new time is written."""
    take_back(session)
    write(session)


def take_back(session: Session) -> int:
    """No reminder of this session leaves any more; its links end too."""
    for seat_id in session.seats.values_list("pk", flat=True):
        links.end(PURPOSE, subject=seat_id)
    return post.cancel(about=session.pk, kind=KIND)


def has_left(session: Session) -> bool:
    """A reminder of this session was sent, or may have been: nobody takes that back."""
    gone = [Letter.State.LEASED, Letter.State.SENT, Letter.State.UNCERTAIN]
    return Letter.objects.filter(about=session.pk, kind=KIND, state__in=gone).exists()


def _stamp(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("UTC")).strftime("%Y%m%dT%H%M%SZ")


def _new_key(session: Session, client: UUID, address: str) -> str:
    """session|start|recipient|kind, and a number when a session came back to a time it had before."""
    recipient = f"{client}:{hashlib.sha256(address.encode()).hexdigest()[:16]}"
    key = f"{session.pk}|{_stamp(session.starts_at)}|{recipient}|{KIND}"
    before = Letter.objects.filter(about=session.pk, key__startswith=key)
    if not before.filter(state=Letter.State.CANCELLED).exists():
        return key
    return f"{key}|{before.count() + 1}"


def still_wanted(letter: Letter) -> bool:
    """Booked at that start and not begun, the client is one and still has her seat, the address is still safe."""
    seats = Seat.objects.filter(client__status=Client.Status.ACTIVE)
    seat = seats.select_related("session").filter(session=letter.about, client=letter.client).first()
    if seat is None or seat.session.status not in (Session.Status.BOOKED, Session.Status.ARRIVED):
        return False
    if letter.key.split("|")[1] != _stamp(seat.session.starts_at) or seat.session.starts_at <= timezone.now():
        return False
    return _point(letter) is not None


def _point(letter: Letter) -> ContactPoint | None:
    """Where it may go as things stand now: the address it was written to, or the one kept in its place since."""
    if letter.client is None:
        return None
    written_to = contacts.recipient(letter.client, letter.to)
    return written_to or contacts.safe_email(Client.objects.get(pk=letter.client))


def render(letter: Letter) -> Rendered:
    """The letter in words: a day and a time, where, what to bring, whom to ring. No clinical word anywhere.
    An address that was corrected since is where it goes. Where they meet is left open while that is not settled."""
    seat = (
        Seat.objects.select_related("client", "session__therapist", "session__place", "session__room", "session__route")
    ).get(session=letter.about, client=letter.client)
    point = _point(letter)
    if point and point.value != letter.to:
        letter.to = point.value
        letter.save(update_fields=["to"])
    token = links.make(PURPOSE, subject=seat.pk, lasts=_until_midnight(seat.session), by=None)
    context = _context(seat, point, settings.BASE_URL + reverse("reminder", args=[token]))
    return Rendered(
        subject=subject(seat.session),
        text=render_to_string("mail/reminder.txt", context),
        html=render_to_string("mail/reminder.html", context),
        sender=context["sender"],
    )


def subject(session: Session) -> str:
    """“Thursday, 14:00”."""
    zone = session.place.time_zone
    local = session.starts_at.astimezone(ZoneInfo(zone)).date()
    return f"{formats.date_format(local, 'l')}, {words.clock(session.starts_at, zone)}"


def _until_midnight(session: Session) -> timedelta:
    """The link ends with the day of the session."""
    zone = ZoneInfo(session.place.time_zone)
    return day_bounds(session.starts_at.astimezone(zone).date(), zone)[1] - timezone.now()


def _context(seat: Seat, point: ContactPoint | None, link: str) -> dict[str, Any]:
    practice = Practice.load()
    session, zone = seat.session, seat.session.place.time_zone
    named = point is not None and contacts.may_name_us(point)
    sender = (point.sender if point else "") or (practice.name if named else session.therapist.called)
    context: dict[str, Any] = {
        "sender": sender,
        "practice": practice,
        "discreet": not named,
        "phone": practice.phone,
        "called": words.apart(seat.client.called_name),
        "with": words.apart(session.therapist.called),
        "when": words.when(session.starts_at, zone, reader_zone=practice.time_zone),
        "until": words.clock(session.ends_at, zone),
        "where": meeting.where(session) if named else "",
        "indoors_first": session.indoor_minutes if named else 0,
        "is_outdoors": session.is_outdoors,
        "bring": meeting.bring(session) if named else [],
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


def answer(seat: Seat, said: str) -> None:
    """Keep what she answered. Nothing is moved or cancelled by it: her therapist sees it and acts."""
    seat.answer, seat.answered_at = Seat.Answer(said), timezone.now()
    seat.save(update_fields=["answer", "answered_at"])
    audit.record("session.reminder_answered", by=None, subject=seat.client_id, detail={"answer": said})


def is_answerable(seat: Seat, *, now: datetime | None = None) -> bool:
    """While the session is booked and has not ended."""
    open_states = (Session.Status.BOOKED, Session.Status.ARRIVED)
    return seat.session.status in open_states and seat.session.ends_at > (now or timezone.now())


def thanks(seat: Seat) -> str:
    """What she reads after her answer."""
    named = {"name": seat.session.therapist.called}
    said = {
        Seat.Answer.COMING: _("Thank you. See you then."),
        Seat.Answer.INDOORS: _("Thank you. %(name)s knows; you need not explain anything.") % named,
        Seat.Answer.CANNOT: _("Thank you for saying so. %(name)s knows and will be in touch.") % named,
    }
    return said[Seat.Answer(seat.answer)]
