"""What waits for a word about the weather on Today: before a start, before the final word, and when somebody wishes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from practice.models import Practice, User
from routes.models import Route
from sessions.domain import hand_answers, hand_weather, today
from sessions.models import Seat, Session, WeatherChoice
from tests import factories
from tests.sessions.skies import STORM, WARM, forecast
from tests.sessions.test_outlook import SKETCH
from tests.sessions.test_storm import MORNING, at, walk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def open_meteo(settings: Any) -> None:
    settings.WEATHER = replace(settings.WEATHER, source="open-meteo")


@pytest.fixture
def route(anna: User) -> Route:
    return factories.route(anna, sketch=SKETCH)


def lines(reader: User, now: datetime) -> list[str]:
    found = today.of(reader, now=now)
    return [f"{one.link} {one.rest}" for one in hand_weather.of(reader, found.rows, now=now)]


def choose(session: Session, choice: str = "indoors") -> None:
    WeatherChoice.objects.create(
        session=session, starts_at=session.starts_at, by=session.therapist, at=MORNING, choice=choice, said="indoors",
        shown={}, subject=session.seats.get().client_id,
    )  # fmt: skip


def test_a_start_within_three_hours_asks_until_somebody_chose(route: Route, anna: User, olga: User, ben: User) -> None:
    session = walk(anna, route, "Ines Marlow", at(9))
    walk(anna, route, "Much Later", at(13))
    forecast(route, MORNING, STORM)
    (line,) = lines(anna, MORNING)
    assert line.startswith("09:00, Ines Marlow ") and line.endswith("thunder, indoors.")
    assert lines(olga, MORNING) == [line] and lines(ben, MORNING) == []
    assert lines(anna, at(5, 30)) == [], "more than three hours before"
    choose(session)
    assert lines(anna, MORNING) == []


def test_mild_weather_asks_nobody_and_not_known_does(route: Route, anna: User) -> None:
    walk(anna, route, "Ines Marlow", at(9))
    assert "weather not known" in lines(anna, MORNING)[0]
    forecast(route, MORNING)
    assert lines(anna, MORNING) == []


def test_the_desk_hears_of_the_weather_of_anybody_alone(route: Route, anna: User, olga: User) -> None:
    session = walk(anna, route, "Ines Marlow", at(9))
    factories.decision(session.seats.get().client, anna, limits=["heat_strict"])
    forecast(route, MORNING, WARM)
    assert len(lines(anna, MORNING)) == 1 and lines(olga, MORNING) == []


def test_the_final_word_is_asked_for_two_hours_before(route: Route, anna: User, practice: Practice) -> None:
    first = walk(anna, route, "Early One", at(7, 30, days=1))
    walk(anna, route, "Early Two", at(9, days=1))
    walk(anna, route, "Late", at(12, days=1))
    forecast(route, at(18), STORM)
    assert lines(anna, at(17, 59)) == []
    said = "The final word for 07:30 and 09:00 of tomorrow is due by 20:00; nobody has decided yet."
    assert lines(anna, at(18)) == [said]
    assert lines(anna, at(20, 30)) == ["The final word for 07:30 and 09:00 of tomorrow was due by 20:00."]
    choose(first)
    assert "for 09:00 of" in lines(anna, at(18))[0]


class TestWish:
    @pytest.fixture
    def wish(self, route: Route, anna: User) -> Seat:
        seat = walk(anna, route, "Ines Marlow", at(10)).seats.get()
        seat.answer, seat.answered_at = Seat.Answer.INDOORS, timezone.now()
        seat.save(update_fields=["answer", "answered_at"])
        return seat

    def test_one_tap_gives_the_first_free_room(self, wish: Seat, anna: User, as_anna: Browser) -> None:
        factories.room("Room 1")
        second = factories.room("Room 2")
        sita = factories.user("Sita Rao", "therapist")
        factories.session(sita, factories.client("In There", sita), starts_at=at(10), room=factories.room("Room 1"))
        (line,) = hand_answers.of(anna, MORNING)
        assert (line.tap, line.room) == ("Give Room 2", str(second.pk))
        page = as_anna.get("/sessions/today").content.decode()
        assert f'action="/sessions/{wish.session_id}/indoors"' in page
        as_anna.post(line.post, {"room": line.room})
        assert Session.objects.get(pk=wish.session_id).room == second
        assert list(hand_answers.of(anna, MORNING)) == []

    def test_without_a_room_video_is_offered_where_there_is_one(self, wish: Seat, anna: User) -> None:
        assert [one.tap for one in hand_answers.of(anna, MORNING)] == [""]
        factories.record(anna, video_link="https://video.example/anna")
        assert [one.tap for one in hand_answers.of(anna, MORNING)] == ["Meet by video"]

    def test_one_member_of_a_group_does_not_move_the_others_by_a_tap(self, wish: Seat, anna: User) -> None:
        factories.room("Room 1")
        Session.objects.filter(pk=wish.session_id).update(kind="group", capacity=5)
        (line,) = hand_answers.of(anna, MORNING)
        assert (line.tap, line.post) == ("", "") and "would like to be indoors" in line.rest

    def test_who_cannot_come_is_only_named(self, wish: Seat, anna: User) -> None:
        Seat.objects.update(answer="cannot")
        (line,) = hand_answers.of(anna, MORNING)
        assert line.tap == "" and "cannot come" in line.rest

    def test_a_wish_costs_as_many_queries_as_three(
        self, wish: Seat, anna: User, route: Route, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(2):
            walk(anna, route, f"Person {number}", at(12 + 2 * number))
        Seat.objects.update(answer="indoors", answered_at=MORNING - timedelta(hours=1))
        with django_assert_max_num_queries(4):
            assert len(list(hand_answers.of(anna, MORNING))) == 3

    def test_for_today_or_tomorrow_it_stands_high(self, wish: Seat, anna: User, route: Route) -> None:
        later = walk(anna, route, "Later Wish", at(10) + timedelta(days=5)).seats.get()
        Seat.objects.filter(pk=later.pk).update(answer="indoors", answered_at=MORNING)
        for now in (MORNING, MORNING - timedelta(days=1)):
            assert [one.tone for one in hand_answers.of(anna, now)] == ["look", "note"]
        assert [one.tone for one in hand_answers.of(anna, MORNING - timedelta(days=3))] == ["note", "note"]
