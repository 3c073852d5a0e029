"""Go, modify or indoors: the table of limits, the sun, tiers, missing hours, and other ways."""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practice.models.modes import Mode
from routes.domain import daylight, forecast
from routes.domain.conditions import Surroundings, judge, other_ways
from routes.domain.feels import celsius, fahrenheit, heat_index
from routes.domain.forecast import Forecast
from routes.domain.limits import Hazard, Level
from routes.domain.outing import Exposure, Heat, Outing, Person
from tests.routes import open_meteo

LONDON = ZoneInfo("Europe/London")
DAY = datetime(2026, 6, 15, tzinfo=UTC)
SUN = daylight.of(51.5, -0.12, LONDON, DAY.date())
NIGHT_SUN = daylight.of(51.5, -0.12, LONDON, DAY.date().replace(month=12))
STANDARD, MILD, STRICT = Person(), Person(Heat.MILD), Person(Heat.STRICT)
LUNGS = Person(lungs=True)
GO, MODIFY, UNKNOWN, INDOORS = Level.GO, Level.MODIFY, Level.UNKNOWN, Level.INDOORS


def outing(mode=Mode.WALK, *, hour=10, minutes=50, exposure=Exposure.SHADED, **where):
    start = DAY + timedelta(hours=hour)
    return Outing(start, start + timedelta(minutes=minutes), mode, exposure, **where)


def around(weather=None, air=None, *, only=None, **more):
    """A mild clean day with these values of every hour changed, or only of the hours `only`."""
    answers = [open_meteo.weather({} if only else weather), open_meteo.air({} if only else air)]
    for answer, changed in zip(answers, (weather, air), strict=True):
        for (name, value), hour in product((changed or {}).items(), only or ()):
            answer["hourly"][name][hour] = value
    return Surroundings(forecast.read(answers[0]).joined(forecast.read(answers[1])), SUN, **more)


def found(hazard, decision):
    return next(finding for finding in decision.findings if finding.hazard is hazard)


def level(hazard, weather=None, air=None, *, mode=Mode.WALK, person=STANDARD, exposure=Exposure.SHADED):
    return found(hazard, judge(outing(mode, exposure=exposure), person, around(weather, air))).level


def test_a_mild_day_is_go_in_every_way():
    for mode, person in product((Mode.SIT, Mode.WALK, Mode.RUN), (STANDARD, MILD, STRICT, LUNGS)):
        decision = judge(outing(mode, exposure=Exposure.OPEN), person, around())
        assert decision.level is GO
        assert not [finding for finding in decision.findings if finding.level is not GO or finding.words]
        assert list(other_ways(outing(mode), person, around(), than=decision)) == []


def warm(index):
    """The weather whose heat index at half humidity is `index`, or the next higher that there is."""
    low, high = 60.0, 125.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if heat_index(middle, 50) < index else (low, middle)
    return {"temperature_2m": celsius(high), "relative_humidity_2m": 50}


def just_below(index):
    temperature = fahrenheit(warm(index)["temperature_2m"]) - 0.001
    return {"temperature_2m": celsius(temperature), "relative_humidity_2m": 50}


@pytest.mark.parametrize(
    ("mode", "person", "modify", "indoors"),
    [
        (Mode.WALK, STANDARD, 90, 103),
        (Mode.SIT, STANDARD, 90, 103),
        (Mode.WALK, MILD, 90, 103),
        (Mode.WALK, STRICT, 80, 90),
        (Mode.RUN, STANDARD, 80, 90),
        (Mode.RUN, MILD, 80, 90),
        (Mode.RUN, STRICT, 75, 80),
    ],
)
def test_heat_by_mode_and_tier(mode, person, modify, indoors):
    for at, below, reached in ((modify, GO, MODIFY), (indoors, MODIFY, INDOORS)):
        assert level(Hazard.HEAT, just_below(at), mode=mode, person=person) is below
        assert level(Hazard.HEAT, warm(at), mode=mode, person=person) is reached


def test_a_run_in_heat_is_offered_as_a_walk():
    for weather, person in ((warm(90), STANDARD), (warm(82), STRICT)):
        run = outing(Mode.RUN)
        decision = judge(run, person, around(weather))
        assert decision.level is INDOORS
        walk, *others = other_ways(run, person, around(weather), than=decision)
        assert (walk.kind, walk.mode, walk.level) == ("walk", Mode.WALK, MODIFY)
        assert [way.kind for way in others] == ["indoors"]


