"""What clients answered to their reminders, when it asks for something; and a room for whoever would be indoors."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from practice.domain import words
from practice.models import User
from practice.rules import Permission, has
from sessions.domain import meeting, readiness, rooms, slot
from sessions.domain.grounds import day_of
from sessions.domain.waiting import SHOWN, Hand
from sessions.models import Seat, Session


def rows(reader: User, now: datetime) -> QuerySet[Seat]:
    """Seats in a therapist's own sessions to come; a time that its client gave up herself is one of them. Who waits for
    somebody that cannot come is told so until it ends."""
    cannot, gone = Q(answer=Seat.Answer.CANNOT), Session.Status.CANCELLED
    asking = cannot | Q(answer=Seat.Answer.INDOORS, starts_at__gt=now)
    given_up = cannot & Q(status=gone, session__cancelled_at__lte=F("answered_at"))
    ahead = Q(starts_at__gt=now - slot.A_DAY, ends_at__gt=now)
    return Seat.objects.filter(Q(status="booked") & asking | given_up, ahead, session__therapist=reader)


def of(reader: User, now: datetime) -> Iterator[Hand]:
    """About a therapist's own sessions to come. The rooms are looked up once, and not at all when nobody asks."""
    seats = list(
        rows(reader, now)
        .select_related("client", "session__place", "session__therapist__clinician")
        .order_by("starts_at")[:SHOWN]
    )
    keeps = has(reader, Permission.KEEP_DIARY)
    # One tap moves everybody who comes: where others come too, that is not for one of them to settle.
    alone = [seat for seat in seats if keeps and seat.session.kind == Session.Kind.INDIVIDUAL]
    wishes = [seat.session for seat in alone if readiness.wants_indoors(seat.session, seat)]
    held = rooms.load(wishes)
    for seat in seats:
        yield _hand(seat, held, now) if seat.session in wishes else _line(seat, now)


def _line(seat: Seat, now: datetime) -> Hand:
    """A wish for today or tomorrow is looked at first: a room is still free now."""
    is_soon = day_of(seat.session) <= now.astimezone(ZoneInfo(seat.session.place.time_zone)).date() + timedelta(days=1)
    said = {
        Seat.Answer.CANNOT: ("look", "calendar-x", _("Answer"), _("cannot come %(when)s.")),
        Seat.Answer.INDOORS: (
            "look" if is_soon else "note",
            "armchair",
            _("Indoors"),
            _("would like to be indoors %(when)s."),
        ),
    }
    tone, icon, word, rest = said[Seat.Answer(seat.answer)]
    if seat.status == Session.Status.CANCELLED:
        tone, word = "look" if is_soon else "note", _("See")
        rest = _("cannot come %(when)s and has cancelled: the time is free.")
    at = {"when": words.when(seat.starts_at, seat.session.place.time_zone)}
    return Hand(tone, icon, word, seat.client.name, reverse("sessions:show", args=[seat.session_id]), rest % at)


def _hand(seat: Seat, held: rooms.Rooms, now: datetime) -> Hand:
    """With one tap: the first free room, or else video."""
    line, free = _line(seat, now), held.free(seat.session)
    if not free and not meeting.video_link(seat.session):
        return line
    tap = _("Give %(room)s") % {"room": free[0].name} if free else _("Meet by video")
    post = reverse("sessions:indoors", args=[seat.session_id])
    return Hand(
        line.tone, line.icon, line.word, line.link, line.url, line.rest, tap, post, str(free[0].pk) if free else ""
    )  # fmt: skip
