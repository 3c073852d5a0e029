"""Who must not meet, in the preview of a series: the date is listed like any other that cannot be had, and only who
reads the chart can tell why."""

import uuid
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.domain import keeping_apart
from clients.models import Client, KeepApart
from practice.models import User
from sessions.domain import apart, booking, series, series_changes
from sessions.domain.refusals import Refused
from sessions.domain.series_changes import Change, Scope, What
from tests import factories
from tests.sessions.test_apart import CANARY, ORDINARY
from tests.sessions.test_series import FIRST, outdoors, plan, utc, walker
from tests.sessions.test_series_changes import NOW, move, weekly
from tests.sessions.test_series_pages import URL, change_url, ruled, typed

pytestmark = pytest.mark.django_db
SECOND = FIRST + timedelta(weeks=1)


@pytest.fixture
def pair(anna: User, mrs_lee: Client, mr_ode: Client) -> KeepApart:
    """Mrs Lee must not meet Mr Ode, who is Ben's client."""
    [made] = keeping_apart.keep(mrs_lee, name="Peter Ode", words=f"{CANARY}: they were married.", by=anna)
    return made


@pytest.fixture
def near(ben: User, pair: KeepApart) -> KeepApart:
    """He is there on the second date, a moment before her."""
    factories.session(ben, pair.other, starts_at=utc(2027, 9, 9, 15, 0))
    return pair


class TestPreview:
    def test_the_date_is_listed_and_every_reader_hears_what_she_may_know(
        self, anna: User, ben: User, olga: User, rosa: User, near: KeepApart
    ) -> None:
        wanted = plan(anna, near.client, count=3)
        hers = series.preview(wanted, anna)
        assert [line.is_possible for line in hers.lines] == [True, False, True]
        assert hers.lines[1].refusals == (
            "Mary Lee is to be kept apart from somebody who is near then. Choose another time or place.",
        )
        for reader in (olga, rosa, ben):
            assert [line.refusals for line in series.preview(wanted, reader).lines] == [(), (ORDINARY,), ()]
        near.other.care_team.create(user=anna, is_lead=False)
        assert "Mary Lee and Peter Ode are to be kept apart." in series.preview(wanted, anna).lines[1].said

    def test_what_is_listed_is_what_the_booking_refuses(self, anna: User, near: KeepApart) -> None:
        wanted = plan(anna, near.client, count=3)
        possible = series.preview(wanted, anna).possible
        with pytest.raises(Refused) as refused:
            series.book(wanted, [FIRST, SECOND], by=anna, key=uuid.uuid4())
        assert refused.value.day == SECOND and isinstance(refused.value.cause, apart.TooNear)
        assert series.book(wanted, possible, by=anna, key=uuid.uuid4()).sessions.count() == 2

    @pytest.mark.parametrize(
        ("starts", "free"), [(time(14, 11), False), (time(14, 10), True), (time(17, 49), False), (time(17, 50), True)]
    )
    def test_near_is_what_the_booking_calls_near(self, anna: User, near: KeepApart, starts: time, free: bool) -> None:
        """He is there from 16:00 to 16:50 on the wall; she stays for fifty minutes."""
        found = series.preview(plan(anna, near.client, first_on=SECOND, starts=starts, count=1), anna)
        assert found.lines[0].is_possible is free

    def test_another_place_by_video_and_what_was_lifted_are_not_near(
        self, anna: User, near: KeepApart, mrs_lee: Client
    ) -> None:
        elsewhere = type(factories.place()).objects.create(name="Far Street")
        for what in ({"place": elsewhere}, {"mode": "online"}):
            assert len(series.preview(plan(anna, mrs_lee, count=3, **what), anna).possible) == 3  # type: ignore[arg-type]
        keeping_apart.lift(near, by=anna)
        assert len(series.preview(plan(anna, mrs_lee, count=3), anna).possible) == 3

    def test_the_two_of_them_in_one_series_are_refused_on_every_date(self, anna: User, pair: KeepApart) -> None:
        pair.other.care_team.create(user=anna, is_lead=False)
        assert not series.preview(plan(anna, pair.client, pair.other, kind="couple", count=3), anna).possible

    def test_a_time_in_daylight_at_which_they_would_meet_is_not_proposed(
        self, anna: User, ben: User, pair: KeepApart
    ) -> None:
        walker(pair.client, anna)
        wanted = plan(anna, pair.client, **outdoors(anna))
        assert series.preview(wanted, anna).proposals[0].key == "0 15:00"
        for week in range(7, 16):
            factories.session(ben, pair.other, starts_at=utc(2027, 9, 2, 14, 0) + timedelta(weeks=week))
        assert series.preview(wanted, anna).proposals[0].key != "0 15:00"

    def test_as_many_queries_for_one_date_as_for_many(self, anna: User, ben: User, pair: KeepApart) -> None:
        for week in range(40):
            factories.session(ben, pair.other, starts_at=utc(2027, 9, 2, 16, 0) + timedelta(weeks=week))
        counts = []
        for count in (2, 1, 3, 40):
            with CaptureQueriesContext(connection) as queries:
                assert not series.preview(plan(anna, pair.client, count=count), anna).possible
            counts.append(len(queries))
        assert counts[1] == counts[2] == counts[3], counts


