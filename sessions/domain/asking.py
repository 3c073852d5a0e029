"""What a client asks for on her own pages: a time with her own therapist, within the rules of the practice.

Where no yes is needed it is booked at once, when nothing speaks against it and a room is free. What speaks against it
is not told: then it is asked for like any other, and her therapist talks with her first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from clients.models import CareTeamMember, Client
from practice.domain import vault
from practice.models import OUTDOOR, Mode, Place, Practice, Room, Service, User
from routes.domain import route_light
from routes.models import Route
from sessions.domain import apart, asked_letters, booking, dark_dates, free, her_clocks, slot
from sessions.domain.clash import not_then
from sessions.domain.retrying import retried
from sessions.models import AskedAnswer, Session

A_PAGE = timedelta(days=14)
"""So many days of free times stand on one page."""
HALF_AN_HOUR = timedelta(minutes=30)
SHOWN_FOR = timedelta(days=14)
"""So long an answer stands on her page (ours)."""
AT_ONCE = 3
"""So many times are kept for one client while she waits or thinks (ours)."""
WAITING = (Session.Status.REQUESTED, Session.Status.HELD)


class NotOffered(Exception):
    """It cannot be asked for; the sentence says no more than that."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one client may ask for, with whom, and from when to when."""

    client: Client
    therapist: User
    services: Sequence[Service]
    earliest: datetime
    last: date
    needs_a_yes: bool


def rules(client: Client, *, now: datetime) -> Rules | None:
    """None when she cannot ask here at all: not switched on, not in treatment, nobody leads, nothing is offered so."""
    practice = Practice.load()
    if not practice.clients_ask or client.status != Client.Status.ACTIVE or client.user_id is None:
        return None
    lead = CareTeamMember.objects.current().filter(client=client, is_lead=True).select_related("user").first()
    offered = Service.objects.filter(is_offered=True, clients_may_ask=True, seats=1)
    services = list(offered.exclude(kind=Service.Kind.INTAKE) if _is_known(client) else offered)
    if lead is None or not services:
        return None
    earliest = now + timedelta(hours=practice.ask_notice_hours)
    last = practice.day_of(now) + timedelta(days=practice.ask_ahead_days)
    return Rules(client, lead.user, services, earliest, last, practice.asks_need_approval)


def _is_known(client: Client) -> bool:
    """Whether a first talk is behind her: she has or had a time here, or came in mid-treatment."""
    return client.carried_over_on is not None or Session.objects.for_client(client).holding().exists()


def times(asked: Rules, service: Service, mode: str, *, first: date) -> list[free.Slot]:
    """What is free from a day on, a page of it."""
    practice = Practice.load()
    first = max(first, practice.day_of(asked.earliest))
    last = min(first + A_PAGE - timedelta(days=1), asked.last)
    if last < first or mode not in _modes(asked, service):
        return []
    found = free.times(
        asked.therapist, service, first=first, last=last, now=asked.earliest, clients=[asked.client], mode=mode
    )
    return [one for place in {one.place for one in found} for one in _away(asked, service, mode, place, found)]


def in_the_dark(asked: Rules, mode: str, slots: Sequence[free.Slot]) -> set[free.Slot]:
    """Those that would not be in the light, on the route that the two would take: nothing outdoors is offered then.
    Without a route it is the daylight of the practice that counts, where its first route begins."""
    own = _route(asked, mode)
    route = own or (Route.objects.in_use().first() if mode in OUTDOOR else None)
    if route is None:
        return set()
    return {
        one
        for one in slots
        if not route_light.over(route, one.place.time_zone, one.starts_at, one.ends_at, lamps=own is not None).ok
    }


def thinned(slots: Sequence[free.Slot]) -> list[free.Slot]:
    """Of the times of a day one in half an hour: enough to choose from."""
    kept: list[free.Slot] = []
    for one in slots:
        if not kept or one.starts_at - kept[-1].starts_at >= HALF_AN_HOUR or one.place != kept[-1].place:
            kept.append(one)
    return kept


