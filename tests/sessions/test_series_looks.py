"""What a series' preview ticks, and what it says of the ground and of where a date comes from."""

import uuid
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import Client
from practice.models import Mode, User
from routes.models import Route
from sessions.domain import booking, series, series_changes
from sessions.domain.series_changes import Change, Scope, What
from sessions.models import Session
from tests import factories
from tests.sessions.test_series import FIRST, outdoors, plan, utc, walker
from tests.sessions.test_series_changes import NOW, move, weekly
from tests.sessions.test_series_pages import URL, change_url, ruled, typed

pytestmark = pytest.mark.django_db
DARK = date(2027, 10, 21)


class TestDark:
    """Sixteen Thursdays at half past five, nine of them into the dark."""

    @pytest.fixture
    def form(self, anna: User, mrs_lee: Client) -> dict[str, Any]:
        walker(mrs_lee, anna)
        return typed(anna, mrs_lee, mode="walk", route=outdoors(anna)["route"].pk, fallback="room")

    def test_on_an_unlit_route_they_are_listed_and_not_ticked(self, as_anna: Browser, form: dict[str, Any]) -> None:
        page = as_anna.post(URL, form | ruled(count=16)).content.decode()
        assert page.count('name="on"') == 16 and ticked(page) == days(7)
        assert "Nothing in the dark is ticked below" in page

    def test_on_a_lit_one_they_are(self, as_anna: Browser, form: dict[str, Any]) -> None:
        Route.objects.update(light=Route.Light.LIT)
        assert ticked(as_anna.post(URL, form | ruled(count=16)).content.decode()) == days(16)

    def test_at_a_time_in_daylight_they_are_ticked_and_back_in_the_dark_not(
        self, as_anna: Browser, form: dict[str, Any]
    ) -> None:
        shown = {"shown": days(16), "on": days(7)[1:]}
        page = as_anna.post(URL, form | ruled(count=16) | shown | {"instead": "0 15:00", "look": "1"}).content.decode()
        assert ticked(page) == days(16)[1:] and "Nothing in the dark is ticked below" not in page
        shown["on"] = days(16)[1:]
        back = ruled(count=16, instead="0 15:00") | {"instead": ""}
        assert ticked(as_anna.post(URL, form | back | shown).content.decode()) == days(7)[1:]

    def test_what_one_ticked_in_the_dark_stays_ticked_and_is_booked(
        self, as_anna: Browser, form: dict[str, Any]
    ) -> None:
        shown = {"shown": days(16), "on": days(9)}
        page = as_anna.post(URL, form | ruled(count=16) | shown | {"look": "1"}).content.decode()
        assert ticked(page) == days(9)
        assert as_anna.post(URL, form | ruled(count=16) | shown | {"book": "1"}).status_code == 302
        assert Session.objects.count() == 9

    def test_a_move_into_the_dark_is_not_ticked_and_one_that_was_dark_stays_so(
        self, anna: User, mrs_lee: Client
    ) -> None:
        walker(mrs_lee, anna)
        walk = outdoors(anna)
        made = weekly(anna, mrs_lee, first_on=DARK - timedelta(weeks=1), count=3, starts=time(11), **walk)
        into = series_changes.preview(made[0], move(Scope.ALL, made[0].occurs_on, time(17, 30)), by=anna, now=NOW)  # type: ignore[arg-type]
        assert [line.is_advised for line in into.lines] == [True, False, False]
        for one in made:
            one.starts_at += timedelta(hours=6, minutes=30)
            one.ends_at += timedelta(hours=6, minutes=30)
            one.blocked_from, one.blocked_until = one.starts_at, one.ends_at
            one.save(update_fields=["starts_at", "ends_at", "blocked_from", "blocked_until"])
        other = factories.route(anna, "Canal", look_again_on=date(2030, 1, 1))
        kept = series_changes.preview(made[0], Change(What.ROUTE, Scope.ALL, route=other), by=anna, now=NOW)
        assert [line.is_dark for line in kept.lines] == [False, True, True]
        assert all(line.is_advised for line in kept.lines)


