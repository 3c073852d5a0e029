"""This, this and later, all: moved on the wall, cancelled to the last one, and what took place is never touched."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import CareTeamMember, Client
from practice.models import Letter, User
from sessions.domain import booking, recurrence, series, series_changes
from sessions.domain.refusals import OtherDates, Refused
from sessions.domain.series_changes import Change, Scope, What
from sessions.models import Note, Seat, Series, Session
from tests import factories
from tests.sessions.test_booking import race
from tests.sessions.test_series import FIRST, outdoors, plan, utc, walker

NOW = utc(2027, 9, 20, 12, 0)
"""After the third date of a series that began on FIRST."""


def weekly(therapist: User, *clients: Client, count: int = 10, **what: Any) -> list[Session]:
    """A booked series of Thursdays at half past five, over the change of the clocks."""
    wanted = plan(therapist, *clients, count=count, **what)
    days = [one.day for one in recurrence.occurrences(wanted.rule)]
    made = series.book(wanted, days, by=therapist, key=uuid.uuid4())
    return list(made.sessions.select_related("place", "series").order_by("occurs_on"))


def do(session: Session, change: Change, *, by: User, now: datetime = NOW, but: int = 0) -> list[Session]:
    """Carry out on every date that is to change, less the last `but`."""
    days = [one.occurs_on for one in series_changes.targets(session, change, by=by, now=now)]
    return series_changes.carry_out(session, change, [day for day in days if day][: len(days) - but], by=by, now=now)


def move(scope: str, day: date, starts: time) -> Change:
    return Change(What.MOVE, scope, day=day, starts=starts)


def starts_of(sessions: Any) -> list[datetime]:
    return [one.starts_at for one in sessions.order_by("starts_at")]


@pytest.mark.django_db
class TestMove:
    def test_this_and_later_go_on_as_a_series_of_their_own_on_the_wall(self, anna: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee)
        done = do(made[6], move(Scope.LATER, date(2027, 10, 13), time(9, 0)), by=anna)
        assert [one.starts_at for one in done] == [
            utc(2027, 10, 13, 8, 0), utc(2027, 10, 20, 8, 0), utc(2027, 10, 27, 8, 0), utc(2027, 11, 3, 9, 0),
        ]  # fmt: skip
        old, new = Series.objects.order_by("first_on")
        assert (old.first_on, old.until, old.starts) == (FIRST, date(2027, 10, 7), time(17, 30))
        assert (new.first_on, new.until, new.starts) == (date(2027, 10, 13), date(2027, 11, 3), time(9, 0))
        assert [one.occurs_on for one in new.sessions.order_by("occurs_on")] == [
            date(2027, 10, 13) + timedelta(weeks=n) for n in range(4)
        ]
        assert starts_of(old.sessions) == [one.starts_at for one in made[:6]]

    def test_none_lies_over_another_for_the_reason_of_its_old_time(self, anna: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee, count=3)
        Session.objects.filter(pk=made[1].pk).update(doubled=True, doubled_because="a crisis")
        factories.session(
            anna, factories.client("Ines Marlow", anna), starts_at=made[1].starts_at.replace(hour=8, minute=0)
        )
        change, now = move(Scope.ALL, FIRST, time(9, 0)), utc(2027, 8, 20, 0, 0)
        shown = series_changes.preview(made[0], change, by=anna, now=now)
        assert [bool(line.refusals) for line in shown.lines] == [False, True, False]
        with pytest.raises(Refused):
            do(made[0], change, by=anna, now=now)

    def test_reminders_are_taken_back_and_written_anew(self, anna: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee, count=4)
        do(made[2], move(Scope.LATER, date(2027, 9, 17), time(9, 0)), by=anna, now=utc(2027, 9, 1, 0, 0))
        due = Letter.objects.filter(state=Letter.State.DUE).order_by("due_at")
        assert [letter.due_at for letter in due] == [
            utc(2027, 9, 1, 17, 0), utc(2027, 9, 8, 17, 0), utc(2027, 9, 16, 17, 0), utc(2027, 9, 23, 17, 0),
        ]  # fmt: skip
        assert Letter.objects.filter(state=Letter.State.CANCELLED).count() == 2

    def test_all_leaves_what_took_place(self, anna: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee, count=6)
        done = do(made[4], move(Scope.ALL, date(2027, 10, 1), time(12, 0)), by=anna)
        assert [one.occurs_on for one in done] == [date(2027, 9, 24), date(2027, 10, 1), date(2027, 10, 8)]
        assert starts_of(Series.objects.get(first_on=FIRST).sessions) == [one.starts_at for one in made[:3]]

    def test_only_this_one_stays_in_its_series_by_the_day_of_its_rule(self, anna: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee, count=6)
        do(made[4], move(Scope.THIS, date(2027, 10, 1), time(12, 0)), by=anna)
        moved = Session.objects.get(pk=made[4].pk)
        assert (moved.starts_at, moved.occurs_on) == (utc(2027, 10, 1, 11, 0), date(2027, 9, 30))
        assert Series.objects.get().sessions.filter(starts_at=moved.starts_at).exists()
        done = do(made[3], move(Scope.LATER, date(2027, 9, 22), time(9, 0)), by=anna)
        assert [one.starts_at.date() for one in done] == [date(2027, 9, 22), date(2027, 9, 29), date(2027, 10, 6)]

    @pytest.mark.parametrize("weeks", [1, -1, 2])
    def test_a_series_that_moves_by_its_own_step_does_not_run_into_itself(
        self, anna: User, mrs_lee: Client, weeks: int
    ) -> None:
        made = weekly(anna, mrs_lee, count=8)
        to = made[5].occurs_on + timedelta(weeks=weeks)  # type: ignore[operator]
        found = series_changes.preview(made[5], move(Scope.LATER, to, time(17, 30)), by=anna, now=NOW)
        assert [line.is_possible for line in found.lines] == [weeks > 0, True, True]
        if weeks > 0:
            done = do(made[5], move(Scope.LATER, to, time(17, 30)), by=anna)
            assert [one.starts_at.date() for one in done] == [to + timedelta(weeks=n) for n in range(3)]

    def test_by_month_the_second_thursday_becomes_the_second_tuesday(self, anna: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee, count=5, first_on=date(2027, 9, 9), every=Series.Every.MONTH)
        done = do(made[1], move(Scope.LATER, date(2027, 10, 12), time(9, 0)), by=anna)
        assert [one.starts_at.date() for one in done] == [
            date(2027, 10, 12), date(2027, 11, 9), date(2027, 12, 14), date(2028, 1, 11),
        ]  # fmt: skip

    def test_one_that_cannot_move_keeps_all_where_they_are(self, anna: User, mrs_lee: Client, mr_ode: Client) -> None:
        made = weekly(anna, mrs_lee)
        factories.session(anna, mr_ode, starts_at=utc(2027, 10, 20, 8, 30))
        change = move(Scope.LATER, date(2027, 10, 13), time(9, 0))
        found = series_changes.preview(made[6], change, by=anna, now=NOW)
        assert [line.is_possible for line in found.lines] == [True, False, True, True]
        letters = list(Letter.objects.order_by("key").values("key", "state"))
        with pytest.raises(Refused) as refused:
            do(made[6], change, by=anna)
        assert refused.value.day == date(2027, 10, 21)
        assert starts_of(Series.objects.get().sessions) == [one.starts_at for one in made]
        assert list(Letter.objects.order_by("key").values("key", "state")) == letters

    def test_what_is_not_ticked_stays_in_the_old_series(self, anna: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee)
        do(made[6], move(Scope.LATER, date(2027, 10, 13), time(9, 0)), by=anna, but=1)
        old, new = Series.objects.order_by("first_on")
        assert (old.until, old.sessions.count(), new.sessions.count()) == (date(2027, 11, 4), 7, 3)

    @pytest.mark.parametrize("days", [[], [date(2027, 9, 2)], [date(2031, 1, 1)]])
    def test_dates_that_it_is_not_about_are_refused(self, anna: User, mrs_lee: Client, days: list[date]) -> None:
        made = weekly(anna, mrs_lee)
        change = move(Scope.LATER, date(2027, 10, 13), time(9, 0))
        with pytest.raises(OtherDates):
            series_changes.carry_out(made[6], change, days, by=anna, now=NOW)

    def test_what_was_asked_for_is_answered_and_not_moved(self, anna: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee)
        Session.objects.filter(pk=made[5].pk).update(status="requested", held_until=made[5].starts_at)
        done = do(made[4], move(Scope.LATER, date(2027, 9, 28), time(9, 0)), by=anna)
        assert len(done) == 5 and made[5].pk not in {one.pk for one in done}


@pytest.mark.django_db
class TestCancel:
    def test_cancel_remaining_cancels_all_that_remain(self, anna: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee)
        do(made[3], move(Scope.THIS, date(2027, 9, 28), time(12, 0)), by=anna)
        do(made[3], Change(What.CANCEL, Scope.LATER), by=anna)
        rows = Session.objects.order_by("occurs_on").values_list("status", flat=True)
        assert list(rows) == ["booked"] * 3 + ["cancelled"] * 7
        assert Series.objects.get().until == date(2027, 9, 16)
        waiting = Letter.objects.filter(state=Letter.State.DUE)
        assert {letter.about for letter in waiting} == {one.pk for one in made[:3]}
        assert Seat.objects.filter(status="cancelled").count() == 7
        weekly(anna, mrs_lee, first_on=date(2027, 9, 23), count=7)

    def test_from_whichever_it_is_asked_all_means_all(self, anna: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee)
        done = do(made[9], Change(What.CANCEL, Scope.ALL), by=anna, now=utc(2027, 1, 1, 0, 0))
        assert len(done) == 10 and not Session.objects.holding().exists()
        assert Series.objects.get().until == FIRST

    def test_what_took_place_or_has_a_signed_note_is_never_touched(self, anna: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee)
        Session.objects.filter(pk=made[4].pk).update(status="kept")
        Session.objects.filter(pk=made[5].pk).update(status="missed")
        signed = {"status": "signed", "signed_at": NOW, "started_at": NOW, "stopped_at": NOW}
        Note.objects.create(seat=made[6].seats.get(), author=anna, content={"focus": "x"}, **signed)
        done = do(made[0], Change(What.CANCEL, Scope.ALL), by=anna)
        assert [one.pk for one in done] == [one.pk for one in (made[3], *made[7:])]
        rows = dict(Session.objects.values_list("pk", "status"))
        assert [rows[made[n].pk] for n in (4, 5, 6)] == ["kept", "missed", "booked"]

    def test_her_colleagues_sessions_are_not_hers_to_cancel(self, anna: User, ben: User, mrs_lee: Client) -> None:
        made = weekly(anna, mrs_lee)
        assert series_changes.targets(made[5], Change(What.CANCEL, Scope.ALL), by=ben, now=NOW) == []


@pytest.mark.django_db
class TestRouteAndTherapist:
    def test_another_route_for_this_and_later_parts_nothing(self, anna: User, mrs_lee: Client) -> None:
        walker(mrs_lee, anna)
        made = weekly(anna, mrs_lee, starts=time(11), count=5, **outdoors(anna))
        other = factories.route(anna, "Canal", look_again_on=date(2030, 1, 1))
        do(made[3], Change(What.ROUTE, Scope.LATER, route=other), by=anna)
        names = Session.objects.order_by("occurs_on").values_list("route__name", flat=True)
        assert list(names) == ["Orchard loop"] * 3 + ["Canal"] * 2 and Series.objects.count() == 1

    def test_a_closed_route_stands_against_it(self, anna: User, mrs_lee: Client) -> None:
        walker(mrs_lee, anna)
        made = weekly(anna, mrs_lee, starts=time(11), count=6, **outdoors(anna))
        closed = {"closed_because": "Flooded.", "closed_from": date(2027, 10, 1), "closed_until": date(2027, 12, 1)}
        other = factories.route(anna, "Canal", look_again_on=date(2030, 1, 1), **closed)
        change = Change(What.ROUTE, Scope.LATER, route=other)
        found = series_changes.preview(made[3], change, by=anna, now=NOW)
        assert [line.is_possible for line in found.lines] == [True, True, False]
        with pytest.raises(Refused):
            do(made[3], change, by=anna)
        assert set(Session.objects.values_list("route__name", flat=True)) == {"Orchard loop"}

    def test_somebody_else_takes_over_where_she_is_free_and_in_the_care_team(
        self, anna: User, ben: User, olga: User, mrs_lee: Client, mr_ode: Client
    ) -> None:
        made = weekly(anna, mrs_lee)
        change = Change(What.THERAPIST, Scope.LATER, therapist=ben)
        with pytest.raises(booking.NotInHerCare):
            series_changes.preview(made[6], change, by=olga, now=NOW)
        CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
        factories.session(ben, mr_ode, starts_at=utc(2027, 10, 21, 16, 0))
        found = series_changes.preview(made[6], change, by=olga, now=NOW)
        assert [line.is_possible for line in found.lines] == [True, False, True, True]
        days = [line.day for line in found.lines if line.is_possible]
        series_changes.carry_out(made[6], change, days, by=olga, now=NOW)
        assert Session.objects.filter(therapist=ben, series__isnull=False).count() == 3
        assert Series.objects.count() == 1

    def test_as_many_queries_to_look_at_one_as_at_many(self, anna: User, mrs_lee: Client) -> None:
        walker(mrs_lee, anna)
        made = weekly(anna, mrs_lee, starts=time(11), **outdoors(anna))
        counts = []
        for number in (8, 9, 8, 4):
            change = move(Scope.LATER, made[number].occurs_on + timedelta(days=1), time(12))  # type: ignore[operator]
            with CaptureQueriesContext(connection) as queries:
                assert series_changes.preview(made[number], change, by=anna, now=NOW).lines
            counts.append(len(queries))
        assert counts[1] == counts[2] == counts[3], counts


def test_two_who_cancel_the_rest_at_once_cancel_it_once(fresh_db: Any) -> None:
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    made = weekly(anna, factories.client("Ines Marlow", anna), count=6)
    days = [one.occurs_on for one in made]
    change, now = Change(What.CANCEL, Scope.ALL), utc(2027, 1, 1, 0, 0)
    [done] = race(2, lambda _n, _turn: series_changes.carry_out(made[0], change, days, by=anna, now=now))  # type: ignore[arg-type]
    assert not Session.objects.holding().exists()
    assert not Letter.objects.filter(state=Letter.State.DUE).exists()
    assert all(isinstance(one, list | OtherDates) for one in done)
