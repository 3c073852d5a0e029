"""Moving in the calendar: what would follow is shown first, by doing it and taking it back; then it is done, and can be
undone for three minutes (`taking_back`)."""

from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.domain import post, words
from practice.models import Letter, User
from sessions.domain import asked_letters, booking, meeting, new_ground, notices, outlook, reading, reminders, slot
from sessions.domain.chip import LOOK, Chip
from sessions.domain.clash import Clash, Taken
from sessions.domain.retrying import retried
from sessions.models import Session


@dataclass(frozen=True, slots=True)
class Preview:
    """What would follow from a move that is possible, for one reader."""

    told: tuple[str, ...]
    """Who hears of it and when, and what they said before."""
    over: Clash | None
    """The session of the same therapist that it would lie over; then it needs a reason."""


def at(session: Session, to: datetime, minutes: int, therapist: User | None = None) -> Session:
    """The session as it would be, not saved."""
    moved = copy(session)
    moved.therapist = therapist or session.therapist
    moved.starts_at = to.astimezone(UTC)
    moved.ends_at = moved.starts_at + timedelta(minutes=minutes)
    return moved


def refuse_asked_for(session: Session) -> None:
    """A time that somebody asked for is answered, not moved or cancelled past them (`asked`). Raises `NotPossible`."""
    if session.status == Session.Status.REQUESTED:
        raise booking.NotPossible(_("This time was asked for. Answer it: yes, another time, or no."))


@retried
def shift(
    session: Session,
    *,
    to: datetime,
    minutes: int,
    by: User,
    therapist: User | None = None,
    because: str = "",
    tell: bool = False,
) -> Session:
    """Move or stretch a session, or give it to another therapist. With a reason it may lie over one other of the same
    therapist, which it then says of itself; without one it lies over none. With `tell` whoever has a seat is written
    to. Raises what `booking.move` raises."""
    refuse_asked_for(session)
    was = session.starts_at
    with transaction.atomic():
        therapist = therapist or session.therapist
        moved = booking.move(session, to=to, minutes=minutes, therapist=therapist, by=by, because=because)
        _ask_again(moved)
        if tell:
            notices.tell(moved, what=notices.What.MOVED, was=was, by=by)
    return moved


@retried
def change(session: Session, *, by: User, tell: bool, **wanted: Any) -> Session:
    """Move a session as `booking.move` does and, with `tell`, tell whoever has a seat."""
    refuse_asked_for(session)
    with transaction.atomic():
        moved = booking.move(session, by=by, **wanted)
        _ask_again(moved)
        if tell:
            notices.tell(moved, what=notices.of_move(moved, session.mode), was=session.starts_at, by=by)
    return moved


def _ask_again(moved: Session) -> None:
    """Whoever asked for a time and has not said yes to another one yet is written to about where that lies now."""
    if moved.status == Session.Status.HELD:
        asked_letters.write(moved, due_at=timezone.now() + post.UNDO)


@retried
def look(session: Session, *, to: datetime, minutes: int, by: User, therapist: User | None = None) -> Preview:
    """What would follow. It is done and taken back, so that nothing is promised that would not hold. Raises what
    `shift` raises, except where a reason would let it lie over another session of the same therapist."""
    said = _said(session)
    try:
        told = _done_and_undone(session, to=to, minutes=minutes, by=by, therapist=therapist)
        return Preview((*said, *told), None)
    except Clash as clash:
        if clash.taken != Taken.THERAPIST:
            raise
        told = _done_and_undone(session, to=to, minutes=minutes, by=by, therapist=therapist, because="?")
        return Preview((*said, *told), clash)


def _done_and_undone(session: Session, **how: Any) -> list[str]:
    with transaction.atomic():
        moved = shift(session, **how)
        told = _told(moved)
        transaction.set_rollback(True)
    return told


def _said(session: Session) -> list[str]:
    """What cannot be taken back, and what has to be asked again."""
    said = []
    if reminders.has_left(session):
        said.append(_("A reminder of the old time has left already: ring or write, so that nobody waits."))
    for seat in session.seats.all():
        if seat.answer:
            answered = {"name": words.apart(seat.client.called_name), "answer": seat.get_answer_display()}
            said.append(_("%(name)s answered “%(answer)s”. That was for the old time.") % answered)
    return said


def _told(moved: Session) -> list[str]:
    """Who would be written to about the new time, and when."""
    waiting = Letter.objects.filter(about=moved.pk, state=Letter.State.DUE).order_by("due_at")
    first: dict[UUID | None, Letter] = {}
    for letter in waiting:
        first.setdefault(letter.client, letter)
    told = []
    for client in slot.people(moved):
        name, next_one = {"name": words.apart(client.called_name)}, first.get(client.pk)
        if next_one is None:
            told.append(_("%(name)s gets no reminder of the new time from here.") % name)
        elif next_one.due_at <= timezone.now():
            told.append(_("%(name)s is reminded of the new time at once.") % name)
        else:
            when = words.when(next_one.due_at, moved.place.time_zone)
            told.append(_("%(name)s is reminded of the new time on %(when)s.") % (name | {"when": when}))
    return told


def chips(session: Session, reader: User, *, now: datetime) -> tuple[Chip, ...]:
    """How ready the session would be where it is moved to (`at`), in the reader's rendering."""
    clients = [seat.client for seat in session.seats.all()]
    sky = outlook.load([session], now=now).get(session.pk)
    found = reading.rendered(slot.ready(session, clients, sky), clients, reader)
    if reading.may_know_why(reader, clients) and new_ground.overtaken(session, clients):
        why = _("Talk it through: consent will be asked for anew.")
        found += (Chip("ground", LOOK, "mountain", _("First time on rougher ground"), why),)
    return found


def where(session: Session) -> str:
    """“Thursday 8 October, 14:00 to 14:50, with Anna”."""
    at = {"day": meeting.day_name(session), "span": meeting.span(session), "name": session.therapist.called}
    return _("%(day)s, %(span)s, with %(name)s") % at
