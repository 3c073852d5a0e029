"""Where the weather is needed: what `routes` learns of sessions is a place and an hour, and nobody's name."""

from datetime import UTC, datetime, timedelta

import pytest

from routes.domain import weather, weather_ahead
from routes.domain.weather_ahead import Wanted
from sessions.domain import outdoors_soon
from sessions.models import Session
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GATE = (51.5313, -0.1570)


@pytest.fixture
def book(anna):
    """Sessions that begin so many hours from now, on one route unless told otherwise."""
    loop = factories.route(anna)

    def made(hours: float, **fields):
        outdoors = {"mode": "walk", "route": loop, "fallback": "room"}
        return factories.session(anna, starts_at=NOW + hours * HOUR, **outdoors | fields)

    return made


def wanted():
    return sorted(outdoors_soon.walks(NOW), key=lambda one: one.starts_at)


def test_the_routes_of_sessions_outdoors_within_two_days_and_under_way(book):
    for hours in (-0.5, 2, 48):
        book(hours)
    book(5, mode="sit")
    for hours in (-3, 49):
        book(hours)
    book(8, mode="indoor", fallback="")
    book(10, status=Session.Status.CANCELLED)
    book(12, mode="sit", route=None)
    assert wanted() == [Wanted(*GATE, NOW + hours * HOUR) for hours in (-0.5, 2, 5, 48)]


def test_it_begins_where_the_small_sketch_does_and_reads_no_long_line(book, anna, django_assert_num_queries):
    sketched = factories.route(anna, "Fen", sketch={"parts": [[[52.2, 0.12], [52.3, 0.13]]], "heights": []})
    for hours in (2, 4, 6):
        book(hours, route=sketched)
    with django_assert_num_queries(1):
        assert {(one.lat, one.lon) for one in wanted()} == {(52.2, 0.12)}


def test_the_weather_is_fetched_for_a_session_that_was_just_booked(book):
    assert weather.at(*GATE, now=NOW).forecast is None
    book(2)
    assert weather_ahead.look(now=NOW) == 1
    assert weather.at(*GATE, now=NOW).forecast
