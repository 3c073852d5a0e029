"""Sessions as rows of a list: who, where, what each reader may know of their readiness. A fixed number of queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from clients.domain.decision import Standing
from clients.models import Client
from practice.domain import words
from practice.models import User
from routes.domain import route_light, seasons
from sessions.domain import arriving, crossing, grounds, light, meeting, outlook, readiness, seated
from sessions.domain.chip import Chip
from sessions.models import Note, Seat, Session


@dataclass(frozen=True, slots=True)
class Row:
    """One session for one reader. `chips` are those of her rendering."""

    session: Session
    title: str
    starts: str
    where: str
    how: str
    chips: tuple[Chip, ...]
    bar: light.Bar | None
    answers: tuple[Seat, ...]
    """Those that no chip says."""
    note: str
    sky: outlook.Sky | None = None
    arrivals: tuple[Chip, ...] = ()
    """Who says to be there, or late."""

    @property
    def icon(self) -> str:
        """The picture of the way of meeting."""
        return meeting.MODE_ICONS[self.session.mode]


def loaded(sessions: QuerySet[Session], reader: User | None = None) -> QuerySet[Session]:
    """With everything a row shows; not the long line of a route, not what is sealed. For a `reader` who keeps not all
    of them, with the seats of whom she may know (`seated`)."""
    notes = Note.objects.only("id", "seat_id", "status", "saved_at", "author_id")
    shown = seated.shown_to(reader) if reader else Seat.objects.all()
    seats = shown.select_related("client").prefetch_related(Prefetch("note", queryset=notes))
    return (
        sessions.annotate(in_all=seated.in_all())
        .select_related("therapist__clinician", "place", "room", "route")
        .defer("route__line", "route__breaks")
        .prefetch_related(Prefetch("seats", queryset=seats))
    )


def charted(reader: User, sessions: Iterable[Session], known: Collection[UUID] = frozenset()) -> set[UUID]:
    """Whose reasons this reader may know, of the clients in these sessions. `known`: of whom that was found already."""
    ids = {seat.client_id for session in sessions for seat in session.seats.all()}
    missing = ids - set(known)
    more = Client.objects.charted_by(reader).filter(pk__in=missing).values_list("pk", flat=True) if missing else ()
    return (ids & set(known)) | set(more)


def of(
    sessions: Sequence[Session],
    reader: User,
    *,
    now: datetime,
    judged: bool = True,
    stood: Mapping[Client, Standing] | None = None,
) -> list[Row]:
    """The rows of loaded sessions; without readiness when it is not `judged`. `stood` as in `grounds.load`."""
    ahead = [session for session in sessions if judged and _is_ahead(session, now)]
    wanted = [(session, [seat.client for seat in session.seats.all()]) for session in ahead]
    routes = [session.route for session in ahead if session.route]
    prefetch_related_objects(routes, "points", "hazards", seasons.LOADED)
    found = grounds.load(wanted, stood=stood)
    skies = outlook.load(ahead, now=now)
    crossed = crossing.load(ahead)
    known = charted(reader, sessions, {client.pk for client in stood or ()})
    return [
        _row(
            session, found if session in ahead else None, skies.get(session.pk), known, now, crossed.get(session.pk, ())
        )
        for session in sessions
    ]


def _is_ahead(session: Session, now: datetime) -> bool:
    """Still to come, or of this day and not yet said to have taken place."""
    open_states = (Session.Status.BOOKED, Session.Status.HELD, Session.Status.ARRIVED, Session.Status.REQUESTED)
    today = now.astimezone(ZoneInfo(session.place.time_zone)).date()
    return session.status in open_states and grounds.day_of(session) >= today


def _row(
    session: Session,
    found: grounds.Shelf | None,
    sky: outlook.Sky | None,
    known: set[UUID],
    now: datetime,
    also: Sequence[Chip],
) -> Row:
    seats = tuple(session.seats.all())
    answers = tuple(seat for seat in seats if seat.answer and session.ends_at > now)
    chips: tuple[Chip, ...] = ()
    if found:
        judged = readiness.of(session, found.of(session, [seat.client for seat in seats]), sky, answers, also)
        answers = tuple(seat for seat in answers if not readiness.wants_indoors(session, seat))
        full = all(seat.client_id in known for seat in seats)
        chips = judged.for_clinician() if full else judged.for_desk()
    return Row(
        session=session,
        title=meeting.title(session),
        starts=words.clock(session.starts_at, session.place.time_zone),
        where=meeting.where(session),
        how=meeting.short(session),
        chips=chips,
        bar=_bar(session),
        answers=answers,
        note=_note_state(seats) if session.ends_at <= now and known else "",
        sky=sky,
        arrivals=arriving.chips(session, seats, now=now),
    )


def _bar(session: Session) -> light.Bar | None:
    if not session.is_outdoors or session.route is None:
        return None
    zone = session.place.time_zone
    day = session.starts_at.astimezone(ZoneInfo(zone)).date()
    return light.bar(route_light.sun_over(session.route, zone, day), zone, [session])


def _note_state(seats: Sequence[Seat]) -> str:
    """signed | draft | none: the least finished of the session's notes."""
    states = [note.status if (note := getattr(seat, "note", None)) else "none" for seat in seats]
    return next((state for state in ("none", "draft", "signed") if state in states), "")
