"""From a wall clock to an instant, through gaps and folds (expected instants from the IANA time zone database)."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from practice.domain.local_time import day_bounds, instant


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        ("Europe/London", date(2026, 7, 1), time(14, 0), datetime(2026, 7, 1, 13, 0, tzinfo=UTC)),
        ("Europe/London", date(2026, 3, 29), time(1, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("Europe/London", date(2026, 10, 25), time(1, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), time(2, 15), datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        ("Africa/Casablanca", date(2026, 3, 22), time(2, 30), datetime(2026, 3, 22, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_gap_ends_and_a_fold_begins(zone: str, day: date, clock: time, expected: datetime) -> None:
    assert instant(day, clock, ZoneInfo(zone)).astimezone(UTC) == expected


def test_a_day_may_have_23_or_25_hours() -> None:
    lengths = []
    for day in (date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25)):
        start, end = day_bounds(day, ZoneInfo("Europe/London"))
        lengths.append((end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 3600)
    assert lengths == [23, 24, 25]
