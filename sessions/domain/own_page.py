"""What a client sees of her sessions: when, where, the light, what to bring. Calm words, and nothing about why."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from clients.domain import measure_plans, paper_standing, safety
from clients.models import Client, Consent, Screening
from practice.domain import words
from practice.models import Mode, Paper, Practice
from routes.domain import route_light
from sessions.domain import (
    arriving,
    asking,
    giving_up,
    grounds,
    her_clocks,
    light,
    meeting,
    outlook,
    reminders,
    weather_chip,
)
from sessions.domain.summary import KIND
from sessions.models import Seat, Session

AHEAD = 60
"""So many of her times stand on her page: a year, week by week."""


def of(client: Client, *, now: datetime) -> dict[str, Any]:
    """The whole page: the next seat, the ones after, what is to fill in, and papers."""
    seats = list(
        Seat.objects.filter(client=client, ends_at__gt=now, status__in=[Session.Status.BOOKED, Session.Status.ARRIVED])
        .select_related("client", "session__place", "session__route", "session__room", "session__therapist__clinician")
        .order_by("starts_at")[:AHEAD]
    )
    laid = Consent.objects.open().filter(client=client, signatory=None).select_related("text", "request")
    practice, shelf = Practice.load(), grounds.load([(seat.session, [client]) for seat in seats])
    skies = outlook.load([seat.session for seat in seats[:1]], now=now)
    sky = skies.get(seats[0].session_id) if seats else None
    return {
        "client": client,
        "date": now.astimezone(ZoneInfo(practice.time_zone)).date(),
        "next": _next(seats[0], now, shelf, sky) if seats else None,
        "weather": weather_chip.calm(sky, seats[0].session.therapist.called) if sky else "",
        "weather_by": sky.weather if sky else None,
        "later": [next_time(seat, now=now, shelf=shelf) for seat in seats[1:]],
        "asked_for": asking.lines(client, now=now),
        "may_ask": asking.rules(client, now=now) is not None,
        "to_fill_in": _to_fill_in(client),
        "to_sign": [one for one in laid if not one.has_lapsed(now)],
        "has_plan": safety.given_plan(client) is not None,
        "charts_agreed": measure_plans.agreement(client) is not None,
        "papers": Paper.objects.filter(subject=client.pk, kind=KIND).defer("sealed"),
        "agreements": _agreements(client, now),
    }


def _next(seat: Seat, now: datetime, shelf: grounds.Shelf, sky: outlook.Sky | None) -> dict[str, Any]:
    """The one that comes first; once its day is there, she can say that she is there or late."""
    return next_time(seat, now=now, shelf=shelf, sky=sky) | arriving.on_page(seat, now=now)


def _agreements(client: Client, now: datetime) -> list[tuple[Consent, paper_standing.Stands | None]]:
    """What she signed and did not take back, each with where it stands."""
    rows = paper_standing.rows().signed().filter(client=client, signatory=None).defer(*paper_standing.SEALED)
    return paper_standing.among(rows, now=now)


def _to_fill_in(client: Client) -> list[str]:
    """What was sent to her and waits; its link is in her mail."""
    asked = Screening.objects.open().filter(client=client, manner=Screening.Manner.LINK)
    return [_("Some questions before we meet")] if asked.exists() else []


def next_time(
    seat: Seat, *, now: datetime | None = None, shelf: grounds.Shelf | None = None, sky: outlook.Sky | None = None
) -> dict[str, Any]:
    """One session in words and drawings for its client. Where it is stays open while that is not settled."""
    session, zone = seat.session, seat.session.place.time_zone
    settled = meeting.is_settled(seat, shelf)
    route = session.route if session.is_outdoors and settled else None
    day = session.starts_at.astimezone(ZoneInfo(zone)).date()
    sun = route_light.sun_over(route, zone, day) if route else None
    today = now.astimezone(ZoneInfo(zone)).date() if now else None
    return {
        "seat": seat,
        "session": session,
        "heading": her_clocks.when(session.starts_at, session.place, seat.client),
        "clocks": her_clocks.beside(session.starts_at, session.place, seat.client),
        "day": _("Today") if today == day else words.day(day),
        "span": meeting.span(session),
        "until": her_clocks.at(session.ends_at, session.place, seat.client),
        "therapist": session.therapist.called,
        "how": meeting.how(session),
        "where": meeting.where(session),
        "settled": settled,
        "route": route,
        "meeting_point": meeting.meeting_point(session),
        "by_video": settled and session.mode == Mode.ONLINE,
        "video_link": meeting.video_link(session) if settled else "",
        "spot": meeting.spot(session) if settled else None,
        "icon": meeting.MODE_ICONS[session.mode],
        "bring": meeting.bring(session, sky),
        "bar": light.bar(sun, zone, [session]) if sun else None,
        "sunrise": words.clock(sun.rise, zone) if sun and sun.rise else "",
        "sunset": words.clock(sun.set, zone) if sun and sun.set else "",
        "starts": words.clock(session.starts_at, zone),
        "may_cancel": now is not None and giving_up.may(seat, now=now),
        "is_answerable": reminders.is_answerable(seat, now=now),
        "answer": seat.answer,
        "thanks": reminders.thanks(seat) if seat.answer else "",
    }


def photo_of_spot(seat: Seat, *, now: datetime) -> Paper | None:
    """The photograph of the spot where her own session begins, while it is to come and settled where that is."""
    spot = meeting.spot(seat.session)
    if spot is None or not reminders.is_answerable(seat, now=now) or not meeting.is_settled(seat):
        return None
    return spot.photo
