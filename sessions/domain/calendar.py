"""The calendar: what a span of days holds, read as a few columns in one statement, and the light behind it.

The page lists it by day, complete without a script; the grid asks for the same as JSON, for what it shows alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from practice.domain import words
from practice.domain.local_time import day_bounds
from practice.models import OUTDOOR, User
from practice.rules import Permission, has
from routes.domain import route_light
from routes.models import Route
from sessions.domain import meeting, seated
from sessions.domain.today import mine
from sessions.models import Seat, Session
from sessions.models.session import SessionQuerySet

LONGEST = timedelta(days=6 * 7 + 1)
"""What the grid of a month shows, and a day more."""
WALL = "%Y-%m-%dT%H:%M"
MOVABLE = frozenset({Session.Status.HELD, Session.Status.BOOKED})
"""What was asked for is answered instead (`asked`)."""
COLUMNS = (
    "pk", "starts_at", "ends_at", "status", "mode", "indoor_minutes", "kind", "name", "doubled_because",
    "therapist_id", "therapist__name", "therapist__short_name", "service__name", "service__colour", "route__name",
    "room__name", "place__time_zone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sessions are to be shown; None and "" let all through."""

    therapist: UUID | None = None
    mode: str = ""
    service: UUID | None = None
    place: UUID | None = None
    cancelled: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked for besides the days and with whom."""
        return bool(self.mode or self.service or self.place or self.cancelled)

    def of(self, sessions: SessionQuerySet) -> SessionQuerySet:
        """Those of them that are wanted."""
        asked = {"therapist": self.therapist, "mode": self.mode, "service": self.service, "place": self.place}
        found: SessionQuerySet = sessions.filter(**{name: value for name, value in asked.items() if value})
        return found if self.cancelled else found.exclude(status=Session.Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One session as calendar and agenda show it."""

    pk: UUID
    starts_at: datetime
    ends_at: datetime
    therapist: UUID
    title: str
    starts: str
    how: str
    icon: str
    marks: tuple[str, ...]
    """Words beside it: with whom, the service, where it stands, why it lies over another."""
    looks: tuple[str, ...]
    may_move: bool

    def as_json(self, zone: ZoneInfo) -> dict[str, Any]:
        """As EventCalendar takes it, on the clocks of `zone`."""
        return {
            "id": str(self.pk),
            "start": self.starts_at.astimezone(zone).strftime(WALL),
            "end": self.ends_at.astimezone(zone).strftime(WALL),
            "resourceIds": [str(self.therapist)],
            "title": self.title,
            "startEditable": self.may_move,
            "durationEditable": self.may_move,
            "classNames": self.looks,
            "extendedProps": {"starts": self.starts, "how": self.how, "icon": self.icon, "marks": self.marks},
        }


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the agenda; of a month only how many there are."""

    date: date
    is_today: bool
    count: int
    entries: Sequence[Entry] = ()


def people(reader: User) -> list[User]:
    """Whose sessions a reader can choose among: the desk everyone's, a supervisor her supervisees'."""
    if has(reader, Permission.SEE_ALL_CLIENTS):
        return list(User.objects.clinicians())
    if has(reader, Permission.WRITE_NOTES):
        return []
    return list(User.objects.clinicians().filter(supervisors__supervisor=reader))


def entries(
    reader: User, wanted: Wanted, first: date, until: date, *, zone: ZoneInfo, now: datetime, named: bool
) -> list[Entry]:
    """What starts from the first day on and before the last, in one statement; `named` says with whom each is."""
    keeps, keeps_all = has(reader, Permission.KEEP_DIARY), has(reader, Permission.SEE_ALL_CLIENTS)
    # A clinician gets her own alone (`mine`), and of those she keeps she knows everybody.
    knows_all = has(reader, Permission.WRITE_NOTES)
    seats = Seat.objects.all() if knows_all else seated.shown_to(reader)
    people = ArraySubquery(seats.filter(session=OuterRef("pk")).order_by("client__search_name").values("client__name"))
    seen = {"people": people} if knows_all else {"people": people, "in_all": seated.in_all()}
    rows = (
        _between(reader, wanted, first, until, zone)
        .annotate(**seen)
        .order_by("starts_at", "therapist__name")
        .values_list(*COLUMNS, *seen, named=True)
    )
    in_short, label = cache(meeting.in_short), cache(_label)  # a week has few ways and many rows
    found = []
    for row in rows:
        hers = keeps and (keeps_all or row.therapist_id == reader.pk)
        called = row.therapist__short_name or row.therapist__name.split(" ")[0]
        entry = Entry(
            pk=row.pk,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            therapist=row.therapist_id,
            title=meeting.titled(row.kind, row.name, row.people, len(row.people) if knows_all else row.in_all),
            starts=words.clock(row.starts_at, row.place__time_zone, reader_zone=str(zone)),
            how=in_short(row.mode, row.indoor_minutes, row.route__name, row.room__name),
            icon=meeting.MODE_ICONS[row.mode],
            marks=tuple(_marks(row, called if named else "", label(row.status))),
            looks=tuple(_looks(row)),
            may_move=hers and row.status in MOVABLE and row.starts_at > now,
        )
        found.append(entry)
    return found


def _between(reader: User, wanted: Wanted, first: date, until: date, zone: ZoneInfo) -> SessionQuerySet:
    return wanted.of(mine(reader)).between(day_bounds(first, zone)[0], day_bounds(until, zone)[0])


def _looks(row: Any) -> Iterator[str]:
    yield row.service__colour or "plain"
    yield f"is-{row.status}"
    if row.mode in OUTDOOR:
        yield "is-outdoors"
    if row.doubled_because:
        yield "is-doubled"


def _label(status: str) -> str:
    return "" if status == Session.Status.BOOKED else str(Session.Status(status).label)


def _marks(row: Any, called: str, label: str) -> Iterator[str]:
    yield from filter(None, (called, row.service__name, label))
    if row.doubled_because:
        yield _("double booking: %(why)s") % {"why": row.doubled_because}


def by_day(found: Sequence[Entry], first: date, until: date, *, zone: ZoneInfo, now: datetime) -> list[Day]:
    """The agenda: every day of the span, empty ones too."""
    today = now.astimezone(zone).date()
    shelves: dict[date, list[Entry]] = {first + timedelta(days=n): [] for n in range((until - first).days)}
    for entry in found:
        shelves[entry.starts_at.astimezone(zone).date()].append(entry)
    return [Day(day, day == today, len(own), own) for day, own in shelves.items()]


def counted(reader: User, wanted: Wanted, first: date, until: date, *, zone: ZoneInfo, now: datetime) -> list[Day]:
    """How many there are on each day of the span, counted by the database: a month of a whole practice is long."""
    found = dict(
        _between(reader, wanted, first, until, zone)
        .order_by()
        .annotate(day=TruncDate("starts_at", tzinfo=zone))
        .values("day")
        .annotate(n=Count("pk"))
        .values_list("day", "n")
    )
    today = now.astimezone(zone).date()
    days = [first + timedelta(days=n) for n in range((until - first).days)]
    return [Day(day, day == today, found.get(day, 0)) for day in days]


def light(first: date, until: date, zone: ZoneInfo) -> list[dict[str, str]]:
    """Night and twilight over these days where the practice's first route begins, on the clocks of `zone`."""
    route = Route.objects.in_use().only("sketch").first()
    if route is None:
        return []
    days = [first + timedelta(days=n) for n in range((until - first).days)]
    return [
        {"kind": kind, "start": start.astimezone(zone).strftime(WALL), "end": end.astimezone(zone).strftime(WALL)}
        for day in days
        for kind, start, end in _dark(route, day, zone)
        if start < end
    ]


def _dark(route: Route, day: date, zone: ZoneInfo) -> Iterator[tuple[str, datetime, datetime]]:
    sun, (start, end) = route_light.sun_over(route, str(zone), day), day_bounds(day, zone)
    if not sun.gets_light:
        yield "night", start, end
        return
    dawn, dusk = sun.dawn or start, min(sun.dusk or end, end)
    yield "night", start, dawn
    if not sun.sun_comes_up:
        yield "twilight", dawn, dusk
    else:
        yield "twilight", dawn, sun.rise or dawn
        yield "twilight", min(sun.set or dusk, end), dusk
    yield "night", dusk, end
