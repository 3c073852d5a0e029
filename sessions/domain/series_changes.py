"""One, this and later, or all of a series: moved, cancelled, on another route or with somebody else.

Only what is still to come is changed; what took place, or has a signed note, stays. Of what is shown, exactly the
ticked dates are changed in one transaction, or none. What moves to another weekday or time goes on as a series of its
own, and the one before ends with the last date that stays in it; route and therapist belong to each session and part
nothing.
"""

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy

from clients.models import Client
from practice.models import OUTDOOR, Letter, User
from routes.models import Route
from sessions.domain import (
    booking,
    dark_dates,
    grounds,
    notices,
    recurrence,
    refusals,
    reminders,
    series_letter,
    slot,
    weighing,
)
from sessions.domain.grounds import Shelf
from sessions.domain.refusals import OtherDates, Refused
from sessions.domain.retrying import retried
from sessions.domain.weighing import Weighed
from sessions.models import Note, Series, Session


class What(models.TextChoices):
    """What becomes of them."""

    MOVE = "move", gettext_lazy("to another time")
    CANCEL = "cancel", gettext_lazy("cancel")
    ROUTE = "route", gettext_lazy("another route")
    THERAPIST = "therapist", gettext_lazy("with somebody else")


class Scope(models.TextChoices):
    """Of which."""

    THIS = "this", gettext_lazy("this one")
    LATER = "later", gettext_lazy("this and later ones")
    ALL = "all", gettext_lazy("all that are to come")


TOLD = {What.MOVE: notices.What.MOVED, What.CANCEL: notices.What.CANCELLED}
"""What clients are written to about, and as what; another route or therapist stands in the next reminder."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of which. `day` and `starts` are where the session that one stands on moves to; the others keep
    their distance from it."""

    what: str
    scope: str
    day: date | None = None
    starts: time | None = None
    route: Route | None = None
    therapist: User | None = None


def to_come(series: Series, *, by: User, now: datetime) -> models.QuerySet[Session]:
    """What of a series this person may still change: not begun, no note signed."""
    open_states = [Session.Status.BOOKED, Session.Status.HELD, Session.Status.REQUESTED]
    signed = Note.objects.filter(seat__session=OuterRef("pk"), status=Note.Status.SIGNED)
    found = Session.objects.kept_by(by).filter(~Exists(signed), series=series, status__in=open_states)
    return found.filter(starts_at__gt=now).exclude(pk__in=Session.objects.run_out(now).values("pk"))


def targets(session: Session, change: Change, *, by: User, now: datetime) -> list[Session]:
    """The sessions that a change is about, loaded, in the order of their days."""
    if session.series is None or session.occurs_on is None:
        return []
    found = to_come(session.series, by=by, now=now)
    if change.what != What.CANCEL:
        found = found.exclude(status=Session.Status.REQUESTED)  # it is answered instead
    if change.scope == Scope.THIS:
        found = found.filter(pk=session.pk)
    elif change.scope == Scope.LATER:
        found = found.filter(occurs_on__gte=session.occurs_on)
    if change.what == What.ROUTE:
        found = found.filter(mode__in=OUTDOOR)
    loaded = found.select_related("therapist__clinician", "place", "room__place", "route", "series")
    return list(loaded.prefetch_related("seats__client").order_by("occurs_on"))


def preview(session: Session, change: Change, *, by: User, now: datetime) -> Weighed:
    """What stands against it on each date. Raises `NotInHerCare` or `NotInTreatment` where it could be none of them."""
    found = targets(session, change, by=by, now=now)
    if change.what == What.CANCEL or not found:
        return weighing.unweighed([(_day(one), one) for one in found])
    would_be = [_as_it_would_be(one, session, change) for one in found]
    slot.refuse_strangers(would_be[0], _people(found[0]))
    wanted = [(_day(one), moved, _people(one)) for one, moved in zip(found, would_be, strict=True)]
    weighed = weighing.weigh(wanted, by, ignoring=[one.pk for one in found])
    lines = tuple(replace(line, before=one) for line, one in zip(weighed.lines, found, strict=True))
    return replace(weighed, lines=lines)


def _day(session: Session) -> date:
    """The day that names a session of a series."""
    if session.occurs_on is None:
        raise OtherDates
    return session.occurs_on


def _people(session: Session) -> list[Client]:
    return [seat.client for seat in session.seats.all()]


