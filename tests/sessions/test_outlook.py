"""The weather of sessions: what is said to whom, what is not known, and that it never keeps anybody from booking."""

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import Client
from practice.domain import words
from practice.domain.local_time import instant
from practice.models import Mode, Place, Practice, User
from routes.domain import own_limits
from routes.models import Forecast, Route, WeatherLimits
from sessions.domain import booking, grounds, outlook, readiness, rows
from sessions.domain.reading import zone
from sessions.models import Session
from tests import factories
from tests.sessions.people import ready
from tests.sessions.skies import HOT, STORM, WARM, forecast

pytestmark = pytest.mark.django_db
LONDON = zone(Session(place=Place()))
SKETCH = {"parts": [[[lat, lon] for lat, lon, _height in factories.LOOP]]}


def noon() -> datetime:
    """Noon of the next day in London: light all year, and within two days."""
    return instant((timezone.now() + timedelta(days=1)).astimezone(LONDON).date(), time(12), LONDON)


@pytest.fixture(autouse=True)
def open_meteo(settings: Any) -> None:
    settings.WEATHER = replace(settings.WEATHER, source="open-meteo")


@pytest.fixture
def route(anna: User) -> Route:
    return factories.route(anna, sketch=SKETCH)


@pytest.fixture
def walk(anna: User, mrs_lee: Client, route: Route) -> Session:
    ready(mrs_lee, anna)
    return factories.session(anna, mrs_lee, starts_at=noon(), mode=Mode.WALK, route=route, fallback="room")


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def judged(session: Session, *people: Client) -> readiness.Readiness:
    now = timezone.now()
    sky = outlook.load([session], now=now).get(session.pk)
    return readiness.of(session, grounds.load([(session, people)]).of(session, people), sky)


def chip(chips: Any) -> Any:
    return next((one for one in chips if one.key == "weather"), None)


def said(session: Session, *people: Client) -> tuple[str, str]:
    found = chip(judged(session, *people).for_clinician())
    return found.tone, found.text


def test_a_mild_day_is_one_quiet_word(walk: Session, mrs_lee: Client, route: Route) -> None:
    forecast(route, timezone.now())
    assert said(walk, mrs_lee) == ("ok", "15°, within your limits")
    found = judged(walk, mrs_lee)
    assert chip(found.chips).short == "15°" and "Open-Meteo" in chip(found.chips).reason
    assert [one.text for one in found.for_client()][1:] == ["15°"]


def test_a_hot_day_says_how_it_feels_and_what_to_change(walk: Session, mrs_lee: Client, route: Route) -> None:
    forecast(route, timezone.now(), HOT)
    assert said(walk, mrs_lee) == ("look", "33° feels like 36°: shade, shorter")
    Route.objects.update(shade="")
    walk.refresh_from_db()
    assert said(walk, mrs_lee)[1] == "33° feels like 36°: shade, shorter", "unknown shade is judged as none"
    Practice.objects.update(country="US")
    assert said(walk, mrs_lee)[1] == "91° feels like 97°: shade, shorter"


def test_thunder_stops_and_never_refuses(walk: Session, mrs_lee: Client, route: Route, anna: User) -> None:
    forecast(route, timezone.now(), STORM)
    assert said(walk, mrs_lee) == ("stop", "15°: thunder, indoors")
    assert not judged(walk, mrs_lee).refusals
    calm = judged(walk, mrs_lee).for_client()
    assert calm[-1].text == "15°. It may be better indoors; Anna decides with you" and calm[-1].tone == "note"
    walk.delete()
    booked = booking.book(
        therapist=anna, clients=[mrs_lee], mode="walk", starts_at=noon(), minutes=50, place=factories.place(),
        route=route, fallback="room", by=anna,
    )  # fmt: skip
    assert booked.pk


