"""The letter about series that will darken: on its day, once, to whom it concerns, and without anybody's name."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clients.models import Client
from practice.domain import post
from practice.models import Letter, Practice, User
from sessions.domain import booking, dark_letter
from sessions.domain.dark_letter import Half
from sessions.models import Series, Session
from tests import factories
from tests.sessions.test_booking import race
from tests.sessions.test_series import outdoors, utc, walker
from tests.sessions.test_series_changes import weekly

SEPTEMBER = utc(2027, 9, 1, 6, 0)
"""A Wednesday, seven in the morning in London."""
SYDNEY = [[-33.892, 151.236, 20.0], [-33.894, 151.239, 21.0], [-33.892, 151.236, 20.0]]


@pytest.fixture
def evenings(anna: User, mrs_lee: Client) -> list[Session]:
    """Thursdays at half past five, until after the shortest day."""
    walker(mrs_lee, anna)
    return weekly(anna, mrs_lee, count=18, **outdoors(anna))


def written() -> Letter:
    return Letter.objects.get(kind=dark_letter.KIND)


@pytest.mark.django_db
class TestItsDay:
    @pytest.mark.parametrize(
        ("half", "year", "country", "expected"),
        [
            (Half.NORTH, 2026, "GB", date(2026, 9, 1)),
            (Half.NORTH, 2029, "GB", date(2029, 9, 3)),
            (Half.NORTH, 2025, "US", date(2025, 9, 2)),
            (Half.SOUTH, 2026, "AU", date(2026, 3, 2)),
        ],
        ids=["a Tuesday", "after a weekend", "after Labor Day", "the first of March is a Sunday"],
    )
    def test_it_is_the_first_working_day_of_the_month(
        self, practice: Practice, half: Half, year: int, country: str, expected: date
    ) -> None:
        practice.country = country
        assert dark_letter.begins_on(half, practice, year) == expected

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            (utc(2027, 8, 31, 22, 59), 0),
            (utc(2027, 8, 31, 23, 1), 1),
            (utc(2027, 9, 7, 12, 0), 1),
            (utc(2027, 9, 8, 12, 0), 0),
            (utc(2027, 3, 1, 12, 0), 0),
        ],
        ids=["still August in London", "September", "six days late", "too late", "March is for the south"],
    )
    def test_the_day_is_the_practices(self, evenings: list[Session], now: datetime, expected: int) -> None:
        assert dark_letter.look(now=now) == expected

    def test_it_waits_for_the_morning(self, evenings: list[Session]) -> None:
        dark_letter.look(now=utc(2027, 9, 1, 1, 0))
        assert written().due_at == utc(2027, 9, 1, 7, 0)


@pytest.mark.django_db
class TestWhatItSays:
    def test_the_first_dark_date_and_other_times_without_a_name(
        self, anna: User, mrs_lee: Client, evenings: list[Session]
    ) -> None:
        assert dark_letter.look(now=SEPTEMBER) == 1
        letter = written()
        assert (letter.to, letter.client) == (anna.email, None)
        said = post.kinds[dark_letter.KIND].render(letter)
        for text in (said.text, said.html):
            assert "Thursday 17:30 walks into the dark from 21 October 2027 to 16 December 2027: 9 dates." in text
            assert "Thursday 15:00, Wednesday 15:00, Friday 15:00" in text
            assert f"/sessions/{evenings[7].pk}/series/move" in text
            for word in (mrs_lee.name, "Lee", "client", "therapy", "session"):
                assert word not in text.replace("/sessions/", ""), word

    def test_twice_is_once_and_next_year_is_another(self, evenings: list[Session]) -> None:
        assert [dark_letter.look(now=SEPTEMBER + timedelta(hours=n)) for n in (0, 6, 30)] == [1, 0, 0]
        assert written().key.endswith("|2027|north")

    def test_who_moved_into_the_light_or_cancelled_meanwhile_is_not_written_to(
        self, anna: User, evenings: list[Session]
    ) -> None:
        dark_letter.look(now=SEPTEMBER)
        assert dark_letter.still_wanted(written())
        for session in evenings[7:]:
            booking.cancel(session, by=anna)
        assert not dark_letter.still_wanted(written())

    def test_only_what_darkens_before_the_shortest_day_in_a_series_outdoors(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client
    ) -> None:
        walker(mrs_lee, anna)
        walk = outdoors(anna)
        weekly(anna, mrs_lee, starts=time(11), count=18, **walk)
        weekly(anna, mrs_lee, count=4, **walk)
        factories.session(anna, mrs_lee, starts_at=utc(2027, 11, 4, 19, 0), **walk)
        weekly(ben, mr_ode, count=18)
        assert dark_letter.look(now=SEPTEMBER) == 0

    def test_each_therapist_reads_of_her_own(self, ben: User, mr_ode: Client, evenings: list[Session]) -> None:
        walker(mr_ode, ben)
        weekly(ben, mr_ode, starts=time(18), count=10, **outdoors(ben))
        assert dark_letter.look(now=SEPTEMBER) == 2
        hers = Letter.objects.get(to=ben.email)
        said = dark_letter.render(hers).text
        assert "Thursday 18:00" in said and "17:30" not in said

    def test_south_of_the_equator_it_is_march(self, anna: User, mrs_lee: Client) -> None:
        place = factories.place(time_zone="Australia/Sydney")
        route = factories.route(anna, "Centennial loop", line=SYDNEY, look_again_on=date(2030, 1, 1))
        made = Series.objects.create(
            first_on=date(2027, 3, 4), starts=time(17, 30), minutes=50, zone="Australia/Sydney",
            until=date(2027, 6, 24), made_by=anna,
        )  # fmt: skip
        for week in range(17):
            day = date(2027, 3, 4) + timedelta(weeks=week)
            at = datetime.combine(day, time(17, 30), ZoneInfo("Australia/Sydney"))
            what: dict[str, Any] = {"mode": "walk", "route": route, "fallback": "room", "place": place}
            factories.session(anna, mrs_lee, starts_at=at, series=made, occurs_on=day, **what)
        assert dark_letter.look(now=SEPTEMBER) == 0
        assert dark_letter.look(now=utc(2027, 3, 1, 9, 0)) == 1
        letter = written()
        assert letter.key.endswith("|2027|south")
        assert "Thursday 17:30 walks into the dark from 8 April" in dark_letter.render(letter).text


def test_in_two_workers_it_is_written_once(fresh_db: Any) -> None:
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    weekly(anna, walker(factories.client("Ines Marlow", anna), anna), count=18, **outdoors(anna))
    race(4, lambda _n, _turn: dark_letter.look(now=SEPTEMBER))
    assert Letter.objects.filter(kind=dark_letter.KIND).count() == 1
