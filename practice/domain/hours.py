"""When a therapist works: her week, less exceptions and public holidays, and her extra hours besides.

Hours are times on the wall of a place and become instants by its clocks (`local_time.instant`): where the clocks leave
out an hour the span is shorter, where they show one twice it is longer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from practice.domain import public_holidays
from practice.domain.local_time import day_bounds, instant
from practice.models import HoursChange, Place, Practice, User, WorkingHours


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant to another at a place, in UTC."""

    starts: datetime
    ends: datetime
    place: Place


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of some therapists over some days, looked up once."""

    practice: Practice | None
    weekly: Sequence[WorkingHours]
    changes: Sequence[HoursChange]

    def open(self, therapist: User | UUID, day: date) -> list[Span]:
        """Her open spans on a day of each place, the first first; none overlap, and what touches is one."""
        whose = therapist if isinstance(therapist, UUID) else therapist.pk
        spans = [] if self.holiday(day) else [_span(day, row, row.place) for row in self._week(whose, day)]
        for away in self.away(whose, day):
            spans = [left for span in spans for left in _less(span, _taken(day, away, span.place))]
        extra = [row for row in self._on(whose, day) if row.kind == HoursChange.Kind.EXTRA]
        return _joined([*spans, *(_span(day, row, row.place) for row in extra if row.place)])

    def away(self, therapist: UUID, day: date) -> list[HoursChange]:
        """What takes hours from her on that day; without a therapist it is the whole practice."""
        return [row for row in self._on(therapist, day) if row.kind == HoursChange.Kind.AWAY]

    def holiday(self, day: date) -> str:
        """The public holiday for which the practice is closed that day; empty when it is open."""
        if self.practice is None or not self.practice.closed_on_holidays:
            return ""
        name = public_holidays.of(self.practice, day.year).get(day, "")
        is_open = any(row.kind == HoursChange.Kind.OPEN and row.counts_on(day) for row in self.changes)
        return "" if is_open else name

    def are_known(self, therapist: UUID) -> bool:
        """Whether she has any hours written down."""
        return any(row.therapist_id == therapist for row in self.weekly)

    def _week(self, therapist: UUID, day: date) -> list[WorkingHours]:
        return [row for row in self.weekly if row.therapist_id == therapist and row.weekday == day.weekday()]

    def _on(self, therapist: UUID, day: date) -> list[HoursChange]:
        return [row for row in self.changes if row.therapist_id in (None, therapist) and row.counts_on(day)]


def load(therapists: Iterable[User | UUID], *, first: date, last: date) -> Hours:
    """The hours of these therapists from the first day to the last. As many queries for one as for many."""
    ids = [one if isinstance(one, UUID) else one.pk for one in therapists]
    changes = HoursChange.objects.filter(Q(therapist__in=ids) | Q(therapist=None), first_on__lte=last)
    return Hours(
        practice=Practice.known(),
        weekly=list(WorkingHours.objects.filter(therapist__in=ids).select_related("place")),
        changes=list(changes.filter(last_on__gte=first).select_related("place")),
    )


def overlap(day: date, away: HoursChange, place: Place, starts: datetime, ends: datetime) -> bool:
    """Whether what takes hours away reaches into a span at a place."""
    taken = _taken(day, away, place)
    return taken.starts < ends and starts < taken.ends


def _span(day: date, row: WorkingHours | HoursChange, place: Place) -> Span:
    return _between(day, row.starts or time.min, row.ends or time.max, place)


def _between(day: date, starts: time, ends: time, place: Place) -> Span:
    zone = ZoneInfo(place.time_zone)
    return Span(instant(day, starts, zone).astimezone(UTC), instant(day, ends, zone).astimezone(UTC), place)


def _taken(day: date, away: HoursChange, place: Place) -> Span:
    """What an exception takes, on the clocks of the place that it takes it from."""
    if away.starts is not None:
        return _span(day, away, place)
    starts, ends = day_bounds(day, ZoneInfo(place.time_zone))
    return Span(starts.astimezone(UTC), ends.astimezone(UTC), place)


def _less(span: Span, taken: Span) -> Iterator[Span]:
    """What is left of a span before and after what is taken."""
    before = replace(span, ends=min(span.ends, taken.starts))
    after = replace(span, starts=max(span.starts, taken.ends))
    if taken.ends <= span.starts or span.ends <= taken.starts:
        yield span
        return
    yield from (left for left in (before, after) if left.starts < left.ends)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """In order, without those that the clocks leave out; what touches or overlaps at one place is one span."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.starts, one.ends)):
        if span.starts >= span.ends:
            continue
        if found and found[-1].place == span.place and span.starts <= found[-1].ends:
            found[-1] = replace(found[-1], ends=max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return found
