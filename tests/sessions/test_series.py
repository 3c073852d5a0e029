"""A series: every date is looked at before anything is written, then what was ticked is booked, or nothing."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import CareTeamMember, Client
from practice.models import HoursChange, Letter, Mode, Practice, User
from routes.models import Route
from sessions.domain import booking, dark_dates, series
from sessions.domain.dark_dates import Slot
from sessions.domain.recurrence import Rule
from sessions.domain.refusals import OtherDates, Refused
from sessions.domain.series import Plan
from sessions.models import Seat, Series, Session
from tests import factories
from tests.sessions.people import consent
from tests.sessions.test_booking import race

LONDON = "Europe/London"
FIRST = date(2027, 9, 2)


def walker(person: Client, therapist: User, *, until: date = date(2030, 1, 1)) -> Client:
    """All that a walk needs, long enough for a series."""
    factories.emergency_contact(person)
    factories.decision(person, therapist, look_again_on=until)
    consent(person, therapist, covers_until=date(2030, 1, 1))
    return person


def plan(
    therapist: User,
    *clients: Client,
    first_on: date = FIRST,
    starts: time = time(17, 30),
    count: int = 16,
    every: str = Series.Every.WEEK,
    instead: Slot | None = None,
    **what: Any,
) -> Plan:
    what = {"mode": Mode.INDOOR, "place": factories.place()} | what
    rule = Rule(first_on, starts, LONDON, every, count=count)
    return Plan({"therapist": therapist, "clients": clients, "minutes": 50} | what, rule, instead)


def outdoors(therapist: User) -> dict[str, Any]:
    route = Route.objects.first() or factories.route(therapist, look_again_on=date(2030, 1, 1))
    return {"mode": Mode.WALK, "route": route, "fallback": "room"}


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


@pytest.mark.django_db
class TestPreview:
    def test_nothing_is_written_and_every_date_is_there(self, anna: User, mrs_lee: Client) -> None:
        found = series.preview(plan(anna, mrs_lee), anna)
        assert [line.day for line in found.lines] == [FIRST + timedelta(weeks=n) for n in range(16)]
        assert {line.span for line in found.lines} == {"17:30 to 18:20"}
        assert len(found.possible) == 16 and not found.dark
        assert not Session.objects.exists() and not Series.objects.exists()

    def test_who_is_in_the_way_is_said_with_names_only_to_whoever_may_know_them(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client
    ) -> None:
        CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
        factories.session(ben, mr_ode, starts_at=utc(2027, 9, 9, 16, 0))
        his = plan(ben, mrs_lee)
        to_ben, to_anna = series.preview(his, ben), series.preview(his, anna)
        assert [line.day for line in to_ben.lines if not line.is_possible] == [date(2027, 9, 9)]
        assert "Peter Ode" in to_ben.lines[1].said and "17:00" in to_ben.lines[1].said
        assert "Peter Ode" not in to_anna.lines[1].said and "Ben is taken" in to_anna.lines[1].said

    def test_a_room_a_client_and_a_double_booking_are_in_the_way_too(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client
    ) -> None:
        room = factories.room()
        CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
        factories.session(ben, mr_ode, starts_at=utc(2027, 9, 2, 16, 40), room=room)
        factories.session(ben, mrs_lee, starts_at=utc(2027, 9, 9, 16, 40))
        factories.session(anna, starts_at=utc(2027, 9, 16, 16, 40), doubled=True, doubled_because="a crisis")
        factories.session(anna, starts_at=utc(2027, 9, 23, 17, 20))
        factories.session(anna, starts_at=utc(2027, 9, 30, 16, 40), status="cancelled")
        found = series.preview(plan(anna, mrs_lee, room=room, count=5), anna)
        said = [line.said for line in found.lines]
        assert "Room 1 is taken" in said[0] and "has another one" in said[1] and "Anna is" in said[2]
        assert [line.is_possible for line in found.lines] == [False, False, False, True, True]
        assert not series.preview(plan(anna, mrs_lee, count=5, travel=10), anna).lines[3].is_possible

    def test_a_decision_that_runs_out_is_amber_then_red_to_her_and_neither_why_nor_amber_at_the_desk(
        self, anna: User, olga: User, mrs_lee: Client
    ) -> None:
        walker(mrs_lee, anna, until=date(2027, 9, 20))
        wanted = plan(anna, mrs_lee, count=12, starts=time(11), **outdoors(anna))
        hers, desk = series.preview(wanted, anna), series.preview(wanted, olga)
        amber = [line.day for line in hers.lines if line.is_possible and line.looks]
        assert date(2027, 9, 23) in amber and date(2027, 9, 16) not in amber
        closed = [line.day for line in hers.lines if not line.is_possible]
        assert closed and closed[0] > date(2027, 10, 14)
        assert [line.day for line in desk.lines if not line.is_possible] == closed
        assert {refusal for line in desk.lines for refusal in line.refusals} == {"Not yet, ask Anna."}
        assert not [look for line in desk.lines for look in line.looks]

    def test_a_holiday_and_what_lies_outside_her_hours_is_possible_but_not_ticked(
        self, anna: User, mrs_lee: Client
    ) -> None:
        Practice.objects.update(closed_on_holidays=True)
        factories.hours(anna, 3, ends=time(19))
        HoursChange.objects.create(therapist=anna, first_on=date(2027, 12, 9), last_on=date(2027, 12, 10))
        wanted = plan(anna, mrs_lee, first_on=date(2027, 12, 2), count=3)
        found = series.preview(wanted, anna)
        assert [line.is_advised for line in found.lines] == [True, False, True]
        assert found.lines[1].outside == ("Anna is away then.",) and found.lines[1].is_possible
        saturdays = series.preview(plan(anna, mrs_lee, first_on=date(2027, 12, 18), count=2), anna)
        assert saturdays.lines[0].outside == ("Outside the hours of Anna.",)
        assert "Christmas Day" in saturdays.lines[1].outside[0]

    def test_what_the_clocks_do_is_told(self, anna: User, mrs_lee: Client) -> None:
        night = plan(anna, mrs_lee, first_on=date(2027, 10, 24), starts=time(1, 30), count=2)
        said = "The clocks show 01:30 twice that day: it is the first."
        assert [line.note for line in series.preview(night, anna).lines] == ["", said]
        assert not [line.note for line in series.preview(plan(anna, mrs_lee), anna).lines if line.note]

    def test_as_many_queries_for_one_date_as_for_many(self, anna: User, mrs_lee: Client) -> None:
        walker(mrs_lee, anna)
        for week in range(40):
            factories.session(anna, starts_at=utc(2027, 9, 2, 17, 0) + timedelta(weeks=week))
        counts = []
        for count in (2, 1, 3, 40):
            wanted = plan(anna, mrs_lee, count=count, **outdoors(anna))
            with CaptureQueriesContext(connection) as queries:
                assert not series.preview(wanted, anna).possible
            counts.append(len(queries))
        assert counts[1] == counts[2] == counts[3] < 36, counts

    def test_in_whose_care_she_is_not_is_said_at_once(self, anna: User, mr_ode: Client) -> None:
        with pytest.raises(booking.NotInHerCare):
            series.preview(plan(anna, mr_ode), anna)


@pytest.mark.django_db
class TestDark:
    """London, half past five in the open: civil dusk less a quarter of an hour, from the sums of `daylight`."""

    def test_it_says_from_when_it_walks_into_the_dark(self, anna: User, mrs_lee: Client) -> None:
        walker(mrs_lee, anna)
        found = series.preview(plan(anna, mrs_lee, **outdoors(anna)), anna)
        (run,) = found.dark
        assert run.words() == "Thursday 17:30 walks into the dark from 21 October 2027 to 16 December 2027: 9 dates."
        assert next(line.day for line in found.lines if line.is_dark) == date(2027, 10, 21)
        assert len(found.possible) == 16

    def test_it_proposes_times_in_daylight_that_are_free_for_both(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client
    ) -> None:
        walker(mrs_lee, anna)
        wanted = plan(anna, mrs_lee, **outdoors(anna))
        assert [slot.words(wanted.by_rule()[0][1]) for slot in series.preview(wanted, anna).proposals] == [
            "Thursday 15:00",
            "Wednesday 15:00",
            "Friday 15:00",
        ]
        CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
        for week in range(7, 16):
            factories.session(anna, mr_ode, starts_at=utc(2027, 9, 2, 14, 0) + timedelta(weeks=week))
            factories.session(ben, mrs_lee, starts_at=utc(2027, 9, 1, 14, 0) + timedelta(weeks=week))
        for week in range(3):
            factories.session(anna, mr_ode, starts_at=utc(2027, 12, 3, 14, 30) + timedelta(weeks=week))
        assert [slot.words(wanted.by_rule()[0][1]) for slot in series.preview(wanted, anna).proposals] == [
            "Thursday 13:00",
            "Wednesday 13:00",
            "Friday 13:30",
        ]

    def test_every_proposal_is_light_to_the_end_on_every_dark_date(self, anna: User, mrs_lee: Client) -> None:
        walker(mrs_lee, anna)
        found = series.preview(plan(anna, mrs_lee, **outdoors(anna)), anna)
        for slot in found.proposals:
            again = series.preview(plan(anna, mrs_lee, instead=slot, **outdoors(anna)), anna)
            assert not [line for line in again.lines if line.is_dark]
            assert [line.day for line in again.lines] == [line.day for line in found.lines]
            assert [run.words() for run in again.dark] == [run.words() for run in found.dark]

    def test_it_proposes_within_her_hours(self, anna: User, mrs_lee: Client) -> None:
        walker(mrs_lee, anna)
        factories.hours(anna, 3, ends=time(19))
        factories.hours(anna, 4, ends=time(12))
        wanted = plan(anna, mrs_lee, **outdoors(anna))
        assert [slot.words(wanted.by_rule()[0][1]) for slot in series.preview(wanted, anna).proposals] == [
            "Thursday 15:00",
            "Thursday 14:30",
            "Friday 11:00",
        ]

    def test_in_the_room_nothing_is_dark(self, anna: User, mrs_lee: Client) -> None:
        assert not series.preview(plan(anna, mrs_lee), anna).dark

    @pytest.mark.parametrize("key", ["2 15:00", "0 25:00", "x", "", "0  15:00", "0 15:00:30", "+1 15:00"])
    def test_a_slot_that_nobody_offered_is_none(self, key: str) -> None:
        assert Slot.read(key) is None
        assert Slot.read("-1 15:00") == Slot(-1, time(15))


@pytest.mark.django_db
class TestBook:
    def test_exactly_the_ticked_dates_are_booked_with_their_reminders(self, anna: User, mrs_lee: Client) -> None:
        wanted = plan(anna, mrs_lee, count=4)
        made = series.book(wanted, [FIRST, date(2027, 9, 16), date(2027, 9, 23)], by=anna, key=uuid.uuid4())
        assert [one.occurs_on for one in made.sessions.all()] == [FIRST, date(2027, 9, 16), date(2027, 9, 23)]
        assert (made.first_on, made.until, made.minutes, made.every) == (FIRST, date(2027, 9, 23), 50, "week")
        assert Letter.objects.count() == Seat.objects.count() == 3

    def test_over_a_change_of_the_clocks_it_stays_on_the_wall(self, anna: User, mrs_lee: Client) -> None:
        wanted = plan(anna, mrs_lee, first_on=date(2027, 10, 28), count=2)
        made = series.book(wanted, [date(2027, 10, 28), date(2027, 11, 4)], by=anna, key=uuid.uuid4())
        assert [one.starts_at for one in made.sessions.all()] == [utc(2027, 10, 28, 16, 30), utc(2027, 11, 4, 17, 30)]

    def test_the_dark_dates_are_booked_in_daylight_instead(self, anna: User, mrs_lee: Client) -> None:
        walker(mrs_lee, anna)
        wanted = plan(anna, mrs_lee, instead=Slot(-1, time(15)), **outdoors(anna))
        made = series.book(wanted, series.preview(wanted, anna).possible, by=anna, key=uuid.uuid4())
        sessions = list(made.sessions.select_related("place", "route"))
        assert not [one for one in sessions if dark_dates.is_dark(one)]
        assert sessions[6].starts_at == utc(2027, 10, 14, 16, 30)
        assert (sessions[7].starts_at, sessions[7].occurs_on) == (utc(2027, 10, 20, 14, 0), date(2027, 10, 21))

    def test_one_that_is_no_longer_possible_keeps_all_from_being_written(
        self, anna: User, mrs_lee: Client, mr_ode: Client
    ) -> None:
        wanted = plan(anna, mrs_lee)
        ticked = series.preview(wanted, anna).possible
        factories.session(anna, mr_ode, starts_at=utc(2027, 10, 7, 16, 0))
        with pytest.raises(Refused) as refused:
            series.book(wanted, ticked, by=anna, key=uuid.uuid4())
        assert refused.value.day == date(2027, 10, 7) and isinstance(refused.value.cause, booking.Clash)
        assert not Series.objects.exists() and not Letter.objects.exists() and Session.objects.count() == 1
        rest = series.preview(wanted, anna).possible
        assert series.book(wanted, rest, by=anna, key=uuid.uuid4()).sessions.count() == 15

    def test_the_first_time_on_rough_ground_asks_for_consent_anew_and_books_every_date(
        self, anna: User, mrs_lee: Client
    ) -> None:
        walker(mrs_lee, anna)
        easy = factories.route(anna, "Park", surface="paved", max_grade_pct=1)
        tomorrow = timezone.now() + timedelta(days=1)
        factories.session(anna, mrs_lee, starts_at=tomorrow, mode=Mode.WALK, route=easy, fallback="room")
        rough = {"mode": Mode.WALK, "route": factories.route(anna), "fallback": "room"}
        wanted = plan(anna, mrs_lee, starts=time(11), **rough)
        made = series.book(wanted, series.preview(wanted, anna).possible, by=anna, key=uuid.uuid4())
        assert made.sessions.count() == 16 and mrs_lee.consents.get(status="signed").due_again_on == FIRST

    def test_a_consent_that_runs_out_half_way_keeps_all_from_being_written(self, anna: User, mrs_lee: Client) -> None:
        walker(mrs_lee, anna, until=date(2027, 9, 20))
        wanted = plan(anna, mrs_lee, starts=time(11), **outdoors(anna))
        with pytest.raises(Refused) as refused:
            series.book(wanted, [line.day for line in series.preview(wanted, anna).lines], by=anna, key=uuid.uuid4())
        assert isinstance(refused.value.cause, booking.NotYet) and not Session.objects.exists()

    @pytest.mark.parametrize("days", [[], [date(2027, 9, 3)], [FIRST, date(2031, 1, 2)]])
    def test_days_that_are_none_of_its_dates_are_refused(self, anna: User, mrs_lee: Client, days: list[date]) -> None:
        with pytest.raises(OtherDates):
            series.book(plan(anna, mrs_lee), days, by=anna, key=uuid.uuid4())

    def test_the_same_form_twice_is_one_series(self, anna: User, ben: User, mrs_lee: Client) -> None:
        wanted, key = plan(anna, mrs_lee, count=3), uuid.uuid4()
        days = [FIRST, date(2027, 9, 9)]
        assert series.book(wanted, days, by=anna, key=key) == series.book(wanted, days, by=anna, key=key)
        assert Session.objects.count() == 2
        with pytest.raises(booking.UsedAlready):
            series.book(wanted, [FIRST], by=anna, key=key)
        with pytest.raises(booking.UsedAlready):
            series.book(wanted, days, by=ben, key=key)

    def test_a_used_form_for_somebody_else_another_hour_or_what_was_cancelled_is_refused(
        self, anna: User, mrs_lee: Client
    ) -> None:
        key, days, other = uuid.uuid4(), [FIRST, date(2027, 9, 9)], factories.client("Ines Marlow", anna)
        series.book(plan(anna, mrs_lee, count=2), days, by=anna, key=key)
        again = {
            "whom": plan(anna, other, count=2),
            "when": plan(anna, mrs_lee, count=2, starts=time(9)),
            "how": plan(anna, mrs_lee, count=2, mode=Mode.ONLINE),
        }
        for name, wanted in again.items():
            with pytest.raises(booking.UsedAlready):
                pytest.fail(f"{name}: {series.book(wanted, days, by=anna, key=key)}")
        booking.cancel(Session.objects.latest("starts_at"), by=anna)
        with pytest.raises(booking.UsedAlready):
            series.book(plan(anna, mrs_lee, count=2), days, by=anna, key=key)
        assert Session.objects.count() == 2


def test_the_same_form_sent_by_four_windows_is_one_series(fresh_db: Any) -> None:
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    wanted, key = plan(anna, factories.client("Ines Marlow", anna), count=6), uuid.uuid4()
    days = [FIRST + timedelta(weeks=n) for n in range(6)]
    with timezone.override("UTC"):
        [made] = race(4, lambda _number, _turn: series.book(wanted, days, by=anna, key=key).pk)
    assert set(made) == {Series.objects.get().pk} and Session.objects.count() == Letter.objects.count() == 6


def test_of_two_series_for_one_hour_one_is_written_whole_and_the_other_not_at_all(fresh_db: Any) -> None:
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    plans = [plan(anna, factories.client(f"Person {n}", anna), count=8) for n in range(2)]
    days = [FIRST + timedelta(weeks=n) for n in range(8)]
    [made] = race(2, lambda number, _turn: series.book(plans[number], days, by=anna, key=uuid.uuid4()))
    assert sorted(type(one).__name__ for one in made) == ["Refused", "Series"]
    assert Session.objects.count() == Letter.objects.count() == 8
