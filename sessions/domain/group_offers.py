"""The seats of a group: how many are free, and a freed one offered in order to who waits.

An open offer holds its seat. Whoever counts or fills seats waits in one line for each group or series, and then locks
the rows of its sessions, so that two desks cannot give away the same one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import contacts
from clients.models import Client
from practice.domain import audit, post, words
from practice.models import Letter
from sessions.domain import apart, slot
from sessions.models import Session, WaitingPlace

KIND = "session_seat_offer"
PURPOSE = "seat_offer"
LASTS = timedelta(hours=24)
BEFORE_START = timedelta(hours=1)
"""How long an offer stands, and how long before the start at the latest it ends (ours)."""
OPEN = (Session.Status.BOOKED, Session.Status.HELD)


def line_up(session: Session) -> None:
    """Wait for whoever fills or offers seats of the same group or series just now, until the transaction ends."""
    slot.queue_up(session.series_id or session.pk)


def locked(session: Session, *, and_later: bool, now: datetime) -> list[Session]:
    """The row of a group session, and of all later ones of its series, held until the transaction ends.

    Raises `NotPossible` when it is no group, or cancelled, or run out, or has begun.
    """
    line_up(session)
    found = Session.objects.filter(kind=Session.Kind.GROUP, status__in=OPEN, starts_at__gt=now)
    found = found.exclude(pk__in=Session.objects.run_out(now).values("pk"))
    if and_later and session.series_id:
        found = found.filter(series=session.series_id, occurs_on__gte=session.occurs_on)
    else:
        found = found.filter(pk=session.pk)
    rows = list(
        found.select_for_update(of=("self",))
        .select_related("place", "therapist", "route", "room")
        .order_by("starts_at", "pk")
    )
    if session.pk not in {row.pk for row in rows}:
        raise slot.NotPossible
    return rows


def free(session: Session, *, now: datetime, but: WaitingPlace | None = None) -> int | None:
    """How many seats nobody has or was offered, leaving out one offer; None where a group has no end."""
    if session.capacity is None:
        return None
    held = WaitingPlace.objects.about(session).offered(now)
    if but:
        held = held.exclude(pk=but.pk)
    seated = session.seats.values("client")
    return int(session.capacity - session.seats.count() - held.exclude(client__in=seated).count())


def has_room(session: Session, *, now: datetime, but: WaitingPlace | None = None) -> bool:
    """Whether one more fits."""
    left = free(session, now=now, but=but)
    return left is None or left > 0


def stands(place: WaitingPlace, *, now: datetime) -> bool:
    """Whether an offer can still be taken."""
    in_time = place.state == WaitingPlace.State.OFFERED and place.offer_until is not None and place.offer_until > now
    return in_time and place.session.status in OPEN and place.session.starts_at > now


class Full(Exception):
    """No seat is free in this session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        when = words.when(session.starts_at, session.place.time_zone)
        super().__init__(_("No seat is free: %(when)s. Nothing was changed.") % {"when": when})


@dataclass(frozen=True, slots=True)
class Tried:
    """Somebody who waits, in her turn: offered what is free, or passed over because of `why_not`."""

    place: WaitingPlace
    why_not: Exception | None = None


def offer_next(session: Session, *, now: datetime | None = None) -> list[Tried]:
    """Offer what is free in a session to who waits for it, the longest first; in the caller's transaction, with its row
    locked. Whoever could not be booked now is passed over and keeps her place."""
    now = now or timezone.now()
    until = min(now + LASTS, session.starts_at - BEFORE_START)
    if until <= now or session.status not in OPEN:
        return []
    waiting = WaitingPlace.objects.about(session).filter(state=WaitingPlace.State.WAITING)
    tried = []
    for place in waiting.select_related("client", "session").select_for_update(of=("self",)):
        if not has_room(session, now=now):
            break
        tried.append(Tried(place, _hindrance(place, now=now)))
        if tried[-1].why_not is None:
            _offer(place, now=now, until=until)
    return tried


def _hindrance(place: WaitingPlace, *, now: datetime) -> Exception | None:
    """What is in the way of a seat in each session she waits for: there is no room, or it could not be booked."""
    try:
        for row in locked(place.session, and_later=place.and_later, now=now):
            slot.refuse_unready(row, [place.client])
            apart.refuse(row, [place.client])
            if not has_room(row, now=now):
                raise Full(row)
    except (Full, apart.TooNear, slot.NotPossible, slot.NotYet, slot.NotInTreatment, slot.NotInHerCare) as why:
        return why
    return None


def _offer(place: WaitingPlace, *, now: datetime, until: datetime) -> None:
    place.state, place.offered_at, place.offer_until = WaitingPlace.State.OFFERED, now, until
    place.save(update_fields=["state", "offered_at", "offer_until"])
    audit.record("group.seat_offered", by=None, subject=place.client_id, detail={"session": str(place.session_id)})
    point = contacts.best(place.client, Letter.Channel.EMAIL)
    if point:
        post.write(
            KIND,
            key=_key(place),
            to=point.value,
            about=place.pk,
            client=place.client_id,
            due_at=now + post.UNDO,
            not_after=until,
        )


def _key(place: WaitingPlace) -> str:
    return f"{place.pk}|{place.offered_at:%Y%m%dT%H%M%S}|{KIND}"


def write_again(session: Session) -> None:
    """When it takes place after all: the letters of offers that stand, which were dropped meanwhile."""
    standing = WaitingPlace.objects.filter(session=session).offered(timezone.now())
    dropped = Letter.objects.filter(key__in=[_key(place) for place in standing], state=Letter.State.CANCELLED)
    dropped.update(state=Letter.State.DUE, why_not="")


def expire(*, now: datetime | None = None) -> int:
    """What was not answered in time is over, and the next one is asked; returns how many that were."""
    now, count = now or timezone.now(), 0
    over = WaitingPlace.objects.filter(state=WaitingPlace.State.OFFERED, offer_until__lte=now)
    for place in over.select_related("session"):
        with transaction.atomic():
            line_up(place.session)
            count += over.filter(pk=place.pk).update(state=WaitingPlace.State.EXPIRED)
            for row in Session.objects.select_for_update(of=("self",)).filter(pk=place.session_id):
                offer_next(row, now=now)
    return count


def waits(client: Client, session: Session) -> WaitingPlace | None:
    """Her open place in the row for exactly this session."""
    return WaitingPlace.objects.open().filter(client=client, session=session).first()
