"""The light over a route: lamps with hours, a weekly walk into the dark, and the picture of a year."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from routes.domain import daylight, route_light
from routes.domain.daylight import Why
from routes.models import Route

LONDON = "Europe/London"
DECEMBER = date(2026, 12, 10)


def route(light: str = Route.Light.OPEN, at: tuple[float, float] = (51.5074, -0.1278), **fields: object) -> Route:
    return Route(line=[[*at, None], [at[0] + 0.01, at[1], None]], light=light, **fields)


def on(day: date, clock: str, zone: str = LONDON) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone))


def walk(way: Route, day: date, clock: str, minutes: int = 50, zone: str = LONDON) -> Why:
    start = on(day, clock, zone)
    return route_light.over(way, zone, start, start + timedelta(minutes=minutes)).why


@pytest.mark.parametrize(
    ("off", "start", "end", "lit"),
    [
        ((None, None), "02:00", "03:00", True),
        (("23:00", "05:30"), "21:00", "23:00", True),
        (("23:00", "05:30"), "22:30", "23:10", False),
        (("23:00", "05:30"), "02:00", "03:00", False),
        (("23:00", "05:30"), "05:20", "06:10", False),
        (("23:00", "05:30"), "05:30", "06:10", True),
        (("00:30", "05:30"), "23:50", "00:20", True),
        (("00:30", "05:30"), "23:50", "00:40", False),
    ],
)
def test_lamps_burn_within_their_hours(off: tuple[str | None, str | None], start: str, end: str, lit: bool) -> None:
    first, last = on(DECEMBER, start), on(DECEMBER, end)
    last += timedelta(days=last < first)
    hours = [time.fromisoformat(one) if one else None for one in off]
    assert daylight.lamps_on(first, last, off_from=hours[0], off_until=hours[1]) is lit


def test_a_lit_path_is_dark_once_its_lamps_go_off() -> None:
    lit = route(Route.Light.LIT)
    early = route(Route.Light.LIT, lamps_off_from=time(18), lamps_off_until=time(6))
    assert walk(lit, DECEMBER, "17:30") is Why.LAMPS
    assert walk(early, DECEMBER, "17:30") is Why.INTO_THE_DARK
    assert walk(early, DECEMBER, "16:30") is Why.LAMPS
    assert walk(early, DECEMBER, "12:00") is Why.LIGHT


def test_lamps_need_burn_in_the_dark_part_of_a_walk_only() -> None:
    """On 10 December in London civil dawn is at 07:15 and dusk at 16:31; in daylight a walk is over by 16:16."""
    by_day = route(Route.Light.LIT, lamps_off_from=time(8), lamps_off_until=time(16))
    assert walk(by_day, DECEMBER, "15:40", 60) is Why.LAMPS
    assert walk(by_day, DECEMBER, "06:50", 90) is Why.LAMPS
    assert walk(by_day, DECEMBER, "06:50", 600) is Why.LAMPS, "dark at both ends, with lamps at both"
    late = route(Route.Light.LIT, lamps_off_from=time(8), lamps_off_until=time(17))
    assert walk(late, DECEMBER, "15:40", 60) is Why.INTO_THE_DARK
    assert walk(late, DECEMBER, "15:40", 40) is Why.INTO_THE_DARK, "nor is there light to be late in"
    early = route(Route.Light.LIT, lamps_off_from=time(7), lamps_off_until=time(16))
    assert walk(early, DECEMBER, "06:50", 90) is Why.BEFORE_DAWN
    polar = route(Route.Light.LIT, at=(78.2232, 15.6267), lamps_off_from=time(8), lamps_off_until=time(16))
    assert walk(polar, DECEMBER, "11:00", zone="Arctic/Longyearbyen") is Why.NO_DAYLIGHT
    assert walk(polar, DECEMBER, "17:00", zone="Arctic/Longyearbyen") is Why.LAMPS


def test_a_weekly_walk_at_half_past_five_in_london_is_dark_from_october_to_march() -> None:
    thursday = date(2026, 8, 27)
    found = route_light.dark_weeks(route(), LONDON, start=thursday, clock=time(17, 30), minutes=50)
    assert len(found) == 1 and found[0].why is Why.INTO_THE_DARK
    # The walk ends at 18:20. Civil dusk in London: 18:40 on 15 October, 18:26 on 22 October; 18:31 on 11 March.
    assert (found[0].first, found[0].last) == (date(2026, 10, 22), date(2027, 3, 11))
    for day in (found[0].first, found[0].last):
        assert walk(route(), day, "17:30") is Why.INTO_THE_DARK
    for day in (found[0].first - route_light.WEEK, found[0].last + route_light.WEEK):
        assert walk(route(), day, "17:30") is Why.LIGHT


def test_an_early_walk_is_dark_twice_around_the_change_of_the_clocks() -> None:
    found = route_light.dark_weeks(route(), LONDON, start=date(2026, 9, 3), clock=time(6, 30), minutes=50)
    assert [one.why for one in found] == [Why.BEFORE_DAWN] * 2
    assert found[0].last == date(2026, 10, 22) and found[1].first > date(2026, 10, 29), "an hour of light is won"
    weeks = [one.first + route_light.WEEK * n for one in found for n in range((one.last - one.first).days // 7 + 1)]
    assert weeks == sorted(set(weeks))
    for number in range(53):
        day = date(2026, 9, 3) + route_light.WEEK * number
        assert (walk(route(), day, "06:30") is not Why.LIGHT) == (day in weeks)


def test_lamps_keep_a_weekly_walk_out_of_the_list() -> None:
    weekly = {"start": date(2026, 8, 27), "clock": time(17, 30), "minutes": 50}
    assert route_light.dark_weeks(route(Route.Light.LIT), LONDON, **weekly) == ()
    assert route_light.dark_weeks(route(Route.Light.WOODLAND), LONDON, **weekly)[0].first == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("at", "zone"),
    [
        ((-31.55, 159.08), "Australia/Lord_Howe"),
        ((27.7, 85.3), "Asia/Kathmandu"),
        ((69.6492, 18.9553), "Europe/Oslo"),
    ],
)
def test_wall_time_stays_whatever_the_clocks_do(at: tuple[float, float], zone: str) -> None:
    way = route(at=at)
    start, clock = date(2026, 1, 6), time(17, 30)
    found = route_light.dark_weeks(way, zone, start=start, clock=clock, minutes=50)
    dark = {one.first + route_light.WEEK * n for one in found for n in range((one.last - one.first).days // 7 + 1)}
    for number in range(53):
        day = start + route_light.WEEK * number
        sun = daylight.of(*at, ZoneInfo(zone), day)
        end = datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC) + timedelta(minutes=65)
        late = sun.dusk is not None and end > sun.dusk.astimezone(UTC)
        early = sun.dawn is not None and datetime.combine(day, clock, ZoneInfo(zone)) < sun.dawn
        assert (day in dark) == (late or early or not sun.gets_light)


def test_the_year_is_drawn_with_its_steps_and_its_polar_gaps() -> None:
    london = route_light.year(route(), LONDON, 2026)
    assert len(london.months) == 12 and london.day.count("M") == london.twilight.count("M") == 1
    march = (date(2026, 3, 29) - date(2026, 1, 1)).days
    rises = {int(x): float(y) for x, y in reversed(re.findall(r"[ML](\d+) ([\d.]+)", london.day))}
    assert rises[march] - rises[march - 1] == pytest.approx(10, abs=0.5), "an hour, ten units, when the clocks change"
    tromso = route_light.year(route(at=(69.6492, 18.9553)), "Europe/Oslo", 2026)
    assert tromso.day.startswith("M14 ") and tromso.day.count("M") == 1, "the sun is first seen in mid January"
    assert " 0L" in tromso.day and f" {tromso.HEIGHT}" in tromso.day, "and stays up in summer"
