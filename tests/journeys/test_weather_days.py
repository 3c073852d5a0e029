"""A hot day, a dark evening, and a weather service that is down: what Anna, the desk and Ines see of it."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from clients.models import Client
from practice.domain.local_time import instant
from practice.models import Mode, User
from routes.domain import weather_ahead
from routes.models import Forecast, Route
from sessions.models import WeatherChoice
from tests import factories
from tests.journeys.conftest import DESK, PHONE, Served, accessible, sign_in
from tests.routes import open_meteo, weather_server
from tests.sessions.people import ready
from tests.sessions.skies import HOT

ANNA, OLGA, INES = "anna.reiter@larchstreet.example", "olga.brandt@larchstreet.example", "ines@example.org"
ROSA = "rosa.venn@larchstreet.example"
LONDON = ZoneInfo("Europe/London")


def tomorrow(at: time) -> datetime:
    return instant((timezone.now().astimezone(LONDON) + timedelta(days=1)).date(), at, LONDON)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[weather_server.Service]:
    """Open-Meteo, for this process and for the web server: a day at 33 degrees in the air, under cloud."""
    with weather_server.running() as found:
        first = {"first": f"{timezone.now() - timedelta(days=1):%Y-%m-%dT%H:00}", "hours": 96}
        found.break_down(weather_server.send(json.dumps(open_meteo.weather(HOT, **first)).encode()), "/v1/forecast")
        found.break_down(weather_server.send(json.dumps(open_meteo.air(**first)).encode()), "/v1/air-quality")
        for name, value in {"": "open-meteo", "_URL": found.url}.items():
            monkeypatch.setenv(f"ALONGSIDE_WEATHER{name}", value)
        monkeypatch.setenv("ALONGSIDE_AIR_URL", found.url)
        here = replace(settings.WEATHER, source="open-meteo", forecast_url=found.url, air_url=found.url, key="")
        monkeypatch.setattr(settings, "WEATHER", here)
        yield found


def people() -> tuple[User, Client, Route]:
    """Ines takes lithium and walks with Anna; Olga sits at the desk."""
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist", title="psychotherapist, UKCP registered")
    factories.user("Olga Brandt", "front_desk")
    factories.user("Rosa Venn", "owner")
    ines = factories.client("Ines Marlow", anna, user=factories.user("Ines Marlow", "client", email=INES))
    ready(ines, anna)
    factories.decision(ines, anna, limits=["heat_strict"])
    return anna, ines, factories.route(anna)


def test_a_hot_day(service: weather_server.Service, served: Served, window):
    anna, ines, route = people()
    walk = factories.session(anna, ines, starts_at=tomorrow(time(12)), mode=Mode.WALK, route=route, fallback="video")
    weather_ahead.look()
    where = f"{served.url}/sessions/{walk.pk}"

    # Anna sees what the heat means for Ines, and against whose limit.
    desk = window(DESK).page()
    sign_in(desk, served, ANNA, factories.PASSWORD)
    desk.goto(where)
    expect(desk.get_by_text("33° feels like 36°: too hot, better indoors")).to_be_visible()
    weather = desk.locator("section", has=desk.get_by_role("heading", name="Weather and air"))
    expect(weather.get_by_text("Limit 32 °C, published")).to_be_visible()
    expect(weather.get_by_text("By video, as was agreed when it was booked.")).to_be_visible()
    expect(weather.get_by_role("link", name="Weather data by Open-Meteo.com")).to_be_visible()
    accessible(desk)

    # The desk and Ines see what is true of anybody.
    front, phone = window(DESK).page(), window(PHONE).page()
    sign_in(front, served, OLGA, factories.PASSWORD)
    front.goto(where)
    expect(front.get_by_text("33° feels like 36°: shade, shorter")).to_be_visible()
    assert "too hot" not in front.content()
    sign_in(phone, served, INES, factories.PASSWORD)
    expect(phone.get_by_text("33° feels like 36°: shade, shorter")).to_be_visible()
    accessible(phone)

    # Going on against the limit takes words; going in never does.
    weather.get_by_text("go, with changes", exact=True).click()
    weather.get_by_role("button", name="Keep this").click()
    expect(desk.get_by_text("This is less careful than the limits say").first).to_be_visible()
    accessible(desk)
    weather.get_by_label("In a few words").fill("Ten minutes in the shade")
    weather.get_by_role("button", name="Keep this").click()
    expect(desk.get_by_text("Anna: go, with changes, Ten minutes in the shade")).to_be_visible()
    front.reload()
    expect(front.locator(".chip", has_text="Anna: go, with changes")).to_be_visible()
    assert "Ten minutes" not in front.content()
    assert WeatherChoice.objects.get().shown["level"] == "indoors"

    # The same on a telephone.
    small = window(PHONE).page()
    sign_in(small, served, ANNA, factories.PASSWORD)
    small.goto(where)
    expect(small.get_by_role("heading", name="Weather and air")).to_be_visible()
    assert small.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    accessible(small)


def test_the_practice_sets_a_limit_and_the_day_is_judged_by_it(service: weather_server.Service, served: Served, window):
    anna, ines, route = people()
    factories.decision(ines, anna)
    walk = factories.session(anna, ines, starts_at=tomorrow(time(12)), mode=Mode.WALK, route=route, fallback="room")
    weather_ahead.look()
    rosa = window(PHONE).page()
    sign_in(rosa, served, ROSA, factories.PASSWORD)
    rosa.goto(f"{served.url}/routes/limits")
    accessible(rosa)
    assert rosa.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    rosa.locator("[name=heat_walk_indoors]").fill("95")
    rosa.get_by_role("button", name="Keep these limits").click()
    expect(rosa.get_by_text("Why: Please fill this in.")).to_be_visible()
    accessible(rosa)
    rosa.locator("[name=words]").fill("Our path has no shade.")
    rosa.get_by_role("button", name="Keep these limits").click()
    expect(rosa.get_by_text("103 became 95")).to_be_visible()
    rosa.goto(f"{served.url}/sessions/{walk.pk}")
    expect(rosa.get_by_text("33° feels like 36°: too hot, better indoors")).to_be_visible()


def test_a_dark_evening(service: weather_server.Service, served: Served, window):
    anna, ines, route = people()
    late = factories.session(anna, ines, starts_at=tomorrow(time(23)), mode=Mode.WALK, route=route, fallback="room")
    weather_ahead.look()
    desk = window(PHONE).page()
    sign_in(desk, served, ANNA, factories.PASSWORD)
    desk.goto(f"{served.url}/sessions/{late.pk}")
    expect(desk.get_by_text(re.compile("Into the dark: light until"))).to_be_visible()
    expect(desk.get_by_text("It gets dark, or is not light yet: another hour, a lit path, or indoors.")).to_be_visible()
    expect(desk.get_by_text("In the room, as was agreed when it was booked.")).to_be_visible()
    accessible(desk)


def test_a_service_that_is_down(service: weather_server.Service, served: Served, window):
    anna, ines, route = people()
    walk = factories.session(anna, ines, starts_at=tomorrow(time(12)), mode=Mode.WALK, route=route, fallback="room")
    service.break_down(weather_server.send(b"", 503))
    weather_ahead.look()
    assert Forecast.objects.get().fetched_at is None
    desk = window(PHONE).page()
    sign_in(desk, served, ANNA, factories.PASSWORD)
    desk.goto(f"{served.url}/sessions/{walk.pk}")
    said = "Weather not known: the weather service has not answered yet"
    expect(desk.get_by_text(said)).to_be_visible()
    expect(desk.get_by_text("The weather is not known.")).to_be_visible()
    assert "within your limits" not in desk.content()
    accessible(desk)
