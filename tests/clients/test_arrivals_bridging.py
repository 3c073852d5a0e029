"""Until when a client carried over from paper is bridged."""

from datetime import date

import pytest

from clients.domain.bridging import bridges, bridges_until
from clients.models import Client
from practice.models import Practice


@pytest.mark.parametrize(
    ("carried", "days", "until"),
    [
        (date(2026, 9, 1), 60, date(2026, 10, 31)),
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2026, 9, 1), 0, None),
        (None, 60, None),
    ],
)
def test_the_last_day(carried, days, until):
    assert bridges_until(Client(carried_over_on=carried), Practice(bridging_days=days)) == until


@pytest.mark.parametrize(
    ("on", "bridged"),
    [
        (date(2026, 8, 31), False),
        (date(2026, 9, 1), True),
        (date(2026, 10, 31), True),
        (date(2026, 11, 1), False),
    ],
)
def test_the_days_in_between(on, bridged):
    client, practice = Client(carried_over_on=date(2026, 9, 1)), Practice(bridging_days=60)
    assert bridges(client, practice, on=on) is bridged


def test_nobody_else_is_bridged():
    assert not bridges(Client(), Practice(), on=date(2026, 9, 1))
