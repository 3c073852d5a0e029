"""The calendar: what a span holds for whom, as a page and as JSON, and the light behind it."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from clients.models import Client
from practice.domain.local_time import instant
from practice.models import Mode, Place, Service, Supervision, User
from routes.models import Route
from sessions.domain import calendar
from sessions.models import Seat, Session
from tests import factories
from tests.sessions.people import ready

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 11, 23)


def at(days: int, hour: int, minute: int = 0) -> datetime:
    """An hour of the week in which these tests play."""
    return instant(MONDAY + timedelta(days=days), time(hour, minute), LONDON)


@pytest.fixture
def route(anna: User) -> Route:
    return factories.route(anna, sketch={"parts": [[[lat, lon] for lat, lon, _height in factories.LOOP]]})


@pytest.fixture
def walk(anna: User, mrs_lee: Client, route: Route) -> Session:
    return factories.session(anna, mrs_lee, starts_at=at(3, 10), mode=Mode.WALK, route=route, fallback="room")


def page(browser: Browser, **asked: Any) -> str:
    answer = browser.get("/sessions/week", {"week": MONDAY} | asked)
    assert answer.status_code == 200
    return answer.content.decode()


def asked(browser: Browser, **more: Any) -> Any:
    span = {"start": MONDAY, "end": MONDAY + timedelta(days=7)}
    answer = browser.get("/sessions/events", span | more)
    assert answer.status_code == 200, answer.content
    return answer.json()


def titles(browser: Browser, **more: Any) -> list[str]:
    return [one["title"] for one in asked(browser, **more)["events"]]


class TestThePage:
    def test_the_agenda_is_complete_without_a_script(self, walk: Session, as_anna: Browser) -> None:
        shown = page(as_anna)
        assert shown.count("Mary Lee") == 1
        assert "walking, Orchard loop" in shown
        assert f'href="/sessions/{walk.pk}"' in shown
        assert shown.count("Nothing booked") == 6
        assert "23 – 29 November 2026" in shown

    @pytest.mark.parametrize("day", ["2026-13-45", "nonsense", "9999-12-31", "2026-02-30", "0001-01-01"])
    @pytest.mark.parametrize("view", ["week", "day", "month", "aeon"])
    def test_a_day_that_is_none_shows_today(self, as_anna: Browser, day: str, view: str) -> None:
        assert as_anna.get("/sessions/week", {"week": day, "view": view}).status_code == 200

    @pytest.mark.parametrize("day", ["1991-01-01", "2199-12-31"])
    @pytest.mark.parametrize("view", ["week", "day", "month"])
    def test_the_first_and_the_last_years_are_shown(self, as_anna: Browser, day: str, view: str) -> None:
        assert as_anna.get("/sessions/week", {"week": day, "view": view}).status_code == 200

    def test_the_desk_begins_with_the_day_of_all_side_by_side(
        self, walk: Session, ben: User, mr_ode: Client, as_olga: Browser
    ) -> None:
        factories.session(ben, mr_ode, starts_at=at(3, 10))
        shown = page(as_olga, week="2026-11-26")
        assert "<h1>Thursday 26 November" in shown
        assert "Mary Lee" in shown and "Peter Ode" in shown
        assert str(ben.pk) in shown.split("data-people=")[1].split("data-")[0]
        assert "Peter Ode" not in page(as_olga, **{"with": walk.therapist_id, "week": "2026-11-26"})

    def test_a_week_of_everyone_is_a_list_and_of_one_a_grid(
        self, walk: Session, ben: User, mr_ode: Client, as_olga: Browser, as_anna: Browser
    ) -> None:
        factories.session(ben, mr_ode, starts_at=at(3, 10))
        everyone = page(as_olga, view="week")
        assert "Mary Lee" in everyone and "Peter Ode" in everyone and "data-calendar=" not in everyone
        assert f'href="?week=2026-11-23&amp;view=week&amp;with={ben.pk}"' in everyone
        bens = page(as_olga, view="week", **{"with": ben.pk})
        assert "Peter Ode" in bens and "Mary Lee" not in bens and 'data-calendar="week"' in bens
        assert '<details class="more filters">' in bens
        assert 'data-calendar="week"' in page(as_olga, week="2026-11-26", **{"with": ben.pk}), "the picker leads there"
        hers = page(as_anna, view="week")
        assert 'data-calendar="week"' in hers and "Everyone" not in hers

    def test_a_month_counts_each_day_and_leads_to_it(self, walk: Session, as_anna: Browser) -> None:
        shown = page(as_anna, view="month")
        assert "<h1>November 2026</h1>" in shown
        assert "?week=2026-11-26&amp;view=day" in shown
        assert shown.count("Nothing booked") == 29

    def test_what_is_asked_for_stays_when_one_turns_the_page(self, walk: Session, as_olga: Browser) -> None:
        shown = page(as_olga, view="week", mode="walk")
        assert "?week=2026-11-30&amp;view=week&amp;mode=walk" in shown

    def test_where_it_stands_and_why_it_lies_over_another_are_words(
        self, anna: User, mrs_lee: Client, as_anna: Browser
    ) -> None:
        couple = Service.objects.create(name="First talk", kind="intake", modes=["indoor"], colour="sky")
        factories.session(anna, mrs_lee, starts_at=at(1, 9), status="requested", held_until=at(1, 9), service=couple)
        factories.session(anna, starts_at=at(1, 9), doubled=True, doubled_because="the visit from the school")
        shown = page(as_anna)
        assert "First talk, asked for" in shown
        assert "double booking: the visit from the school" in shown
        assert 'class="sky is-requested"' in shown

    def test_a_time_names_its_zone_where_the_clocks_differ(self, anna: User, as_anna: Browser) -> None:
        abroad = Place.objects.create(name="Vienna", time_zone="Europe/Vienna")
        factories.session(anna, starts_at=at(1, 9), place=abroad)
        assert "10:00 (Europe/Vienna)" in page(as_anna)
        assert asked(as_anna)["events"][0]["start"] == "2026-11-24T09:00"


class TestTheGrid:
    def test_what_it_gets(self, walk: Session, anna: User, as_anna: Browser) -> None:
        (one,) = asked(as_anna)["events"]
        assert (one["start"], one["end"]) == ("2026-11-26T10:00", "2026-11-26T10:50")
        assert (one["title"], one["resourceIds"]) == ("Mary Lee", [str(anna.pk)])
        assert one["extendedProps"]["how"] == "walking, Orchard loop"
        assert one["classNames"] == ["plain", "is-booked", "is-outdoors"]

    def test_a_group_by_its_name_a_couple_by_theirs(self, anna: User, as_anna: Browser) -> None:
        ruth, dan = factories.client("Ruth Abel", anna), factories.client("Dan Abel", anna)
        factories.session(anna, ruth, dan, starts_at=at(0, 9), kind="couple")
        factories.session(anna, ruth, dan, starts_at=at(0, 11), kind="group", name="The park group")
        factories.session(anna, ruth, dan, starts_at=at(0, 13), kind="group")
        factories.session(anna, starts_at=at(0, 15))
        assert titles(as_anna) == ["Dan and Ruth Abel", "The park group", "Group of 2", "Nobody yet"]

    def test_only_the_days_that_are_asked_for(self, walk: Session, as_anna: Browser) -> None:
        assert titles(as_anna, end="2026-11-26") == []
        assert titles(as_anna, start="2026-11-26", end="2026-11-27") == ["Mary Lee"]
        assert titles(as_anna, start="2026-11-27") == []

    @pytest.mark.parametrize(
        "span",
        [
            {"end": "2027-01-06"},
            {"start": "2026-11-30"},
            {"start": ""},
            {"start": "tomorrow"},
            {"start": "0001-01-01", "end": "0001-01-02"},
            {"start": "9999-12-30", "end": "9999-12-31"},
        ],
    )
    def test_no_span_and_one_that_is_too_long_are_refused_in_words(
        self, as_anna: Browser, span: dict[str, str]
    ) -> None:
        answer = as_anna.get("/sessions/events", {"start": MONDAY, "end": MONDAY + timedelta(days=7)} | span)
        assert answer.status_code == 422
        assert answer.json() == {"problem": "Ask for at most six weeks at a time."}

    def test_six_weeks_and_a_day_are_given(self, as_anna: Browser) -> None:
        assert asked(as_anna, end="2027-01-05")["events"] == []

    def test_each_sees_the_days_that_are_theirs(
        self, walk: Session, anna: User, ben: User, as_anna: Browser, as_ben: Browser, as_sam: Browser, as_olga: Browser
    ) -> None:
        assert titles(as_ben) == []
        assert titles(as_ben, **{"with": anna.pk}) == []
        assert [titles(one) for one in (as_anna, as_sam, as_olga)] == [["Mary Lee"]] * 3
        assert titles(as_olga, **{"with": ben.pk}) == []
        Supervision.objects.all().delete()
        assert titles(as_sam) == []

    def test_filters(self, walk: Session, anna: User, mrs_lee: Client, as_anna: Browser) -> None:
        talk = Service.objects.create(name="First talk", kind="intake", modes=["indoor"])
        there = Place.objects.create(name="The other house")
        factories.session(anna, factories.client("Ines Marlow", anna), starts_at=at(0, 9), place=there, service=talk)
        gone = factories.client("Fay Carrick", anna)
        factories.session(anna, gone, starts_at=at(0, 9), status="cancelled")
        assert titles(as_anna) == ["Ines Marlow", "Mary Lee"]
        assert titles(as_anna, mode="walk") == ["Mary Lee"]
        assert titles(as_anna, service=talk.pk) == titles(as_anna, place=there.pk) == ["Ines Marlow"]
        assert titles(as_anna, cancelled="on") == ["Ines Marlow", "Fay Carrick", "Mary Lee"]
        assert titles(as_anna, mode="flying", service="x", place=uuid4()) == []
        assert titles(as_anna, mode="flying", service="x") == ["Ines Marlow", "Mary Lee"]

    def test_who_may_move_what(
        self, anna: User, mrs_lee: Client, as_anna: Browser, as_olga: Browser, as_rosa: Browser
    ) -> None:
        start = datetime.now(LONDON).replace(microsecond=0) + timedelta(days=2)
        factories.session(anna, mrs_lee, starts_at=start)
        factories.session(anna, mrs_lee, starts_at=start - timedelta(days=4))
        factories.session(anna, mrs_lee, starts_at=start + timedelta(hours=2), status="kept")
        span = {"start": (start - timedelta(days=6)).date(), "end": (start + timedelta(days=2)).date()}
        for browser, may in ((as_anna, True), (as_olga, True), (as_rosa, False)):
            found = [one["startEditable"] for one in asked(browser, **span)["events"]]
            assert found == [False, may, False]

    def test_nothing_about_why_reaches_the_desk(
        self, anna: User, mrs_lee: Client, route: Route, as_anna: Browser, as_olga: Browser
    ) -> None:
        ready(mrs_lee, anna)
        factories.decision(mrs_lee, anna, "indoor", reasoning="canary-7f3k")
        start = datetime.now(LONDON) + timedelta(days=1)
        walk = factories.session(anna, mrs_lee, starts_at=start, mode=Mode.WALK, route=route, fallback="room")
        days = {"start": start.date(), "end": start.date() + timedelta(days=1), "week": start.date()}
        addresses = ("/sessions/events", "/sessions/week", f"/sessions/{walk.pk}/card")
        events, agenda, card = (as_olga.get(address, days).content.decode() for address in addresses)
        assert "Mary Lee" in events and "Mary Lee" in agenda and "Not yet, ask Anna" in card
        for shown in (events, agenda.split("<main")[1], card):
            assert not any(
                words in shown for words in ("canary", "onsent", "ecision", "ndoors for now", "alking agreed")
            )
        assert "ask Anna" not in as_anna.get(addresses[2]).content.decode()


class TestLight:
    def test_a_day_in_november_is_dark_at_both_ends(self, route: Route) -> None:
        found = calendar.light(date(2026, 11, 26), date(2026, 11, 27), LONDON)
        assert [one["kind"] for one in found] == ["night", "twilight", "twilight", "night"]
        assert found[0]["start"] == "2026-11-26T00:00" and found[-1]["end"] == "2026-11-27T00:00"
        assert found[0]["end"] == found[1]["start"] and found[2]["end"] == found[3]["start"]
        assert "2026-11-26T15:50" < found[2]["start"] < "2026-11-26T16:05"

    def test_a_night_without_darkness_and_a_day_without_sun(self, anna: User) -> None:
        zone = ZoneInfo("Europe/Oslo")
        factories.route(anna, sketch={"parts": [[[69.65, 18.96], [69.66, 18.97]]]})
        june = calendar.light(date(2026, 6, 21), date(2026, 6, 22), zone)
        assert june == []
        december = calendar.light(date(2026, 12, 21), date(2026, 12, 22), zone)
        assert [one["kind"] for one in december] == ["night", "twilight", "night"]

    def test_the_days_on_which_the_clocks_change(self, route: Route) -> None:
        for day in (date(2026, 3, 29), date(2026, 10, 25)):
            found = calendar.light(day, day + timedelta(days=1), LONDON)
            assert [one["kind"] for one in found] == ["night", "twilight", "twilight", "night"]

    def test_without_a_route_nothing_is_claimed(self) -> None:
        assert calendar.light(MONDAY, MONDAY + timedelta(days=7), LONDON) == []

    def test_a_month_carries_no_light(self, route: Route, as_anna: Browser) -> None:
        assert asked(as_anna)["light"]
        assert asked(as_anna, end="2026-12-07")["light"] == []


@pytest.mark.parametrize(("address", "most"), [("/sessions/week", 12), ("/sessions/events", 12)])
@pytest.mark.parametrize("view", ["week", "day", "month"])
def test_as_few_queries_for_many_sessions_as_for_one(
    anna: User, route: Route, as_anna: Browser, as_olga: Browser, address: str, most: int, view: str
) -> None:
    span = {"start": MONDAY, "end": MONDAY + timedelta(days=7), "week": MONDAY, "view": view}
    for browser in (as_anna, as_olga):
        Seat.objects.all().delete()
        Session.objects.all().delete()
        counts = []
        for number in range(3):
            person = factories.client(f"Person {number} of {view}", anna)
            factories.session(
                anna, person, starts_at=at(0, 9 + 2 * number), mode=Mode.WALK, route=route, fallback="room"
            )
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(address, span).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[2] <= most, [one["sql"][:120] for one in queries]
