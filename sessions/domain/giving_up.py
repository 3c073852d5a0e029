"""A client cannot come: she cancels her own time, told beforehand what it costs, or says so of one that others share.

Her therapist hears of it at once, by a letter that names the time and nobody, and by a line on Today: whoever waits at
a gate has not looked at the diary.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.domain import post, words
from practice.domain.post import Rendered
from practice.models import Letter, Practice, User
from sessions.domain import asking, ending, her_clocks, reminder_words, reminders, slot
from sessions.domain.ending import is_late
from sessions.domain.reminder_plan import stamp
from sessions.domain.retrying import retried
from sessions.models import Seat, Session

ALONE = Session.Kind.INDIVIDUAL
KIND = "cannot_come"


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


@retried
def give_up(seat: Seat, *, by: User, read: str) -> None:
    """Cancel the time that she has read. Raises `HasMoved`, and `NotPossible` when that can no longer be."""
    with transaction.atomic():
        slot.taken_up_as_read(seat.session, read)
        seat.session = ending.cancel(seat.session, by=by)
        say(seat, Seat.Answer.CANNOT)


@retried
def answer(seat: Seat, said: str, *, read: str) -> None:
    """What she answers about the time that she has read. Raises `HasMoved`, and `NotPossible` while others hold it."""
    with transaction.atomic():
        slot.taken_up_as_read(seat.session, read)
        seat.refresh_from_db(fields=["answer", "answered_at"])
        say(seat, said)


def say(seat: Seat, said: str) -> None:
    """Keep what she answered; each time she says that she cannot come, write to her therapist. Said again, it is
    said already."""
    session = seat.session
    if said == seat.answer and session.status != Session.Status.CANCELLED:
        return
    with transaction.atomic():
        reminders.answer(seat, said)
        if said == Seat.Answer.CANNOT:
            post.write(KIND, key=_key(seat), to=session.therapist.email, about=seat.pk, not_after=session.ends_at)


def _key(seat: Seat) -> str:
    """One letter for each time that she said so, of when they meet."""
    said_at = seat.answered_at.isoformat() if seat.answered_at else ""
    return f"{KIND}|{seat.pk}|{stamp(seat.session.starts_at)}|{said_at}"


def still_wanted(letter: Letter) -> bool:
    """She still cannot come, at that time, and it is not over: whoever waits may go."""
    seat = Seat.objects.filter(pk=letter.about, answer=Seat.Answer.CANNOT).select_related("session").first()
    return seat is not None and seat.session.ends_at > timezone.now() and letter.key == _key(seat)


def render(letter: Letter) -> Rendered:
    """When it would have been, whether the time is free again, and the way to it."""
    session, practice = Session.objects.select_related("place").get(seats=letter.about), Practice.load()
    subject = _("Cannot come: %(when)s") % {"when": reminder_words.subject(session)}
    context = {
        "subject": subject,
        "practice": practice,
        "when": words.when(session.starts_at, session.place.time_zone, reader_zone=practice.time_zone),
        "is_free": session.status == Session.Status.CANCELLED,
        "link": settings.BASE_URL + reverse("sessions:show", args=[session.pk]),
    }
    return Rendered(
        subject=subject,
        text=render_to_string("mail/cannot_come.txt", context),
        html=render_to_string("mail/cannot_come.html", context),
    )
