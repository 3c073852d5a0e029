"""What to bring: by the way of meeting, and by the forecast where it is known, as for anybody."""

import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import Client
from practice.models import Letter, User
from sessions.domain import meeting, outlook, reminders
from tests import factories
from tests.sessions.people import ready
from tests.sessions.skies import HOT, forecast
from tests.sessions.test_booking import book
from tests.sessions.test_reminders import page

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 9, 9, 0, tzinfo=UTC)
EMPTY = struct.pack("<7I", 0x950412DE, 0, 0, 28, 28, 0, 28)
"""A catalogue without a word: days are named in Django's own."""
MILD = {"temperature_2m": 15.0, "relative_humidity_2m": 50, "precipitation": 0.0, "rain": 0.0, "uv_index": 1.0}
COLD = MILD | {"temperature_2m": -6.0, "wind_speed_10m": 9.0}
WET = MILD | {"precipitation": 1.2, "rain": 1.2}


@pytest.fixture(autouse=True)
def open_meteo(settings: Any) -> None:
    settings.WEATHER = replace(settings.WEATHER, source="open-meteo")


@pytest.mark.parametrize(
    ("changed", "brings"),
    [
        (MILD, ["shoes with grip", "a layer for the weather", "water"]),
        (WET, ["shoes with grip", "a rain jacket", "water"]),
        (HOT, ["shoes with grip", "a hat and sun cream", "water"]),
        (COLD, ["shoes with grip", "a warm layer, hat and gloves", "water"]),
    ],
)
def test_it_follows_the_forecast(
    settings: Any, anna: User, mrs_lee: Client, changed: dict[str, Any], brings: list[str]
) -> None:
    route = factories.route(anna)
    forecast(route, NOW, changed)
    walk = factories.session(
        anna, mrs_lee, starts_at=NOW + timedelta(hours=3), mode="walk", route=route, fallback="room"
    )
    sky = outlook.load([walk], now=NOW)[walk.pk]
    assert meeting.bring(walk, sky) == brings
    assert meeting.bring(walk) == ["shoes with grip", "a layer for the weather", "water"]


def test_the_page_behind_the_link_and_the_letter_say_it(anna: User, mrs_lee: Client) -> None:
    now = datetime.now(UTC)
    route = factories.route(anna)
    forecast(route, now, WET)
    ready(mrs_lee, anna)
    session = book(anna, mrs_lee, at=now + timedelta(hours=6), mode="walk", route=route, fallback="room")
    assert "a rain jacket" in Browser().get(page(session.seats.get())).content.decode()
    assert "a rain jacket" in reminders.render(Letter.objects.get(about=session.pk)).text


def test_a_letter_is_in_the_language_of_whoever_gets_it_where_the_product_speaks_it(
    anna: User, mrs_lee: Client, settings: Any, tmp_path: Any
) -> None:
    session = book(anna, mrs_lee, at=datetime(2027, 6, 10, 9, 0, tzinfo=UTC))
    letter = Letter.objects.get(about=session.pk)
    Client.objects.filter(pk=mrs_lee.pk).update(language="de")
    assert reminders.render(letter).subject == "Thursday, 10:00", "no catalogue: not half of each"
    (tmp_path / "de" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "de" / "LC_MESSAGES" / "django.mo").write_bytes(EMPTY)
    settings.LOCALE_PATHS = [tmp_path]
    assert reminders.render(letter).subject == "Donnerstag, 10:00"
