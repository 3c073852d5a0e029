"""The bar of a day, where the sun does what it does elsewhere, and where it does not."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from routes.domain import daylight
from routes.models import Route
from sessions.domain import light, light_chip

LONDON, REYKJAVIK = (51.5, -0.13, "Europe/London"), (64.15, -21.94, "Atlantic/Reykjavik")
TROMSO = (69.65, 18.96, "Europe/Oslo")


@pytest.mark.parametrize(
    ("place", "day", "kinds", "words"),
    [
        (LONDON, date(2026, 6, 21), ["twilight", "day"], "Night until 03:5"),
        (REYKJAVIK, date(2026, 6, 21), ["twilight", "day"], "it does not get dark"),
        (TROMSO, date(2026, 6, 21), ["twilight", "day"], "stays up all day"),
        (TROMSO, date(2026, 12, 21), ["twilight"], "does not rise"),
    ],
)
def test_the_day_is_drawn_as_it_is(place, day, kinds, words):
    lat, lon, zone = place
    bar = light.bar(daylight.of(lat, lon, ZoneInfo(zone), day), zone)
    assert [part["kind"] for part in bar["parts"]] == kinds
    assert words in bar["words"]
    all_day = [part for part in bar["parts"] if (part["start"], part["width"]) == (0.0, 100.0)]
    assert bool(all_day) == (day.month == 6 and place is not LONDON)


DECEMBER = date(2026, 12, 10)


def chip_at(clock: str, shade: str) -> str:
    starts_at = datetime.combine(DECEMBER, time.fromisoformat(clock), ZoneInfo(LONDON[2]))
    way = Route(line=[[*LONDON[:2], None], [51.51, -0.13, None]], light=shade)
    (chip,) = light_chip.of(way, starts_at, starts_at + timedelta(minutes=50), zone=LONDON[2])
    return f"{chip.text}. {chip.reason}"


@pytest.mark.parametrize(
    ("shade", "until", "over_by"),
    [("open", "16:31", "16:16"), ("woodland", "15:36", "15:21")],
)
def test_light_until_is_one_time_whenever_the_walk_is(shade, until, over_by):
    """Sunset is at 15:51 and dusk at 16:31 in London that day."""
    assert chip_at("11:00", shade) == f"Light until {until}. "
    early, late = chip_at("15:00", shade), chip_at("16:00", shade)
    assert f"ight until {until}" in early
    assert late.startswith(f"Into the dark: light until {until}. It should be over by {over_by}. ")


def test_on_a_lit_path_it_is_the_same_time_and_in_the_polar_night_none():
    assert chip_at("18:00", "lit") == "In the dark, on a lit path. Lamps and people about; light until 16:31."
    north = Route(line=[[78.2, 15.6, None], [78.21, 15.6, None]], light="lit")
    at_noon = datetime(2026, 12, 21, 12, tzinfo=ZoneInfo("Arctic/Longyearbyen"))
    (chip,) = light_chip.of(north, at_noon, at_noon + timedelta(minutes=50), zone="Arctic/Longyearbyen")
    assert chip.reason == "Lamps and people about."