def test_a_walk_that_is_no_better_is_not_offered():
    run, storm = outing(Mode.RUN), around({"weather_code": 95})
    assert [way.kind for way in other_ways(run, STANDARD, storm, than=judge(run, STANDARD, storm))] == ["indoors"]


def calm_cold(temperature_f):
    """Without wind the chill is the temperature; dry, so that nothing is icy."""
    return {"temperature_2m": celsius(temperature_f), "wind_speed_10m": 0.0}


@pytest.mark.parametrize(
    ("mode", "person", "chill", "expected"),
    [
        (Mode.WALK, STANDARD, 20.1, GO), (Mode.WALK, STANDARD, 20, MODIFY), (Mode.WALK, STANDARD, -5, MODIFY),
        (Mode.WALK, STANDARD, -9.9, MODIFY), (Mode.WALK, STANDARD, -10, INDOORS),
        (Mode.WALK, STRICT, 32.1, GO), (Mode.WALK, STRICT, 32, MODIFY), (Mode.WALK, STRICT, 15, MODIFY),
        (Mode.WALK, STRICT, 14.9, INDOORS), (Mode.WALK, MILD, 32, GO),
        (Mode.RUN, STANDARD, 20.1, GO), (Mode.RUN, STANDARD, 0, MODIFY), (Mode.RUN, STANDARD, -5, INDOORS),
        (Mode.RUN, STRICT, 32, MODIFY), (Mode.RUN, STRICT, 20, MODIFY), (Mode.RUN, STRICT, 19.9, INDOORS),
        (Mode.WALK, LUNGS, 32, MODIFY), (Mode.SIT, LUNGS, 33, GO), (Mode.SIT, STANDARD, 32, MODIFY),
        *[(mode, who, -18, INDOORS) for mode in (Mode.SIT, Mode.WALK, Mode.RUN) for who in (STANDARD, STRICT, LUNGS)],
    ],
)  # fmt: skip
def test_cold_by_mode_and_tier(mode, person, chill, expected):
    assert level(Hazard.COLD, calm_cold(chill), mode=mode, person=person) is expected


def test_wind_makes_it_colder():
    finding = found(Hazard.COLD, judge(outing(), STANDARD, around({"temperature_2m": -10, "wind_speed_10m": 20})))
    assert finding.value == pytest.approx(fahrenheit(-17.86), abs=0.1) and finding.level is MODIFY


@pytest.mark.parametrize(
    ("mode", "person", "aqi", "expected"),
    [
        (Mode.WALK, STANDARD, 51, GO), (Mode.WALK, STANDARD, 100, GO), (Mode.WALK, STANDARD, 101, MODIFY),
        (Mode.WALK, STANDARD, 150, MODIFY), (Mode.WALK, STANDARD, 151, INDOORS), (Mode.WALK, MILD, 51, GO),
        (Mode.RUN, STANDARD, 100, GO), (Mode.RUN, STANDARD, 101, INDOORS), (Mode.RUN, STRICT, 101, INDOORS),
        (Mode.WALK, LUNGS, 100, GO), (Mode.WALK, LUNGS, 120, INDOORS), (Mode.RUN, LUNGS, 50, GO),
        (Mode.RUN, LUNGS, 51, MODIFY), (Mode.RUN, STRICT, 51, MODIFY), (Mode.WALK, STRICT, 100, GO),
        (Mode.WALK, STRICT, 120, MODIFY), (Mode.WALK, STRICT, 151, INDOORS), (Mode.WALK, STANDARD, 700, INDOORS),
    ],
)  # fmt: skip
def test_air_by_mode_and_tier(mode, person, aqi, expected):
    assert level(Hazard.AIR, air={"us_aqi": aqi}, mode=mode, person=person) is expected


def test_a_run_in_bad_air_is_offered_as_a_walk():
    run, surroundings = outing(Mode.RUN), around(air={"us_aqi": 101})
    ways = list(other_ways(run, STANDARD, surroundings, than=judge(run, STANDARD, surroundings)))
    assert (ways[0].kind, ways[0].level) == ("walk", MODIFY)


