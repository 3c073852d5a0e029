"""The series of the demo: one before noon, and a late one that darkens whatever the month."""

from datetime import date, time

import pytest

from clients.models import Client
from practice.models import Mode, User
from sessions.domain import dark_dates, demo_series
from sessions.domain.demo_diary import Habit
from sessions.domain.demo_practice import House
from tests import factories
from tests.sessions.test_series import walker

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("month", [1, 2, 5, 8, 11])
def test_two_series_are_there_and_the_late_one_darkens(anna: User, mrs_lee: Client, month: int) -> None:
    route, house = factories.route(anna, look_again_on=date(2030, 1, 1)), House(factories.place(), [])
    people = [walker(one, anna) for one in (mrs_lee, factories.client("Ines Marlow", anna))]
    habits = [Habit((one,), anna, 0, time(9, 40), (Mode.WALK,), route) for one in people]
    offered = {habits[0].kind: factories.service()}
    late, noon = demo_series.make(habits, house, date(2027, month, 8), offered)
    assert (late.every, noon.every, noon.sessions.count()) == ("month", "week", 6)
    sessions = list(late.sessions.select_related("place", "route"))
    assert len(sessions) == 11 and any(map(dark_dates.is_dark, sessions))
