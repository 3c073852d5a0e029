"""What holds of every decision, whatever the weather."""

from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from practice.models.modes import Mode
from routes.domain.conditions import judge
from routes.domain.forecast import Forecast
from routes.domain.limits import Hazard, Level
from routes.domain.outing import Exposure, Heat, Person
from tests.routes.test_conditions import Surroundings, around, found, outing

people = st.builds(Person, st.sampled_from(Heat), st.booleans())
modes = st.sampled_from([Mode.SIT, Mode.WALK, Mode.RUN])
exposures = st.sampled_from(Exposure)
codes = st.sampled_from([0, 3, 45, 51, 63, 66, 75, 82, 95, 99])
weathers = st.fixed_dictionaries(
    {
        "temperature_2m": st.floats(-40, 50),
        "relative_humidity_2m": st.floats(0, 100),
        "precipitation": st.floats(0, 60),
        "weather_code": codes,
        "wind_speed_10m": st.floats(0, 60),
        "wind_gusts_10m": st.floats(0, 100),
        "uv_index": st.floats(0, 14),
        "cloud_cover": st.floats(0, 100),
        "shortwave_radiation": st.floats(0, 1000),
        "visibility": st.floats(0, 30000),
    }
)
aqis = st.integers(0, 520)
WORSE = {
    "precipitation": (Hazard.RAIN, 1, 60),
    "wind_gusts_10m": (Hazard.GUSTS, 1, 100),
    "uv_index": (Hazard.UV, 1, 14),
    "visibility": (Hazard.VISIBILITY, -1, 20000),
    "shortwave_radiation": (Hazard.HEAT, 1, 1000),
}


@settings(deadline=None, max_examples=40)
@given(weather=weathers, aqi=aqis, mode=modes, person=people, exposure=exposures, name=st.sampled_from(sorted(WORSE)),
       by=st.floats(0, 1), hour=st.sampled_from([10, 11]))  # fmt: skip
def test_a_decision_never_improves_when_a_hazard_worsens(weather, aqi, mode, person, exposure, name, by, hour):
    hazard, sign, span = WORSE[name]
    had = around(weather, {"us_aqi": aqi})
    worse = around(weather | {name: max(weather[name] + sign * by * span, 0.0)}, {"us_aqi": aqi}).forecast.hours
    mixed = tuple(w if w.at.hour == hour else h for h, w in zip(had.forecast.hours, worse, strict=True))
    walk = outing(mode, exposure=exposure)
    first, then = (judge(walk, person, each) for each in (had, Surroundings(Forecast(mixed), had.sun)))
    assert then.level.rank >= first.level.rank
    assert found(hazard, then).level.rank >= found(hazard, first).level.rank


@settings(deadline=None, max_examples=40)
@given(weather=weathers, aqi=aqis, more=st.integers(0, 300), mode=modes, person=people)
def test_nor_when_the_air_worsens(weather, aqi, more, mode, person):
    first, then = (judge(outing(mode), person, around(weather, {"us_aqi": each})) for each in (aqi, aqi + more))
    assert then.level.rank >= first.level.rank


@settings(deadline=None, max_examples=40)
@given(weather=weathers, storm=st.sampled_from([95, 96, 99]), mode=modes, person=people)
def test_thunder_is_always_indoors(weather, storm, mode, person):
    assert judge(outing(mode), person, around(weather | {"weather_code": storm})).level is Level.INDOORS


DRY = {
    "temperature_2m": 27.2, "relative_humidity_2m": 1.0, "precipitation": 0.0, "weather_code": 0, "wind_speed_10m": 5.0,
    "wind_gusts_10m": 5.0, "uv_index": 2.0, "cloud_cover": 0.0, "shortwave_radiation": 80.0, "visibility": 20000.0,
}  # fmt: skip
"""On the step down of the heat index in dry air."""


@settings(deadline=None, max_examples=40)
@given(weather=weathers, hotter=st.floats(0, 20), damper=st.floats(0, 50), mode=modes, person=people,
       exposure=exposures)  # fmt: skip