def test_part_of_the_air_can_say_indoors_and_never_go():
    gone = {"us_aqi": None, "ozone": None}
    assert level(Hazard.AIR, air=gone) is UNKNOWN
    assert level(Hazard.AIR, air=gone | {"pm2_5": 40.0}) is UNKNOWN
    assert level(Hazard.AIR, air=gone | {"pm2_5": 60.0}) is INDOORS


@pytest.mark.parametrize(
    ("uv", "exposure", "expected"),
    [
        (7.49, Exposure.OPEN, GO), (7.5, Exposure.OPEN, MODIFY), (10.4, Exposure.OPEN, MODIFY),
        (10.5, Exposure.OPEN, INDOORS), (12, Exposure.PARTLY, INDOORS), (12, Exposure.SHADED, MODIFY),
    ],
)  # fmt: skip
def test_uv_is_banded_in_whole_numbers(uv, exposure, expected):
    assert level(Hazard.UV, {"uv_index": uv}, exposure=exposure) is expected


@pytest.mark.parametrize(
    ("hazard", "weather", "expected"),
    [
        (Hazard.GUSTS, {"wind_gusts_10m": 29.9 * 1.609344}, GO),
        (Hazard.GUSTS, {"wind_gusts_10m": 30 * 1.609344}, MODIFY),
        (Hazard.GUSTS, {"wind_gusts_10m": 40 * 1.609344}, INDOORS),
        (Hazard.RAIN, {"precipitation": 7.6}, GO),
        (Hazard.RAIN, {"precipitation": 7.7}, MODIFY),
        (Hazard.RAIN, {"precipitation": 50.1}, INDOORS),
        (Hazard.THUNDER, {"weather_code": 82}, GO),
        *[(Hazard.THUNDER, {"weather_code": code}, INDOORS) for code in (95, 96, 99)],
        (Hazard.FREEZING_RAIN, {"weather_code": 65}, GO),
        *[(Hazard.FREEZING_RAIN, {"weather_code": code}, INDOORS) for code in (56, 57, 66, 67)],
        (Hazard.VISIBILITY, {"visibility": 401}, GO),
        (Hazard.VISIBILITY, {"visibility": 400}, MODIFY),
        (Hazard.VISIBILITY, {"visibility": 99}, INDOORS),
        (Hazard.ICE, {"temperature_2m": 2.2}, GO),
        (Hazard.ICE, {"temperature_2m": celsius(36), "precipitation": 0.1}, MODIFY),
        (Hazard.ICE, {"temperature_2m": celsius(36.1), "precipitation": 0.1}, GO),
        (Hazard.ICE, {"temperature_2m": 0.5, "weather_code": 73}, MODIFY),
        (Hazard.ICE, {"temperature_2m": 0.5, "precipitation": None}, UNKNOWN),
        (Hazard.ICE, {"temperature_2m": 15, "precipitation": None}, GO),
    ],
)
def test_wind_rain_storm_ice_and_fog(hazard, weather, expected):
    assert level(hazard, weather) is expected


def test_a_path_that_was_wet_hours_ago_is_icy_in_the_frost():
    dry = around({"temperature_2m": -1.0})
    hours = [h if h.at.hour != 6 else type(h)(h.at, temperature_c=3, precipitation_mm=2) for h in dry.forecast.hours]
    wet = Surroundings(Forecast(tuple(hours)), SUN)
    icy = found(Hazard.ICE, judge(outing(hour=10), STANDARD, wet))
    assert (icy.level, icy.limit) == (MODIFY, 36)
    for surroundings, hour in ((dry, 10), (wet, 13)):
        finding = found(Hazard.ICE, judge(outing(hour=hour), STANDARD, surroundings))
        assert (finding.level, finding.limit) == (GO, None)


def test_the_hours_before_a_frost_must_be_known():
    early = Forecast(around({"temperature_2m": -1.0}).forecast.hours[8:])
    assert found(Hazard.ICE, judge(outing(hour=10), STANDARD, Surroundings(early, SUN))).level is UNKNOWN


SUNNY = {"shortwave_radiation": 800, "cloud_cover": 0}


