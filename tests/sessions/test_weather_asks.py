"""The weather is looked at again before a start: who is written to, once, at which hour, and what one tap keeps."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from practice.domain import post
from practice.models import Letter, Membership, Mode, Practice, Role, User
from routes.models import Route
from sessions.domain import booking, weather_asks, weather_choice
from sessions.models import Session, WeatherChoice
from tests import factories
from tests.sessions.people import ready
from tests.sessions.skies import STORM, WARM, forecast
from tests.sessions.test_outlook import SKETCH, noon, text
from tests.sessions.test_storm import at, walk

EARLY = at(7)


@pytest.fixture(autouse=True)
def open_meteo(settings: Any) -> None:
    settings.WEATHER = replace(settings.WEATHER, source="open-meteo")


@pytest.fixture
def route(anna: User) -> Route:
    return factories.route(anna, sketch=SKETCH)


@pytest.fixture
def session(anna: User, route: Route) -> Session:
    return walk(anna, route, "Ines Marlow", at(9))


def asked() -> list[str]:
    """The levels that were written about, in order."""
    letters = Letter.objects.filter(kind=weather_asks.KIND).order_by("created_at")
    return [one.key.split("|")[3] for one in letters]


@pytest.mark.django_db
class TestLooking:
    def test_once_for_each_level(self, session: Session, route: Route, anna: User) -> None:
        forecast(route, EARLY)
        assert weather_asks.look(now=EARLY) == 0
        forecast(route, EARLY, STORM)
        assert [weather_asks.look(now=EARLY) for _turn in range(3)] == [1, 0, 0]
        forecast(route, EARLY, {"wind_gusts_10m": 55.0})
        assert [weather_asks.look(now=EARLY) for _turn in range(2)] == [1, 0] and asked() == ["indoors", "modify"]
        letter = Letter.objects.filter(kind=weather_asks.KIND).first()
        assert letter and (letter.to, letter.client, letter.not_after) == (anna.email, None, session.starts_at)

    def test_by_what_is_true_of_this_client(self, session: Session, route: Route, anna: User) -> None:
        forecast(route, EARLY, WARM)
        assert weather_asks.look(now=EARLY) == 0
        factories.decision(session.seats.get().client, anna, limits=["heat_strict"])
        assert weather_asks.look(now=EARLY) == 1

    def test_not_what_nobody_knows(self, session: Session) -> None:
        assert weather_asks.look(now=EARLY) == 0

    @pytest.mark.parametrize(
        ("hour", "minute", "starts", "is_told"),
        [
            (18, 0, 12, True), (17, 59, 12, False), (20, 59, 12, True), (21, 0, 12, False), (23, 0, 12, False),
            (23, 0, 1, True), (12, 0, 12, False),
        ],
    )  # fmt: skip
    def test_the_evening_before_and_never_at_night_unless_it_is_soon(
        self, anna: User, route: Route, practice: Practice, hour: int, minute: int, starts: int, is_told: bool
    ) -> None:
        """Of tomorrow at noon from two hours before the final word, until the quiet hours; 01:00 is within three."""
        walk(anna, route, "Ines Marlow", at(starts, days=1))
        now = at(hour, minute)
        forecast(route, now, STORM)
        assert (weather_asks.look(now=now) == 1) is is_told

    def test_not_what_she_chose_about_and_again_when_it_grows_worse(
        self, session: Session, route: Route, anna: User
    ) -> None:
        WeatherChoice.objects.create(
            session=session, starts_at=session.starts_at, by=anna, at=EARLY, choice="modify", said="modify",
            shown={}, subject=session.seats.get().client_id,
        )  # fmt: skip
        forecast(route, EARLY, {"wind_gusts_10m": 55.0})
        assert weather_asks.look(now=EARLY) == 0
        forecast(route, EARLY, STORM)
        assert weather_asks.look(now=EARLY) == 1

    def test_not_of_what_is_indoors_cancelled_or_has_begun(self, session: Session, route: Route, anna: User) -> None:
        forecast(route, EARLY, STORM)
        assert weather_asks.look(now=at(9, 10)) == 0
        booking.cancel(session, by=anna)
        assert weather_asks.look(now=EARLY) == 0


@pytest.fixture
def soon(anna: User, route: Route) -> Session:
    """A walk in two hours, under thunder, about which Anna was written to."""
    now = timezone.now()
    made = walk(anna, route, "Ines Marlow", now + timedelta(hours=2))
    forecast(route, now, STORM)
    assert weather_asks.look() == 1
    return made


def leave() -> list[Any]:
    mail.outbox.clear()
    post.dispatch()
    return [one for one in mail.outbox if "/w/" in one.body]


@pytest.mark.django_db
class TestLetter:
    def test_it_names_the_hazard_and_no_client(self, soon: Session, anna: User) -> None:
        (letter,) = leave()
        assert letter.to == [anna.email] and "better indoors" in letter.subject
        assert "Thunder is expected" in letter.body and "Orchard loop" in letter.body
        assert "Marlow" not in str(letter.message()) and "Ines" not in str(letter.message())

    @pytest.mark.parametrize("how", ["chosen", "indoors", "cleared", "handed over"])
    def test_it_is_not_sent_when_nothing_is_asked_any_more(
        self, soon: Session, route: Route, anna: User, ben: User, how: str
    ) -> None:
        if how == "chosen":
            WeatherChoice.objects.create(
                session=soon, starts_at=soon.starts_at, by=anna, choice="indoors", said="indoors", shown={},
                subject=soon.seats.get().client_id,
            )  # fmt: skip
        elif how == "indoors":
            booking.move(soon, to=soon.starts_at, by=anna, to_fallback=True)
        elif how == "cleared":
            forecast(route, timezone.now())
        else:
            Session.objects.update(therapist=ben)
        assert leave() == []


@pytest.mark.django_db
class TestAnswer:
    @pytest.fixture
    def page(self, soon: Session) -> str:
        (letter,) = leave()
        return "/w/" + letter.body.split("/w/")[1].split()[0]

    def answer(self, browser: Browser, page: str, choice: str, words: str = "") -> Any:
        shown = browser.get(page).content.decode()
        saw = shown.split('name="saw" value="')[1].split('"')[0]
        return browser.post(page, {"choice": choice, "words": words, "saw": saw})

    def test_looking_changes_nothing(self, page: str, as_mallory: Browser) -> None:
        answer = as_mallory.get(page)
        assert "Thunder is expected" in text(answer) and "Marlow" not in answer.content.decode()
        assert not WeatherChoice.objects.exists()

    def test_indoors_is_one_tap_and_kept_as_hers(
        self, page: str, as_mallory: Browser, anna: User, soon: Session
    ) -> None:
        assert self.answer(as_mallory, page, "indoors").status_code == 302
        made = WeatherChoice.objects.get()
        assert (made.by, made.choice, made.said, made.session) == (anna, "indoors", "indoors", soon)
        assert "Anna: indoors" in text(as_mallory.get(page))

    def test_less_careful_needs_words_and_keeps_them(self, page: str, as_mallory: Browser) -> None:
        refused = self.answer(as_mallory, page, "go")
        assert refused.status_code == 422 and "This is less careful than the limits say" in text(refused)
        assert not WeatherChoice.objects.exists()
        assert self.answer(as_mallory, page, "go", "Over before we start.").status_code == 302
        assert WeatherChoice.objects.get().words == "Over before we start."

    def test_what_changed_since_is_shown_again(self, page: str, as_mallory: Browser, route: Route) -> None:
        refused = as_mallory.post(page, {"choice": "indoors", "words": "", "saw": "0" * 16})
        assert refused.status_code == 422 and "has changed meanwhile" in text(refused)

    def test_nonsense_is_refused(self, page: str, as_mallory: Browser) -> None:
        assert as_mallory.post(page, {"choice": "swim", "saw": "x"}).status_code == 422

    @pytest.mark.parametrize("how", ["handed over", "left", "role", "cancelled"])
    def test_it_ends_when_it_is_no_longer_hers(
        self, page: str, as_mallory: Browser, anna: User, ben: User, how: str
    ) -> None:
        if how == "handed over":
            Session.objects.update(therapist=ben)
        elif how == "left":
            User.objects.filter(pk=anna.pk).update(is_active=False)
        elif how == "role":
            Membership.objects.filter(user=anna).update(role=Role.BILLER)
        else:
            Session.objects.update(status="cancelled")
        assert as_mallory.get(page).status_code == 410
        assert as_mallory.post(page, {"choice": "indoors", "saw": "x"}).status_code == 410
        assert not WeatherChoice.objects.exists()

    def test_a_link_for_something_else_opens_nothing(self, soon: Session, as_mallory: Browser, anna: User) -> None:
        from practice.domain import links

        other = links.make("reminder", subject=soon.pk, lasts=timedelta(hours=1), by=anna)
        assert as_mallory.get(f"/w/{other}/").status_code == 410
        unsigned = links.make(weather_asks.PURPOSE, subject=soon.pk, lasts=timedelta(hours=1), by=None)
        assert as_mallory.get(f"/w/{unsigned}/").status_code == 410

    def test_far_ahead_there_is_nothing_to_answer(self, anna: User, route: Route, as_mallory: Browser) -> None:
        far = walk(anna, route, "Somebody", noon() + timedelta(days=5))
        page = as_mallory.get(f"/w/{weather_asks.token_for(far)}/")
        assert page.status_code == 200 and "Nothing to answer just now" in text(page)
        assert weather_choice.may_choose(anna, far)


def test_workers_at_the_same_moment_write_once(fresh_db: Any) -> None:
    factories.practice()
    anna, now, gate = factories.user("Anna Reiter", Role.THERAPIST), timezone.now(), Barrier(4)
    path = factories.route(anna, sketch=SKETCH)
    for number in range(2):
        person = ready(factories.client(f"Person {number}", anna), anna)
        start = now + timedelta(hours=number + 1)
        factories.session(anna, person, starts_at=start, mode=Mode.WALK, route=path, fallback="room")
    forecast(path, now, STORM)

    def work(_number: int) -> int:
        try:
            gate.wait(10)
            return weather_asks.look(now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert asked() == ["indoors", "indoors"]