class TestGround:
    SAID = "First time on rough ground on Thursday 2 September 2027: talk it through, consent will be asked for anew."

    @pytest.fixture
    def rough(self, anna: User, mrs_lee: Client) -> dict[str, Any]:
        """She was met in a park since she signed; now it goes to the cliffs."""
        walker(mrs_lee, anna)
        easy = factories.route(anna, "Park", surface="paved", max_grade_pct=1, look_again_on=date(2030, 1, 1))
        tomorrow = timezone.now() + timedelta(days=1)
        factories.session(anna, mrs_lee, starts_at=tomorrow, mode=Mode.WALK, route=easy, fallback="room")
        cliffs = factories.route(anna, "Cliff path", look_again_on=date(2030, 1, 1))
        cliffs.hazards.create(kind="drop", words="Straight down.")
        return {"mode": Mode.WALK, "route": cliffs, "fallback": "room"}

    def test_it_is_said_once_before_it_is_booked_to_whoever_may_know(
        self, as_anna: Browser, as_olga: Browser, anna: User, mrs_lee: Client, rough: dict[str, Any]
    ) -> None:
        form = typed(anna, mrs_lee, starts="11:00", mode="walk", route=rough["route"].pk, fallback="room")
        page = as_anna.post(URL, form | ruled()).content.decode()
        assert page.count(self.SAID) == 1
        desk = as_olga.post(URL, form | ruled()).content.decode()
        assert "rough ground" not in desk and "asked for anew" not in desk
        assert mrs_lee.consents.get(status="signed").due_again_on is None

    def test_what_is_said_is_what_the_booking_does(self, anna: User, mrs_lee: Client, rough: dict[str, Any]) -> None:
        wanted = plan(anna, mrs_lee, starts=time(11), count=3, **rough)
        found = series.preview(wanted, anna)
        assert self.SAID in found.everywhere
        series.book(wanted, found.possible, by=anna, key=uuid.uuid4())
        assert mrs_lee.consents.get(status="signed").due_again_on == FIRST
        again = plan(anna, mrs_lee, first_on=FIRST + timedelta(days=1), starts=time(11), count=3, **rough)
        assert not [one for one in series.preview(again, anna).everywhere if "rough" in one]

    def test_of_a_series_that_moves_with_its_one_rough_date_that_date_is_named(
        self, anna: User, mrs_lee: Client, rough: dict[str, Any]
    ) -> None:
        Session.objects.all().delete()
        made = weekly(anna, mrs_lee, starts=time(11), count=3, **(rough | {"route": Route.objects.get(name="Park")}))
        booking.move(made[2], route=rough["route"], by=anna)
        assert mrs_lee.consents.get(status="signed").due_again_on == FIRST + timedelta(weeks=2)
        change, now = move(Scope.ALL, FIRST - timedelta(days=1), time(11)), utc(2027, 8, 1, 0, 0)
        found = series_changes.preview(made[0], change, by=anna, now=now)
        assert found.everywhere[0] == self.SAID.replace("Thursday 2", "Wednesday 15")
        series_changes.carry_out(made[0], change, [line.day for line in found.lines], by=anna, now=now)
        assert mrs_lee.consents.get(status="signed").due_again_on == date(2027, 9, 15)

    def test_the_first_session_since_the_signature_was_talked_through_with_it(
        self, anna: User, mrs_lee: Client, rough: dict[str, Any]
    ) -> None:
        Session.objects.all().delete()
        found = series.preview(plan(anna, mrs_lee, starts=time(11), count=3, **rough), anna)
        assert not [one for one in found.everywhere if "rough" in one]

    def test_a_series_that_is_led_there_says_it_too(self, anna: User, mrs_lee: Client, rough: dict[str, Any]) -> None:
        easy = Route.objects.get(name="Park")
        made = weekly(anna, mrs_lee, starts=time(11), count=3, **(rough | {"route": easy}))
        change = Change(What.ROUTE, Scope.LATER, route=rough["route"])
        found = series_changes.preview(made[1], change, by=anna, now=utc(2027, 9, 3, 0, 0))
        assert found.everywhere[0] == self.SAID.replace("2 September", "9 September")

    def test_as_many_queries_for_one_date_as_for_three(
        self, anna: User, mrs_lee: Client, rough: dict[str, Any]
    ) -> None:
        counts = []
        for count in (2, 1, 3):
            with CaptureQueriesContext(connection) as queries:
                assert self.SAID in series.preview(
                    plan(anna, mrs_lee, starts=time(11), count=count, **rough), anna
                ).everywhere  # fmt: skip
            counts.append(len(queries))
        assert counts[1] == counts[2], counts


def test_outside_her_hours_is_said_once_a_date(as_anna: Browser, anna: User, mrs_lee: Client) -> None:
    walker(mrs_lee, anna)
    factories.hours(anna, 3, ends=time(12))
    form = typed(anna, mrs_lee, starts="13:00", mode="walk", route=outdoors(anna)["route"].pk, fallback="room")
    page = as_anna.post(URL, form | ruled()).content.decode()
    assert page.count("Outside the hours of Anna.") == 3 and ticked(page) == []


class TestFromTo:
    def test_each_date_says_where_it_comes_from_and_where_it_goes(
        self, as_anna: Browser, anna: User, mrs_lee: Client
    ) -> None:
        made = weekly(anna, mrs_lee, count=3)
        asked = {"scope": "all", "day": "2027-09-03", "starts": "09:00", "look": "1"}
        page = as_anna.post(change_url(made[0], "move"), asked).content.decode()
        for day in (2, 9, 16):
            was, new = f"Thursday {day} September 2027, 17:30<", f"Friday {day + 1} September 2027"
            line = page[page.index(was) :].split("</li>")[0]
            assert new in line and "09:00 to 09:50" in line

    def test_what_does_not_move_says_no_other_time(self, as_olga: Browser, anna: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee, count=3)
        page = as_olga.post(change_url(made[0], "cancel"), {"scope": "all", "look": "1"}).content.decode()
        assert 'class="was"' not in page and "Thursday 9 September 2027" in page


def days(count: int) -> list[str]:
    return [(FIRST + timedelta(weeks=n)).isoformat() for n in range(count)]


def ticked(page: str) -> list[str]:
    """The days whose box is ticked, in their order."""
    return [line[:10] for line in page.split('name="on" value="')[1:] if line[10:19] == '" checked']