@pytest.mark.parametrize(
    ("weather", "exposure", "value"),
    [
        (SUNNY, Exposure.OPEN, 97),
        ({"shortwave_radiation": 400}, Exposure.OPEN, 92),
        ({"shortwave_radiation": 0}, Exposure.OPEN, None),
        (SUNNY | {"is_day": 0}, Exposure.OPEN, None),
        (SUNNY, Exposure.SHADED, None),
        (SUNNY, Exposure.PARTLY, 92),
    ],
)
def test_sun_is_added_when_there_is_sun(weather, exposure, value):
    finding = found(Hazard.HEAT, judge(outing(exposure=exposure), STANDARD, around(warm(87) | weather)))
    if value is None:
        assert finding.level is GO and finding.value == pytest.approx(87, abs=0.1)
    else:
        assert finding.level is MODIFY and finding.value == pytest.approx(value, abs=0.1)
        assert any("shade" in str(words) for words in finding.words)


def test_what_is_too_warm_in_the_shade_is_told_as_in_the_shade():
    finding = found(Hazard.HEAT, judge(outing(exposure=Exposure.OPEN), STANDARD, around(warm(95) | SUNNY)))
    assert finding.level is MODIFY and finding.value == pytest.approx(95, abs=0.1)
    assert not any("within the limits" in str(words) for words in finding.words)


def test_sun_without_radiation_goes_by_cloud_and_hour():
    def felt(hour, **weather):
        hot = warm(88) | {"shortwave_radiation": None, "is_day": None} | weather
        return found(Hazard.HEAT, judge(outing(hour=hour, exposure=Exposure.OPEN), STANDARD, around(hot)))

    assert felt(11, cloud_cover=0).value > 97.5
    assert felt(11, cloud_cover=None).value > 97.5  # a sunny guess
    assert 90 < felt(11, cloud_cover=100).value < 91  # a quarter of it
    assert felt(22, cloud_cover=0).level is GO


def test_a_sunny_hour_that_is_no_hotter_than_75_is_a_fine_hour():
    for person, mode in product((STANDARD, MILD), (Mode.WALK, Mode.RUN)):
        assert level(Hazard.HEAT, just_below(75) | SUNNY, mode=mode, person=person, exposure=Exposure.OPEN) is GO
    assert level(Hazard.HEAT, warm(75) | SUNNY, mode=Mode.RUN, exposure=Exposure.OPEN) is MODIFY


@pytest.mark.parametrize(
    ("changed", "person", "word"),
    [
        ({"uv_index": 2.4}, STANDARD, None),
        ({"uv_index": 2.5}, STANDARD, "sunscreen"),
        ({"us_aqi": 51}, STANDARD, None),
        ({"us_aqi": 50}, STRICT, None),
        ({"us_aqi": 51}, STRICT, "cough"),
        ({"us_aqi": 51}, LUNGS, "cough"),
    ],
)
def test_some_things_are_worth_a_word_and_change_nothing(changed, person, word):
    decision = judge(outing(), person, around(changed) if "uv_index" in changed else around(air=changed))
    said = [str(sentence) for finding in decision.findings for sentence in finding.words]
    assert decision.level is GO
    assert not said if word is None else len(said) == 1 and word in said[0]


@settings(deadline=None, max_examples=40)
@given(index=st.floats(60, 102.9), radiation=st.floats(0, 1200), person=st.sampled_from([STANDARD, MILD, STRICT]))
def test_sun_alone_never_sends_anybody_indoors(index, radiation, person):
    weather = warm(index) | {"shortwave_radiation": radiation}
    for mode in (Mode.WALK, Mode.RUN):
        shade = level(Hazard.HEAT, weather, mode=mode, person=person)
        sun = level(Hazard.HEAT, weather, mode=mode, person=person, exposure=Exposure.OPEN)
        assert sun is shade or (shade, sun) == (GO, MODIFY)


def test_a_client_on_an_ssri_walks_in_spring_and_hears_of_water():
    """At 76 °F, half humidity, on an open path in the sun, nobody is sent in; strict alone would have been."""
    weather = {"temperature_2m": celsius(76), "relative_humidity_2m": 50} | SUNNY
    for person, mode in product((STANDARD, MILD, STRICT), (Mode.WALK, Mode.RUN)):
        assert level(Hazard.HEAT, weather, mode=mode, person=person, exposure=Exposure.OPEN) is not INDOORS
    hot = around(warm(81))
    mild, standard = (found(Hazard.HEAT, judge(outing(), person, hot)) for person in (MILD, STANDARD))
    assert mild.level is standard.level is GO
    assert [str(words) for words in mild.words if "Water" in str(words)] and not standard.words


