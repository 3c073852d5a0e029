"""Groups: a member joins or leaves one session, or it and all later ones of its series; a freed seat goes to who waits.

Each member is judged for herself alone. It is done as a whole or not at all.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from practice.domain import audit, links, post
from practice.models import Letter, User
from sessions.domain import (
    apart,
    clash,
    group_offers,
    holds,
    invitations_out,
    new_ground,
    one_letter,
    reminder_plan,
    reminders,
    slot,
)
from sessions.domain.group_offers import Full, Tried
from sessions.domain.retrying import retried
from sessions.domain.slot import NotPossible
from sessions.models import Note, Seat, Session, WaitingPlace


@retried
def add(
    session: Session,
    client: Client,
    *,
    by: User,
    and_later: bool = False,
    offer: WaitingPlace | None = None,
    now: datetime | None = None,
) -> Session:
    """Give a client a seat; twice is once. With an `offer`, the seat is the one that it holds.

    Raises `Full`, `Clash`, `NotPossible`, or what booking raises about her alone.
    """
    now = now or timezone.now()
    with transaction.atomic():
        slot.queue_up(client.pk)
        for row in group_offers.locked(session, and_later=and_later, now=now):
            if row.seats.filter(client=client).exists():
                continue
            if not group_offers.has_room(row, now=now, but=offer):
                raise Full(row)
            holds.let_go_near(row, [client])
            slot.refuse_over_doubled(row, [client], beside=slot.lies_beside(row))
            slot.refuse_unready(row, [client])
            _seat(row, client)
            apart.refuse(row, [client])
            new_ground.ask_again(row, [client], by=by)
            _tell(row)
            reminder_plan.plan([row])
            audit.record("session.seat_added", by=by, subject=client.pk, detail={"session": str(row.pk)})
        waiting = WaitingPlace.objects.open().filter(client=client, session=session)
        waiting.update(state=WaitingPlace.State.TAKEN)
    return session


def _seat(session: Session, client: Client) -> None:
    try:
        with transaction.atomic():
            Seat.for_session(session, client).save(force_insert=True)
    except IntegrityError as error:
        raise clash.from_refusal(error, session, [client.pk]) from error


def _tell(session: Session) -> None:
    """Calendars elsewhere hear of it with a higher number; members who know all of it already are not written to."""
    session.changes += 1
    session.save(update_fields=["changes"])
    invitations_out.write(session)


@retried
def take_out(
    session: Session, client: Client, *, by: User, and_later: bool = False, now: datetime | None = None
) -> Session:
    """A client leaves; what has not left to her about it is taken back, and her seat is offered to who waits.

    Raises `NotPossible` when there is a note about her, or the session has begun.
    """
    now = now or timezone.now()
    with transaction.atomic():
        slot.queue_up(client.pk)
        for row in group_offers.locked(session, and_later=and_later, now=now):
            seat = row.seats.filter(client=client).first()
            if seat is None:
                continue
            if Note.objects.filter(seat=seat).exists():
                raise NotPossible(_("There is a note about this seat already. Nothing was changed."))
            links.end(reminders.PURPOSE, subject=seat.pk)
            hers = Letter.objects.filter(about=row.pk, client=client.pk)
            one_letter.take_back(hers, why=_("They have no place in this session any more."))
            seat.delete()
            _tell(row)
            audit.record("session.seat_left", by=by, subject=client.pk, detail={"session": str(row.pk)})
            group_offers.offer_next(row, now=now)
    return session


@retried
def put_on_list(session: Session, client: Client, *, by: User, and_later: bool = False) -> WaitingPlace:
    """A client waits for a seat; twice is once. Where one is free it is offered at once."""
    now = timezone.now()
    with transaction.atomic():
        rows = group_offers.locked(session, and_later=and_later, now=now)
        if any(row.seats.filter(client=client).exists() for row in rows[:1]):
            raise NotPossible(_("%(name)s has a seat already.") % {"name": client.name})
        place = group_offers.waits(client, session) or WaitingPlace.objects.create(
            client=client, session=session, and_later=and_later, put_by=by
        )
        audit.record("group.waits", by=by, subject=client.pk, detail={"session": str(session.pk)})
        group_offers.offer_next(rows[0], now=now)
    return place


@retried
def offer(session: Session, *, now: datetime | None = None) -> list[Tried]:
    """Offer what is free to who waits, such as after the group grew; returns whose turn it was. Raises
    `NotPossible`."""
    now = now or timezone.now()
    with transaction.atomic():
        (row,) = group_offers.locked(session, and_later=False, now=now)
        return group_offers.offer_next(row, now=now)


@retried
def take(place: WaitingPlace, *, now: datetime | None = None) -> None:
    """She takes what was offered to her, at the time that `place` was loaded with. Raises `NotPossible` when the offer
    is over or the group has moved since, or what `add` raises."""
    now, read = now or timezone.now(), place.session.starts_at
    with transaction.atomic():
        place = _held(place, now=now)
        if place.session.starts_at != read:
            raise NotPossible
        add(place.session, place.client, by=place.put_by, and_later=place.and_later, offer=place, now=now)
        audit.record("group.seat_taken", by=None, subject=place.client_id, detail={"session": str(place.session_id)})


@retried
def decline(place: WaitingPlace, *, now: datetime | None = None) -> None:
    """She would rather not; the next one is asked. Raises `NotPossible` when the offer is over."""
    now = now or timezone.now()
    with transaction.atomic():
        _end(_held(place, now=now), WaitingPlace.State.DECLINED, by=None, now=now)


@retried
def leave(place: WaitingPlace, *, by: User, now: datetime | None = None) -> None:
    """She no longer waits; what was offered to her is offered to the next one."""
    now = now or timezone.now()
    with transaction.atomic():
        group_offers.line_up(place.session)
        found = (
            WaitingPlace.objects.open().select_for_update(of=("self",)).select_related("session").filter(pk=place.pk)
        )
        if still := found.first():
            _end(still, WaitingPlace.State.LEFT, by=by, now=now)


def _held(place: WaitingPlace, *, now: datetime) -> WaitingPlace:
    """An offer that still stands, with its session's row locked before its own."""
    slot.queue_up(place.client_id)
    group_offers.locked(place.session, and_later=place.and_later, now=now)
    found = WaitingPlace.objects.offered(now).select_related("session", "client", "put_by")
    held = found.select_for_update(of=("self",)).filter(pk=place.pk).first()
    if held is None:
        raise NotPossible
    return held


def _end(place: WaitingPlace, state: WaitingPlace.State, *, by: User | None, now: datetime) -> None:
    place.state = state
    place.save(update_fields=["state"])
    post.cancel(about=place.pk)
    audit.record(f"group.{state}", by=by, subject=place.client_id, detail={"session": str(place.session_id)})
    group_offers.offer_next(place.session, now=now)