@example(weather=DRY, hotter=0.1, damper=0.0, mode=Mode.RUN, person=Person(), exposure=Exposure.OPEN)
@example(weather=DRY, hotter=0.1, damper=0.0, mode=Mode.WALK, person=Person(Heat.STRICT), exposure=Exposure.OPEN)
def test_heat_and_cold_ask_for_no_less_as_they_feel_worse(weather, hotter, damper, mode, person, exposure):
    other = weather | {
        "temperature_2m": min(weather["temperature_2m"] + hotter, 54.0),
        "relative_humidity_2m": min(weather["relative_humidity_2m"] + damper, 100.0),
    }
    walk = outing(mode, exposure=exposure)
    cooler, warmer = judge(walk, person, around(weather)), judge(walk, person, around(other))
    assert found(Hazard.HEAT, warmer).level.rank >= found(Hazard.HEAT, cooler).level.rank
    for hazard in (Hazard.COLD, Hazard.ICE):
        assert found(hazard, cooler).level.rank >= found(hazard, warmer).level.rank


READ_BY = {
    "temperature_2m": {Hazard.HEAT, Hazard.COLD, Hazard.ICE},
    "relative_humidity_2m": {Hazard.HEAT},
    "wind_speed_10m": {Hazard.COLD},
    "wind_gusts_10m": {Hazard.GUSTS},
    "uv_index": {Hazard.UV},
    "precipitation": {Hazard.RAIN},
    "weather_code": {Hazard.THUNDER, Hazard.FREEZING_RAIN},
    "visibility": {Hazard.VISIBILITY},
}


hours_of_it = st.sampled_from([10, 11])


@settings(deadline=None, max_examples=40)
@given(weather=weathers, mode=modes, person=people, name=st.sampled_from(sorted(READ_BY)), hour=hours_of_it)
def test_a_missing_value_never_gives_go(weather, mode, person, name, hour):
    whole = around(weather)
    holed = around({name: None}, only=[hour]).forecast.hours
    hours = tuple(gone if gone.at.hour == hour else had for had, gone in zip(whole.forecast.hours, holed, strict=True))
    decision = judge(outing(mode), person, Surroundings(Forecast(hours), whole.sun))
    assert decision.level is not Level.GO
    for hazard in READ_BY[name]:
        assert found(hazard, decision).level is not Level.GO


@settings(deadline=None, max_examples=40)
@given(weather=weathers, mode=modes, person=people, hour=st.sampled_from([10, 11, 12]))
def test_a_missing_hour_never_gives_go(weather, mode, person, hour):
    whole = around(weather)
    holed = Forecast(tuple(each for each in whole.forecast.hours if each.at.hour != hour))
    decision = judge(outing(mode, minutes=110), person, Surroundings(holed, whole.sun))
    levels = {finding.level for finding in decision.findings if finding.hazard is not Hazard.LIGHT}
    assert levels <= {Level.UNKNOWN, Level.INDOORS}


@settings(deadline=None, max_examples=40)
@given(weather=weathers, aqi=aqis, mode=modes, lungs=st.booleans(), exposure=exposures)
def test_nobody_has_wider_limits_than_everyone_and_mild_has_the_same(weather, aqi, mode, lungs, exposure):
    walk, surroundings = outing(mode, exposure=exposure), around(weather, {"us_aqi": aqi})
    standard, mild, strict = (judge(walk, Person(heat, lungs), surroundings) for heat in Heat)
    plain = judge(walk, Person(), surroundings)
    for one, other, everyone, careful in zip(
        standard.findings, mild.findings, plain.findings, strict.findings, strict=True
    ):
        assert one.level is other.level
        assert careful.level.rank >= one.level.rank >= everyone.level.rank


@pytest.mark.parametrize("minutes", [1, 30, 59, 60, 61, 600])
def test_every_length_is_looked_at_to_its_end(minutes):
    last = (outing(minutes=minutes).end - timedelta(seconds=1)).hour
    assert judge(outing(minutes=minutes), Person(), around({"weather_code": 95}, only=[last])).level is Level.INDOORS
