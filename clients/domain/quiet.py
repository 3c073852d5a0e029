"""The hours at which a message may arrive: those of the contact point, or else outside the practice's quiet hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clients.models import ContactPoint
from practice.domain.local_time import instant
from practice.domain.quiet import lies_between
from practice.models import Practice

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """From one hour to another on the clocks of a zone, over midnight where they run so; None: at any hour."""

    begins: time | None
    ends: time | None
    zone: ZoneInfo

    def are_open(self, moment: datetime) -> bool:
        """Whether a message may arrive now."""
        if self.begins is None or self.ends is None:
            return True
        at = moment.astimezone(self.zone).time()
        return self.begins == self.ends or lies_between(at, self.begins, self.ends)

    def next_open(self, moment: datetime) -> datetime:
        """This moment, or the next at which a message may arrive."""
        if self.begins is None or self.are_open(moment):
            return moment
        opens = self._shown(self.begins, moment, days=range(4))
        return min(at for at in opens if at >= moment and self.are_open(at))

    def last_open(self, moment: datetime) -> datetime:
        """The last minute before this moment at which one may."""
        if self.ends is None or self.are_open(moment):
            return moment
        closes = self._shown(self.ends, moment, days=range(-3, 1))
        return max(at for end in closes if (at := end - MINUTE) <= moment and self.are_open(at))

    def _shown(self, clock: time, moment: datetime, *, days: range) -> Iterator[datetime]:
        """The instants, in UTC, at which the clocks show this time on the days around a moment: both where they show it
        twice. Where they leave it out, the end of the gap: whoever asks looks whether that is open."""
        day = moment.astimezone(self.zone).date()
        for number in days:
            at = instant(day + number * DAY, clock, self.zone)
            yield at.astimezone(UTC)
            yield at.replace(fold=1).astimezone(UTC)

    def shifted(self, moment: datetime, *, before: datetime) -> datetime:
        """A moment at which it may arrive: later, or, where that would be too late, before the quiet began."""
        later = self.next_open(moment)
        return later if later < before else self.last_open(moment)


def hours(point: ContactPoint, practice: Practice, zone: str) -> Hours:
    """Her own hours count in place of the practice's."""
    own = own_hours(point, zone)
    if own.begins is not None or practice.quiet_from == practice.quiet_until:
        return own
    return Hours(practice.quiet_until, practice.quiet_from, ZoneInfo(zone))


def own_hours(point: ContactPoint, zone: str) -> Hours:
    """The hours that are safe there; any where none were said."""
    is_bound = point.safe_from is not None and point.safe_until is not None
    return Hours(point.safe_from if is_bound else None, point.safe_until if is_bound else None, ZoneInfo(zone))