@pytest.mark.parametrize("hour", [WARM, HOT])
@pytest.mark.parametrize("limits", [["heat_strict"], ["heat_mild"], ["carries_inhaler"], ["daylight"]])
def test_desk_and_client_see_what_is_true_of_anybody(
    walk: Session, mrs_lee: Client, route: Route, anna: User, hour: dict[str, Any], limits: list[str]
) -> None:
    """Canary: nobody learns from a chip that somebody takes lithium."""
    forecast(route, timezone.now(), hour)
    before = judged(walk, mrs_lee)
    factories.decision(mrs_lee, anna, limits=limits)
    after = judged(walk, mrs_lee)
    assert after.for_desk() == before.for_desk() and after.for_client() == before.for_client()
    assert (chip(after.chips).text != chip(before.chips).text) is (limits == ["heat_strict"])


def test_pages_of_the_desk_tell_nothing_of_the_person(
    walk: Session, mrs_lee: Client, route: Route, anna: User, as_anna: Browser, as_olga: Browser, as_mrs_lee: Browser
) -> None:
    forecast(route, timezone.now(), WARM)
    where = f"/sessions/{walk.pk}"
    before = text(as_olga.get(where)), text(as_mrs_lee.get("/sessions/mine"))
    factories.decision(mrs_lee, anna, limits=["heat_strict"])
    after = text(as_olga.get(where)), text(as_mrs_lee.get("/sessions/mine"))
    assert [steady(page) for page in before] == [steady(page) for page in after]
    assert "28°, within your limits" in after[0] and "28°" in after[1] and "within your limits" not in after[1]
    hers = text(as_anna.get(where))
    assert "28° feels like 29°: shade, shorter" in hers and "NWS heat index: caution from 80 °F" in hers


def steady(page: str) -> str:
    """A page without what differs from one answer to the next."""
    return re.sub(r"\b(?:\w{64}|[0-9a-f]{16})\b", "", page)


def test_the_strictest_of_two_counts(walk: Session, mrs_lee: Client, route: Route, anna: User) -> None:
    forecast(route, timezone.now(), WARM)
    dan = ready(factories.client("Dan Abel", anna), anna)
    assert said(walk, mrs_lee, dan)[0] == "ok"
    factories.decision(dan, anna, limits=["heat_strict"])
    assert said(walk, mrs_lee, dan)[0] == "look"


def test_in_daylight_only_counts_on_a_lit_path_in_the_dark(anna: User, mrs_lee: Client, route: Route) -> None:
    Route.objects.filter(pk=route.pk).update(light="lit")
    route.refresh_from_db()
    forecast(route, timezone.now())
    late = noon().replace(hour=23, minute=30)
    session = factories.session(anna, mrs_lee, starts_at=late, mode=Mode.WALK, route=route, fallback="room")
    ready(mrs_lee, anna)
    assert said(session, mrs_lee)[0] == "ok"
    factories.decision(mrs_lee, anna, limits=["daylight"])
    assert said(session, mrs_lee) == ("stop", "15°: only in daylight, and it is dark")


class TestNotKnown:
    def test_never_looked_up(self, walk: Session, mrs_lee: Client) -> None:
        assert said(walk, mrs_lee) == ("look", "Weather not known: not looked up yet")
        assert [one.key for one in judged(walk, mrs_lee).for_client()] == ["light"]

    def test_stale_is_not_known(self, walk: Session, mrs_lee: Client, route: Route) -> None:
        now = timezone.now()
        forecast(route, now, fetched_at=now - timedelta(hours=4), air_fetched_at=now - timedelta(hours=4))
        tone, words = said(walk, mrs_lee)
        assert tone == "look" and words.startswith("Weather not known: the weather service has not answered since ")

    def test_without_air_it_is_not_within_the_limits(self, walk: Session, mrs_lee: Client, route: Route) -> None:
        forecast(route, timezone.now(), air=None, air_fetched_at=None)
        assert said(walk, mrs_lee) == ("look", "15°: air not known")
        assert [one.key for one in judged(walk, mrs_lee).for_client()] == ["light"]

    def test_next_month_nothing_is_said(self, walk: Session, mrs_lee: Client, as_anna: Browser) -> None:
        Session.objects.update(starts_at=noon() + timedelta(days=30), ends_at=noon() + timedelta(days=30, hours=1),
                               blocked_from=noon(), blocked_until=noon() + timedelta(days=31))  # fmt: skip
        walk.refresh_from_db()
        assert chip(judged(walk, mrs_lee).chips) is None
        assert "Weather and air" not in text(as_anna.get(f"/sessions/{walk.pk}"))

    def test_of_what_is_over_nothing_is_said(self, anna: User, mrs_lee: Client, route: Route) -> None:
        past = factories.session(
            anna, mrs_lee, starts_at=timezone.now() - timedelta(hours=2), mode=Mode.WALK, route=route, fallback="room"
        )
        assert outlook.load([past], now=timezone.now()) == {}

    def test_where_nothing_is_looked_up_there_is_no_chip_and_the_page_says_so(
        self, walk: Session, mrs_lee: Client, settings: Any, as_anna: Browser
    ) -> None:
        settings.WEATHER = replace(settings.WEATHER, source="off")
        assert chip(judged(walk, mrs_lee).chips) is None
        page = text(as_anna.get(f"/sessions/{walk.pk}"))
        assert "The weather is not looked up in this practice." in page and "within your limits" not in page


