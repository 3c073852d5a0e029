"""Decisions to look at again, as lines on Today, and the sessions that lie after one. For clinicians alone."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.domain.running_out import AHEAD
from clients.models import Client, ClientQuerySet, Decision, Review
from practice.domain import words
from practice.models import OUTDOOR, Practice, User
from sessions.domain import rows
from sessions.domain.grounds import day_of
from sessions.domain.waiting import SHOWN, Hand, Part, lines
from sessions.models import Seat, Session


def of(reader: User, *, now: datetime, today: date) -> list[Hand]:
    """What was said since a decision, what is to be confirmed, and what runs out."""
    return lines(parts(reader, now=now, today=today))


def parts(reader: User, *, now: datetime, today: date) -> Iterator[Part]:
    """The same, kind by kind."""
    mine = Client.objects.charted_by(reader).active()
    yield Part(_said(mine), lambda: _changed(mine))
    yield Part(_confirming(mine), lambda: _to_confirm(mine))
    yield Part(_due(mine, today), lambda: _running_out(mine, now, today))


def _url(client: UUID) -> str:
    return reverse("clients:review", args=[client])


def _said(mine: ClientQuerySet) -> QuerySet[Review]:
    return Review.objects.changed().filter(client__in=mine)


def _changed(mine: ClientQuerySet) -> Iterator[Hand]:
    found = _said(mine).select_related("client").defer("words_sealed")
    newest = {review.client_id: review for review in reversed(found)}
    for review in list(newest.values())[:SHOWN]:
        rest = _("has something new to look at, since %(day)s.") % {"day": words.day(review.said_at.date())}
        yield Hand("look", "refresh-cw", _("Look again"), review.client.name, _url(review.client_id), rest)


def _confirming(mine: ClientQuerySet) -> QuerySet[Review]:
    return Review.objects.standing().filter(client__in=mine, status=Review.Status.NOTHING)


def _to_confirm(mine: ClientQuerySet) -> Iterator[Hand]:
    said = _confirming(mine).select_related("client")
    for review in said.defer("words_sealed").order_by("answered_at")[:SHOWN]:
        rest = _("answered that nothing has changed.")
        yield Hand("look", "check", _("Confirm"), review.client.name, _url(review.client_id), rest)


def _due(mine: ClientQuerySet, today: date) -> QuerySet[Decision]:
    """Nothing twice: what has changed or is to be confirmed has its line already."""
    told = Review.objects.filter(status__in=[Review.Status.NOTHING, Review.Status.CHANGED]).values("decision")
    since = today - timedelta(days=Practice.load().grace_days)
    return Decision.objects.newest().ending(since, today + AHEAD).filter(client__in=mine).exclude(pk__in=told)


def _running_out(mine: ClientQuerySet, now: datetime, today: date) -> Iterator[Hand]:
    decisions = list(_due(mine, today).select_related("client").defer("reasoning_sealed", "considered_sealed")[:SHOWN])
    ahead = _ahead({made.client_id: made.look_again_on for made in decisions}, now)
    for made in decisions:
        over = made.look_again_on < today
        rest = _("ran out on %(day)s%(ahead)s.") if over else _("runs out on %(day)s%(ahead)s.")
        said = rest % {"day": words.day(made.look_again_on), "ahead": _booked(ahead[made.client_id])}
        link = _("%(name)s’s decision") % {"name": made.client.name}
        yield Hand("look" if over else "note", "clock-alert", _("Look again"), link, _url(made.client_id), said)


def _booked(n: int) -> str:
    """“; 3 booked outdoors lie after it”, or nothing."""
    if not n:
        return ""
    return ngettext(
        "; %(n)s session booked outdoors lies after it", "; %(n)s sessions booked outdoors lie after it", n
    ) % {"n": n}


def _ahead(last_days: Mapping[UUID, date], now: datetime) -> Counter[UUID]:
    """How many sessions are booked outdoors after the last day of each client's decision. One query."""
    seats = _seats(last_days, now) if last_days else ()
    return Counter(seat.client_id for seat in seats if day_of(seat.session) > last_days[seat.client_id])


def _seats(clients: Collection[UUID], now: datetime) -> Iterator[Seat]:
    held = Session.objects.holding().filter(mode__in=OUTDOOR, starts_at__gt=now)
    return Seat.objects.filter(client__in=clients, session__in=held).select_related("session__place").iterator()


def after(client: Client, day: date, *, by: User, now: datetime) -> list[Session]:
    """The client's sessions that are booked outdoors on a later day, and that this reader may see; the next first."""
    seen = Session.objects.visible_to(by).holding().for_client(client).filter(mode__in=OUTDOOR, starts_at__gt=now)
    return [session for session in rows.loaded(seen).order_by("starts_at") if day_of(session) > day]
