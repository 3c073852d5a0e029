"""Appointments as calendars elsewhere read them: iCalendar (RFC 5545), and messages between calendars (RFC 5546).

Pure: values in, a file out. Whoever calls decides on the words; a mode, a route or a reason has no field here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment. `changes` is its SEQUENCE: the higher one wins, and `changed_at` between equal ones."""

    uid: str
    summary: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    changes: int
    changed_at: datetime
    status: str = "CONFIRMED"
    organizer: str = ""
    attendee: str = ""


@dataclass(frozen=True, slots=True)
class ClockChange:
    """From this instant on the clocks of a zone show another time."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


def of(entries: Sequence[Entry], *, method: str, name: str = "") -> bytes:
    """The file, with the zones that its times are in. A `name` makes it one that is read again every hour."""
    calendar = Calendar()
    calendar.add("PRODID", "-//Alongside//Alongside//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    if name:
        calendar.add("X-WR-CALNAME", name)
        calendar.add("REFRESH-INTERVAL", HOUR, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", "PT1H")
    for zone in sorted({entry.zone for entry in entries}):
        calendar.add_component(_zone(zone, [entry for entry in entries if entry.zone == zone]))
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def one_line(text: str) -> str:
    """Words without line breaks and control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _event(entry: Entry) -> Event:
    event, zone = Event(), ZoneInfo(entry.zone)
    event.add("UID", entry.uid)
    event.add("DTSTAMP", entry.changed_at.astimezone(UTC))
    event.add("LAST-MODIFIED", entry.changed_at.astimezone(UTC))
    event.add("SEQUENCE", entry.changes)
    event.add("DTSTART", _moment(entry.starts_at, zone))
    event.add("DTEND", _moment(entry.ends_at, zone))
    event.add("SUMMARY", one_line(entry.summary))
    event.add("STATUS", entry.status)
    event.add("TRANSP", "TRANSPARENT" if entry.status == "CANCELLED" else "OPAQUE")
    event.add("CLASS", "PRIVATE")
    if entry.organizer:
        event.add("ORGANIZER", vCalAddress(f"mailto:{entry.organizer}"))
    if entry.attendee:
        invited = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"}
        event.add("ATTENDEE", vCalAddress(f"mailto:{entry.attendee}"), parameters=invited)
    return event


def _moment(value: datetime, zone: ZoneInfo) -> datetime:
    """On the clocks of the place; in UTC within an hour that they show twice. There a local time means the first turn
    (RFC 5545, 3.3.5), which not every reader knows."""
    local = value.astimezone(zone)
    is_shown_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return value.astimezone(UTC) if is_shown_twice else local


def _zone(name: str, entries: Iterable[Entry]) -> Timezone:
    """A VTIMEZONE over the whole years in which the entries lie, each change of the clocks written out.

    `icalendar.Timezone.from_tzid` writes the onset of summer time on the clocks after the change, an hour late for
    whoever reads it as RFC 5545 (3.6.5) says: on the clocks before it.
    """
    years = [moment.astimezone(UTC).year for entry in entries for moment in (entry.starts_at, entry.ends_at)]
    made = Timezone()
    made.add("TZID", name)
    for change in clock_changes(name, min(years) - 1, max(years) + 1):
        kind = TimezoneDaylight() if change.is_summer else TimezoneStandard()
        kind.add("DTSTART", (change.at + change.before).replace(tzinfo=None))
        kind.add("TZOFFSETFROM", change.before)
        kind.add("TZOFFSETTO", change.after)
        kind.add("TZNAME", change.name)
        made.add_component(kind)
    return made


@lru_cache(maxsize=64)
def clock_changes(name: str, first: int, last: int) -> tuple[ClockChange, ...]:
    """What the clocks of a zone do from the start of one year to the end of another, to the minute. The first entry
    says what they show at the start, without a change."""
    zone = ZoneInfo(name)
    moment, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    found = [_change(moment, moment, zone)]
    while moment < end:
        following = moment + timedelta(days=1)
        if _offset(moment, zone) != _offset(following, zone):
            found.append(_change(moment, _turn(moment, following, zone), zone))
        moment = following
    return tuple(found)


def _change(before: datetime, at: datetime, zone: ZoneInfo) -> ClockChange:
    there = at.astimezone(zone)
    return ClockChange(
        at, _offset(before, zone), _offset(at, zone), there.tzname() or zone.key, there.dst() != timedelta()
    )


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _turn(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The first minute with the new time: halve the span between."""
    before, minutes = _offset(early, zone), int((late - early).total_seconds() // 60)
    low, high = 0, minutes
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(early + timedelta(minutes=middle), zone) == before else (low, middle)
    return early + timedelta(minutes=high)
