"""Questionnaires that wait to be asked in the room: a line on Today, and what was asked on a session's own page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.domain.instruments import said, shipped
from clients.models import Client
from practice.domain import words
from practice.domain.local_time import day_bounds
from practice.models import Letter, User
from practice.rules import Permission, has
from sessions.domain import rows
from sessions.domain.measures_due import LETTER
from sessions.domain.waiting import SHOWN, Hand, Part
from sessions.models import MeasureDue, Session

OPEN = (Session.Status.BOOKED, Session.Status.ARRIVED)


@dataclass(frozen=True, slots=True)
class Asked:
    """One questionnaire before one seat, for the care team. `url` leads to where it is asked or read."""

    title: str
    name: str
    state: str
    url: str
    is_answered: bool


def _in_the_room(now: datetime) -> QuerySet[MeasureDue]:
    """What waits to be asked before or in a session that is still to come or just now; also what was to go by link,
    and whose letter did not leave."""
    stayed = Letter.objects.filter(kind=LETTER, about=OuterRef("seat"), state=Letter.State.CANCELLED)
    return MeasureDue.objects.unanswered().filter(
        ~Q(how=MeasureDue.How.LINK) | Q(Exists(stayed)),
        kind__in=list(shipped()),
        seat__status__in=OPEN,
        seat__ends_at__gt=now,
        seat__client__status=Client.Status.ACTIVE,
    )


def parts(reader: User, now: datetime) -> Iterator[Part]:
    """For whoever may screen."""
    if has(reader, Permission.SCREEN):
        yield Part(_hers(reader, now), lambda: hands(reader, now))


def _hers(reader: User, now: datetime) -> QuerySet[MeasureDue]:
    charted = Client.objects.charted_by(reader)
    return _in_the_room(now).filter(seat__session__therapist=reader, seat__client__in=charted)


def hands(reader: User, now: datetime) -> Iterator[Hand]:
    """“PHQ-9 with Mrs Lee before 10:00”: what a therapist asks today in her own sessions, until it is answered."""
    if not has(reader, Permission.SCREEN):
        return
    for one in (
        _hers(reader, now)
        .select_related("seat__client", "seat__session__place")
        .order_by("seat__starts_at", "kind")[:SHOWN]
    ):
        zone = one.seat.session.place.time_zone
        today = now.astimezone(ZoneInfo(zone)).date()
        if one.seat.starts_at >= day_bounds(today, ZoneInfo(zone))[1]:
            return
        link = _("%(title)s with %(name)s") % {"title": said(shipped()[one.kind].title), "name": one.seat.client.name}
        url = reverse("clients:ask_here", args=[one.seat.client_id, one.kind])
        rest = _("before %(time)s.") % {"time": words.clock(one.seat.starts_at, zone)}
        if one.how != MeasureDue.How.ROOM:
            rest = _("before %(time)s. It could not go by link.") % {"time": words.clock(one.seat.starts_at, zone)}
        yield Hand("look", "clipboard-list", _("Ask"), link, url, rest)


def of(session: Session, reader: User, *, now: datetime) -> list[Asked]:
    """What was asked before this session of the clients whose chart this reader may read."""
    known = rows.charted(reader, [session])
    asked = MeasureDue.objects.filter(seat__session=session, seat__client__in=known, kind__in=list(shipped()))
    found = asked.judged().select_related("seat__client")
    may_ask = has(reader, Permission.SCREEN)
    return [_line(one, may_ask=may_ask, now=now) for one in found.order_by("seat__client__search_name", "kind")]


def _line(one: MeasureDue, *, may_ask: bool, now: datetime) -> Asked:
    state, url = str(one.get_how_display()), ""
    client, is_answered = one.seat.client, bool(getattr(one, "is_answered", False))
    if is_answered:
        state, url = _("answered"), reverse("clients:over_time", args=[client.pk])
    elif one.seat.status not in OPEN or one.seat.ends_at <= now:
        state = _("not answered, and not asked any more")
    elif may_ask and client.status == Client.Status.ACTIVE:
        url = reverse("clients:ask_here", args=[client.pk, one.kind])
    return Asked(said(shipped()[one.kind].title), client.name, state, url, is_answered)
