"""Sun times against published tables, and the light rule."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from astral import Observer
from astral import sun as astral_sun

from routes.domain import daylight
from routes.domain.daylight import Why

DECORAH, LONDON = (43.30, -91.79, "America/Chicago"), (51.5074, -0.1278, "Europe/London")
NEW_YORK, SYDNEY = (40.7128, -74.0060, "America/New_York"), (-33.8688, 151.2093, "Australia/Sydney")
QUITO, TROMSO = (-0.1807, -78.4678, "America/Guayaquil"), (69.6492, 18.9553, "Europe/Oslo")


def sun(place, day):
    lat, lon, zone = place
    return daylight.of(lat, lon, ZoneInfo(zone), day)


@pytest.mark.parametrize(
    ("place", "day", "dawn", "rise", "set_", "dusk"),
    [
        (DECORAH, date(2008, 9, 1), "06:02", "06:32", "19:41", "20:11"),  # Luther College, USNO
        (DECORAH, date(2008, 9, 25), "06:30", "06:58", "18:58", "19:27"),
        (DECORAH, date(2008, 9, 30), "06:36", "07:04", "18:49", "19:18"),
        (LONDON, date(2024, 6, 20), "03:55", "04:43", "21:21", "22:09"),
        (LONDON, date(2024, 12, 21), "07:24", "08:04", "15:54", "16:34"),
        (NEW_YORK, date(2024, 12, 21), "06:46", "07:17", "16:32", "17:03"),
        (NEW_YORK, date(2025, 3, 20), "06:32", "06:59", "19:08", "19:36"),
        (SYDNEY, date(2024, 12, 21), "05:12", "05:41", "20:06", "20:35"),
        (QUITO, date(2025, 3, 20), "05:57", "06:18", "18:24", "18:45"),
        (TROMSO, date(2024, 12, 21), "09:32", None, None, "13:53"),
        (TROMSO, date(2024, 6, 21), None, None, None, None),
    ],
)
def test_published_times(place, day, dawn, rise, set_, dusk):
    found = sun(place, day)
    allowed = timedelta(minutes=2 if abs(place[0]) > 60 else 1, seconds=30)
    for seen, said in zip((found.dawn, found.rise, found.set, found.dusk), (dawn, rise, set_, dusk), strict=True):
        if said is None:
            assert seen is None
        else:
            told = datetime.fromisoformat(f"{day}T{said}").replace(tzinfo=ZoneInfo(place[2]))
            assert seen.date() == day
            assert abs(seen - told) <= allowed


def test_polar_night_and_midnight_sun_are_told_apart():
    assert sun(TROMSO, date(2024, 6, 21)).sun_comes_up
    winter = sun(TROMSO, date(2024, 12, 21))
    assert winter.gets_light and not winter.sun_comes_up
    dark = daylight.of(85.0, 20.0, ZoneInfo("UTC"), date(2024, 12, 21))
    assert not dark.gets_light and dark.dawn is None


LONGYEARBYEN, HAMMERFEST = (78.2232, 15.6267, "Arctic/Longyearbyen"), (70.6634, 23.6821, "Europe/Oslo")
UTQIAGVIK, ROVANIEMI = (71.2906, -156.7886, "America/Anchorage"), (66.5039, 25.7294, "Europe/Helsinki")


@pytest.mark.parametrize("place", [LONGYEARBYEN, HAMMERFEST, TROMSO, UTQIAGVIK, ROVANIEMI], ids=lambda place: place[2])
def test_it_is_light_from_noon_to_a_crossing_or_to_midnight_on_every_day_of_an_arctic_year(place):
    observer = Observer(place[0], place[1], 0.0)
    for number in range(365):
        found = sun(place, date(2027, 1, 1) + timedelta(days=number))
        for limit, comes, first, last in (
            (daylight.CIVIL, found.gets_light, found.dawn, found.dusk),
            (daylight.SUN_EDGE, found.sun_comes_up, found.rise, found.set),
        ):
            assert comes or (first, last) == (None, None)
            for moment, hours in (first, -12), (last, 12):
                seen = moment or found.noon.astimezone(UTC) + timedelta(hours=hours)
                zenith = astral_sun.zenith(observer, seen, with_refraction=False)
                if moment:  # where the sun grazes the limit, astral is some minutes on the safe side
                    assert limit - 0.5 < zenith < limit + 0.05, (found.day, limit)
                elif comes:
                    assert zenith <= limit, (found.day, limit)


def test_a_sun_that_has_just_come_back_is_no_midnight_sun():
    found = sun(TROMSO, date(2027, 1, 15))
    assert found.noon_zenith < daylight.SUN_EDGE and found.rise < found.noon < found.set
    assert found.set - found.rise < timedelta(hours=2)
    day = next(stretch for stretch in daylight.bar(found) if stretch.kind == "day")
    assert 0 < day.width < 100 * 2 / 24
    evening = found.noon.replace(hour=21, minute=0)
    seen = daylight.light(found, evening, evening + timedelta(minutes=50), under_trees=True, lit=False)
    assert seen.why is Why.INTO_THE_DARK and seen.until == found.set - daylight.BUFFER


def test_the_dusk_of_a_northern_summer_day_may_be_tomorrow():
    found = sun((64.15, -21.94, "Atlantic/Reykjavik"), date(2024, 6, 21))
    assert found.rise.date() == date(2024, 6, 21)
    assert found.set.date() == date(2024, 6, 22)
    assert found.dawn is None and found.dusk is None


@pytest.mark.parametrize(
    "place",
    [
        LONDON, SYDNEY, TROMSO,
        (-31.55, 159.08, "Australia/Lord_Howe"),
        (27.7, 85.3, "Asia/Kathmandu"),
        (1.87, -157.4, "Pacific/Kiritimati"),
        (-16.8, -179.97, "Pacific/Fiji"),
    ],
    ids=lambda place: place[2],
)  # fmt: skip
def test_every_day_of_a_year_is_in_order_and_moves_little(place):
    before = None
    for number in range(366):
        day = date(2024, 1, 1) + timedelta(days=number)
        found = sun(place, day)
        order = [t for t in (found.dawn, found.rise, found.noon, found.set, found.dusk) if t]
        assert order == sorted(order)
        assert found.noon.date() == day
        if before:
            assert abs(found.noon.astimezone(UTC) - before.noon.astimezone(UTC) - timedelta(days=1)) < timedelta(
                minutes=1
            )
        before = found


def on(day, clock):
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo("Europe/London"))


MIDWINTER = "2024-12-21"  # dawn 07:24, set 15:54, dusk 16:34


@pytest.mark.parametrize(
    ("start", "end", "under_trees", "lit", "why"),
    [
        ("10:00", "10:50", False, False, Why.LIGHT),
        ("15:25", "16:15", False, False, Why.LIGHT),
        ("15:35", "16:25", False, False, Why.INTO_THE_DARK),
        ("14:30", "15:20", True, False, Why.LIGHT),
        ("14:45", "15:35", True, False, Why.INTO_THE_DARK),
        ("07:00", "07:50", False, False, Why.BEFORE_DAWN),
        ("17:30", "18:20", False, True, Why.LAMPS),
        ("06:30", "07:20", False, True, Why.LAMPS),
        ("12:00", "12:50", False, True, Why.LIGHT),
    ],
)
def test_the_light_rule_in_december(start, end, under_trees, lit, why):
    found = daylight.light(
        sun(LONDON, date(2024, 12, 21)), on(MIDWINTER, start), on(MIDWINTER, end), under_trees=under_trees, lit=lit
    )
    assert found.why is why
    assert found.ok is (why in (Why.LIGHT, Why.LAMPS))


def test_the_limits_are_told():
    found = daylight.light(
        sun(LONDON, date(2024, 12, 21)), on(MIDWINTER, "10:00"), on(MIDWINTER, "10:50"), under_trees=False, lit=False
    )
    assert found.until.strftime("%H:%M") == "16:34" and found.end_by.strftime("%H:%M") == "16:19"


def test_the_light_rule_where_the_sun_stays_away_or_stays_up():
    zone = ZoneInfo("Europe/Oslo")
    winter, summer = sun(TROMSO, date(2024, 12, 21)), sun(TROMSO, date(2024, 6, 21))

    def asked(times, hour, **where):
        start = times.noon.replace(hour=hour, minute=0).astimezone(zone)
        return daylight.light(times, start, start + timedelta(minutes=50), **where).why

    assert asked(winter, 11, under_trees=False, lit=False) is Why.LIGHT
    assert asked(winter, 11, under_trees=True, lit=False) is Why.NO_DAYLIGHT
    assert asked(winter, 11, under_trees=True, lit=True) is Why.LAMPS
    assert asked(summer, 22, under_trees=True, lit=False) is Why.LIGHT
