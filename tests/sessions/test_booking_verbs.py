"""Asked for, held, booked, refused, moved, ended: what each verb does, and that twice is once."""

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import Client
from practice.models import AuditEntry, Letter, Mode, Practice, User
from sessions.domain import booking, giving_up, holds
from sessions.domain.clash import Clash
from sessions.domain.ending import is_late
from sessions.models import AskedAnswer, Session
from sessions.tasks import let_go
from tests import factories
from tests.databases import Surroundings
from tests.sessions.people import ready
from tests.sessions.test_booking import race

SOON = datetime.combine(datetime.now(UTC).date() + timedelta(days=10), time(10), UTC)
HOUR = timedelta(hours=1)


def wanted(therapist: User, *clients: Client, at: datetime = SOON, **fields: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = {"mode": Mode.INDOOR, "place": factories.place(), "by": therapist}
    return {"therapist": therapist, "clients": clients, "starts_at": at} | defaults | fields


def run_out(*sessions: Session) -> None:
    """Its time is over a minute ago."""
    keys = [session.pk for session in sessions]
    Session.objects.filter(pk__in=keys).update(held_until=timezone.now() - timedelta(minutes=1))


@pytest.fixture
def asked(anna: User, mrs_lee: Client) -> Session:
    """Mrs Lee asked for a time."""
    return booking.request(**wanted(anna, mrs_lee, by=mrs_lee.user))


@pytest.mark.django_db
class TestAskedForAndHeld:
    @pytest.mark.parametrize("verb", [booking.request, booking.hold])
    def test_it_holds_the_slot_for_the_hours_of_the_practice(
        self, anna: User, mrs_lee: Client, verb: Callable[..., Session]
    ) -> None:
        Practice.objects.update(hold_hours=5)
        before = timezone.now()
        session = verb(**wanted(anna, mrs_lee))
        assert session.held_until is not None
        assert before + 5 * HOUR <= session.held_until <= timezone.now() + 5 * HOUR
        with pytest.raises(Clash):
            booking.book(**wanted(anna, factories.client("Ines Marlow", anna)))
        with pytest.raises(Clash):
            booking.request(**wanted(anna, factories.client("Ada Roe", anna)))
        assert not Letter.objects.exists()

    def test_what_has_run_out_is_not_what_is_in_the_way(self, asked: Session, anna: User) -> None:
        later = booking.book(**wanted(anna, factories.client("Ada Roe", anna), at=asked.ends_at))
        run_out(asked)
        with pytest.raises(Clash) as refused:
            booking.book(**wanted(anna, factories.client("Ines Marlow", anna), at=asked.ends_at - HOUR / 2))
        assert refused.value.other == later and "Ada Roe" in refused.value.words(anna)
        assert Session.objects.get(pk=asked.pk).status == "requested", "it is let go of with what comes to stand"

    def test_it_is_never_held_beyond_its_start(self, anna: User, mrs_lee: Client) -> None:
        at = timezone.now() + HOUR
        assert booking.hold(**wanted(anna, mrs_lee, at=at)).held_until == at

    def test_a_time_that_is_over_is_not_held(self, anna: User, mrs_lee: Client) -> None:
        with pytest.raises(booking.NotPossible):
            booking.request(**wanted(anna, mrs_lee, at=timezone.now() - HOUR))
        assert not Session.objects.exists()

    def test_readiness_is_asked_for_when_somebody_says_yes(self, anna: User, mrs_lee: Client) -> None:
        walk = {"mode": Mode.WALK, "route": factories.route(anna), "fallback": "room"}
        session = booking.request(**wanted(anna, mrs_lee, **walk))
        with pytest.raises(booking.NotYet):
            booking.confirm(session, by=anna)
        assert Session.objects.get().status == "requested"
        ready(mrs_lee, anna)
        assert booking.confirm(session, by=anna).status == "booked"

    def test_nobody_asks_for_a_time_with_a_stranger(self, anna: User, mr_ode: Client) -> None:
        with pytest.raises(booking.NotInHerCare):
            booking.request(**wanted(anna, mr_ode))

    def test_yes_books_it_reminds_of_it_and_holds_no_longer(self, anna: User, asked: Session) -> None:
        booked = booking.confirm(asked, by=anna)
        assert (booked.status, booked.held_until) == ("booked", None)
        assert Letter.objects.filter(kind="session_reminder", about=asked.pk).count() == 1
        assert booking.confirm(asked, by=anna).pk == asked.pk
        assert AuditEntry.objects.filter(body__contains="session.booked").count() == 1

    def test_no_has_words_and_frees_the_slot(self, anna: User, asked: Session, mrs_lee: Client) -> None:
        booking.decline(asked, by=anna, words="I am away that week.")
        booking.decline(asked, by=anna, words="Once more.")
        said = AskedAnswer.objects.get()
        assert (said.words, said.subject) == ("I am away that week.", mrs_lee.pk)
        assert Session.objects.get().cancelled_at is not None
        assert booking.book(**wanted(anna, mrs_lee)).pk

    @pytest.mark.parametrize("verb", [booking.confirm, lambda one, by: booking.decline(one, by=by, words="No.")])
    def test_what_was_taken_back_can_be_answered_no_more(self, anna: User, asked: Session, verb: Any) -> None:
        booking.cancel(asked, by=anna)
        with pytest.raises(booking.NotPossible):
            verb(asked, by=anna)

    def test_a_booking_is_not_declined(self, anna: User, mrs_lee: Client) -> None:
        session = booking.book(**wanted(anna, mrs_lee))
        with pytest.raises(booking.NotPossible):
            booking.decline(session, by=anna, words="No.")

    def test_the_same_form_twice_is_one_request(self, anna: User, mrs_lee: Client) -> None:
        same = wanted(anna, mrs_lee, request_key=uuid.uuid4())
        assert booking.request(**same) == booking.request(**same)
        with pytest.raises(booking.UsedAlready):
            booking.request(**same | {"starts_at": SOON + HOUR})

    def test_what_is_held_moves_and_stays_held(self, anna: User, mrs_lee: Client) -> None:
        session = booking.hold(**wanted(anna, mrs_lee))
        moved = booking.move(session, to=SOON + 3 * HOUR, by=anna)
        assert (moved.status, moved.starts_at) == ("held", SOON + 3 * HOUR)
        assert not Letter.objects.exists()

    @pytest.mark.parametrize("act", [booking.mark_missed, booking.mark_kept, booking.mark_arrived])
    def test_what_was_only_asked_for_did_not_take_place(self, anna: User, asked: Session, act: Any) -> None:
        began = timezone.now() - HOUR
        Session.objects.filter(pk=asked.pk).update(starts_at=began, ends_at=began + HOUR, blocked_from=began)
        asked.refresh_from_db(fields=["starts_at"])
        with pytest.raises(booking.NotPossible):
            act(asked, by=anna)


@pytest.mark.django_db
class TestRunOut:
    def test_the_clock_lets_it_go_once(self, anna: User, asked: Session) -> None:
        assert holds.let_go() == 0
        run_out(asked)
        assert holds.let_go() == 1
        let_go()
        session = Session.objects.get()
        assert (session.status, session.changes) == ("cancelled", 1)
        assert session.seats.get().status == "cancelled"
        assert AuditEntry.objects.filter(body__contains="session.let_go").count() == 1

    def test_nobody_waits_for_the_clock(self, anna: User, ben: User, mr_ode: Client, asked: Session) -> None:
        room = factories.room()
        other = booking.hold(**wanted(ben, mr_ode, room=room))
        run_out(asked, other)
        assert booking.book(**wanted(anna, factories.client("Ines Marlow", anna), room=room)).pk
        assert {one.status for one in Session.objects.filter(pk__in=[asked.pk, other.pk])} == {"cancelled"}

    def test_a_move_onto_it_does_not_wait_either(self, anna: User, asked: Session) -> None:
        booked = booking.book(**wanted(anna, factories.client("Ines Marlow", anna), at=SOON + 5 * HOUR))
        run_out(asked)
        assert booking.move(booked, to=SOON, by=anna).starts_at == SOON

    def test_it_can_be_neither_booked_nor_moved(self, anna: User, asked: Session) -> None:
        run_out(asked)
        with pytest.raises(booking.NotPossible):
            booking.confirm(asked, by=anna)
        with pytest.raises(booking.NotPossible):
            booking.move(asked, to=SOON + HOUR, by=anna)


@pytest.mark.django_db
class TestEnds:
    def test_calendars_elsewhere_count_each_change(self, anna: User, mrs_lee: Client) -> None:
        session = booking.book(**wanted(anna, mrs_lee))
        assert session.changes == 0
        assert booking.move(session, to=SOON, by=anna).changes == 0
        assert booking.move(session, to=SOON + HOUR, by=anna).changes == 1
        cancelled = booking.cancel(session, by=anna, waived=Session.Waived.WEATHER)
        assert (cancelled.changes, cancelled.waived) == (2, "weather")
        assert booking.cancel(session, by=anna).changes == 2

    @pytest.mark.parametrize(("hours", "late"), [(23, True), (25, False)])
    def test_whether_it_was_late_is_computed(self, anna: User, mrs_lee: Client, hours: int, late: bool) -> None:
        session = booking.book(**wanted(anna, mrs_lee, at=timezone.now() + hours * HOUR))
        assert is_late(session) is late
        assert is_late(booking.cancel(session, by=anna)) is late

    def test_what_was_only_asked_for_is_never_late(self, anna: User, mrs_lee: Client) -> None:
        session = booking.request(**wanted(anna, mrs_lee, at=timezone.now() + HOUR))
        assert not is_late(booking.cancel(session, by=anna))

    def test_what_took_place_is_not_cancelled_from_an_old_page(self, anna: User, mrs_lee: Client) -> None:
        session = factories.session(anna, mrs_lee, starts_at=timezone.now() - HOUR)
        booking.mark_kept(session, by=anna)
        with pytest.raises(booking.NotPossible):
            booking.cancel(session, by=anna)
        assert Session.objects.get().status == "kept"

    def test_somebody_may_arrive_half_an_hour_early(self, anna: User, mrs_lee: Client) -> None:
        session = booking.book(**wanted(anna, mrs_lee, at=timezone.now() + HOUR))
        with pytest.raises(booking.NotPossible):
            booking.mark_arrived(session, by=anna)
        session = booking.move(session, to=timezone.now() + timedelta(minutes=20), by=anna)
        assert booking.mark_arrived(session, by=anna).status == "arrived"
        assert booking.cancel(session, by=anna).status == "cancelled"


@pytest.mark.django_db
class TestMoves:
    def test_a_move_can_change_who_where_and_how(self, anna: User, ben: User, mrs_lee: Client) -> None:
        mrs_lee.care_team.create(user=ben, is_lead=False)
        session = booking.book(**wanted(anna, mrs_lee))
        room = factories.room()
        moved = booking.move(session, by=anna, therapist=ben, room=room, mode=Mode.ONLINE, waived="practice")
        assert (moved.therapist, moved.room, moved.mode, moved.starts_at) == (ben, room, "online", SOON)
        assert (moved.changes, moved.waived) == (1, "practice")
        assert booking.book(**wanted(anna, factories.client("Ines Marlow", anna)))

    def test_it_is_looked_at_again(self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client) -> None:
        session = booking.book(**wanted(anna, mrs_lee))
        with pytest.raises(booking.NotInHerCare):
            booking.move(session, by=anna, therapist=ben)
        with pytest.raises(booking.NotYet):
            booking.move(session, by=anna, mode=Mode.WALK, route=factories.route(anna), fallback="room")
        room = factories.room()
        booking.book(**wanted(ben, mr_ode, room=room))
        with pytest.raises(Clash):
            booking.move(session, by=anna, room=room)
        session.refresh_from_db(fields=["mode", "room", "therapist", "changes"])
        assert (session.mode, session.room, session.therapist, session.changes) == ("indoor", None, anna, 0)


@pytest.mark.django_db
class TestCost:
    """Statements of one booking with everything looked at, savepoints of the domain and of the test included."""

    def test_in_the_room(self, anna: User, mrs_lee: Client) -> None:
        fields = wanted(anna, mrs_lee, room=factories.room())
        with CaptureQueriesContext(connection) as queries:
            booking.book(**fields)
        assert len(queries) <= 13, [one["sql"][:100] for one in queries]

    def test_outdoors(self, anna: User, mrs_lee: Client) -> None:
        ready(mrs_lee, anna)
        walk = {"mode": Mode.WALK, "route": factories.route(anna), "fallback": "room"}
        fields = wanted(anna, mrs_lee, room=factories.room(), **walk)
        with CaptureQueriesContext(connection) as queries:
            booking.book(**fields)
        assert len(queries) <= 17, [one["sql"][:100] for one in queries]


def test_let_go_by_eight_workers_at_once_is_once(fresh_db: Any) -> None:
    factories.practice()
    anna, place = factories.user("Anna Reiter", "therapist"), factories.place()
    people = [factories.client(f"Person {n}", anna) for n in range(12)]
    run_out(*(booking.hold(**wanted(anna, one, at=SOON + n * HOUR, place=place)) for n, one in enumerate(people)))
    [results] = race(8, lambda n, turn: holds.let_go())
    assert sum(results) == 12, results
    assert set(Session.objects.values_list("status", "changes")) == {("cancelled", 1)}


def test_the_same_question_sent_by_eight_windows_is_asked_once(fresh_db: Any) -> None:
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    same = wanted(anna, factories.client("Ines Marlow", anna), request_key=uuid.uuid4())
    [results] = race(8, lambda n, turn: booking.request(**same))
    assert {one.pk for one in results} == {Session.objects.get().pk}


def test_yes_and_time_over_at_the_same_moment_are_one_of_the_two(fresh_db: Any) -> None:
    factories.practice()
    anna, place = factories.user("Anna Reiter", "therapist"), factories.place()
    people = [factories.client(f"Person {n}", anna) for n in range(6)]
    held = [booking.hold(**wanted(anna, one, at=SOON + n * HOUR, place=place)) for n, one in enumerate(people)]
    later = timezone.now() + timedelta(days=3)
    acts = [lambda turn: booking.confirm(held[turn], by=anna), lambda turn: holds.let_go(now=later)]
    race(2, lambda n, turn: acts[n](turn), turns=len(held))
    holds.let_go(now=later)
    for session in Session.objects.all():
        assert (session.status, session.held_until is None) in {("booked", True), ("cancelled", False)}


def test_a_deadlock_is_tried_again(fresh_db: Any, surroundings: Surroundings) -> None:
    """Somebody else holds the row, and wants what the verb has: PostgreSQL breaks the verb off, and it goes on.

    It breaks off whoever has waited for `deadlock_timeout` first; the other one is given longer."""
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    session = booking.book(**wanted(anna, factories.client("Ines Marlow", anna)))
    key = anna.pk.int & (2**63 - 1)
    done: list[Session] = []

    def act() -> None:
        try:
            done.append(booking.move(session, to=SOON + HOUR, by=anna))
        finally:
            connection.close()

    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    name = connection.settings_dict["NAME"]
    with surroundings.admin(name) as other, psycopg.connect(fresh_db.url, autocommit=True) as watcher:
        other.execute(f"ALTER DATABASE \"{name}\" SET deadlock_timeout = '3s'")
        other.execute("SET deadlock_timeout = '1min'")
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM moving_sessions_session WHERE id = %s FOR UPDATE", [session.pk])
        thread = threading.Thread(target=act)
        thread.start()
        while not watcher.execute(waiting).fetchone()[0]:
            assert thread.is_alive()
        other.execute("SELECT pg_advisory_xact_lock(%s)", [key])
        other.execute("COMMIT")
        thread.join()
    assert [one.starts_at for one in done] == [SOON + HOUR]


def test_who_waits_too_long_for_somebody_else_is_told_so(fresh_db: Any) -> None:
    factories.practice()
    anna = factories.user("Anna Reiter", "therapist")
    session = booking.book(**wanted(anna, factories.client("Ines Marlow", anna)))
    with psycopg.connect(fresh_db.url) as other:
        other.execute("SELECT 1 FROM moving_sessions_session WHERE id = %s FOR UPDATE", [session.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        with pytest.raises(booking.NotPossible, match="Others are booking here just now"):
            booking.move(session, to=SOON + HOUR, by=anna)
        seat, read = session.seats.get(), session.starts_at.isoformat()
        with pytest.raises(booking.NotPossible, match="Others are booking here just now"):
            giving_up.give_up(seat, by=anna, read=read)
        with pytest.raises(booking.NotPossible, match="Others are booking here just now"):
            giving_up.answer(seat, "cannot", read=read)
    assert booking.move(session, to=SOON + HOUR, by=anna).starts_at == SOON + HOUR
