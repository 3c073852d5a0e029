"""Reminders: written with the booking, read again before they leave, answered on a page behind a link.

What is to be written stands in `reminder_plan`, by the rules of `reminder_rules`; the words in `reminder_words`. A move
takes back what has not left and writes anew; a cancelled session is never reminded of.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import contacts, quiet
from clients.models import Client
from practice.domain import audit, links, post
from practice.domain.post import WhyNot
from practice.models import Letter, Practice
from sessions.domain import reminder_plan
from sessions.domain.reminder_plan import AHEAD, KIND, OPEN
from sessions.domain.reminder_words import PURPOSE, point_of, render
from sessions.models import Seat, Session

__all__ = ["KIND", "PURPOSE", "render"]


def write(session: Session, *, now: datetime | None = None, seats: Sequence[Seat] | None = None) -> list[Letter]:
    """Put the reminders of a session into the outbox, in the caller's transaction; none for what has begun. `seats` as
    in `reminder_plan.plan`."""
    return reminder_plan.plan([session], now=now, again=True, seats=seats)


def write_what_is_missing(*, now: datetime | None = None) -> int:
    """For sessions of the coming days, where a seat or an address came later; returns how many were written."""
    now = now or timezone.now()
    soon = Session.objects.filter(status=Session.Status.BOOKED, starts_at__gt=now, starts_at__lte=now + AHEAD)
    return len(reminder_plan.plan(soon, now=now))


def rewrite(session: Session, *, was: datetime) -> None:
    """After a move: what waited is taken back, and written for how it is now. The links in what has left end where the
    start changed; otherwise they go on and show what is true."""
    why = _("It was moved to another time.")
    if session.starts_at != was:
        take_back(session, why=why)
    else:
        post.cancel(about=session.pk, kind=KIND, why=why)
    write(session)


def take_back(session: Session, *, why: str = "") -> int:
    """No reminder of this session leaves any more; its links end too."""
    for seat_id in session.seats.values_list("pk", flat=True):
        links.end(PURPOSE, subject=seat_id)
    return post.cancel(about=session.pk, kind=KIND, why=why or _("It no longer takes place as it was booked."))


def has_left(session: Session) -> bool:
    """A reminder of this session was sent, or may have been: nobody takes that back."""
    letters = Letter.objects.filter(about=session.pk, kind=KIND).select_related("folded_into")
    return any(reminder_plan.has_gone(letter) for letter in letters)


def still_wanted(letter: Letter) -> bool | WhyNot:
    """Booked at that start and not begun, the client is one and still has her seat, and she may be written to."""
    seat = Seat.objects.select_related("session", "client").filter(session=letter.about, client=letter.client).first()
    if seat is None:
        return WhyNot(_("They have no place in this session any more."))
    if seat.client.status != Client.Status.ACTIVE:
        return WhyNot(_("They are not in treatment here any more."))
    if seat.session.status not in OPEN:
        return WhyNot(_("It no longer takes place as it was booked."))
    if not reminder_plan.is_of(letter, seat.session):
        return WhyNot(_("It was moved to another time."))
    if seat.session.starts_at <= timezone.now():
        return WhyNot(_("It has begun."))
    return point_of(letter) is not None or WhyNot(contacts.hindrance(seat.client, letter.channel))


def hours(letter: Letter, now: datetime) -> datetime:
    """From when on it may arrive where it goes, on the clocks of the place."""
    session = Session.objects.select_related("place").get(pk=letter.about)
    point, practice = point_of(letter), Practice.load()
    return quiet.hours(point, practice, session.place.time_zone).next_open(now) if point else now


def answer(seat: Seat, said: str) -> None:
    """Keep what she answered. Nothing is moved or cancelled by it: her therapist sees it and acts."""
    seat.answer, seat.answered_at = Seat.Answer(said), timezone.now()
    seat.save(update_fields=["answer", "answered_at"])
    audit.record("session.reminder_answered", by=None, subject=seat.client_id, detail={"answer": said})


def forget_answers(session: Session, *, was: datetime) -> None:
    """After a move: what was answered counts for how it was. Who cannot come at that time still cannot."""
    answered = session.seats.all()
    if session.starts_at == was:
        answered = answered.exclude(answer=Seat.Answer.CANNOT)
    answered.update(answer="", answered_at=None)


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
