"""From a date and a time on a wall to one instant: what clocks that change do to a booking is decided here."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks of a zone show this day and time.

    A time that the clocks leave out becomes the first one after the gap; a time that they show twice is the first.
    """
    wall = datetime.combine(day, clock).replace(fold=0)
    if is_on_the_clock(wall, zone):
        return wall.replace(tzinfo=zone)
    return _end_of_gap(wall, zone)


def kept(to: datetime, was: datetime) -> datetime:
    """`was`, when the clocks of `to` show both alike: of a time that they show twice, the one that it was."""
    return was if was.astimezone(to.tzinfo).replace(tzinfo=None) == to.replace(tzinfo=None) else to


def is_on_the_clock(wall: datetime, zone: ZoneInfo) -> bool:
    """False for a wall time that a change of the clocks leaves out."""
    there = wall.replace(tzinfo=zone, fold=0)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after the gap in which a wall time lies: halve the span in UTC until a second is left."""
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    exact = late.replace(microsecond=0)
    return exact.astimezone(zone)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of a day in a zone, and of the next one."""
    return instant(day, time.min, zone), instant(day + timedelta(days=1), time.min, zone)
