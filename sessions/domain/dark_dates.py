"""Which of many sessions are not in the light, from when on, and what else would be light and free for both."""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client
from practice.domain import words
from practice.domain.local_time import instant
from practice.models import Mode
from routes.domain import route_light
from routes.domain.daylight import Light, Why
from sessions.domain import free
from sessions.domain.diary import Diary
from sessions.models import Session

SHOWN = 3
STEP = 30
EARLIEST, LATEST = time(7, 30), time(20, 0)
"""When a proposed session begins at the earliest, and by when it is over."""
SATURDAY = 5


def light_of(session: Session) -> Light | None:
    """The light over a session outdoors on a route; None where nothing is known of it."""
    if not session.is_outdoors or session.route is None:
        return None
    return route_light.over(session.route, session.place.time_zone, session.starts_at, session.ends_at)


def is_dark(session: Session) -> bool:
    """Whether it begins before it is light enough or is not over by the time the light goes."""
    found = light_of(session)
    return found is not None and not found.ok


@dataclass(frozen=True, slots=True)
class Run:
    """Dark sessions one after the other, for the same reason."""

    why: Why
    sessions: tuple[Session, ...]

    @property
    def first(self) -> date:
        """The day of the first of them."""
        return local_day(self.sessions[0])

    @property
    def last(self) -> date:
        """The day of the last of them."""
        return local_day(self.sessions[-1])

    def words(self) -> str:
        """“Thursday 17:30 walks into the dark from 22 October to 18 February: 12 dates.”"""
        session = self.sessions[0]
        said = {
            "when": weekday_and_clock(session),
            "first": words.plain_day(self.first),
            "last": words.plain_day(self.last),
            "n": len(self.sessions),
        }
        many = _from_until(self.why, session.mode == Mode.WALK)
        one = {
            Why.BEFORE_DAWN: _("%(when)s begins before dawn on %(first)s."),
            Why.NO_DAYLIGHT: _("%(when)s has no daylight on %(first)s."),
        }.get(self.why, _("%(when)s walks into the dark on %(first)s.") if session.mode == Mode.WALK
              else _("%(when)s goes into the dark on %(first)s."))  # fmt: skip
        return (one if len(self.sessions) == 1 else many) % said


def _from_until(why: Why, walks: bool) -> str:
    if why == Why.BEFORE_DAWN:
        return _("%(when)s begins before dawn from %(first)s to %(last)s: %(n)s dates.")
    if why == Why.NO_DAYLIGHT:
        return _("%(when)s has no daylight from %(first)s to %(last)s: %(n)s dates.")
    if walks:
        return _("%(when)s walks into the dark from %(first)s to %(last)s: %(n)s dates.")
    return _("%(when)s goes into the dark from %(first)s to %(last)s: %(n)s dates.")


def runs(sessions: Sequence[Session]) -> list[Run]:
    """The dark among sessions in the order of their days."""
    found: list[Run] = []
    before: Why | None = None
    for session in sessions:
        light = light_of(session)
        why = light.why if light and not light.ok else None
        if why and why == before:
            found[-1] = Run(why, (*found[-1].sessions, session))
        elif why:
            found.append(Run(why, (session,)))
        before = why
    return found


def local_day(session: Session) -> date:
    """The day on the clocks of its place."""
    return session.starts_at.astimezone(ZoneInfo(session.place.time_zone)).date()


def weekday_and_clock(session: Session) -> str:
    """“Thursday 17:30”."""
    weekday = formats.date_format(local_day(session), "l")
    return f"{weekday} {words.clock(session.starts_at, session.place.time_zone)}"


