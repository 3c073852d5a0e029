"""The bar of a day, where the sun does what it does elsewhere, and where it does not."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from routes.domain import daylight
from sessions.domain import light

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
