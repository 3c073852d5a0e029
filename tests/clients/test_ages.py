"""Who agrees alone: sums with days around birthdays."""

from datetime import date

import pytest

from clients.domain import ages
from clients.domain.ages import Standing
from practice.models import Practice


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2010, 5, 1), date(2028, 4, 30), 17),
        (date(2010, 5, 1), date(2028, 5, 1), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (None, date(2026, 3, 1), None),
    ],
)
def test_full_years(born, day, years):
    assert ages.on(born, day) == years


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [
        (date(2010, 5, 1), 18, date(2028, 5, 1)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2008, 2, 29), 20, date(2028, 2, 29)),
        (None, 18, None),
        (date(2010, 5, 1), None, None),
    ],
)
def test_the_day_somebody_reaches_an_age(born, age, day):
    assert ages.birthday(born, age) == day


@pytest.mark.parametrize(
    ("age", "majority", "alone", "stands"),
    [
        (15, 18, 16, Standing.YOUNG),
        (16, 18, 16, Standing.ALONE),
        (17, 18, None, Standing.YOUNG),
        (18, 18, 16, Standing.GROWN),
        (None, 18, 16, Standing.GROWN),
        (17, None, None, Standing.GROWN),
    ],
)
def test_where_somebody_stands(age, majority, alone, stands):
    assert ages.standing(age, Practice(majority_age=majority, minor_age=alone)) is stands
