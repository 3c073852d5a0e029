"""What the board does: the messages as they will read, and then each session in a transaction of its own.

Whatever can be done is done; what cannot is named with why, and nothing of it is left half done. Twice is once.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clients.domain import contacts
from clients.models import Client
from practice.domain.post import Rendered
from practice.models import Letter, Mode, Room, User
from sessions.domain import booking, meeting, notices, refusals, rooms, slot, storm, taking_back
from sessions.domain.notices import What
from sessions.domain.retrying import retried
from sessions.domain.storm import Way
from sessions.domain.taking_back import Was
from sessions.models import Seat, Session

TELLS = {Way.ROOM: What.ROOM, Way.VIDEO: What.VIDEO, Way.RING: What.RING, Way.CANCEL: What.CANCELLED}
FALLBACKS = {Way.ROOM: Session.Fallback.ROOM, Way.VIDEO: Session.Fallback.VIDEO}


class Changed(Exception):
    """The session is no longer as it was shown."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done about one session. `saw` is how it stood on the page, `waived` why nobody pays."""

    session: Session
    way: Way
    saw: str
    waived: str
    room: Room | None = None

    @property
    def why(self) -> str:
        """Why nobody pays, in a word."""
        return str(Session.Waived(self.waived).label)

    @property
    def title(self) -> str:
        """Who it is with, and when."""
        return _("%(who)s, %(span)s") % {"who": meeting.title(self.session), "span": meeting.span(self.session)}


@dataclass(frozen=True, slots=True)
class Message:
    """What one client will read; None where no letter can go."""

    seat: Seat
    letter: Rendered | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One order: done, or why not in a sentence. `was`: what takes it back."""

    order: Order
    why_not: str = ""
    was: Was | None = None


def preview(order: Order) -> list[Message]:
    """The messages of one order, from a session as it will be. Seats, clients and contact points are loaded."""
    after = copy(order.session)
    if order.way in FALLBACKS:
        after.mode = Mode.INDOOR if order.way == Way.ROOM else Mode.ONLINE
        after.room, after.route, after.indoor_minutes = order.room, None, 0
    if order.way != Way.RING:
        after.waived = order.waived
    return [_message(seat, after, TELLS[order.way]) for seat in order.session.seats.all()]


def _message(seat: Seat, after: Session, what: What) -> Message:
    point = contacts.best(seat.client, Letter.Channel.EMAIL)
    if point is None:
        return Message(seat, None)
    seat = copy(seat)
    seat.session = after
    return Message(seat, notices.in_words(seat, what, point, _("(a link of their own)")))


def as_she_asked(session: Session, room: str) -> Order | None:
    """Indoors because its client asked: that room, or else the first that is free, or else video. None without either,
    and where nobody asked."""
    if not session.is_outdoors or not any(seat.answer == Seat.Answer.INDOORS for seat in session.seats.all()):
        return None
    free = rooms.load([session]).free(session)
    given = next((one for one in free if str(one.pk) == room), free[0] if free else None)
    if given is None and not meeting.video_link(session):
        return None
    way = Way.ROOM if given else Way.VIDEO
    return Order(session, way, storm.seen(session), Session.Waived.CHOICE, given)


def send(orders: Iterable[Order], *, by: User, now: datetime) -> list[Outcome]:
    """Do all of them, in the order of their starts."""
    return [_one(order, by=by, now=now) for order in orders]


@retried
def _one(order: Order, *, by: User, now: datetime) -> Outcome:
    clients = [seat.client for seat in order.session.seats.all()]
    try:
        with transaction.atomic():
            was = _change(order, clients, by=by, now=now)
    except (booking.NotPossible, Changed):
        return Outcome(order, _("It has changed meanwhile: please look once more."))
    except refusals.Refusal as cause:
        return Outcome(order, " ".join(refusals.words(cause, by)))
    return Outcome(order, was=was)


def _change(order: Order, clients: Sequence[Client], *, by: User, now: datetime) -> Was | None:
    """One session: moved, cancelled or left, and told. Returns what takes it back; None where it was done before.
    Raises what booking raises, or `Changed`."""
    room = order.room.pk if order.room else None
    slot.queue_up(order.session.therapist_id, order.session.room_id, room, *(client.pk for client in clients))
    session = slot.locked(order.session)
    if _is_done(session, order):
        return None
    if storm.seen(session) != order.saw or session.starts_at <= now:
        raise Changed
    was = taking_back.before(session)
    if order.way in FALLBACKS:
        session = _indoors(session, order, by=by)
    elif order.way == Way.CANCEL:
        session = booking.cancel(session, by=by, waived=order.waived)
    notices.tell(session, what=TELLS[order.way], by=by, now=now)
    return taking_back.after(was, session)


def _is_done(session: Session, order: Order) -> bool:
    """Somebody pressed twice, or a colleague did the very same."""
    if order.way == Way.CANCEL:
        return session.status == Session.Status.CANCELLED
    if order.way not in FALLBACKS or session.status not in notices.LIVE:
        return False
    return session.mode == notices.MODES[TELLS[order.way]] and session.room_id == (
        order.room.pk if order.room else None
    )


def _indoors(session: Session, order: Order, *, by: User) -> Session:
    """To a room of its own or to video, at the same time, whatever was agreed when it was booked."""
    mode = Mode.INDOOR if order.way == Way.ROOM else Mode.ONLINE
    return booking.move(
        session, by=by, mode=mode, room=order.room, route=None, fallback="", indoor_minutes=0, waived=order.waived
    )
