"""What the therapist chooses about the weather: when words are needed, what is frozen, and who reads them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client as Browser
from django.utils import timezone

from clients.models import Client
from practice.models import Mode, User
from routes.domain.outing import Heat, Person
from routes.models import Route
from sessions.domain import booking, outlook, weather_choice
from sessions.models import Session, WeatherChoice
from tests import factories
from tests.sessions.people import ready
from tests.sessions.skies import HOT, STORM, forecast
from tests.sessions.test_outlook import LONDON, SKETCH, noon, text

pytestmark = pytest.mark.django_db
CANARY = "canary-larch"


@pytest.fixture(autouse=True)
def open_meteo(settings: Any) -> None:
    settings.WEATHER = replace(settings.WEATHER, source="open-meteo")


@pytest.fixture
def walk(anna: User, mrs_lee: Client) -> Session:
    ready(mrs_lee, anna)
    route = factories.route(anna, sketch=SKETCH)
    return factories.session(anna, mrs_lee, starts_at=noon(), mode=Mode.WALK, route=route, fallback="room")


def route_of(walk: Session) -> Route:
    assert walk.route
    return walk.route


def saw(walk: Session, person: Person = outlook.ANYBODY) -> str:
    sky = outlook.load([walk], now=timezone.now())[walk.pk]
    return weather_choice.seen(weather_choice.shown(sky, sky.decide(person)))


def post(browser: Browser, walk: Session, choice: str, words: str = "", **more: str) -> Any:
    return browser.post(f"/sessions/{walk.pk}/weather", {"choice": choice, "words": words, "saw": saw(walk)} | more)


@pytest.mark.parametrize(
    ("hour", "choice", "needs_words"),
    [
        ({}, "go", False), ({}, "modify", False), ({}, "indoors", False),
        (HOT, "go", True), (HOT, "modify", False), (HOT, "indoors", False),
        (STORM, "go", True), (STORM, "modify", True), (STORM, "indoors", False),
        (None, "go", True), (None, "modify", False), (None, "indoors", False),
    ],
)  # fmt: skip
def test_less_careful_needs_words_and_more_careful_never(
    walk: Session, as_anna: Browser, hour: dict[str, Any] | None, choice: str, needs_words: bool
) -> None:
    if hour is not None:
        forecast(route_of(walk), timezone.now(), hour)
    answer = post(as_anna, walk, choice)
    assert answer.status_code == (422 if needs_words else 302)
    assert WeatherChoice.objects.exists() is not needs_words
    if needs_words:
        assert "This is less careful than the limits say" in text(answer)
        assert post(as_anna, walk, choice, "Before the storm, ten minutes.").status_code == 302


def test_what_was_shown_is_frozen_with_it(walk: Session, as_anna: Browser, anna: User) -> None:
    now = timezone.now()
    forecast(route_of(walk), now, HOT)
    post(as_anna, walk, "modify", CANARY)
    made = WeatherChoice.objects.get()
    assert (made.said, made.by, made.words, made.starts_at) == ("modify", anna, CANARY, walk.starts_at)
    heat = next(one for one in made.shown["findings"] if one["hazard"] == "heat_index")
    assert (heat["level"], heat["limit"], heat["basis"], round(heat["value"])) == ("modify", 90.0, "published", 97)
    assert made.shown["source"] == "open-meteo" and made.shown["fetched_at"] == now.isoformat()
    assert CANARY.encode() not in bytes(made.words_sealed)


def test_only_the_care_team_reads_the_words_and_what_was_said_of_her(
    walk: Session, anna: User, mrs_lee: Client, as_anna: Browser, as_sam: Browser, as_olga: Browser, as_rosa: Browser,
    as_mrs_lee: Browser,
) -> None:  # fmt: skip
    factories.decision(mrs_lee, anna, limits=["heat_strict"])
    forecast(route_of(walk), timezone.now(), HOT)
    post(as_anna, walk, "modify", CANARY, saw=saw(walk, Person(Heat.STRICT)))
    for browser in (as_anna, as_sam):
        page = text(browser.get(f"/sessions/{walk.pk}"))
        assert f"Anna: go, with changes, {CANARY}" in page and "the limits said: indoors" in page
    for browser in (as_olga, as_rosa):
        page = text(browser.get(f"/sessions/{walk.pk}"))
        assert "Anna: go, with changes" in page and CANARY not in page and "the limits said" not in page
    assert CANARY not in text(as_mrs_lee.get("/sessions/mine"))


def test_what_was_chosen_stands_apart_from_its_day(walk: Session, as_anna: Browser) -> None:
    forecast(route_of(walk), timezone.now())
    post(as_anna, walk, "go", "Away from the trees")
    page = as_anna.get(f"/sessions/{walk.pk}").content.decode()
    assert '</b> <span>Away from the trees</span> <span class="muted small">' in page


def test_nobody_else_chooses(
    walk: Session, as_ben: Browser, as_sam: Browser, as_olga: Browser, as_rosa: Browser, as_mrs_lee: Browser
) -> None:
    forecast(route_of(walk), timezone.now())
    for browser in (as_ben, as_sam, as_olga, as_rosa, as_mrs_lee):
        assert post(browser, walk, "indoors").status_code == 404
        assert 'name="choice"' not in text(browser.get(f"/sessions/{walk.pk}"))


def test_a_choice_about_what_is_no_longer_known_is_asked_again(walk: Session, as_anna: Browser) -> None:
    forecast(route_of(walk), timezone.now())
    before = saw(walk)
    forecast(route_of(walk), timezone.now() + timedelta(minutes=5))
    assert saw(walk) == before, "the same figures, fetched again"
    forecast(route_of(walk), timezone.now(), STORM)
    answer = post(as_anna, walk, "go", "Fine.", saw=before)
    assert answer.status_code == 422 and "has changed meanwhile" in text(answer)
    assert not WeatherChoice.objects.exists()


def test_a_choice_needs_a_look_once_more_speaks_against_it(walk: Session, as_anna: Browser) -> None:
    forecast(route_of(walk), timezone.now())
    post(as_anna, walk, "go")
    assert "look again" not in text(as_anna.get(f"/sessions/{walk.pk}"))
    forecast(route_of(walk), timezone.now(), STORM)
    assert "More speaks against it now than when this was chosen" in text(as_anna.get(f"/sessions/{walk.pk}"))


def test_the_newest_counts_and_none_for_a_session_that_was_moved(walk: Session, as_anna: Browser, anna: User) -> None:
    forecast(route_of(walk), timezone.now(), HOT)
    post(as_anna, walk, "go", "It is short.")
    post(as_anna, walk, "indoors")
    sky = outlook.load([walk], now=timezone.now())[walk.pk]
    assert sky.choice and sky.choice.choice == "indoors" and WeatherChoice.objects.count() == 2
    moved = booking.move(walk, to=walk.starts_at + timedelta(hours=1), by=anna)
    assert outlook.load([moved], now=timezone.now())[walk.pk].choice is None
    assert "It is short." in text(as_anna.get(f"/sessions/{walk.pk}")), "the history stays"


@pytest.mark.parametrize(
    ("fallback", "mode", "where"), [("room", "indoor", "in the room"), ("video", "online", "by video")]
)
def test_that_she_does_not_know_is_said_until_it_is_moved(
    walk: Session, as_anna: Browser, fallback: str, mode: str, where: str
) -> None:
    Session.objects.update(fallback=fallback)
    forecast(route_of(walk), timezone.now())
    page, said = f"/sessions/{walk.pk}", "Mrs Lee does not know yet"
    for choice, is_said in (("indoors", True), ("go", False), ("modify", True)):
        post(as_anna, walk, choice)
        shown = text(as_anna.get(page))
        assert (said in shown, f"Move it: {where}, as was agreed" in shown) == (is_said, is_said), choice
    local = timezone.localtime(walk.starts_at, LONDON)
    assert "checked" in text(as_anna.get(f"{page}/move?instead"))
    moved = {"day": local.date(), "starts": f"{local:%H:%M}"}
    as_anna.post(f"{page}/move", moved)
    assert said in text(as_anna.get(page)), "nothing was moved"
    as_anna.post(f"{page}/move", moved | {"to_fallback": "on"})
    assert said not in text(as_anna.get(page))
    stands = Session.objects.get()
    assert (stands.mode, stands.route, stands.fallback, stands.starts_at) == (mode, None, "", walk.starts_at)


def test_another_time_is_no_place_to_move_to(walk: Session, as_anna: Browser) -> None:
    Session.objects.update(fallback="other_time")
    forecast(route_of(walk), timezone.now())
    post(as_anna, walk, "indoors")
    assert "Move it to another time" in text(as_anna.get(f"/sessions/{walk.pk}"))
    assert "to_fallback" not in text(as_anna.get(f"/sessions/{walk.pk}/move"))


def test_there_is_nothing_to_choose_about_next_month(walk: Session, as_anna: Browser, anna: User) -> None:
    sent = saw(walk)
    booking.move(walk, to=walk.starts_at + timedelta(days=28), by=anna)
    answer = as_anna.post(f"/sessions/{walk.pk}/weather", {"choice": "go", "saw": sent}, follow=True)
    assert "there is nothing to choose" in text(answer) and not WeatherChoice.objects.exists()


def test_it_cannot_be_rewritten(walk: Session, as_anna: Browser) -> None:
    forecast(route_of(walk), timezone.now(), HOT)
    post(as_anna, walk, "indoors")
    for change in (lambda rows: rows.update(choice="go"), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change(WeatherChoice.objects.all())


def test_the_database_holds_that_less_careful_has_words(walk: Session, anna: User) -> None:
    for choice, said in (("go", "modify"), ("go", "unknown"), ("modify", "indoors")):
        made = WeatherChoice(
            session=walk, starts_at=walk.starts_at, by=anna, choice=choice, said=said, shown={}, subject=walk.pk
        )
        with pytest.raises(IntegrityError, match="has_words"), transaction.atomic():
            made.save(force_insert=True)
