"""Ages: full years on a day, birthdays, and where somebody stands between the ages that a practice has set."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from clients.domain import ages
from practice.models import Practice


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2010, 3, 9), date(2028, 3, 8), 17),
        (date(2010, 3, 9), date(2028, 3, 9), 18),
        (date(2010, 3, 9), date(2028, 3, 10), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2009, 12, 31), date(2010, 1, 1), 0),
        (None, date(2026, 1, 1), None),
    ],
)
def test_full_years_on_a_day(born, day, years):
    assert ages.on(born, day) == years


@pytest.mark.parametrize(
    ("born", "age", "birthday"),
    [
        (date(2010, 3, 9), 18, date(2028, 3, 9)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2008, 2, 29), 20, date(2028, 2, 29)),
        (None, 18, None),
        (date(2010, 3, 9), None, None),
    ],
)
def test_the_day_of_an_age(born, age, birthday):
    assert ages.birthday(born, age) == birthday


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29), date(2028, 3, 1)])
@pytest.mark.parametrize("age", [16, 18, 21])
def test_born_by_a_day_is_exactly_whoever_has_the_age(day, age):
    last = ages.born_by(day, age)
    for born in (date.fromordinal(last.toordinal() + shift) for shift in (-366, -2, -1, 0, 1, 2)):
        assert (born <= last) == (ages.on(born, day) >= age), born


@pytest.mark.parametrize(
    ("majority", "minor", "age", "standing"),
    [
        (None, None, 12, ages.Standing.GROWN),
        (18, None, None, ages.Standing.GROWN),
        (18, None, 18, ages.Standing.GROWN),
        (18, None, 17, ages.Standing.YOUNG),
        (18, 16, 16, ages.Standing.ALONE),
        (18, 16, 15, ages.Standing.YOUNG),
        (21, None, 20, ages.Standing.YOUNG),
    ],
)
def test_where_somebody_stands(majority, minor, age, standing):
    settled = SimpleNamespace(majority_age=majority, minor_age=minor)
    assert ages.standing(age, settled) is standing  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Europe/London", date(2026, 3, 8)), ("Asia/Tokyo", date(2026, 3, 9)), ("America/Los_Angeles", date(2026, 3, 8))],
)
def test_the_day_is_the_one_of_the_practice(zone, day):
    assert Practice(time_zone=zone).day_of(datetime(2026, 3, 8, 23, 30, tzinfo=UTC)) == day
