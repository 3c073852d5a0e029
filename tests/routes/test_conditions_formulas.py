"""Heat index, wind chill and AQI against published tables and hand-worked vectors."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routes.domain import air, forecast
from routes.domain.air import BEYOND, Pollutant
from routes.domain.feels import celsius, fahrenheit, heat_index, heat_to_judge, wind_chill, wind_chill_metric
from tests.routes import open_meteo


@pytest.mark.parametrize(
    ("temperature", "humidity", "expected"),
    [
        (70, 50, 69.525),  # the simple form
        (80, 40, 79.790),
        (86, 90, 105.394),  # NWS chart 105; the adjustment for damp air
        (90, 50, 94.597),  # NWS chart 95
        (90, 70, 105.922),  # NWS chart 106
        (94, 60, 110.169),  # NWS chart 110
        (95, 10, 89.450),  # the adjustment for dry air; MetPy 89.44959
        (96, 50, 107.637),  # NWS chart 108
        (100, 40, 109.256),  # NWS chart 109; MetPy 109.25556
        (108, 45, 136.742),  # NWS chart 137
        (110, 40, 135.657),  # NWS chart 136
        (84, 95, 100.882),  # NWS chart 100
        (80, 100, 89.288),  # in the damp corner formula and chart differ by up to 2 °F
    ],
)
def test_heat_index(temperature, humidity, expected):
    assert heat_index(temperature, humidity) == pytest.approx(expected, abs=0.01)


def test_humidity_is_taken_as_0_to_100():
    assert heat_index(90, 120) == heat_index(90, 100)
    assert heat_index(90, -5) == heat_index(90, 0)


def test_the_heat_that_is_judged_never_falls_as_it_gets_hotter_or_damper():
    temperatures, humidities = [50 + n / 4 for n in range(321)], [n / 2 for n in range(201)]
    told = [[heat_to_judge(t, rh) for rh in humidities] for t in temperatures]
    assert all(row == sorted(row) for row in told)
    assert all(list(row) == sorted(row) for row in zip(*told, strict=True))


@pytest.mark.parametrize(("temperature", "humidity"), [(70, 50), (80, 40), (86, 90), (95, 10), (84, 5), (110, 40)])
def test_away_from_its_step_down_it_is_the_heat_index(temperature, humidity):
    assert heat_to_judge(temperature, humidity) == heat_index(temperature, humidity)


@pytest.mark.parametrize(("temperature", "humidity"), [(130.1, 10), (math.nan, 50), (math.inf, 50), (90, math.nan)])
def test_heat_index_refuses_what_it_is_not_made_for(temperature, humidity):
    with pytest.raises(ValueError, match="130"):
        heat_index(temperature, humidity)
    assert heat_index(130, 10) > 103


@pytest.mark.parametrize(
    ("temperature", "wind", "expected"),
    [
        (40, 5, 36.47), (30, 10, 21.25), (20, 15, 6.22), (10, 25, -10.72), (0, 15, -19.40), (5, 30, -19.07),
        (-5, 30, -32.66), (-20, 20, -48.23), (50, 3, 50), (51, 20, 51),
    ],
)  # fmt: skip
def test_wind_chill(temperature, wind, expected):
    assert wind_chill(temperature, wind) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(("temperature", "wind", "expected"), [(-10, 20, -17.86), (-20, 30, -32.57), (11, 20, 11)])
def test_wind_chill_in_metric_units(temperature, wind, expected):
    assert wind_chill_metric(temperature, wind) == pytest.approx(expected, abs=0.01)
    ours = celsius(wind_chill(fahrenheit(temperature), wind / 1.609344))
    assert ours == pytest.approx(expected, abs=0.05)


@settings(deadline=None)
@given(temperature=st.floats(-60, 50), wind=st.floats(0, 80), colder=st.floats(0, 20), windier=st.floats(0, 20))
def test_colder_and_windier_never_feel_warmer(temperature, wind, colder, windier):
    felt = wind_chill(temperature, wind)
    assert wind_chill(temperature - colder, wind) <= felt + 1e-9
    assert wind_chill(temperature, wind + windier) <= felt + 1e-9


PM2_5 = [
    (0, 0), (9.0, 50), (9.05, 50), (9.1, 51), (12.0, 56), (20.0, 71), (35.49, 100), (35.5, 101), (35.9, 102),
    (45.0, 124), (55.5, 151), (90.0, 175), (125.5, 201), (150, 225), (275.0, 400), (325.4, 500), (325.5, BEYOND),
    (5000, BEYOND),
]  # fmt: skip


@pytest.mark.parametrize(("concentration", "expected"), PM2_5)
def test_aqi_of_pm2_5(concentration, expected):
    assert air.index(Pollutant.PM2_5, concentration) == expected


@pytest.mark.parametrize(
    ("concentration", "expected"), [(100, 73), (254.9, 150), (255, 151), (604, 500), (605, BEYOND)]
)
def test_aqi_of_pm10(concentration, expected):
    assert air.index(Pollutant.PM10, concentration) == expected


@pytest.mark.parametrize(
    ("concentration", "expected"),
    [(0.054, 50), (0.070, 100), (0.071, 101), (0.0719, 101), (0.078, 126), (0.105, 200), (0.200, 300), (0.3, 300)],
)
def test_aqi_of_ozone_over_8_hours(concentration, expected):
    assert air.index(Pollutant.OZONE_8H, concentration) == expected


@pytest.mark.parametrize(
    ("concentration", "expected"),
    [(0.124, None), (0.125, 101), (0.164, 150), (0.165, 151), (0.205, 201), (0.604, 500), (0.7, BEYOND)],
)
def test_aqi_of_ozone_of_one_hour(concentration, expected):
    assert air.index(Pollutant.OZONE_1H, concentration) == expected


@pytest.mark.parametrize("concentration", [-0.1, math.nan, math.inf])
def test_aqi_refuses_what_is_no_concentration(concentration):
    with pytest.raises(ValueError, match="concentration"):
        air.index(Pollutant.PM2_5, concentration)


@settings(deadline=None)
@given(low=st.floats(0, 700), more=st.floats(0, 300))
def test_more_never_gives_a_lower_aqi(low, more):
    for pollutant in (Pollutant.PM2_5, Pollutant.PM10):
        assert air.index(pollutant, low) <= air.index(pollutant, low + more)
    low, more = low / 1000, more / 1000
    for pollutant in (Pollutant.OZONE_8H, Pollutant.OZONE_1H):
        assert (air.index(pollutant, low) or 0) <= (air.index(pollutant, low + more) or 0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([10.0] * 12, 10.0),
        ([40.0] + [20.0] * 11, 30.0),
        ([50.0, 40.0, 30.0, 20.0] + [10.0] * 8, 40.6),
        ([0.0] * 12, 0.0),
        ([None, 20.0, 20.0], 20.0),
        ([20.0, None, 20.0] + [None] * 9, 20.0),
    ],
)
def test_now_cast(values, expected):
    assert air.now_cast(values) == pytest.approx(expected, abs=0.05)


def test_now_cast_gives_the_published_aqi():
    assert air.index(Pollutant.PM2_5, air.now_cast([40.0] + [20.0] * 11)) == 90


@pytest.mark.parametrize("values", [[], [10.0], [10.0, None, None, 10.0, 10.0], [None] * 12])
def test_now_cast_needs_two_of_the_newest_three(values):
    assert air.now_cast(values) is None


def aqi_at_noon(changed, **more):
    read = forecast.read(open_meteo.air(changed, **more))
    at = next(hour.at for hour in read.hours if hour.at.hour == 12)
    return air.of_hour(at, read.hours)


@pytest.mark.parametrize(
    ("changed", "value", "whole"),
    [
        ({}, 30, True),
        ({"us_aqi": 50, "pm2_5": 12.0}, 56, True),  # the service's table from before May 2024 would say 50
        ({"us_aqi": 100.5}, 101, True),
        ({"us_aqi": None}, 28, True),
        ({"us_aqi": None, "ozone": None}, 28, False),
        ({"us_aqi": None, "pm10": None, "pm2_5": 60.0}, 154, False),
        ({"us_aqi": None, "pm2_5": None, "pm10": None, "ozone": None}, None, False),
        ({"us_aqi": None, "ozone": 160.0}, 136, True),  # 0.081 ppm over 8 h
        ({"us_aqi": None, "ozone": 270.0}, 234, True),  # 0.137 ppm
    ],
)
def test_the_aqi_of_an_hour_is_the_worst_of_its_pollutants(changed, value, whole):
    found = aqi_at_noon(changed)
    assert (found.value, found.whole) == (value, whole)


def test_ozone_needs_six_of_eight_hours():
    assert not aqi_at_noon({"us_aqi": None}, first="2026-06-15T08:00").whole
    assert aqi_at_noon({"us_aqi": None}, first="2026-06-15T07:00").whole