def test_a_sample_is_always_said_to_be_one(
    walk: Session, mrs_lee: Client, route: Route, settings: Any, as_anna: Browser, as_mrs_lee: Browser
) -> None:
    settings.WEATHER = replace(settings.WEATHER, source="sample")
    forecast(route, timezone.now(), source="sample")
    found = judged(walk, mrs_lee)
    for chips in (found.for_clinician(), found.for_desk(), found.for_client()):
        assert chips and "Sample weather" in chip(chips).text
    assert chip(found.chips).short == "sample weather: 15°"
    for page in (as_anna.get(f"/sessions/{walk.pk}"), as_mrs_lee.get("/sessions/mine")):
        assert "A sample made up for the demo, not real weather" in text(page)


def test_the_limits_of_the_practice_count(walk: Session, mrs_lee: Client, route: Route, rosa: User) -> None:
    forecast(route, timezone.now(), WARM)
    assert said(walk, mrs_lee)[0] == "ok"
    own_limits.keep({"heat_walk_modify": 82.0}, words="Our path has no shade.", by=rosa)
    assert said(walk, mrs_lee)[0] == "look"


def test_a_limit_that_can_no_longer_be_is_left_out(rosa: User) -> None:
    WeatherLimits.objects.create(values={"gone": 1, "gusts_modify": 25.0, "gusts_indoors": 500.0}, words="-", by=rosa)
    found = own_limits.in_force()
    assert found.numbers["gusts_modify"] == 25.0 and found.numbers["gusts_indoors"] == 40.0


def test_the_page_tells_the_worst_first_and_folds_what_is_fine(walk: Session, route: Route, as_anna: Browser) -> None:
    forecast(route, timezone.now(), HOT | STORM)
    page = text(as_anna.get(f"/sessions/{walk.pk}"))
    order = [page.index(words) for words in ("<b>Thunder</b> expected", "<b>Heat</b> 36 °C", "Within the limits")]
    assert order == sorted(order)
    assert "Limit 32 °C, published" in page and "NWS heat index: extreme caution from 90 °F" in page
    assert "In the room, as was agreed when it was booked." in page
    assert 'href="https://open-meteo.com/"' in page and "Looked up " in page


def test_another_hour_is_named_when_it_is_better(anna: User, mrs_lee: Client, route: Route, as_anna: Browser) -> None:
    ready(mrs_lee, anna)
    now = timezone.now()
    run = factories.session(anna, mrs_lee, starts_at=noon(), mode=Mode.RUN, route=route, fallback="video")
    row = forecast(route, now, {"temperature_2m": 24.0})
    hourly = row.forecast["hourly"]
    for number, at in enumerate(hourly["time"]):
        if datetime.fromisoformat(at).replace(tzinfo=UTC) >= noon() - timedelta(minutes=30):
            hourly["temperature_2m"][number] = 29.0
    row.save(update_fields=["forecast"])
    page = text(as_anna.get(f"/sessions/{run.pk}"))
    assert "A walk instead of a run asks for less." in page
    assert "that day nothing speaks against it." in page and "By video, as was agreed" in page


