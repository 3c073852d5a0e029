"""Booking: the slot is free or it is not, and the database says which."""

import threading
import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clients.domain import consent as signed_off
from clients.models import Client, ConsentText
from practice.domain.local_time import instant
from practice.models import Letter, Mode, User
from sessions.domain import booking, meeting, slot
from sessions.domain.clash import Clash, Taken
from sessions.models import Seat, Session
from tests import factories
from tests.sessions.people import consent, ready

START = datetime(2027, 3, 4, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONDON = ZoneInfo("Europe/London")


def book(therapist: User, *clients: Client, at: datetime = START, **fields: Any) -> Session:
    defaults: dict[str, Any] = {"mode": Mode.INDOOR, "place": factories.place(), "by": therapist}
    return booking.book(therapist=therapist, clients=clients, starts_at=at, **defaults | fields)


@pytest.mark.django_db
class TestSlots:
    def test_a_booking_has_its_seat_and_its_reminder(self, anna: User, mrs_lee: Client) -> None:
        session = book(anna, mrs_lee)
        seat = session.seats.get()
        assert (seat.starts_at, seat.ends_at, seat.status) == (START, START + timedelta(minutes=50), "booked")
        letter = Letter.objects.get(about=session.pk)
        assert letter.due_at == datetime(2027, 3, 3, 18, 0, tzinfo=UTC)
        assert letter.not_after == START

    @pytest.mark.parametrize("day", [(2027, 3, 28), (2027, 10, 31)])
    def test_it_is_as_long_as_asked_where_clocks_change(self, anna: User, mrs_lee: Client, day: Any) -> None:
        at = instant(date(*day), time(1, 30), LONDON)
        session = book(anna, mrs_lee, at=at, travel=40, note=10)
        assert (session.starts_at, session.minutes) == (at.astimezone(UTC), 50)
        session = booking.move(session, to=at + timedelta(days=1), by=anna)
        session = booking.move(session, to=instant(date(*day), time(2, 10), LONDON), by=anna)
        assert session.minutes == 50
        assert session.starts_at - session.blocked_from == timedelta(minutes=40)
        assert session.blocked_until - session.ends_at == timedelta(minutes=50)

    def test_a_therapist_is_in_one_place(self, anna: User, mrs_lee: Client) -> None:
        book(anna, mrs_lee)
        other = factories.client("Ines Marlow", anna)
        with pytest.raises(Clash) as refused:
            book(anna, other, at=START + timedelta(minutes=30))
        assert refused.value.taken == Taken.THERAPIST
        assert "Mary Lee" in refused.value.words(anna)

    def test_the_words_of_a_clash_name_nobody_to_a_stranger(self, anna: User, ben: User, mrs_lee: Client) -> None:
        book(anna, mrs_lee)
        with pytest.raises(Clash) as refused:
            book(anna, factories.client("Ines Marlow", anna))
        assert "Mary Lee" not in refused.value.words(ben)
        assert "10:00" in refused.value.words(ben)

    def test_travel_time_is_held_too(self, anna: User, mrs_lee: Client) -> None:
        book(anna, mrs_lee, travel=20)
        other = factories.client("Ines Marlow", anna)
        with pytest.raises(Clash):
            book(anna, other, at=START + timedelta(minutes=50))
        assert book(anna, other, at=START + timedelta(minutes=70)).pk

    def test_back_to_back_is_no_clash(self, anna: User, mrs_lee: Client) -> None:
        book(anna, mrs_lee)
        assert book(anna, factories.client("Ines Marlow", anna), at=START + timedelta(minutes=50)).pk

    def test_a_room_holds_one_session(self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client) -> None:
        room = factories.room()
        book(anna, mrs_lee, room=room)
        with pytest.raises(Clash) as refused:
            book(ben, mr_ode, room=room)
        assert refused.value.taken == Taken.ROOM
        assert "Room 1" in refused.value.words(ben)

    def test_a_client_sits_in_one_session(self, anna: User, ben: User, mrs_lee: Client) -> None:
        from clients.models import CareTeamMember

        CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
        book(anna, mrs_lee)
        with pytest.raises(Clash) as refused:
            book(ben, mrs_lee, at=START + timedelta(minutes=10))
        assert refused.value.taken == Taken.CLIENT

    def test_nothing_is_left_of_a_refused_booking(self, anna: User, mrs_lee: Client) -> None:
        book(anna, mrs_lee)
        with pytest.raises(Clash):
            book(anna, factories.client("Ines Marlow", anna))
        assert (Session.objects.count(), Seat.objects.count(), Letter.objects.count()) == (1, 1, 1)

    def test_the_same_form_twice_is_one_booking(self, anna: User, mrs_lee: Client) -> None:
        key = uuid.uuid4()
        assert book(anna, mrs_lee, request_key=key) == book(anna, mrs_lee, request_key=key)
        assert Session.objects.count() == 1

    def test_the_key_of_another_booking_is_refused(
        self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client
    ) -> None:
        key = uuid.uuid4()
        first = book(anna, mrs_lee, request_key=key)
        elsewhere: list[dict[str, Any]] = [
            {"room": factories.room()},
            {"route": factories.route(anna)},
            {"minutes": 80},
        ]
        for change in ({"at": START + HOUR}, {"mode": Mode.ONLINE}, {"by": ben}, *elsewhere):
            with pytest.raises(booking.UsedAlready):
                book(anna, mrs_lee, request_key=key, **change)
        for therapist, people in ((anna, (mrs_lee, factories.client("Dan Lee", anna))), (ben, (mr_ode,))):
            with pytest.raises(booking.UsedAlready):
                book(therapist, *people, request_key=key)
        booking.cancel(first, by=anna)
        with pytest.raises(booking.UsedAlready):
            book(anna, mrs_lee, request_key=key)

    def test_somebody_in_nobodys_care_is_refused(self, anna: User, mr_ode: Client) -> None:
        with pytest.raises(booking.NotInHerCare):
            book(anna, mr_ode)

    @pytest.mark.parametrize("status", ["enquiry", "closed"])
    def test_who_is_not_in_treatment_is_not_booked_nor_moved(self, anna: User, mrs_lee: Client, status: str) -> None:
        session = book(anna, mrs_lee)
        Client.objects.filter(pk=mrs_lee.pk).update(status=status)
        with pytest.raises(booking.NotInTreatment):
            book(anna, mrs_lee, at=START + HOUR)
        with pytest.raises(booking.NotInTreatment):
            booking.move(session, to=START + HOUR, by=anna)
        assert Letter.objects.count() == 1

    def test_without_decision_or_consent_no_walk(self, anna: User, mrs_lee: Client) -> None:
        route = factories.route(anna)
        with pytest.raises(booking.NotYet) as refused:
            book(anna, mrs_lee, mode=Mode.WALK, route=route, fallback="room")
        keys = {chip.key for chip in refused.value.readiness.refusals}
        assert keys == {"decision", "consent", "contact"}
        ready(mrs_lee, anna)
        assert book(anna, mrs_lee, mode=Mode.WALK, route=route, fallback="room").is_outdoors


@pytest.mark.django_db
class TestSaidNo:
    """What was taken back or declined is not booked, in the room and by video either; nothing else is asked there."""

    @pytest.mark.parametrize("mode", [Mode.INDOOR, Mode.ONLINE])
    @pytest.mark.parametrize("how", ["withdrawn", "declined"])
    def test_who_said_no_is_not_booked_so(self, anna: User, mrs_lee: Client, mode: str, how: str) -> None:
        standing = book(anna, mrs_lee, mode=mode, at=START + 4 * HOUR)
        said = consent(mrs_lee, anna, modes=[mode])
        assert meeting.is_settled(standing.seats.get())
        if how == "withdrawn":
            signed_off.withdraw(said, by=None)
        else:
            consent(mrs_lee, anna, modes=[mode], status=how, answered_at=datetime.now(UTC))
        assert not meeting.is_settled(standing.seats.get())
        with pytest.raises(booking.NotYet) as refused:
            book(anna, mrs_lee, mode=mode)
        assert [chip.key for chip in refused.value.readiness.refusals] == ["consent"]
        other = Mode.ONLINE if mode == Mode.INDOOR else Mode.INDOOR
        assert book(anna, mrs_lee, mode=other)

    @pytest.mark.parametrize("status", ["asked", "signed"])
    def test_what_is_open_or_ran_out_asks_for_nothing(self, anna: User, mrs_lee: Client, status: str) -> None:
        consent(mrs_lee, anna, modes=[Mode.ONLINE], status=status, days=-90)
        assert book(anna, mrs_lee, mode=Mode.ONLINE)

    def test_a_group_in_the_room_needs_the_consent_to_groups_where_there_is_such_a_text(
        self, anna: User, mrs_lee: Client
    ) -> None:
        people = [mrs_lee, factories.client("Ines Marlow", anna), factories.client("Dan Abel", anna)]
        assert book(anna, *people, kind="group")
        ConsentText.objects.create(key="group", version=1, title="Groups", modes=["group"], body={})
        with pytest.raises(booking.NotYet) as refused:
            book(anna, *people, kind="group", at=START + HOUR)
        assert [chip.key for chip in refused.value.readiness.refusals] == ["consent"] * 3
        for person in people:
            consent(person, anna, modes=["group"])
        assert book(anna, *people, kind="group", at=START + HOUR)
        assert book(anna, factories.client("Ruth Abel", anna), at=START + 3 * HOUR)

    def test_one_in_the_room_costs_little(self, anna: User, mrs_lee: Client) -> None:
        session = Session(therapist=anna, place=factories.place(), mode=Mode.INDOOR, starts_at=START, ends_at=START)
        with CaptureQueriesContext(connection) as queries:
            assert not slot.ready(session, [mrs_lee]).chips
        assert len(queries) <= 7, [one["sql"] for one in queries]


@pytest.mark.django_db
class TestDoubling:
    def test_on_purpose_with_a_reason(self, anna: User, mrs_lee: Client) -> None:
        book(anna, mrs_lee)
        second = book(anna, factories.client("Ines Marlow", anna), doubled_because="a crisis next door")
        assert second.doubled
        assert second.seats.get().doubled

    def test_a_second_double_is_refused(self, anna: User, mrs_lee: Client) -> None:
        book(anna, mrs_lee)
        book(anna, factories.client("Ines Marlow", anna), doubled_because="a crisis")
        with pytest.raises(Clash):
            book(anna, factories.client("Ada Roe", anna), doubled_because="another")

    def test_a_double_does_not_open_rooms_or_clients(self, anna: User, mrs_lee: Client) -> None:
        room = factories.room()
        book(anna, mrs_lee, room=room)
        with pytest.raises(Clash) as refused:
            book(anna, factories.client("Ines Marlow", anna), room=room, doubled_because="a crisis")
        assert refused.value.taken == Taken.ROOM
        with pytest.raises(Clash) as refused:
            book(anna, mrs_lee, doubled_because="a crisis")
        assert refused.value.taken == Taken.CLIENT

    def test_an_ordinary_booking_does_not_slip_under_a_double(self, anna: User, mrs_lee: Client) -> None:
        first = book(anna, mrs_lee)
        book(anna, factories.client("Ines Marlow", anna), doubled_because="a crisis")
        booking.cancel(first, by=anna)
        with pytest.raises(Clash):
            book(anna, factories.client("Ada Roe", anna))

    def test_a_double_lies_over_one_other_at_most(self, anna: User, mrs_lee: Client) -> None:
        book(anna, factories.client("Ines Marlow", anna))
        book(anna, factories.client("Ada Roe", anna), at=START + HOUR)
        with pytest.raises(Clash) as refused:
            book(anna, mrs_lee, minutes=110, doubled_because="a crisis")
        assert "Ada Roe" in refused.value.words(anna)
        double = book(anna, mrs_lee, doubled_because="a crisis")
        with pytest.raises(Clash):
            booking.move(double, minutes=110, by=anna, because="a long crisis")

    def test_what_was_there_first_can_still_be_changed_and_stretched(self, anna: User, mrs_lee: Client) -> None:
        room, first = factories.room(), book(anna, mrs_lee)
        second = book(anna, factories.client("Ines Marlow", anna), doubled_because="a crisis")
        assert booking.move(first, room=room, by=anna).room == room
        with pytest.raises(Clash) as refused:
            booking.move(second, room=room, by=anna)
        assert refused.value.taken == Taken.ROOM
        assert booking.move(first, minutes=40, by=anna).minutes == 40

    def test_its_reason_does_not_go_along_to_another_time(self, anna: User, ben: User, mrs_lee: Client) -> None:
        book(anna, mrs_lee)
        second = book(anna, factories.client("Ines Marlow", anna), doubled_because="a crisis")
        book(anna, factories.client("Ada Roe", anna), at=START + 4 * HOUR)
        with pytest.raises(Clash):
            booking.move(second, to=START + 4 * HOUR, by=anna)
        same = booking.move(second, room=factories.room(), by=anna)
        assert (same.doubled, same.doubled_because) == (True, "a crisis")
        moved = booking.move(second, to=START + 4 * HOUR, by=anna, because="another crisis")
        assert (moved.doubled, moved.doubled_because) == (True, "another crisis")
        moved = booking.move(second, to=START + 2 * HOUR, by=anna)
        assert (moved.doubled, moved.doubled_because, moved.seats.get().doubled) == (False, "", False)


@pytest.mark.django_db
class TestChanges:
    def test_a_move_takes_the_seat_and_the_reminder_along(self, anna: User, mrs_lee: Client) -> None:
        session = book(anna, mrs_lee, travel=10)
        moved = booking.move(session, to=START + 3 * HOUR, by=anna)
        assert moved.blocked_from == START + 3 * HOUR - timedelta(minutes=10)
        assert session.seats.get().starts_at == START + 3 * HOUR
        states = dict(Letter.objects.values_list("not_after", "state"))
        assert states == {START: "cancelled", START + 3 * HOUR: "due"}

    def test_there_and_back_again_reminds_once_more(self, anna: User, mrs_lee: Client) -> None:
        session = book(anna, mrs_lee)
        booking.move(session, to=START + HOUR, by=anna)
        booking.move(session, to=START, by=anna)
        waiting = Letter.objects.filter(state="due")
        assert [letter.not_after for letter in waiting] == [START]

    def test_a_move_onto_another_is_refused_and_changes_nothing(self, anna: User, mrs_lee: Client) -> None:
        session = book(anna, mrs_lee)
        book(anna, factories.client("Ines Marlow", anna), at=START + HOUR)
        with pytest.raises(Clash):
            booking.move(session, to=START + HOUR, by=anna)
        session.refresh_from_db(fields=["starts_at"])
        assert session.starts_at == START
        assert Letter.objects.filter(state="due").count() == 2

    def test_a_little_later_does_not_clash_with_itself(self, anna: User, mrs_lee: Client) -> None:
        session = book(anna, mrs_lee)
        assert booking.move(session, to=START + timedelta(minutes=10), by=anna)

    def test_cancelling_frees_the_slot_and_stops_the_reminder(self, anna: User, mrs_lee: Client) -> None:
        session = book(anna, mrs_lee)
        booking.cancel(session, by=anna)
        booking.cancel(session, by=anna)
        assert Letter.objects.get().state == "cancelled"
        assert session.seats.get().status == "cancelled"
        assert book(anna, factories.client("Ines Marlow", anna)).pk

    def test_what_is_cancelled_cannot_move(self, anna: User, mrs_lee: Client) -> None:
        session = booking.cancel(book(anna, mrs_lee), by=anna)
        with pytest.raises(booking.NotPossible):
            booking.move(session, to=START + HOUR, by=anna)

    def test_what_has_not_begun_is_not_missed(self, anna: User, mrs_lee: Client) -> None:
        session = book(anna, mrs_lee, at=datetime.now(UTC) + HOUR)
        with pytest.raises(booking.NotPossible):
            booking.mark_missed(session, by=anna)


@pytest.mark.django_db
class TestConstraints:
    """Each rule of the table broken once, past the domain."""

    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({"ends_at": START}, "session_ends_after_it_starts"),
            ({"ends_at": START + timedelta(hours=25)}, "session_is_at_most_a_day"),
            ({"blocked_from": START + HOUR}, "session_buffers_contain_it"),
            ({"mode": "walk", "fallback": "room"}, "session_moves_on_a_route"),
            ({"mode": "sit"}, "session_outdoors_has_a_fallback"),
            ({"doubled": True}, "session_doubled_has_a_reason"),
        ],
    )
    def test_checks(self, anna: User, fields: dict[str, Any], name: str) -> None:
        ends = fields.get("ends_at", START + HOUR)
        fields = {"blocked_from": START, "blocked_until": max(ends, START + HOUR)} | fields
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            factories.session(anna, starts_at=START, **fields)

    def test_exclusions(self, anna: User, ben: User, mrs_lee: Client, mr_ode: Client) -> None:
        room = factories.room()
        factories.session(anna, mrs_lee, starts_at=START, room=room)
        with pytest.raises(IntegrityError, match="session_therapist_is_free"), transaction.atomic():
            factories.session(anna, starts_at=START)
        with pytest.raises(IntegrityError, match="session_room_is_free"), transaction.atomic():
            factories.session(ben, starts_at=START, room=room)
        with pytest.raises(IntegrityError, match="seat_client_is_free"), transaction.atomic():
            factories.session(ben, mrs_lee, starts_at=START)

    def test_a_seat_stays_its_clients(self, anna: User, mrs_lee: Client, mr_ode: Client) -> None:
        """Another client's key would not open the note."""
        session = factories.session(anna, mrs_lee, starts_at=START)
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            Seat.objects.filter(session=session).update(client=mr_ode)
        assert session.seats.get().client == mrs_lee
        assert booking.move(session, to=START + HOUR, by=anna)

    def test_a_seat_cannot_drift_from_its_session(self, anna: User, mrs_lee: Client) -> None:
        session = factories.session(anna, mrs_lee, starts_at=START)
        with pytest.raises(IntegrityError, match="seat_follows_session"), transaction.atomic():
            Seat.objects.filter(session=session).update(status="cancelled")
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def race(racers: int, act: Any, *, turns: int = 1) -> list[list[Any]]:
    """Let threads go at the same moment, each on a connection of its own; what each got, turn by turn."""
    gate = threading.Barrier(racers)
    results: list[list[Any]] = [[None] * racers for _turn in range(turns)]

    def run(number: int) -> None:
        for turn in range(turns):
            connection.ensure_connection()
            gate.wait()
            try:
                results[turn][number] = act(number, turn)
            except Exception as error:
                results[turn][number] = error
        connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_32_racing_for_one_slot_exactly_one_wins_20_times(fresh_db: Any) -> None:
    anna = factories.user("Anna Reiter", "therapist")
    factories.practice()
    place = factories.place()
    people = [factories.client(f"Person {n:02}", anna) for n in range(32)]
    turns = race(32, lambda n, turn: book(anna, people[n], at=START + turn * HOUR, place=place), turns=20)
    for results in turns:
        won = [one for one in results if isinstance(one, Session)]
        assert len(won) == 1, results
        assert all(isinstance(one, Clash) for one in results if one is not won[0]), results
    assert Session.objects.count() == Seat.objects.count() == Letter.objects.count() == 20


def test_the_same_form_sent_by_eight_windows_is_one_booking(fresh_db: Any) -> None:
    anna = factories.user("Anna Reiter", "therapist")
    factories.practice()
    place, person, key = factories.place(), factories.client("Ines Marlow", anna), uuid.uuid4()
    [results] = race(8, lambda n, turn: book(anna, person, place=place, request_key=key))
    assert {one.pk for one in results} == {Session.objects.get().pk}


def test_two_moves_onto_one_slot_let_one_through(fresh_db: Any) -> None:
    anna = factories.user("Anna Reiter", "therapist")
    factories.practice()
    place = factories.place()
    pair = [book(anna, factories.client(f"Person {n}", anna), at=START + n * HOUR, place=place) for n in range(2)]
    [results] = race(2, lambda n, turn: booking.move(pair[n], to=START + 5 * HOUR, by=anna))
    assert sorted(type(one).__name__ for one in results) == ["Clash", "Session"]