def _as_it_would_be(one: Session, anchor: Session, change: Change) -> Session:
    """A session after the change, not saved."""
    changed = copy(one)
    if change.what == What.MOVE and change.starts:
        changed = dark_dates.at(one, _moved_day(one, anchor, change), change.starts, ZoneInfo(one.place.time_zone))
    elif change.what == What.ROUTE:
        changed.route = change.route
    elif change.therapist:
        changed.therapist = change.therapist
    changed.doubled = one.doubled and not booking.takes_other_time(changed, one)
    return changed


def _moved_day(one: Session, anchor: Session, change: Change) -> date:
    """As far from where the rule has it as the session that one stands on; by month the same weekday of the month."""
    if change.day is None or one.series is None:
        raise OtherDates
    if one.series.every == Series.Every.MONTH:
        months = (_day(one).year - _day(anchor).year) * 12 + _day(one).month - _day(anchor).month
        return recurrence.later(change.day, Series.Every.MONTH, months)
    return _day(one) + (change.day - _day(anchor))


@retried
def carry_out(
    session: Session, change: Change, days: Collection[date], *, by: User, now: datetime, tell: bool = False
) -> list[Session]:
    """Change exactly these dates, in one transaction. With `tell` whoever comes is written to once, where they are
    moved or cancelled. Raises `Refused` with the date that is not possible, or `OtherDates` when these are not what it
    is about."""
    with transaction.atomic():
        found = [one for one in targets(session, change, by=by, now=now) if one.occurs_on in days]
        if not found or len(found) != len(set(days)):
            raise OtherDates
        _queue_up(found, change)
        pairs = [(one, _as_it_would_be(one, session, change)) for one in found]
        shelf = grounds.load([(moved, _people(one)) for one, moved in pairs])
        done = [_carry(one, moved, change, shelf, by) for one, moved in _in_order(pairs)]
        if change.what == What.MOVE and change.scope != Scope.THIS:
            _part(session, done, change, by=by)
        if session.series and change.what in TOLD:
            _shorten(session.series)
        if tell and change.what in TOLD:
            was = {one.pk: one.starts_at for one in found}
            series_letter.tell([(one, was[one.pk]) for one in done], what=TOLD[What(change.what)], by=by)
    return sorted(done, key=lambda one: one.starts_at)


def has_been_told(session: Session, days: Collection[date]) -> bool:
    """Whether a reminder of one of these dates has left, or may have: nobody takes that back."""
    about = Session.objects.filter(series=session.series_id, occurs_on__in=days).values("pk")
    gone = [Letter.State.LEASED, Letter.State.SENT, Letter.State.UNCERTAIN]
    return Letter.objects.filter(about__in=about, kind=reminders.KIND, state__in=gone).exists()


def _queue_up(found: Sequence[Session], change: Change) -> None:
    news = [change.therapist.pk] if change.therapist else []
    seats = [seat.client_id for one in found for seat in one.seats.all()]
    slot.queue_up(*news, *(one.therapist_id for one in found), *(one.room_id for one in found), *seats)


def _in_order(pairs: list[tuple[Session, Session]]) -> list[tuple[Session, Session]]:
    """Later ones first when they move on, so that none runs into the next one that is about to leave."""
    first, moved = pairs[0]
    return pairs[::-1] if moved.starts_at > first.starts_at else pairs


def _carry(one: Session, moved: Session, change: Change, shelf: Shelf, by: User) -> Session:
    try:
        if change.what == What.CANCEL:
            return booking.cancel(one, by=by)
        if change.what == What.MOVE:
            return booking.move(one, to=moved.starts_at, by=by, shelf=shelf)
        if change.what == What.ROUTE:
            return booking.move(one, route=moved.route, by=by, shelf=shelf)
        return booking.move(one, therapist=moved.therapist, by=by, shelf=shelf)
    except refusals.Refusal as cause:
        raise Refused(_day(one), cause) from cause


def _part(session: Session, done: Sequence[Session], change: Change, *, by: User) -> None:
    """What moved goes on by a rule of its own."""
    old = session.series
    if old is None or change.starts is None:
        raise OtherDates
    days = {one.pk: _moved_day(one, session, change) for one in done}
    new = Series.objects.create(
        first_on=min(days.values()),
        starts=change.starts,
        minutes=old.minutes,
        zone=old.zone,
        every=old.every,
        until=max(days.values()),
        made_by=by,
    )
    for one in done:
        one.series, one.occurs_on = new, days[one.pk]
        one.save(update_fields=["series", "occurs_on"])


def _shorten(series: Series) -> None:
    """A series lasts until the last date that still holds its time."""
    left = Session.objects.holding().filter(series=series)
    last = left.aggregate(last=models.Max("occurs_on"))["last"] or series.first_on
    if last != series.until:
        series.until = last
        series.save(update_fields=["until"])