def test_queries_do_not_grow_with_sessions(
    anna: User, mrs_lee: Client, route: Route, django_assert_num_queries: Any
) -> None:
    now, counts = timezone.now(), []
    forecast(route, now)
    rows.of([], anna, now=now)
    for number in range(3):
        person = ready(factories.client(f"Person {number}", anna), anna)
        factories.session(
            anna, person, starts_at=noon() + timedelta(hours=number), mode=Mode.WALK, route=route, fallback="room"
        )
        with CaptureQueriesContext(connection) as queries:
            found = rows.of(list(rows.loaded(Session.objects.all())), anna, now=now)
            assert all(chip(row.chips) for row in found)
        counts.append(len(queries))
    assert counts[1] == counts[2] <= counts[0], counts  # the first finds out what the key of a client is
    loaded = list(rows.loaded(Session.objects.all()))
    with django_assert_num_queries(4):  # the weather, the limits, the practice, the choices
        outlook.load(loaded, now=now)
    assert Forecast.objects.count() == 1


def test_whoever_is_about_to_book_sees_it_as_she_may(
    walk: Session, mrs_lee: Client, route: Route, anna: User, as_anna: Browser, as_olga: Browser
) -> None:
    forecast(route, timezone.now(), WARM)
    factories.decision(mrs_lee, anna, limits=["heat_strict"])
    form = {
        "client": mrs_lee.pk, "therapist": anna.pk, "mode": "walk", "route": route.pk, "fallback": "room",
        "day": noon().date(), "starts": "14:00", "minutes": 50, "place": factories.place().pk, "travel": 0,
        "indoor_minutes": 0, "request_key": uuid4(), "look": "1",
    }  # fmt: skip
    assert "28° feels like 29°: shade, shorter" in text(as_anna.post("/sessions/book", form))
    desk = text(as_olga.post("/sessions/book", form))
    assert "shade, shorter" not in desk and "28°" in desk


def test_the_page_says_from_which_day_on_the_weather_is_known(walk: Session, as_anna: Browser, settings: Any) -> None:
    said, page = "The weather is known from", f"/sessions/{walk.pk}"
    assert said not in text(as_anna.get(page)), "it is looked up already"
    far = instant((timezone.now() + timedelta(days=7)).astimezone(LONDON).date(), time(12), LONDON)
    Session.objects.update(
        starts_at=far,
        ends_at=far + timedelta(minutes=50),
        blocked_from=far,
        blocked_until=far + timedelta(minutes=50),
    )
    day = words.day((far - timedelta(days=2)).astimezone(LONDON).date())
    assert f"{said} {day} on." in text(as_anna.get(page)) and "Ready:" in text(as_anna.get(page))
    settings.WEATHER = replace(settings.WEATHER, source="off")
    assert said not in text(as_anna.get(page)), "it never is"


def test_a_wish_to_be_indoors_asks_for_a_look(walk: Session, as_anna: Browser, as_olga: Browser) -> None:
    forecast(walk.route, timezone.now()) if walk.route else None
    for answer, is_ready in (("coming", True), ("indoors", False)):
        walk.seats.update(answer=answer)
        for browser in (as_anna, as_olga):
            page = text(browser.get(f"/sessions/{walk.pk}"))
            assert ("Ready:" in page, "Mrs Lee: indoors today, please" in page) == (is_ready, not is_ready)


def test_the_wish_is_said_once_in_a_row(walk: Session, anna: User) -> None:
    walk.seats.update(answer="indoors")
    [row] = rows.of(list(rows.loaded(Session.objects.all())), anna, now=timezone.now())
    assert [chip.tone for chip in row.chips if chip.key == "wish"] == ["look"] and not row.answers
    Session.objects.update(mode=Mode.INDOOR)
    [row] = rows.of(list(rows.loaded(Session.objects.all())), anna, now=timezone.now())
    assert not [chip for chip in row.chips if chip.key == "wish"] and len(row.answers) == 1
