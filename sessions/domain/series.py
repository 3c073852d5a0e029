"""A series: looked at date by date before anything is written, then exactly the dates that were ticked, or none."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from clients.models import Client
from practice.models import User
from sessions.domain import booking, dark_dates, grounds, recurrence, refusals, series_words, slot, weighing
from sessions.domain.dark_dates import Run, Slot
from sessions.domain.recurrence import Occurrence, Rule
from sessions.domain.refusals import OtherDates, Refused
from sessions.domain.retrying import retried
from sessions.domain.weighing import Line
from sessions.models import Series, Session


@dataclass(frozen=True, slots=True)
class Plan:
    """What comes again, by which rule, and when instead where it would be dark.

    `what` are the arguments of `booking.book`, without start and key.
    """

    what: dict[str, Any]
    rule: Rule
    instead: Slot | None = None

    @property
    def clients(self) -> list[Client]:
        """Who comes."""
        return list(self.what["clients"])

    def by_rule(self) -> list[tuple[Occurrence, Session]]:
        """Each date as a session that is not saved. Raises `recurrence.TooMany`."""
        return [(one, self._session(one.starts_at)) for one in recurrence.occurrences(self.rule)]

    def dates(self) -> list[tuple[Occurrence, Session]]:
        """The same, those in the dark at the other time where one was chosen."""
        return [(one, self._in_daylight(session)) for one, session in self.by_rule()]

    def _in_daylight(self, session: Session) -> Session:
        return self.instead.of(session) if self.instead and dark_dates.is_dark(session) else session

    def _session(self, starts_at: datetime) -> Session:
        names = ("therapist", "place", "mode", "room", "route", "kind", "fallback", "indoor_minutes", "service")
        session = Session(**{name: self.what[name] for name in names if name in self.what})
        travel, note = (timedelta(minutes=self.what.get(name, 0)) for name in ("travel", "note"))
        session.starts_at = starts_at
        session.ends_at = starts_at + timedelta(minutes=self.what.get("minutes", booking.DEFAULT_MINUTES))
        session.blocked_from, session.blocked_until = starts_at - travel, session.ends_at + travel + note
        return session


@dataclass(frozen=True, slots=True)
class Preview:
    """A line a date, what is dark by the rule, and other times that would not be."""

    lines: tuple[Line, ...]
    everywhere: tuple[str, ...]
    dark: tuple[Run, ...]
    proposals: tuple[Slot, ...] = field(default=())

    @property
    def in_the_dark(self) -> set[date]:
        """The dates that are dark by the rule."""
        return {dark_dates.local_day(session) for run in self.dark for session in run.sessions}

    @property
    def possible(self) -> list[date]:
        """The dates on which nothing is in the way."""
        return [line.day for line in self.lines if line.is_possible]


def preview(plan: Plan, reader: User) -> Preview:
    """What stands for and against each date. Raises `recurrence.TooMany`, and `NotInHerCare` or `NotInTreatment` where
    none of them could be booked."""
    by_rule, dates = plan.by_rule(), plan.dates()
    slot.refuse_strangers(dates[0][1], plan.clients)
    weighed = weighing.weigh([(one.day, session, plan.clients) for one, session in dates], reader)
    dark = dark_dates.runs([session for _one, session in by_rule])
    in_the_dark = [session for run in dark for session in run.sessions]
    return Preview(
        lines=tuple(
            replace(line, note=_note(plan.rule, one, line.session))
            for line, (one, _session) in zip(weighed.lines, dates, strict=True)
        ),
        everywhere=weighed.everywhere,
        dark=tuple(dark),
        proposals=tuple(dark_dates.propose(in_the_dark, plan.clients, weighed.diary, weighed.frame)) if dark else (),
    )


def _note(rule: Rule, one: Occurrence, session: Session) -> str:
    if session.starts_at == one.starts_at:
        return series_words.of_clock(one, rule.starts, rule.zone)
    return series_words.instead_of(session, one.day, rule.starts)


@retried
def book(plan: Plan, days: Collection[date], *, by: User, key: UUID) -> Series:
    """Book exactly these dates of the plan, in one transaction. The same `key` with the same dates is one series.

    Raises `Refused` with the first date that is no longer possible, `OtherDates`, `UsedAlready`, `TooMany`.
    """
    ticked = [(one, session) for one, session in plan.dates() if one.day in days]
    if not ticked or len(ticked) != len(set(days)):
        raise OtherDates
    with transaction.atomic():
        room = plan.what.get("room")
        slot.queue_up(plan.what["therapist"].pk, room.pk if room else None, *(client.pk for client in plan.clients))
        if earlier := _made_before(plan, ticked, by=by, key=key):
            return earlier
        shelf = grounds.load([(session, plan.clients) for _one, session in ticked])
        series = Series.objects.create(
            first_on=plan.rule.first_on,
            starts=plan.rule.starts,
            minutes=ticked[0][1].minutes,
            zone=plan.rule.zone,
            every=plan.rule.every,
            until=ticked[-1][0].day,
            made_by=by,
        )
        for one, session in ticked:
            what = plan.what | {"starts_at": session.starts_at, "request_key": _key(key, one.day)}
            try:
                booking.book(by=by, series=series, occurs_on=one.day, shelf=shelf, **what)
            except refusals.Refusal as cause:
                raise Refused(one.day, cause) from cause
    return series


def _key(key: UUID, day: date) -> UUID:
    """One date of a form, so that its booking is known again."""
    return uuid5(key, day.isoformat())


def _made_before(plan: Plan, ticked: Sequence[tuple[Occurrence, Session]], *, by: User, key: UUID) -> Series | None:
    """The series that this very form made. Raises `UsedAlready` when its key made another one, or what it made no
    longer stands."""
    keys = [_key(key, one.day) for one in recurrence.occurrences(plan.rule)]
    found = Session.objects.filter(request_key__in=keys).select_related("series").prefetch_related("seats")
    made = {one.occurs_on: one for one in found}
    if not made:
        return None
    series, people = next(iter(made.values())).series, {client.pk for client in plan.clients}
    if series is None or made.keys() != {one.day for one, _session in ticked}:
        raise booking.UsedAlready
    same = ("therapist_id", "starts_at", "mode")
    for one, session in ticked:
        earlier = made[one.day]
        if earlier.booked_by_id != by.pk or any(getattr(earlier, name) != getattr(session, name) for name in same):
            raise booking.UsedAlready
        if not earlier.holds_its_slot or {seat.client_id for seat in earlier.seats.all()} != people:
            raise booking.UsedAlready
    return series