class TestChange:
    @pytest.fixture
    def made(self, anna: User, ben: User, pair: KeepApart) -> Any:
        """Ten Thursdays at half past five; he is there on the Wednesday after the seventh."""
        made = weekly(anna, pair.client)
        factories.session(ben, pair.other, starts_at=utc(2027, 10, 20, 9, 0))
        return made

    def test_the_date_is_listed_before_it_is_moved(self, anna: User, olga: User, made: Any) -> None:
        change = move(Scope.LATER, date(2027, 10, 13), time(9, 0))
        for reader, said in ((anna, "to be kept apart"), (olga, ORDINARY)):
            found = series_changes.preview(made[6], change, by=reader, now=NOW)
            assert [line.is_possible for line in found.lines] == [True, False, True, True]
            assert said in found.lines[1].said
        with pytest.raises(Refused) as refused:
            days = [one.occurs_on for one in made[6:]]
            series_changes.carry_out(made[6], change, days, by=anna, now=NOW)
        assert refused.value.day == made[7].occurs_on

    def test_so_is_a_route_on_which_he_is_then(self, anna: User, ben: User, pair: KeepApart) -> None:
        walker(pair.client, anna)
        made = weekly(anna, pair.client, starts=time(11), count=5, **outdoors(anna))
        other = factories.route(anna, "Canal", look_again_on=date(2030, 1, 1))
        elsewhere = type(factories.place()).objects.create(name="Far Street")
        his = {"mode": "walk", "route": other, "fallback": "room", "place": elsewhere}
        factories.session(ben, pair.other, starts_at=utc(2027, 9, 30, 10, 0), **his)
        change = Change(What.ROUTE, Scope.LATER, route=other)
        found = series_changes.preview(made[3], change, by=anna, now=NOW)
        assert [line.is_possible for line in found.lines] == [True, False]
        booking.cancel(type(made[0]).objects.get(place=elsewhere), by=ben)
        assert all(line.is_possible for line in series_changes.preview(made[3], change, by=anna, now=NOW).lines)


class TestPages:
    def test_the_desk_cannot_tell_the_cause(self, as_olga: Browser, as_anna: Browser, near: KeepApart) -> None:
        form = typed(near.by, near.client) | ruled()
        page, hers = (browser.post(URL, form).content.decode() for browser in (as_olga, as_anna))
        assert ORDINARY in page and page.count(" disabled>") == 1 and "kept apart" in hers
        silent(page)

    def test_nor_from_moving_it(self, as_olga: Browser, anna: User, ben: User, pair: KeepApart) -> None:
        made = weekly(anna, pair.client, count=3)
        factories.session(ben, pair.other, starts_at=utc(2027, 9, 9, 8, 0))
        asked = {"scope": "all", "day": "2027-09-01", "starts": "09:00"}
        factories.session(ben, pair.other, starts_at=utc(2027, 9, 8, 8, 0))
        page = as_olga.post(change_url(made[0], "move"), asked | {"look": "1"}).content.decode()
        assert ORDINARY in page and page.count(" disabled>") == 1
        silent(page)
        assert as_olga.get(reverse("clients:apart", args=[pair.client_id])).status_code == 404


def silent(page: str) -> None:
    """Nothing of why, and nobody but who is booked."""
    inside = page.split("<main", 1)[1].split("</main", 1)[0]
    for word in (CANARY, "apart", "married", "must not", "near then", "another time or place", "Peter", "Ode"):
        assert word not in inside, word
