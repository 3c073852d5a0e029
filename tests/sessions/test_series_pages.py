"""The pages of a series: every date is shown before one is booked, and bad input is said and not lost."""

import uuid
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.models import Client
from practice.models import Mode, User
from sessions.domain import series_words
from sessions.models import Series, Session
from tests import factories
from tests.sessions.test_series import FIRST, outdoors, utc, walker
from tests.sessions.test_series_changes import weekly

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
        assert page.index(sentence) < page.index("Which dates") < page.index("Thursday 2 September")
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
            ({"count": "", "until": "2099-12-31"}, "Choose a day between"),
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
        first = timezone.localdate() + timedelta(days=1)
        begun, until = typed(anna, mrs_lee, day=first.isoformat()), first + timedelta(weeks=105)
        answer = as_anna.post(URL, begun | ruled(count="", until=until.isoformat()))
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


@pytest.fixture
def thursdays(anna: User, mrs_lee: Client) -> list[Session]:
    """Six booked Thursdays of next year."""
    return weekly(anna, mrs_lee, count=6)


def change_url(session: Session, what: str) -> str:
    return reverse("sessions:series_change", args=[session.pk, what])


class TestSessionPage:
    def test_it_says_how_it_repeats_and_leads_to_the_choices(
        self, as_anna: Browser, as_olga: Browser, thursdays: list[Session]
    ) -> None:
        where = reverse("sessions:show", args=[thursdays[1].pk])
        page = as_anna.get(where).content.decode()
        assert "Every Thursday at 17:30, until 7 October 2027." in page and "6 are to come." in page
        assert change_url(thursdays[1], "move") in page and change_url(thursdays[1], "therapist") not in page
        assert change_url(thursdays[1], "therapist") in as_olga.get(where).content.decode()

    def test_a_session_without_a_series_says_nothing_of_one(
        self, as_anna: Browser, anna: User, mrs_lee: Client
    ) -> None:
        alone = factories.session(anna, mrs_lee, starts_at=utc(2027, 9, 2, 10, 0))
        assert "Repeats" not in as_anna.get(reverse("sessions:show", args=[alone.pk])).content.decode()
        assert as_anna.get(change_url(alone, "move")).status_code == 404

    @pytest.mark.parametrize("every", Series.Every.values)
    def test_every_rule_has_its_words(self, anna: User, every: str) -> None:
        said = {
            "week": "Every Thursday at 17:30, until 2 December 2027",
            "fortnight": "Every second Thursday at 17:30, until 2 December 2027",
            "month": "Every month on the last Thursday at 17:30, until 2 December 2027",
        }
        made = factories.series(anna, date(2027, 9, 30), starts=time(17, 30), every=every, until=date(2027, 12, 2))
        assert series_words.sentence(made) == said[every]


class TestChange:
    def test_looking_changes_nothing_and_doing_changes_the_ticked_dates(
        self, as_anna: Browser, thursdays: list[Session]
    ) -> None:
        url = change_url(thursdays[2], "move")
        assert as_anna.get(url).status_code == 200
        asked = {"scope": "later", "day": "2027-09-17", "starts": "09:00"}
        page = as_anna.post(url, asked | {"look": "1"}).content.decode()
        assert page.count('name="on"') == 4 and "Friday 17 September 2027" in page
        assert Session.objects.filter(starts_at__iso_week_day=4).count() == 6
        on = [f"{one.occurs_on}" for one in thursdays[2:]]
        done = asked | {"do": "1", "saw": "later|2027-09-17|09:00:00", "shown": on, "on": on}
        answer = as_anna.post(url, done)
        assert answer.status_code == 302 and Session.objects.filter(starts_at__iso_week_day=5).count() == 4
        assert "Moved: 4 dates." in as_anna.get(answer.url).content.decode()

    def test_cancel_remaining_lists_and_cancels_all_of_them(self, as_anna: Browser, thursdays: list[Session]) -> None:
        url = change_url(thursdays[1], "cancel")
        page = as_anna.post(url, {"scope": "later", "look": "1"}).content.decode()
        assert page.count('" checked>') == 5 + 1, "and the tick by which they are told"
        on = [f"{one.occurs_on}" for one in thursdays[1:]]
        answer = as_anna.post(url, {"scope": "later", "saw": "later", "do": "1", "on": on})
        assert answer.status_code == 302 and Session.objects.filter(status="cancelled").count() == 5

    def test_dates_that_nobody_saw_are_not_changed(self, as_anna: Browser, thursdays: list[Session]) -> None:
        on = [f"{one.occurs_on}" for one in thursdays]
        url = change_url(thursdays[1], "cancel")
        for form in ({"scope": "all", "saw": "later"}, {"scope": "this", "saw": "this"}):
            answer = as_anna.post(url, form | {"do": "1", "on": on})
            assert answer.status_code == 422 and "other dates than before" in answer.content.decode()
        assert as_anna.post(url, {"scope": "all", "saw": "all", "do": "1"}).status_code == 422
        assert not Session.objects.filter(status="cancelled").exists()

    def test_one_that_is_not_possible_is_named_and_nothing_is_changed(
        self, as_anna: Browser, anna: User, mr_ode: Client, thursdays: list[Session]
    ) -> None:
        factories.session(anna, mr_ode, starts_at=utc(2027, 9, 24, 8, 0))
        on = [f"{one.occurs_on}" for one in thursdays[2:]]
        asked = {"scope": "later", "day": "2027-09-17", "starts": "09:00", "saw": "later|2027-09-17|09:00:00"}
        answer = as_anna.post(change_url(thursdays[2], "move"), asked | {"do": "1", "shown": on, "on": on})
        page = answer.content.decode()
        assert answer.status_code == 422 and page.count('" checked>') == 3
        assert "Thursday 23 September 2027 is not possible, so nothing was changed." in page
        assert Session.objects.filter(starts_at__iso_week_day=4, series__isnull=False).count() == 6

    @pytest.mark.parametrize(
        ("what", "form", "said"),
        [
            ("move", {"scope": "later", "day": "", "starts": "09:00"}, "This one moves to"),
            ("move", {"scope": "later", "day": "2027-09-17", "starts": "25:00"}, "Enter a valid time."),
            ("move", {"scope": "some", "day": "2027-09-17", "starts": "09:00"}, "Select a valid choice"),
            ("cancel", {}, "Which"),
            ("therapist", {"scope": "all", "therapist": "x"}, "valid"),
        ],
    )
    def test_bad_input_is_said(
        self, as_olga: Browser, thursdays: list[Session], what: str, form: dict[str, str], said: str
    ) -> None:
        answer = as_olga.post(change_url(thursdays[1], what), form | {"look": "1"})
        assert answer.status_code == 422 and said in answer.content.decode()

    def test_somebody_who_does_not_know_the_client_is_named_as_that(
        self, as_olga: Browser, ben: User, thursdays: list[Session]
    ) -> None:
        form = {"scope": "all", "therapist": ben.pk, "look": "1"}
        answer = as_olga.post(change_url(thursdays[1], "therapist"), form)
        assert answer.status_code == 422 and "not in this therapist’s care yet" in answer.content.decode()

    def test_who_may_not_finds_nothing(
        self, as_ben: Browser, as_mallory: Browser, as_mrs_lee: Browser, as_anna: Browser, thursdays: list[Session]
    ) -> None:
        url = change_url(thursdays[1], "cancel")
        assert as_ben.get(url).status_code == as_mrs_lee.get(url).status_code == 404
        assert as_mallory.get(url).status_code == 302
        for what in ("therapist", "route", "nothing"):
            assert as_anna.get(change_url(thursdays[1], what)).status_code == 404
