"""What a reader may see of one session: the session itself, its readiness in her rendering, its seats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from clients.domain import decision
from clients.domain.facts import limit_words
from clients.models import Client
from practice.domain import words
from practice.models import User
from routes.domain.ground import Ground
from sessions.domain import (
    crossing,
    grounds,
    meeting,
    new_ground,
    notes,
    outlook,
    readiness,
    rows,
    seated,
    slot,
    weather_page,
)
from sessions.domain.chip import LOOK, Chip
from sessions.domain.grounds import Grounds
from sessions.domain.outlook import Sky
from sessions.models import Note, Seat, Session
from sessions.models.session import SessionQuerySet

UNSEALED = ("id", "seat_id", "status", "saved_at", "signed_at", "author_id", "version")


def whole(reader: User) -> SessionQuerySet:
    """Sessions that this reader may know of, with everything the pages of one session show: of its
    seats those of whom the reader may know."""
    seats = (
        seated.shown_to(reader)
        .select_related("client")
        .prefetch_related(Prefetch("note", queryset=Note.objects.only(*UNSEALED).select_related("author")))
    )
    found: SessionQuerySet = (
        Session.objects.visible_to(reader)
        .annotate(in_all=seated.in_all())
        .select_related("therapist__clinician", "place", "room", "route", "booked_by", "series")
        .prefetch_related(Prefetch("seats", queryset=seats), "route__points", "route__hazards")
    )
    return found


def changeable(reader: User) -> SessionQuerySet:
    """Sessions that this person may move, cancel or close, loaded in the same way."""
    found: SessionQuerySet = whole(reader).filter(pk__in=Session.objects.kept_by(reader).values("pk"))
    return found


def zone(session: Session) -> ZoneInfo:
    """The clocks of a session."""
    return ZoneInfo(session.place.time_zone)


def at(session: Session) -> dict[str, str]:
    """Day and span in words."""
    return {"day": meeting.day_name(session), "span": meeting.span(session)}


def may_know_why(reader: User, clients: Sequence[Client]) -> bool:
    """True when the reader may read the chart of every one of these clients."""
    ids = {client.pk for client in clients}
    return bool(ids) and Client.objects.charted_by(reader).filter(pk__in=ids).count() == len(ids)


def rendered(found: readiness.Readiness, clients: Sequence[Client], reader: User) -> tuple[Chip, ...]:
    """The chips in the rendering that is this reader's."""
    return found.for_clinician() if may_know_why(reader, clients) else found.for_desk()


def sentence(chip: Chip) -> str:
    """A chip as a sentence of a refusal."""
    return f"{chip.text}. {chip.reason}".strip() if chip.reason else f"{chip.text}."


def under(session: Session, *, now: datetime) -> tuple[list[Grounds], Sky | None]:
    """What a loaded session rests on, and the sky over it where that is looked up."""
    clients = [seat.client for seat in session.seats.all()]
    shelf = grounds.load([(session, clients)])
    return shelf.of(session, clients), outlook.load([session], now=now).get(session.pk)


def stands(session: Session, reader: User, *, now: datetime) -> dict[str, Any]:
    """How ready a session to come is, for this reader, and its weather: `chips` and `weather`."""
    if not session.holds_its_slot or session.ends_at <= now:
        return {"chips": (), "weather": None, "weather_from": ""}
    found, sky = under(session, now=now)
    knows = may_know_why(reader, [one.client for one in found])
    also = crossing.load([session]).get(session.pk, ())
    judged = readiness.of(session, found, sky, session.seats.all(), also)
    page = weather_page.of(session, sky, outlook.person(found), reader, knows=knows) if sky else None
    return {"chips": judged.for_clinician() if knows else judged.for_desk(), "weather": page,
            "weather_from": _weather_from(session, now)}  # fmt: skip


def _weather_from(session: Session, now: datetime) -> str:
    """From which day on the weather of a session is looked up, while that is still to come."""
    known = outlook.known_from(session, now)
    return words.day(known.astimezone(zone(session)).date()) if known else ""


def before_booking(wanted: dict[str, Any], reader: User, *, now: datetime) -> tuple[Chip, ...]:
    """How ready a session would be that somebody is about to book."""
    starts_at = wanted["starts_at"].astimezone(UTC)
    session = Session(
        therapist=wanted["therapist"],
        place=wanted["place"],
        room=wanted["room"],
        route=wanted["route"],
        mode=wanted["mode"],
        kind=wanted["kind"],
        fallback=wanted["fallback"],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=wanted["minutes"]),
    )
    clients, sky = wanted["clients"], outlook.load([session], now=now).get(session.pk)
    also = crossing.load([session]).get(session.pk, ())
    chips = rendered(slot.ready(session, clients, sky, also=also), clients, reader)
    if may_know_why(reader, clients) and new_ground.overtaken(session, clients):
        text, why = _("First time on %(ground)s"), _("Talk it through: consent will be asked for anew.")
        chips += (Chip("ground", LOOK, "mountain", text % {"ground": Ground.ROUGH.label}, why),)
    return chips


@dataclass(frozen=True, slots=True)
class Chair:
    """One seat as a reader sees it: who, what she answered, and how far the note is for those who may know."""

    seat: Seat
    note: str
    may_write: bool
    may_read: bool
    answer: str
    limits: Sequence[str]
    """What the decision carries with it, in words, for those who may know."""

    @classmethod
    def of(cls, seat: Seat, reader: User, *, knows: bool, limits: Sequence[str] = ()) -> "Chair":
        """`knows` is whether the reader may read this client's chart."""
        note = getattr(seat, "note", None)
        return cls(
            seat=seat,
            note=str(note.status) if note and knows else "",
            may_write=notes.may_write(reader, seat),
            may_read=note is not None and knows and (note.is_locked or note.author_id == reader.pk),
            answer=str(seat.get_answer_display()) if seat.answer else "",
            limits=limits if knows else (),
        )


def chairs(session: Session, reader: User) -> list[Chair]:
    """The seats of a loaded session."""
    seats = list(session.seats.all())
    known = rows.charted(reader, [session])
    for seat in seats:
        seat.session = session
    limits = _limits(session, [seat.client for seat in seats if seat.client_id in known])
    return [
        Chair.of(seat, reader, knows=seat.client_id in known, limits=limits.get(seat.client_id, ())) for seat in seats
    ]


def _limits(session: Session, clients: Sequence[Client]) -> dict[UUID, Sequence[str]]:
    """The limits of each client's decision, for a session outdoors."""
    if not clients or not session.is_outdoors:
        return {}
    day = session.starts_at.astimezone(zone(session)).date()
    standing = decision.standing(clients)
    return {one.pk: limit_words(standing[one.pk].permits(session.mode, day).limits) for one in clients}
