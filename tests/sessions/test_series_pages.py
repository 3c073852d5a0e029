"""The pages of a series: every date is shown before one is booked, and bad input is said and not lost."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from practice.models import Mode, User
from sessions.models import Series, Session
from tests import factories
from tests.sessions.test_series import FIRST, outdoors, utc, walker

pytestmark = pytest.mark.django_db
URL = reverse("sessions:series")


def typed(therapist: User, person: Client, **more: Any) -> dict[str, Any]:
    """The booking form as it comes along."""
    return {
        "client": person.pk,
        "therapist": therapist.pk,
        "mode": Mode.INDOOR,
        "day": FIRST.isoformat(),
        "starts": "17:30",
        "minutes": 50,
        "travel": 0,
        "place": factories.place().pk,
        "request_key": str(uuid.uuid4()),
    } | more


def ruled(**more: Any) -> dict[str, Any]:
    rule = {"every": "week", "count": "3", "until": "", "instead": ""} | more
    return rule | {"saw": "|".join(str(rule[name]) for name in ("every", "count", "until", "instead"))}


def days(count: int) -> list[str]:
    return [(FIRST + timedelta(weeks=n)).isoformat() for n in range(count)]


class TestRepeat:
    def test_the_booking_form_leads_to_twelve_weeks_and_books_nothing(
        self, as_anna: Browser, anna: User, mrs_lee: Client
    ) -> None:
        assert URL in as_anna.get(reverse("sessions:book")).content.decode()
        answer = as_anna.post(URL, typed(anna, mrs_lee, repeat="1"))
        assert answer.status_code == 200
        page = answer.content.decode()
        assert page.count('name="on"') == page.count(" checked>") - 1 == 12
        assert "Every Thursday at 17:30" in page and "Mary Lee" in page
        assert not Session.objects.exists()

    def test_dark_dates_are_said_first_and_another_time_is_offered(
        self, as_anna: Browser, anna: User, mrs_lee: Client
    ) -> None:
        walker(mrs_lee, anna)
        walk = outdoors(anna)
        form = typed(anna, mrs_lee, mode="walk", route=walk["route"].pk, fallback="room")
        page = as_anna.post(URL, form | ruled(count=16)).content.decode()
        sentence = "Thursday 17:30 walks into the dark from 21 October 2027 to 16 December 2027: 9 dates."
        assert page.index(sentence) < page.index("How often") < page.index("Thursday 2 September")
        assert 'value="0 15:00"' in page and 'value="-1 15:00"' in page
        page = as_anna.post(URL, form | ruled(count=16, instead="-1 15:00")).content.decode()
        assert "Wednesday 20 October 2027" in page and "Instead of Thursday 21 October 2027, 17:30." in page
        assert page.count("Into the dark") == 0

    def test_the_ticked_dates_are_booked_once(self, as_anna: Browser, anna: User, mrs_lee: Client) -> None:
        form = typed(anna, mrs_lee) | ruled() | {"book": "1", "shown": days(3), "on": days(3)[:2]}
        first, second = as_anna.post(URL, form), as_anna.post(URL, form)
        assert first.status_code == second.status_code == 302 and first.url == second.url
        assert Session.objects.count() == 2 and Series.objects.get().until == FIRST + timedelta(weeks=1)
        assert "Every Thursday at 17:30, until 9 September 2027" in as_anna.get(first.url).content.decode()

    def test_one_that_is_taken_meanwhile_is_named_and_the_rest_stays_ticked(
        self, as_anna: Browser, anna: User, mrs_lee: Client, mr_ode: Client
    ) -> None:
        factories.session(anna, mr_ode, starts_at=utc(2027, 9, 9, 16, 0))
        form = typed(anna, mrs_lee) | ruled() | {"book": "1", "shown": days(3), "on": days(3)}
        answer = as_anna.post(URL, form)
        page = answer.content.decode()
        assert answer.status_code == 422 and Session.objects.count() == 1
        assert "Thursday 9 September 2027 is no longer possible, so nothing was booked." in page
        assert page.count('name="on"') == 3 and page.count('" checked>') == 2

    def test_dates_that_nobody_saw_are_shown_and_not_booked(
        self, as_anna: Browser, anna: User, mrs_lee: Client
    ) -> None:
        form = typed(anna, mrs_lee) | ruled() | {"every": "fortnight", "book": "1", "on": days(3)}
        answer = as_anna.post(URL, form)
        assert answer.status_code == 422 and "other dates than before" in answer.content.decode()
        assert not Session.objects.exists()

    @pytest.mark.parametrize(
        ("rule", "said"),
        [
            ({"count": ""}, "Say how many times, or until when."),
            ({"count": "105"}, "104"),
            ({"count": "", "until": "2027-09-01"}, "That is before the first day."),
            ({"count": "", "until": "2030-12-31"}, "Choose a day between"),
            ({"count": "0"}, "1"),
            ({"every": "day"}, "Select a valid choice"),
            ({"until": "tomorrow"}, "Enter a valid date."),
            ({"instead": "x" * 40}, "12"),
        ],
    )
    def test_a_rule_that_cannot_be_is_said_and_the_booking_is_not_lost(
        self, as_anna: Browser, anna: User, mrs_lee: Client, rule: dict[str, str], said: str
    ) -> None:
        answer = as_anna.post(URL, typed(anna, mrs_lee) | ruled(**rule) | {"look": "1"})
        page = answer.content.decode()
        assert answer.status_code == 422 and said in page
        assert str(mrs_lee.pk) in page and "17:30" in page

    def test_two_years_of_weeks_are_the_most(self, as_anna: Browser, anna: User, mrs_lee: Client) -> None:
        begun = typed(anna, mrs_lee, day="2026-12-03")
        answer = as_anna.post(URL, begun | ruled(count="", until="2028-12-31"))
        assert answer.status_code == 422 and "more than 104 dates" in answer.content.decode()

    def test_a_booking_that_is_not_whole_goes_back_to_its_form(
        self, as_anna: Browser, anna: User, mrs_lee: Client
    ) -> None:
        answer = as_anna.post(URL, typed(anna, mrs_lee, mode="walk", fallback="room", repeat="1"))
        assert answer.status_code == 422 and "Choose the route." in answer.content.decode()
        answer = as_anna.post(URL, typed(anna, mrs_lee, doubled_because="a crisis", repeat="1"))
        assert answer.status_code == 422 and "not booked over other sessions" in answer.content.decode()

    @pytest.mark.parametrize("on", [["x"], ["2031-01-01"], ["2027-09-03"], []])
    def test_ticks_that_are_none_of_its_dates(
        self, as_anna: Browser, anna: User, mrs_lee: Client, on: list[str]
    ) -> None:
        form = typed(anna, mrs_lee) | ruled() | {"book": "1", "on": on}
        assert as_anna.post(URL, form).status_code == 422
        assert not Session.objects.exists()

    def test_the_desk_reads_neither_why_nor_whom(
        self, as_olga: Browser, anna: User, ben: User, mrs_lee: Client, mr_ode: Client
    ) -> None:
        walker(mrs_lee, anna, until=date(2027, 9, 3))
        walk = outdoors(anna)
        form = typed(anna, mrs_lee, mode="walk", route=walk["route"].pk, fallback="room")
        page = as_olga.post(URL, form | ruled(count=12)).content.decode()
        assert "Not yet, ask Anna" in page
        for word in ("agreed until", "decision", "ran out", "Look again", "grace"):
            assert word not in page, word

    def test_strangers_and_clients_get_nothing(
        self, as_mallory: Browser, as_mrs_lee: Browser, as_ben: Browser, anna: User, ben: User, mrs_lee: Client
    ) -> None:
        assert as_mallory.post(URL, typed(anna, mrs_lee)).status_code == 302
        assert as_mrs_lee.post(URL, typed(anna, mrs_lee)).status_code == 404
        assert as_ben.post(URL, typed(ben, mrs_lee)).status_code == 422

    def test_as_many_queries_for_one_date_as_for_three(self, as_anna: Browser, anna: User, mrs_lee: Client) -> None:
        counts = []
        for count in (1, 3, 1):
            with CaptureQueriesContext(connection) as queries:
                as_anna.post(URL, typed(anna, mrs_lee) | ruled(count=count))
            counts.append(len(queries))
        assert counts[1] == counts[2]
