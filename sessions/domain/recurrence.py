"""From the rule of a series to its days: what clocks and calendars do to a session that comes again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from practice.domain.local_time import instant, is_on_the_clock
from sessions.models import Series

MOST = 104
"""Two years of weeks. Whoever means longer looks again by then."""
DAYS = {Series.Every.WEEK: 7, Series.Every.FORTNIGHT: 14}


class TooMany(Exception):
    """The rule gives more than `MOST` days."""


class Clock(StrEnum):
    """What the clocks of the place do to the local time on one day."""

    PLAIN = "plain"
    GAP = "gap"
    FOLD = "fold"


@dataclass(frozen=True, slots=True)
class Rule:
    """Every when, from which day on, on whose clocks, and until a day or so many times: whichever comes first."""

    first_on: date
    starts: time
    zone: str
    every: str = Series.Every.WEEK
    until: date | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day of a rule and its instant in UTC. In a gap of the clocks it is the first instant after the gap, and of a
    time that they show twice the first; `clock` says so."""

    day: date
    starts_at: datetime
    clock: Clock = Clock.PLAIN


def occurrences(rule: Rule) -> list[Occurrence]:
    """Its days, rising. Raises `TooMany`, and `ValueError` for a rule without an end."""
    if rule.until is None and rule.count is None:
        raise ValueError("A series ends on a day or after so many times.")
    found: list[Occurrence] = []
    for day in _days(rule.first_on, rule.every):
        if (rule.until and day > rule.until) or len(found) == rule.count:
            break
        if len(found) == MOST:
            raise TooMany
        found.append(at(day, rule.starts, rule.zone))
    return found


def at(day: date, starts: time, zone: str) -> Occurrence:
    """A day at a time on the clocks of a zone."""
    here = ZoneInfo(zone)
    wall = datetime.combine(day, starts)
    clock = Clock.PLAIN
    if not is_on_the_clock(wall, here):
        clock = Clock.GAP
    elif wall.replace(tzinfo=here, fold=0).utcoffset() != wall.replace(tzinfo=here, fold=1).utcoffset():
        clock = Clock.FOLD
    return Occurrence(day, instant(day, starts, here).astimezone(UTC), clock)


def _days(first: date, every: str) -> Iterator[date]:
    for number in range(MOST + 1):
        yield later(first, every, number)


def later(first: date, every: str, number: int) -> date:
    """The day that comes `number` times after the first one. By month it is the same weekday of the same week of the
    month, as in “the second Thursday”; a fifth one is the last of its month."""
    if every != Series.Every.MONTH:
        return first + timedelta(days=DAYS[Series.Every(every)] * number)
    years, month = divmod(first.month - 1 + number, 12)
    return weekday_of_month(first.year + years, month + 1, first.weekday(), which(first))


def which(day: date) -> int:
    """Which of its weekday in its month a day is: 1 to 4, and -1 for a fifth, which means the last."""
    number = (day.day - 1) // 7 + 1
    return number if number < 5 else -1


def weekday_of_month(year: int, month: int, weekday: int, number: int) -> date:
    """The first (1) to fourth (4) or last (-1) Thursday (weekday 3) of a month."""
    if number > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)
