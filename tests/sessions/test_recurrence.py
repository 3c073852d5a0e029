"""The days of a series: local time is the truth (expected instants from the IANA time zone database, 2026b)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sessions.domain import recurrence
from sessions.domain.recurrence import Clock, Rule
from sessions.models import Series

ZONES = ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Casablanca"]
WEEK, FORTNIGHT, MONTH = Series.Every.WEEK, Series.Every.FORTNIGHT, Series.Every.MONTH


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


# An afternoon that stays where it is on the wall while the offset changes under it: before and after each change.
AFTERNOONS = [
    ("America/New_York", date(2026, 3, 5), [utc(2026, 3, 5, 22, 30), utc(2026, 3, 12, 21, 30)]),
    ("America/New_York", date(2026, 10, 29), [utc(2026, 10, 29, 21, 30), utc(2026, 11, 5, 22, 30)]),
    ("Europe/London", date(2026, 3, 26), [utc(2026, 3, 26, 17, 30), utc(2026, 4, 2, 16, 30)]),
    ("Europe/London", date(2026, 10, 22), [utc(2026, 10, 22, 16, 30), utc(2026, 10, 29, 17, 30)]),
    ("Australia/Lord_Howe", date(2026, 4, 2), [utc(2026, 4, 2, 6, 30), utc(2026, 4, 9, 7, 0)]),
    ("Australia/Lord_Howe", date(2026, 10, 1), [utc(2026, 10, 1, 7, 0), utc(2026, 10, 8, 6, 30)]),
    ("Africa/Casablanca", date(2026, 2, 12), [utc(2026, 2, 12, 16, 30), utc(2026, 2, 19, 17, 30)]),
    ("Africa/Casablanca", date(2026, 3, 19), [utc(2026, 3, 19, 17, 30), utc(2026, 3, 26, 16, 30)]),
]


@pytest.mark.parametrize(("zone", "first_on", "expected"), AFTERNOONS)
def test_half_past_five_stays_half_past_five(zone: str, first_on: date, expected: list[datetime]) -> None:
    found = recurrence.occurrences(Rule(first_on, time(17, 30), zone, count=2))
    assert [one.starts_at for one in found] == expected
    assert {one.clock for one in found} == {Clock.PLAIN}


# A night that the clocks leave out or show twice: what happens on the day of the change itself.
NIGHTS = [
    ("America/New_York", date(2026, 3, 8), time(2, 15), utc(2026, 3, 8, 7, 0), Clock.GAP),
    ("America/New_York", date(2026, 11, 1), time(1, 30), utc(2026, 11, 1, 5, 30), Clock.FOLD),
    ("Europe/London", date(2026, 3, 29), time(1, 30), utc(2026, 3, 29, 1, 0), Clock.GAP),
    ("Europe/London", date(2026, 10, 25), time(1, 30), utc(2026, 10, 25, 0, 30), Clock.FOLD),
    ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), utc(2026, 10, 3, 15, 30), Clock.GAP),
    ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), utc(2026, 4, 4, 14, 45), Clock.FOLD),
    ("Africa/Casablanca", date(2026, 3, 22), time(2, 30), utc(2026, 3, 22, 2, 0), Clock.GAP),
    ("Africa/Casablanca", date(2026, 2, 15), time(2, 30), utc(2026, 2, 15, 1, 30), Clock.FOLD),
]


@pytest.mark.parametrize(("zone", "day", "starts", "instant", "clock"), NIGHTS)
def test_a_gap_begins_when_it_ends_and_a_fold_is_its_first(
    zone: str, day: date, starts: time, instant: datetime, clock: Clock
) -> None:
    before, on_the_day, after = recurrence.occurrences(Rule(day - timedelta(days=7), starts, zone, count=3))
    assert (on_the_day.starts_at, on_the_day.clock) == (instant, clock)
    assert {before.clock, after.clock} == {Clock.PLAIN}


def test_every_two_weeks_until_a_day_that_counts() -> None:
    rule = Rule(date(2026, 9, 3), time(10), "Europe/London", FORTNIGHT, until=date(2026, 10, 15))
    assert [one.day for one in recurrence.occurrences(rule)] == [
        date(2026, 9, 3),
        date(2026, 9, 17),
        date(2026, 10, 1),
        date(2026, 10, 15),
    ]


@pytest.mark.parametrize(
    ("first_on", "expected"),
    [
        (date(2026, 10, 8), [date(2026, 10, 8), date(2026, 11, 12), date(2026, 12, 10), date(2027, 1, 14)]),
        (date(2026, 10, 29), [date(2026, 10, 29), date(2026, 11, 26), date(2026, 12, 31), date(2027, 1, 28)]),
        (date(2026, 10, 22), [date(2026, 10, 22), date(2026, 11, 26), date(2026, 12, 24), date(2027, 1, 28)]),
        (date(2027, 11, 30), [date(2027, 11, 30), date(2027, 12, 28), date(2028, 1, 25), date(2028, 2, 29)]),
    ],
    ids=["the second Thursday", "the last Thursday", "the fourth Thursday", "the last Tuesday of a leap year"],
)
def test_by_month_it_is_the_same_weekday_and_a_fifth_is_the_last(first_on: date, expected: list[date]) -> None:
    found = recurrence.occurrences(Rule(first_on, time(10), "Europe/London", MONTH, count=4))
    assert [one.day for one in found] == expected


def test_whichever_end_comes_first() -> None:
    rule = Rule(date(2026, 9, 3), time(10), "Europe/London", until=date(2026, 9, 20), count=50)
    assert len(recurrence.occurrences(rule)) == 3
    rule = Rule(date(2026, 9, 3), time(10), "Europe/London", until=date(2027, 9, 20), count=2)
    assert len(recurrence.occurrences(rule)) == 2


def test_it_ends_and_is_not_endless() -> None:
    with pytest.raises(ValueError, match="ends on a day"):
        recurrence.occurrences(Rule(date(2026, 9, 3), time(10), "Europe/London"))
    two_years = Rule(date(2026, 9, 3), time(10), "Europe/London", count=recurrence.MOST)
    assert len(recurrence.occurrences(two_years)) == 104
    with pytest.raises(recurrence.TooMany):
        recurrence.occurrences(Rule(date(2026, 9, 3), time(10), "Europe/London", count=recurrence.MOST + 1))


rules = st.builds(
    Rule,
    first_on=st.dates(date(2015, 1, 1), date(2040, 1, 1)),
    starts=st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    zone=st.sampled_from([*ZONES, "Pacific/Apia", "America/St_Johns", "Asia/Kolkata"]),
    every=st.sampled_from(Series.Every.values),
    count=st.integers(1, recurrence.MOST),
)


@settings(deadline=None)
@given(rules)
@example(Rule(date(2026, 10, 29), time(17, 30), "Europe/London", MONTH, count=104))
def test_it_rises_day_by_day_and_stays_on_the_wall(rule: Rule) -> None:
    found = recurrence.occurrences(rule)
    days, instants = [one.day for one in found], [one.starts_at for one in found]
    assert len(found) == rule.count and days[0] == rule.first_on
    assert days == sorted(set(days)) and instants == sorted(set(instants))
    assert {day.weekday() for day in days} == {rule.first_on.weekday()}
    here = ZoneInfo(rule.zone)
    for one in found:
        there = one.starts_at.astimezone(here)
        if one.clock == Clock.GAP:
            assert there.replace(tzinfo=None) > datetime.combine(one.day, rule.starts)
        else:
            assert (there.date(), there.time(), there.fold) == (one.day, rule.starts, 0)


@settings(deadline=None)
@given(rules.filter(lambda rule: rule.every == MONTH))
def test_by_month_no_month_is_left_out(rule: Rule) -> None:
    months = [one.day.year * 12 + one.day.month for one in recurrence.occurrences(rule)]
    assert months == list(range(months[0], months[0] + len(months)))
