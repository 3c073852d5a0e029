"""The weather ahead: what is fetched when, what is told of what is old, and the sample of a demo."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from practice.config.celery import app
from routes import tasks
from routes.domain import forecast, sample_weather, weather, weather_ahead
from routes.domain.provider import Cell, Service
from routes.domain.weather_ahead import Wanted
from routes.models import Forecast
from tests.routes.weather_server import mild, send

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LONDON, TROMSO = (51.52712, -0.15087), (69.6492, 18.9553)


def looks(*, start, until):
    """Minutes after `start` at which a service was asked, when the task runs every five."""
    steps = range(0, int((until - start) / MINUTE), 5)
    return [step for step in steps if weather_ahead.look(now=start + step * MINUTE)]


# --- when it is fetched ---


def test_before_a_start_within_twelve_hours_it_is_fetched_every_hour(service, walks):
    walks.append(Wanted(*LONDON, NOW + timedelta(hours=11)))
    assert looks(start=NOW, until=NOW + timedelta(hours=4)) == [0, 60, 120, 180]


def test_before_a_later_start_it_is_fetched_before_it_is_three_hours_old(service, walks):
    walks.append(Wanted(*LONDON, NOW + timedelta(hours=40)))
    assert looks(start=NOW, until=NOW + timedelta(hours=8)) == [0, 150, 300, 450]


def test_a_service_that_fails_is_left_alone_for_longer_and_longer(service, walks):
    walks.append(Wanted(*LONDON, NOW + timedelta(hours=11)))
    service.break_down(send(b"", 500))
    assert looks(start=NOW, until=NOW + timedelta(hours=5)) == [0, 5, 15, 30, 60, 120, 180, 240]
    service.answers.clear()
    assert looks(start=NOW + timedelta(hours=5), until=NOW + timedelta(hours=8)) == [0, 60, 120]


def test_two_routes_in_one_cell_are_one_question_and_the_sooner_start_counts(service, walks):
    walks += [Wanted(51.51, -0.16, NOW + timedelta(hours=40)), Wanted(51.53, -0.15, NOW + timedelta(hours=2))]
    assert weather_ahead.look(now=NOW) == 1 and len(service.asked) == 2
    assert weather_ahead.look(now=NOW + 65 * MINUTE) == 1


def test_a_service_that_is_silent_for_one_cell_is_asked_for_no_other_in_that_turn(service, walks):
    walks += [Wanted(*TROMSO, NOW + timedelta(hours=3)), Wanted(*LONDON, NOW + timedelta(hours=2))]
    service.break_down(send(b"", 503))
    assert weather_ahead.look(now=NOW) == 1
    assert {query["latitude"][0] for query in service.queries()} == {"51.5"}
    service.break_down(mild, "/v1/forecast")
    assert weather_ahead.look(now=NOW + 5 * MINUTE) == 2
    assert sorted(service.paths()[2:]) == ["/v1/air-quality", "/v1/forecast", "/v1/forecast"]


def test_switched_off_nobody_is_asked_and_what_was_fetched_is_not_shown(service, walks, settings):
    walks.append(Wanted(*LONDON, NOW))
    weather_ahead.look(now=NOW)
    settings.WEATHER = replace(settings.WEATHER, source="off")
    before = len(service.asked)
    assert weather_ahead.look(now=NOW + timedelta(hours=2)) == 0 and len(service.asked) == before
    found = weather.at(*LONDON, now=NOW)
    assert found.forecast is None
    assert found.why_unknown("Europe/London") == "The weather is not looked up in this practice."


def test_a_source_says_nothing_for_another(service, walks, settings):
    walks.append(Wanted(*LONDON, NOW))
    weather_ahead.look(now=NOW, source="sample")
    assert not service.asked and weather.at(*LONDON, now=NOW).forecast is None
    settings.WEATHER = replace(settings.WEATHER, source="sample")
    assert weather.at(*LONDON, now=NOW).is_sample


def test_what_nobody_needs_any_more_goes_by_night(service, walks):
    walks.append(Wanted(*LONDON, NOW))
    weather_ahead.look(now=NOW)
    assert weather_ahead.forget(now=NOW + timedelta(days=3)) == 0
    assert weather_ahead.forget(now=NOW + timedelta(days=3, minutes=1)) == 1


def test_the_clock_looks_and_forgets():
    scheduled = {one["task"] for one in app.conf.beat_schedule.values()}
    assert {tasks.look_at_the_weather.name, tasks.forget_weather.name} <= scheduled


# --- what is told ---


def test_what_nobody_has_asked_for_is_unknown_and_no_page_asks(service):
    found = weather.at(*LONDON, now=NOW)
    assert (found.forecast, found.fetched_at, found.is_stale) == (None, None, False)
    assert found.why_unknown("Europe/London") == "Not looked up yet."
    assert not service.asked


def test_stale_is_unknown_after_three_hours_and_says_since_when(service, walks):
    walks.append(Wanted(*LONDON, NOW + timedelta(hours=2)))
    weather_ahead.look(now=NOW)
    assert weather.at(*LONDON, now=NOW + weather.STALE).forecast
    late = NOW + weather.STALE + MINUTE
    unasked = weather.at(*LONDON, now=late)
    assert unasked.forecast is None and unasked.is_stale and unasked.credit == ""
    assert unasked.why_unknown("Europe/London") == "The weather was last looked up on Monday 15 June, 10:00."
    service.break_down(send(b"", 500))
    weather_ahead.look(now=late)
    silent = weather.at(*LONDON, now=late)
    assert silent.forecast is None and silent.is_stale
    assert silent.why_unknown("Asia/Kathmandu") == "The weather service has not answered since Monday 15 June, 14:45."


def test_a_failing_service_leaves_what_is_known_until_that_is_old(service, walks):
    walks.append(Wanted(*LONDON, NOW + timedelta(hours=2)))
    weather_ahead.look(now=NOW)
    service.break_down(send(b"", 500))
    weather_ahead.look(now=NOW + timedelta(hours=1))
    found = weather.at(*LONDON, now=NOW + timedelta(hours=2))
    assert found.forecast and found.fetched_at == NOW and found.is_silent


def test_a_clock_that_ran_ahead_does_not_keep_the_weather_for_ever(service, walks):
    walks.append(Wanted(*LONDON, NOW + timedelta(hours=2)))
    weather_ahead.look(now=NOW + timedelta(days=400))
    assert weather.at(*LONDON, now=NOW).forecast is None
    assert weather_ahead.look(now=NOW) == 1
    assert weather.at(*LONDON, now=NOW).forecast


def test_a_forecast_that_nobody_needed_any_more_is_not_blamed_on_the_service(service, walks):
    walks.append(Wanted(*LONDON, NOW + timedelta(hours=2)))
    service.break_down(send(b"", 500), "/v1/air-quality")
    weather_ahead.look(now=NOW)
    found = weather.at(*LONDON, now=NOW + timedelta(hours=4))
    assert found.why_unknown("Europe/London") == "The weather was last looked up on Monday 15 June, 10:00."


def test_a_list_is_one_query(service, walks, django_assert_num_queries):
    places = [(lat / 10 + 0.02, lon / 10 - 0.03) for lat in range(500, 510) for lon in range(-5, 5)]
    walks += [Wanted(*place, NOW) for place in places[:4]]
    weather_ahead.look(now=NOW)
    with django_assert_num_queries(1):
        found = weather.at_many(places, now=NOW)
    assert [place for place in places if found[place].forecast] == places[:4]
    assert {found[place].why_unknown("Europe/London") for place in places[4:]} == {"Not looked up yet."}
    with django_assert_num_queries(0):
        assert weather.at_many([], now=NOW) == {}


# --- the sample ---


@pytest.mark.parametrize("lat", [-90.0, -33.9, 0.0, 51.5, 69.6, 90.0])
@pytest.mark.parametrize("month", range(1, 13))
def test_the_sample_is_whole_plausible_and_the_same_every_time(lat, month):
    now = datetime(2026, month, 15, 23, 59, tzinfo=UTC)
    cell = Cell.of(lat, -0.2)
    told = sample_weather.ask(Service.FORECAST, cell, now)
    assert told == sample_weather.ask(Service.FORECAST, cell, now)
    air = sample_weather.ask(Service.AIR, cell, now)
    found = forecast.read(told).joined(forecast.read(air))
    hours = found.between(now, now + timedelta(hours=50))
    assert all(getattr(hour, name) is not None for hour in hours for name in forecast.Hour.__slots__)
    assert all(-5 <= hour.temperature_c <= 28 and hour.uv <= 12.5 and hour.us_aqi <= 50 for hour in hours)
    assert {told["sample"], air["sample"]} == {"Made up for a demo. This is not real weather."}


def test_the_sample_asks_nobody_and_says_what_it_is(service, walks, settings):
    settings.WEATHER = replace(settings.WEATHER, source="sample")
    walks.append(Wanted(*LONDON, NOW))
    weather_ahead.look(now=NOW)
    found = weather.at(*LONDON, now=NOW)
    assert found.forecast and found.is_sample and not service.asked
    assert found.credit == "A sample made up for the demo, not real weather"
    assert Forecast.objects.get().forecast["sample"]


# --- what the database holds ---


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"lat": 90.1}, "forecast_is_on_the_globe"),
        ({"lon": 180}, "forecast_is_on_the_globe"),
        ({"source": "almanac"}, "forecast_source_is_known"),
        ({"forecast": {}}, "forecast_has_its_hour"),
        ({"fetched_at": NOW}, "forecast_has_its_hour"),
        ({"air": {}}, "forecast_air_has_its_hour"),
        ({}, "forecast_once_a_cell"),
    ],
)
def test_the_database_refuses_what_cannot_be(fields, name):
    Forecast.objects.create(lat="51.5", lon="-0.2", source="sample", tried_at=NOW)
    row = {"lat": "51.5", "lon": "-0.2", "source": "sample", "tried_at": NOW} | fields
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Forecast.objects.create(**row)


def test_the_database_keeps_one_decimal():
    row = Forecast.objects.create(lat="51.52712", lon="-0.15087", source="sample", tried_at=NOW)
    row.refresh_from_db()
    assert (str(row.lat), str(row.lon)) == ("51.5", "-0.2")