def _away(asked: Rules, service: Service, mode: str, place: Place, found: Sequence[free.Slot]) -> list[free.Slot]:
    """Where she meets nobody whom she must not."""
    here = [one for one in found if one.place == place]
    session = Session(therapist=asked.therapist, place=place, mode=mode, route=_route(asked, mode))
    session.starts_at, session.ends_at = here[0].starts_at, here[0].ends_at
    kept = set(apart.away(session, [asked.client], [one.starts_at for one in here]))
    return [one for one in here if one.starts_at in kept]


def modes(asked: Rules, service: Service) -> list[tuple[str, str]]:
    """The ways to meet for this service, with their words."""
    return [(mode, str(Mode(mode).label)) for mode in _modes(asked, service)]


def _modes(asked: Rules, service: Service) -> list[str]:
    """Walking and running need a route that the two use, or any of the practice."""
    return [mode for mode in service.modes if mode not in (Mode.WALK, Mode.RUN) or _route(asked, mode)]


def _before(asked: Rules, mode: str) -> Session | None:
    """The last session of the two that was held this way."""
    met = Session.objects.for_client(asked.client).of(asked.therapist).filter(mode=mode)
    return met.select_related("route").order_by("-starts_at").first()


def _route(asked: Rules, mode: str) -> Route | None:
    if mode not in OUTDOOR:
        return None
    before = _before(asked, mode)
    if before and before.route and before.route.archived_at is None:
        return before.route
    return None if mode == Mode.SIT else Route.objects.in_use().order_by("name").first()


@retried
def ask(
    client: Client, *, service: Service, mode: str, starts_at: datetime, place: Place, key: UUID, now: datetime
) -> Session:
    """Ask for a time, or book it where no yes is needed. The same form twice is one. Raises `NotOffered`.

    What is free, how many times she has asked and which room it gets are looked at with the locks held."""
    asked, by = rules(client, now=now), client.user
    if asked is None or by is None:
        raise NotOffered(not_then())
    try:
        with transaction.atomic():
            rooms = list(Room.objects.filter(place=place).values_list("pk", flat=True))
            slot.queue_up(client.pk, asked.therapist.pk, *rooms)
            wanted = _wanted(asked, service, mode, starts_at, place) | {"by": by, "request_key": key}
            mine = Session.objects.select_related("room", "route").filter(request_key=key, booked_by=by)
            if earlier := mine.first():
                wanted |= {"room": earlier.room, "route": earlier.route}  # it was chosen for her, and has that by now
            else:
                _refuse(asked, service, mode, starts_at, place, now=now)
            has_no_room = _is_inside(service, mode) and bool(rooms) and wanted["room"] is None
            return _book_or_ask(wanted, needs_a_yes=asked.needs_a_yes or has_no_room)
    except (booking.Clash, booking.NotInHerCare, booking.NotInTreatment, booking.NotPossible) as refusal:
        raise NotOffered(not_then()) from refusal
    except booking.UsedAlready as used:
        raise NotOffered(_("This form was used already. Look at it again, then send it.")) from used


def _refuse(asked: Rules, service: Service, mode: str, starts_at: datetime, place: Place, *, now: datetime) -> None:
    """Raises `NotOffered` for what is not on her page, and where enough is kept for her already."""
    day = starts_at.astimezone(Practice.load().zone).date()
    offered = times(asked, service, mode, first=day) if service in asked.services else []
    found = [one for one in offered if (one.starts_at, one.place) == (starts_at, place)]
    if not found:
        raise NotOffered(not_then())
    if in_the_dark(asked, mode, found):
        raise NotOffered(_("You would be out in the dark then. Please choose a lighter time, or another way to meet."))
    waiting = Session.objects.for_client(asked.client).filter(
        booked_by=asked.client.user_id, status__in=WAITING, held_until__gt=now
    )
    if waiting.count() >= AT_ONCE:
        raise NotOffered(_("Several times are kept for you already. Take one back, or wait for the answer."))


def _book_or_ask(wanted: Any, *, needs_a_yes: bool) -> Session:
    if not needs_a_yes:
        try:
            return booking.book(**wanted)
        except booking.NotYet:
            pass  # asked for instead; why is between the two of them
    return booking.request(**wanted)


