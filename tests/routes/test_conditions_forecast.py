"""Reading Open-Meteo's format: units, zones, and everything that is not there or cannot be true."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routes.domain import forecast
from routes.domain.forecast import Forecast, ForecastProblem
from tests.routes.open_meteo import UNITS, air, weather

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def at_noon(response):
    return next(hour for hour in forecast.read(response).hours if hour.at == NOON)


def with_unit(name, unit, value):
    made = weather({name: value})
    made["hourly_units"][name] = unit
    return made


@pytest.mark.parametrize(
    ("name", "unit", "value", "field", "ours"),
    [
        ("temperature_2m", "°C", 21.5, "temperature_c", 21.5),
        ("temperature_2m", "°F", 86.0, "temperature_c", 30.0),
        ("temperature_2m", "°F", 14, "temperature_c", -10.0),
        ("wind_speed_10m", "km/h", 36, "wind_ms", 10.0),
        ("wind_speed_10m", "m/s", 10, "wind_ms", 10.0),
        ("wind_speed_10m", "mph", 10, "wind_ms", 4.4704),
        ("wind_speed_10m", "mp/h", 10, "wind_ms", 4.4704),
        ("wind_gusts_10m", "kn", 10, "gust_ms", 5.14444),
        ("precipitation", "inch", 0.5, "precipitation_mm", 12.7),
        ("rain", "mm", 3.1, "rain_mm", 3.1),
        ("snowfall", "inch", 1, "snowfall_cm", 2.54),
        ("visibility", "ft", 1000, "visibility_m", 304.8),
        ("shortwave_radiation", "W/m²", 700, "radiation_wm2", 700),
        ("uv_index", "", 6.4, "uv", 6.4),
        ("weather_code", "wmo code", 95, "code", 95),
    ],
)
def test_every_unit_of_the_service_is_converted(name, unit, value, field, ours):
    assert getattr(at_noon(with_unit(name, unit, value)), field) == pytest.approx(ours, abs=1e-4)


def test_both_letters_for_micro_are_read():
    for letter in ("μ", "µ"):  # Greek mu, and the micro sign
        made = air()
        made["hourly_units"]["pm2_5"] = f"{letter}g/m³"
        assert at_noon(made).pm2_5_ugm3 == 5.0


@pytest.mark.parametrize(
    ("name", "unit"), [("temperature_2m", "K"), ("wind_speed_10m", "Bft"), ("visibility", "km"), ("rain", "")]
)
def test_a_unit_we_do_not_know_is_unknown(name, unit):
    known = at_noon(weather())
    hour = at_noon(with_unit(name, unit, 5))
    assert sum(getattr(hour, field) is None and getattr(known, field) is not None for field in hour.__slots__) == 1


def test_without_units_only_plain_numbers_are_known():
    made = weather()
    del made["hourly_units"]
    hour = at_noon(made)
    assert (hour.temperature_c, hour.wind_ms, hour.humidity_pct) == (None, None, None)
    assert (hour.uv, hour.code) == (2.0, 1)


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("relative_humidity_2m", 150, "humidity_pct"),
        ("relative_humidity_2m", -1, "humidity_pct"),
        ("temperature_2m", 99, "temperature_c"),
        ("temperature_2m", -120, "temperature_c"),
        ("temperature_2m", None, "temperature_c"),
        ("temperature_2m", "21", "temperature_c"),
        ("temperature_2m", True, "temperature_c"),
        ("temperature_2m", float("nan"), "temperature_c"),
        ("temperature_2m", float("inf"), "temperature_c"),
        ("temperature_2m", [], "temperature_c"),
        ("temperature_2m", 10**400, "temperature_c"),
        ("wind_gusts_10m", -5, "gust_ms"),
        ("weather_code", 42, "code"),
        ("weather_code", 95.5, "code"),
        ("uv_index", 99, "uv"),
    ],
)
def test_what_cannot_be_true_is_unknown(name, value, field):
    assert getattr(at_noon(weather({name: value})), field) is None


def test_a_list_of_another_length_is_unknown():
    made = weather()
    made["hourly"]["temperature_2m"].pop()
    assert at_noon(made).temperature_c is None and at_noon(made).humidity_pct == 50


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ({"timezone": "America/New_York", "utc_offset_seconds": -14400}, "2026-06-14T20:00"),
        ({"timezone": "America/New_York", "utc_offset_seconds": None}, "2026-06-14T20:00"),
        ({"timezone": None, "utc_offset_seconds": None}, "2026-06-15T00:00"),
        ({"timezone": "GMT", "utc_offset_seconds": 0}, "2026-06-15T00:00"),
        ({"timezone": "Asia/Kathmandu", "utc_offset_seconds": 20700}, "2026-06-15T05:45"),
        ({"timezone": "Australia/Lord_Howe", "utc_offset_seconds": 37800}, "2026-06-15T10:30"),
    ],
)
def test_times_are_local_to_the_file(zone, first):
    read = forecast.read(weather(first=first, **zone))
    assert read.hours[0].at == datetime(2026, 6, 15, tzinfo=UTC) and len(read.hours) == 24


def test_one_offset_holds_over_a_change_of_the_clocks():
    read = forecast.read(weather(first="2026-10-25T00:00", hours=5, timezone="Europe/London", utc_offset_seconds=3600))
    assert [hour.at.hour for hour in read.hours] == [23, 0, 1, 2, 3]


def test_unix_times_are_read():
    made = weather(utc_offset_seconds=-14400)
    made["hourly_units"]["time"] = "unixtime"
    made["hourly"]["time"] = [int(NOON.timestamp()) + 3600 * n for n in range(24)]
    assert forecast.read(made).hours[0].at == NOON


def test_a_moment_that_comes_twice_keeps_what_both_agree_on():
    made = weather()
    made["hourly"]["time"][13] = made["hourly"]["time"][12]
    made["hourly"]["temperature_2m"][13] = 30.0
    hour = at_noon(made)
    assert hour.temperature_c is None and hour.humidity_pct == 50


@pytest.mark.parametrize(
    "broken",
    [
        None, [], "forecast", {}, {"hourly": None}, {"hourly": {"time": "now"}}, {"hourly": {"time": ["soon"]}},
        {"hourly": {"time": [17]}}, {"hourly": {"time": [None]}}, {"hourly": {"time": []}, "timezone": "Mars/Olympus"},
        {"hourly": {"time": []}, "timezone": "../../etc/passwd"}, {"hourly": {"time": []}, "utc_offset_seconds": 1e9},
        {"hourly": {"time": []}, "utc_offset_seconds": 999999}, {"error": True, "reason": "Too many requests."},
        {"hourly": {"time": [10**30]}, "hourly_units": {"time": "unixtime"}},
        {"hourly": {"time": ["2026-06-15T00:00"] * 20_000}},
    ],
)  # fmt: skip
def test_what_is_not_a_forecast_is_refused_in_words(broken):
    with pytest.raises(ForecastProblem) as told:
        forecast.read(broken)
    assert str(told.value).strip()


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*UNITS, "hourly"]), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(hourly=json_like, units=json_like, offset=json_like, zone=json_like)
def test_nothing_crashes_the_reader(hourly, units, offset, zone):
    given_ = {"hourly": hourly, "hourly_units": units, "utc_offset_seconds": offset, "timezone": zone}
    try:
        read = forecast.read(given_)
    except ForecastProblem:
        return
    assert all(hour.at.tzinfo is UTC for hour in read.hours)


def test_air_joins_weather_by_the_moment():
    both = forecast.read(weather(), NOON).joined(forecast.read(air(hours=6), NOON - timedelta(hours=1)))
    assert both.issued_at == NOON - timedelta(hours=1)
    assert both.hours[5].us_aqi == 30 and both.hours[5].temperature_c == 15.0
    assert both.hours[6].us_aqi is None and both.hours[6].temperature_c == 15.0


@pytest.mark.parametrize(
    ("start", "minutes", "hours"),
    [(0, 50, [12, 13]), (0, 60, [12, 13]), (30, 50, [12, 13, 14]), (30, 30, [12, 13]), (0, 120, [12, 13, 14])],
)
def test_a_span_is_covered_by_the_hours_around_it(start, minutes, hours):
    begin = NOON + timedelta(minutes=start)
    read, end = forecast.read(weather()), begin + timedelta(minutes=minutes)
    assert [hour.at.hour for hour in read.between(begin, end)] == hours and read.covers(begin, end)


def test_a_gap_or_an_end_within_the_span_is_not_covered():
    whole = forecast.read(weather())
    for gone in (11, 12, 13, 14):
        holed = Forecast(tuple(hour for hour in whole.hours if hour.at.hour != gone))
        assert holed.covers(NOON, NOON + timedelta(hours=1, minutes=30)) is (gone == 11)
    assert not whole.covers(NOON + timedelta(hours=11), NOON + timedelta(hours=12))
    assert not Forecast().covers(NOON, NOON + timedelta(hours=1))