@dataclass(frozen=True, slots=True)
class Slot:
    """Another time on the same weekday or a day beside it."""

    shift: int
    """Days from the weekday of the series."""
    starts: time
    missed: int = 0
    """On how many of the dates it is not free for both."""

    @property
    def key(self) -> str:
        """As it stands in a form: “-1 15:30”."""
        return f"{self.shift} {self.starts:%H:%M}"

    @classmethod
    def read(cls, key: str) -> "Slot | None":
        """From a form; None for anything else than a key."""
        shift, _space, clock = key.partition(" ")
        try:
            slot = cls(int(shift), time.fromisoformat(clock))
        except ValueError:
            return None
        return slot if abs(slot.shift) <= 1 and slot.key == key else None

    def of(self, session: Session) -> Session:
        """That session at this time, not saved."""
        zone = ZoneInfo(session.place.time_zone)
        return at(session, local_day(session) + timedelta(days=self.shift), self.starts, zone)

    def words(self, session: Session) -> str:
        """“Wednesday 15:30”, with what it leaves out when it is not free on every date."""
        said = weekday_and_clock(self.of(session))
        if not self.missed:
            return said
        but = ngettext("but for %(n)s date", "but for %(n)s dates", self.missed) % {"n": self.missed}
        return f"{said} ({but})"


def at(session: Session, day: date, clock: time, zone: ZoneInfo) -> Session:
    """A session as it would be on another day and time on the clocks of a zone, its free time with it; not saved."""
    return _shifted(session, instant(day, clock, zone) - session.starts_at)


def _shifted(session: Session, by: timedelta) -> Session:
    moved = copy(session)
    moved.starts_at, moved.ends_at = session.starts_at + by, session.ends_at + by
    moved.blocked_from, moved.blocked_until = session.blocked_from + by, session.blocked_until + by
    return moved


def beside(sessions: Sequence[Session]) -> list[Session]:
    """A day before the first of these sessions and a day after the last: as far as a proposal can lie."""
    if not sessions:
        return []
    return [_shifted(sessions[0], timedelta(days=-1)), _shifted(sessions[-1], timedelta(days=1))]


def propose(dark: Sequence[Session], clients: Sequence[Client], diary: Diary, frame: free.Frame) -> list[Slot]:
    """Up to three other times that are light to the end on every one of these dates, within the therapist's hours and
    free for everyone, the nearest first and one a day where there is one. What cannot be had on more than a quarter of
    the dates is not proposed."""
    fitting = []
    for slot in _candidates(dark[0]):
        moved = [slot.of(session) for session in dark]
        if not all(map(_is_daylight, moved)):
            continue
        missed = sum(bool(frame.outside(session)) or not diary.is_free(session, clients) for session in moved)
        if missed * 4 <= len(dark):
            fitting.append(Slot(slot.shift, slot.starts, missed))
    fitting.sort(key=lambda slot: (slot.missed, _away(slot, dark[0])))
    nearest: dict[int, Slot] = {}
    for slot in fitting:
        nearest.setdefault(slot.shift, slot)
    rest = [slot for slot in fitting if slot not in nearest.values()]
    return sorted([*nearest.values(), *rest][:SHOWN], key=lambda slot: (slot.missed, abs(slot.shift), slot.shift))


def _is_daylight(session: Session) -> bool:
    """Light to the end without lamps."""
    if session.route is None:
        return False
    zone = session.place.time_zone
    return route_light.over(session.route, zone, session.starts_at, session.ends_at, lamps=False).ok


def _candidates(session: Session) -> Iterator[Slot]:
    """Every half hour from the time it has, between morning and evening, on its day and the days beside it; at the
    weekend only where it is at the weekend itself."""
    day, minutes, clock = local_day(session), session.minutes, _minute(session)
    first, last = EARLIEST.hour * 60 + EARLIEST.minute, LATEST.hour * 60 + LATEST.minute - minutes
    for shift in (0, -1, 1):
        if (day + timedelta(days=shift)).weekday() >= SATURDAY > day.weekday():
            continue
        for minute in range(clock % STEP, 24 * 60, STEP):
            if first <= minute <= last and (shift or minute != clock):
                yield Slot(shift, time(minute // 60, minute % 60))


def _minute(session: Session) -> int:
    there = session.starts_at.astimezone(ZoneInfo(session.place.time_zone))
    return there.hour * 60 + there.minute


def _away(slot: Slot, session: Session) -> tuple[int, int]:
    return abs(slot.starts.hour * 60 + slot.starts.minute - _minute(session)), abs(slot.shift)
