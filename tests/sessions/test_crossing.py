"""Two who would meet at one meeting point within a quarter of an hour: said to staff, names nobody, refuses nothing."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from practice.models import Mode, User
from routes.models import Route
from sessions.domain import crossing, readiness
from sessions.models import Session
from tests import factories
from tests.sessions.people import ready
from tests.sessions.test_booking import book

SOON = datetime.combine(datetime.now(UTC).date() + timedelta(days=10), time(11), UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def route(anna: User) -> Route:
    return factories.route(anna)


def walk(therapist: User, person: Client, route: Route, at: datetime, **fields: Any) -> Session:
    return factories.session(
        therapist, person, starts_at=at, route=route, fallback="room", **{"mode": Mode.WALK} | fields
    )


@pytest.mark.django_db
class TestWhoCrosses:
    @pytest.mark.parametrize(
        ("minutes", "words"),
        [
            (-65, "ends here"), (-66, ""), (-50, "ends here"), (0, "begins here"), (15, "begins here"), (16, ""),
            (65, "begins here"), (66, ""),
        ],
    )  # fmt: skip
    def test_within_a_quarter_of_an_hour(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client, route: Route, minutes: int, words: str
    ) -> None:
        hers = walk(anna, mrs_lee, route, SOON)
        walk(ben, mr_ode, route, SOON + minutes * MINUTE)
        chips = crossing.load([hers]).get(hers.pk, ())
        assert [words in chip.text for chip in chips] == ([True] if words else [])
        assert not any(chip.refuses for chip in chips)

    def test_a_colleagues_asks_for_a_look_and_ones_own_is_a_quiet_word(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client, route: Route
    ) -> None:
        hers = walk(anna, mrs_lee, route, SOON)
        walk(anna, mr_ode, route, SOON + 60 * MINUTE)
        assert [chip.tone for chip in crossing.load([hers])[hers.pk]] == ["note"]
        walk(ben, factories.client("Ada Roe", ben), route, SOON + 60 * MINUTE)
        assert [chip.tone for chip in crossing.load([hers])[hers.pk]] == ["look"]

    def test_another_gate_the_room_and_what_is_cancelled_are_no_meeting(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client, route: Route
    ) -> None:
        hers = walk(anna, mrs_lee, route, SOON)
        walk(ben, mr_ode, factories.route(ben, "Far meadow"), SOON)
        factories.session(ben, factories.client("Ada Roe", ben), starts_at=SOON + 80 * MINUTE)
        walk(ben, factories.client("Dan Abel", ben), route, SOON, status=Session.Status.CANCELLED)
        assert not crossing.load([hers])[hers.pk]

    def test_a_route_with_the_same_gate_has_the_same_gate(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client, route: Route
    ) -> None:
        hers = walk(anna, mrs_lee, route, SOON)
        walk(ben, mr_ode, factories.route(ben, "Long loop", alias=route.alias), SOON)
        assert crossing.load([hers])[hers.pk]

    @pytest.mark.parametrize("count", [1, 3])
    def test_one_query_however_many(
        self, anna: User, mrs_lee: Client, route: Route, count: int, django_assert_num_queries: Any
    ) -> None:
        made = [walk(anna, mrs_lee, route, SOON + n * 60 * MINUTE) for n in range(count)]
        with django_assert_num_queries(1):
            crossing.load(made)
        with django_assert_num_queries(0):
            crossing.load([])

    def test_it_can_be_booked_all_the_same(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client, route: Route
    ) -> None:
        ready(mrs_lee, anna)
        walk(ben, mr_ode, route, SOON)
        assert book(anna, mrs_lee, at=SOON, mode=Mode.WALK, route=route, fallback="room").pk


@pytest.mark.django_db
class TestWhoReadsIt:
    @pytest.fixture
    def hers(self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client, route: Route) -> Session:
        walk(ben, mr_ode, route, SOON + 10 * MINUTE)
        return walk(anna, ready(mrs_lee, anna), route, SOON)

    def test_therapist_and_desk_read_it_and_no_name(self, as_anna: Browser, as_olga: Browser, hers: Session) -> None:
        for browser in (as_anna, as_olga):
            page = browser.get(reverse("sessions:show", args=[hers.pk])).content.decode()
            assert "Another session begins here at 11:10" in page or "Another session begins here at 12:10" in page
            assert "Peter Ode" not in page and "Ben" not in page

    def test_the_client_does_not(self, as_mrs_lee: Browser, hers: Session, anna: User) -> None:
        assert "Another session" not in as_mrs_lee.get(reverse("sessions:mine")).content.decode()
        found = readiness.Readiness(tuple(crossing.load([hers])[hers.pk]), "Anna")
        assert found.for_client() == ()
