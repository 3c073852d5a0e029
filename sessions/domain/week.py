"""A week: an agenda by day that is complete by itself, and the same as a drawing with the light in its columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from practice.domain import words
from practice.domain.local_time import day_bounds
from practice.models import Practice, User
from routes.domain import route_light
from routes.models import Route
from sessions.domain import meeting
from sessions.domain.rows import loaded
from sessions.domain.today import mine
from sessions.models import Session

FIRST, LAST, HOUR = 7, 21, 44
"""The drawing shows 07:00 to 21:00, an hour 44 units high."""
COLUMN, GUTTER, HEAD = 150, 48, 8


@dataclass(frozen=True, slots=True)
class Block:
    """One session in the drawing: units of the view box, and its words."""

    session: Session
    x: float
    y: float
    width: float
    height: float
    title: str
    starts: str
    how: str


@dataclass(frozen=True, slots=True)
class Shade:
    """Night or twilight behind a column."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """One day."""

    date: date
    is_today: bool
    sessions: list[Session]
    x: int
    shades: list[Shade]
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday."""

    monday: date
    columns: list[Column]
    hours: list[tuple[int, float]]
    zone: str

    @property
    def width(self) -> int:
        """Of the view box."""
        return GUTTER + COLUMN * 7

    @property
    def height(self) -> int:
        """Of the view box."""
        return HEAD + (LAST - FIRST) * HOUR + HEAD

    @property
    def previous(self) -> date:
        """The Monday before."""
        return self.monday - timedelta(days=7)

    @property
    def next(self) -> date:
        """The Monday after."""
        return self.monday + timedelta(days=7)

    @property
    def sunday(self) -> date:
        """The last day."""
        return self.monday + timedelta(days=6)

    @property
    def is_in_one_month(self) -> bool:
        """So that the title need not name the month twice."""
        return self.monday.month == self.sunday.month

    @property
    def count(self) -> int:
        """How many sessions."""
        return sum(len(column.sessions) for column in self.columns)


def of(reader: User, day: date, *, therapist: User | None, now: datetime) -> Week:
    """The week around a day. Six queries, however full it is."""
    zone = Practice.load().time_zone
    monday = day - timedelta(days=day.weekday())
    start = day_bounds(monday, ZoneInfo(zone))[0]
    end = day_bounds(monday + timedelta(days=7), ZoneInfo(zone))[0]
    wanted = mine(reader).between(start, end).exclude(status=Session.Status.CANCELLED)
    if therapist is not None:
        wanted = wanted.filter(therapist=therapist)
    sessions = list(loaded(wanted))
    route = next((session.route for session in sessions if session.route), None)
    route = route or Route.objects.in_use().defer("line", "breaks").first()
    today = now.astimezone(ZoneInfo(zone)).date()
    columns = [_column(monday + timedelta(days=n), n, sessions, route, zone, today) for n in range(7)]
    hours = [(hour, float(HEAD + (hour - FIRST) * HOUR)) for hour in range(FIRST, LAST + 1)]
    return Week(monday, columns, hours, zone)


def _column(day: date, n: int, sessions: Sequence[Session], route: Route | None, zone: str, today: date) -> Column:
    own = [one for one in sessions if one.starts_at.astimezone(ZoneInfo(zone)).date() == day]
    x = GUTTER + n * COLUMN
    return Column(day, day == today, own, x, _shades(day, route, zone), _blocks(own, x, zone))


def _y(moment: datetime, zone: str, day: date) -> float:
    """The height of an instant on a day's column, held inside the drawing."""
    local = moment.astimezone(ZoneInfo(zone))
    hours = local.hour + local.minute / 60 + (local.date() - day).days * 24
    return round(HEAD + (min(max(hours, FIRST), LAST) - FIRST) * HOUR, 1)


def _shades(day: date, route: Route | None, zone: str) -> list[Shade]:
    if route is None:
        return []
    sun = route_light.sun_over(route, zone, day)
    if not (sun.dawn and sun.rise and sun.set and sun.dusk):
        return []
    top, bottom = float(HEAD), float(HEAD + (LAST - FIRST) * HOUR)
    dawn, rise, fall, dusk = (_y(at, zone, day) for at in (sun.dawn, sun.rise, sun.set, sun.dusk))
    spans = [("night", top, dawn), ("twilight", dawn, rise), ("twilight", fall, dusk), ("night", dusk, bottom)]
    return [Shade(kind, start, round(end - start, 1)) for kind, start, end in spans if end > start]


def _blocks(sessions: Sequence[Session], x: int, zone: str) -> list[Block]:
    """Side by side where they overlap, as deliberate double bookings and other therapists' sessions do."""
    blocks: list[Block] = []
    for cluster in _clusters(sessions):
        lanes: list[datetime] = []
        placed: list[tuple[Session, int]] = []
        for session in cluster:
            lane = next((n for n, end in enumerate(lanes) if end <= session.starts_at), len(lanes))
            lanes[lane : lane + 1] = [session.ends_at]
            placed.append((session, lane))
        width = (COLUMN - 6) / len(lanes)
        blocks += [_block(session, x + 3 + lane * width, width - 2, zone) for session, lane in placed]
    return blocks


def _clusters(sessions: Sequence[Session]) -> list[list[Session]]:
    """Runs of sessions in which each overlaps one before it."""
    clusters: list[list[Session]] = []
    end: datetime | None = None
    for session in sorted(sessions, key=lambda one: one.starts_at):
        if end is None or session.starts_at >= end:
            clusters.append([])
            end = session.ends_at
        clusters[-1].append(session)
        end = max(end, session.ends_at)
    return clusters


def _block(session: Session, x: float, width: float, zone: str) -> Block:
    day = session.starts_at.astimezone(ZoneInfo(zone)).date()
    top, bottom = _y(session.starts_at, zone, day), _y(session.ends_at, zone, day)
    return Block(
        session=session,
        x=round(x, 1),
        y=top,
        width=round(width, 1),
        height=max(round(bottom - top, 1), 20),
        title=meeting.title(session),
        starts=words.clock(session.starts_at, zone),
        how=meeting.short(session),
    )