def test_the_worst_hour_counts_be_it_start_middle_or_end():
    for bad in (10, 11, 12, 13):
        decision = judge(outing(minutes=150), STANDARD, around({"wind_gusts_10m": 62}, only=[bad]))
        finding = found(Hazard.GUSTS, decision)
        assert decision.level is MODIFY and finding.at == DAY + timedelta(hours=bad)
    for other in (9, 14):
        assert judge(outing(minutes=150), STANDARD, around({"wind_gusts_10m": 90}, only=[other])).level is GO


def test_the_worst_figure_is_told():
    surroundings = around({"temperature_2m": 35.0, "relative_humidity_2m": 40}, only=[11])
    finding = found(Hazard.HEAT, judge(outing(), STANDARD, surroundings))
    assert finding.value == pytest.approx(heat_index(95, 40), abs=0.01)
    assert (finding.limit, finding.basis, finding.unit) == (90, "published", "°F")


def test_two_that_say_indoors_are_indoors():
    assert judge(outing(), STANDARD, around({"weather_code": 95, "wind_gusts_10m": 90})).level is INDOORS


def test_unknown_stands_over_modify_and_under_indoors():
    gone = {"us_aqi": None, "pm2_5": None}
    assert judge(outing(), STANDARD, around(air=gone)).level is UNKNOWN
    assert judge(outing(), STANDARD, around({"wind_gusts_10m": 62}, gone)).level is UNKNOWN
    assert judge(outing(), STANDARD, around({"wind_gusts_10m": 90}, gone)).level is INDOORS


def test_without_a_forecast_all_weather_is_unknown():
    decision = judge(outing(), STANDARD, Surroundings(Forecast(), SUN))
    assert decision.level is UNKNOWN
    assert {finding.level for finding in decision.findings if finding.hazard is not Hazard.LIGHT} == {UNKNOWN}
    assert all(finding.words for finding in decision.findings if finding.level is UNKNOWN)
    assert all(finding.limit is not None for finding in decision.findings)


def in_december(hour, **where):
    start = DAY.replace(month=12) + timedelta(hours=hour)
    return Outing(start, start + timedelta(minutes=50), Mode.WALK, Exposure.OPEN, **where)


def test_light_is_a_hazard_among_the_others():
    winter = open_meteo.weather(first="2026-12-15T00:00"), open_meteo.air(first="2026-12-15T00:00")
    surroundings = Surroundings(forecast.read(winter[0]).joined(forecast.read(winter[1])), NIGHT_SUN)

    def told(hour, person=STANDARD, **where):
        decision = judge(in_december(hour, **where), person, surroundings)
        return decision.level, found(Hazard.LIGHT, decision)

    assert told(11)[0] is GO
    dark, light = told(17)
    assert dark is INDOORS and light.value < 0
    assert told(17, lit=True)[0] is MODIFY
    assert told(17, Person(by_day=True), lit=True)[0] is INDOORS
    assert told(15, under_trees=True)[0] is INDOORS
    assert told(7)[1].value == pytest.approx(-22, abs=3)


def test_another_hour_of_the_day_is_offered_the_nearest_first():
    surroundings = around({"weather_code": 95}, only=range(6, 14))
    walk = outing(hour=10)
    ways = list(other_ways(walk, STANDARD, surroundings, than=judge(walk, STANDARD, surroundings)))
    assert [(way.kind, way.start.hour) for way in ways] == [("another_hour", 14), ("indoors", 10)]
    late = Surroundings(surroundings.forecast, SUN, now=DAY + timedelta(hours=14))
    ways = list(other_ways(walk, STANDARD, late, than=judge(walk, STANDARD, late)))
    assert ways[0].start.hour == 15


def test_no_other_hour_is_offered_in_the_dark_or_beyond_the_forecast():
    surroundings = around({"weather_code": 95}, only=range(3, 22))
    walk = outing(hour=20)
    ways = list(other_ways(walk, STANDARD, surroundings, than=judge(walk, STANDARD, surroundings)))
    assert [way.kind for way in ways] == ["indoors"]