def _wanted(asked: Rules, service: Service, mode: str, starts_at: datetime, place: Place) -> dict[str, Any]:
    """The arguments of `booking.book`: as the two met before, and a room that is free."""
    outdoors, before = mode in OUTDOOR, _before(asked, mode)
    ends_at = starts_at + timedelta(minutes=service.minutes)
    return {
        "therapist": asked.therapist,
        "clients": [asked.client],
        "service": service,
        "mode": mode,
        "starts_at": starts_at,
        "minutes": service.minutes,
        "travel": service.travel_minutes,
        "note": service.note_minutes,
        "place": place,
        "room": _free_room(place, starts_at, ends_at) if _is_inside(service, mode) else None,
        "route": _route(asked, mode),
        "indoor_minutes": service.indoor_minutes if outdoors else 0,
        "fallback": ((before.fallback if before else "") or Session.Fallback.OTHER_TIME) if outdoors else "",
    }


def _is_inside(service: Service, mode: str) -> bool:
    """Whether some of it is held in a room."""
    return mode == Mode.INDOOR or (mode in OUTDOOR and service.indoor_minutes > 0)


def _free_room(place: Place, starts_at: datetime, ends_at: datetime) -> Room | None:
    """None where there is no room, or none is free: whoever says yes finds one."""
    taken = Session.objects.holding().filter(room=OuterRef("pk"), starts_at__lt=ends_at, ends_at__gt=starts_at)
    return Room.objects.filter(~Exists(taken), place=place).order_by("name").first()


@retried
def take_back(session: Session, *, by: User) -> Session:
    """She no longer wants what she asked for or was offered; twice is once. Raises `NotPossible` for what was booked
    meanwhile, by a yes that she has not read."""
    with transaction.atomic():
        session, _clients = slot.taken_up(session)
        if not session.is_waiting and session.status != Session.Status.CANCELLED:
            raise booking.NotPossible(_("It is booked by now. You can still cancel it among your times."))
        return booking.cancel(session, by=by)


@retried
def say_yes(session: Session, *, by: User, read: str) -> Session:
    """Yes to the time that she has read (`slot.taken_up_as_read`). Raises what that and `booking.confirm` raise."""
    with transaction.atomic():
        return booking.confirm(slot.taken_up_as_read(session, read), by=by)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing she asked for, as she reads it."""

    session: Session
    when: str
    said: str
    words: str
    waits: bool
    may_say_yes: bool
    is_dark: bool
    """Outdoors, and not in the light."""


def lines(client: Client, *, now: datetime) -> list[Line]:
    """What she asked for and what became of it. What is booked stands among her times, what she took back nowhere."""
    if client.user_id is None:
        return []
    mine = Session.objects.for_client(client).filter(booked_by=client.user_id, held_until__isnull=False)
    ahead = mine.filter(starts_at__gt=now).exclude(cancelled_at__lt=now - SHOWN_FOR)
    sessions = list(ahead.select_related("therapist", "place", "route").order_by("starts_at"))
    answers: dict[UUID, AskedAnswer] = {}
    for one in AskedAnswer.objects.filter(session__in=sessions).order_by("at"):
        answers[one.session_id] = one
    with vault.keys_at_hand([client.pk] if answers else []):
        found = [_line(session, client, answers.get(session.pk), now) for session in sessions]
    return [line for line in found if line]


def _line(session: Session, client: Client, answer: AskedAnswer | None, now: datetime) -> Line | None:
    when = her_clocks.when(session.starts_at, session.place, client)
    over = session.held_until is not None and session.held_until <= now
    waits = session.is_waiting and not over
    if session.is_waiting and over:
        return None
    if session.status == Session.Status.REQUESTED:
        until = her_clocks.when(session.held_until or now, session.place, client)
        said = _("%(name)s answers by %(until)s. Until then it is kept for you.")
        text = said % {"name": session.therapist.called, "until": until}
        return Line(session, when, text, "", waits, may_say_yes=False, is_dark=dark_dates.is_dark(session))
    told = answer is not None or asked_letters.lapsed(session)
    if not told:
        return None
    text = asked_letters.said(session, client)
    held = session.status == Session.Status.HELD
    is_dark = held and dark_dates.is_dark(session)
    return Line(session, when, text, answer.words if answer else "", waits, may_say_yes=held, is_dark=is_dark)
