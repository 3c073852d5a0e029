"""Groups: each member for herself, never more than the seats, and a freed one to whoever waits longest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from clients.domain import contacts, coverage
from clients.models import CareTeamMember, ContactPoint
from practice.models import Letter, Mode, Role
from sessions.domain import booking, group_offers, groups, invitations_out, offer_letters, reminders, slot
from sessions.domain.clash import Clash
from sessions.models import Note, Seat, Series, Session, WaitingPlace
from tests import factories
from tests.sessions.people import consent

START = (timezone.now() + timedelta(days=10)).replace(hour=10, minute=0, second=0, microsecond=0)
WEEK = timedelta(days=7)
State = WaitingPlace.State


def group(anna, *members, capacity=3, at=START, **fields):
    return factories.session(anna, *members, starts_at=at, kind="group", capacity=capacity, **fields)


def series(anna, *members, weeks=3, **fields):
    made = Series.objects.create(
        first_on=START.date(), starts=START.time(), minutes=50, zone="Europe/London",
        until=(START + 9 * WEEK).date(), made_by=anna,
    )  # fmt: skip
    starts = [START + number * WEEK for number in range(weeks)]
    return [group(anna, *members, at=at, series=made, occurs_on=at.date(), **fields) for at in starts]


def for_a_group(person, anna):
    """Everything that walking in a group needs of the person."""
    factories.emergency_contact(person)
    factories.decision(person, anna)
    consent(person, anna, modes=[Mode.WALK, coverage.GROUP])
    return person


def names(session):
    return [seat.client.name for seat in session.seats.select_related("client")]


@pytest.fixture
def two(anna, db):
    return [factories.client(name, anna) for name in ("Ada Field", "Bea Stone")]


def test_a_member_joins_and_is_reminded_and_nobody_else_again(anna, mrs_lee, two):
    session = group(anna, *two)
    reminders.write(session)
    groups.add(session, mrs_lee, by=anna)
    groups.add(session, mrs_lee, by=anna)
    assert names(session) == ["Ada Field", "Bea Stone", "Mary Lee"]
    written = Letter.objects.filter(about=session.pk, kind=reminders.KIND)
    assert sorted(written.values_list("client", flat=True)) == sorted(one.pk for one in (*two, mrs_lee))


def test_a_hold_that_ran_out_keeps_nobody_out_and_lets_nobody_in(anna, ben, mrs_lee, two):
    session, over = group(anna, two[0]), timezone.now() - timedelta(minutes=1)
    CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
    held = factories.session(ben, mrs_lee, starts_at=START, status="held", held_until=over)
    groups.add(session, mrs_lee, by=anna)
    held.refresh_from_db()
    assert held.status == "cancelled" and names(session) == ["Ada Field", "Mary Lee"]
    with pytest.raises(slot.NotPossible):
        groups.add(group(anna, at=START + WEEK, status="held", held_until=over), mrs_lee, by=anna)


def test_a_member_joins_a_group_that_something_was_booked_over(anna, mrs_lee, two):
    session = group(anna, two[0])
    crisis = factories.session(anna, two[1], starts_at=START, doubled=True, doubled_because="a crisis")
    groups.add(session, mrs_lee, by=anna)
    assert names(session) == ["Ada Field", "Mary Lee"]
    with pytest.raises(Clash) as refused:
        groups.add(session, two[1], by=anna)
    assert refused.value.other == crisis


def test_who_comes_back_does_not_make_others_hear_twice(anna, mrs_lee, two):
    session = group(anna, *two)
    reminders.write(session)
    groups.take_out(session, two[0], by=anna)
    groups.add(session, two[0], by=anna)
    groups.add(session, mrs_lee, by=anna)
    due = Letter.objects.filter(about=session.pk, kind=reminders.KIND, state="due")
    assert sorted(due.values_list("client", flat=True)) == sorted(one.pk for one in (*two, mrs_lee))


def test_no_seat_is_given_twice(anna, mrs_lee, two):
    session = group(anna, *two, capacity=2)
    with pytest.raises(groups.Full) as refused:
        groups.add(session, mrs_lee, by=anna)
    assert "No seat is free" in str(refused.value) and names(session) == ["Ada Field", "Bea Stone"]


def test_a_group_without_an_end_takes_everybody(anna, mrs_lee, two):
    session = group(anna, *two, capacity=None)
    groups.add(session, mrs_lee, by=anna)
    assert len(names(session)) == 3


def test_who_joins_is_judged_for_herself_alone(anna, mrs_lee, two):
    path = factories.route(anna)
    session = group(anna, *two, mode=Mode.WALK, route=path, fallback="room")
    with pytest.raises(slot.NotYet) as refused:
        groups.add(session, mrs_lee, by=anna)
    assert refused.value.clients == [mrs_lee] and names(session) == ["Ada Field", "Bea Stone"]
    for_a_group(mrs_lee, anna)
    groups.add(session, mrs_lee, by=anna)
    assert "Mary Lee" in names(session)


def test_who_is_elsewhere_then_or_in_nobodys_care_here_does_not_join(anna, ben, mrs_lee, mr_ode, two):
    session = group(anna, *two)
    CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
    factories.session(ben, mrs_lee, starts_at=START + timedelta(minutes=20))
    with pytest.raises(Clash):
        groups.add(session, mrs_lee, by=anna)
    with pytest.raises(slot.NotInHerCare):
        groups.add(session, mr_ode, by=anna)
    assert len(names(session)) == 2


def test_into_this_and_all_later_ones_as_a_whole_or_not_at_all(anna, mrs_lee, two):
    first, second, third = series(anna, *two)
    groups.add(second, mrs_lee, by=anna, and_later=True)
    assert [len(names(one)) for one in (first, second, third)] == [2, 3, 3]
    other = factories.client("Cleo Hart", anna)
    with pytest.raises(groups.Full) as refused:
        groups.add(first, other, by=anna, and_later=True)
    assert refused.value.session == second and "Cleo Hart" not in names(first)
    groups.take_out(second, mrs_lee, by=anna, and_later=True)
    assert [len(names(one)) for one in (first, second, third)] == [2, 2, 2]


@pytest.mark.parametrize("fields", [{"kind": "individual"}, {"status": "cancelled"}, {"status": "kept"}])
def test_what_is_no_group_to_come_takes_nobody(anna, mrs_lee, two, fields):
    session = group(anna, *two)
    Session.objects.filter(pk=session.pk).update(**fields)
    with pytest.raises(slot.NotPossible):
        groups.add(session, mrs_lee, by=anna)


def test_what_has_begun_takes_nobody(anna, mrs_lee, two):
    session = group(anna, *two)
    with pytest.raises(slot.NotPossible):
        groups.add(session, mrs_lee, by=anna, now=START)


def test_who_leaves_hears_nothing_more_and_a_note_holds_her_seat(anna, two):
    session = group(anna, *two)
    reminders.write(session)
    groups.take_out(session, two[0], by=anna)
    due = Letter.objects.filter(about=session.pk, state="due")
    assert names(session) == ["Bea Stone"] and [one.client for one in due] == [two[1].pk]
    Note.objects.create(seat=session.seats.get(), author=anna, content={"focus": "x"})
    with pytest.raises(slot.NotPossible):
        groups.take_out(session, two[1], by=anna)
    assert names(session) == ["Bea Stone"]


def test_a_calendar_of_who_leaves_is_told_and_others_are_not(anna, two):
    ContactPoint.objects.update(wants_invitations=True)
    session = group(anna, *two)
    invitations_out.write(session)
    Letter.objects.filter(kind=invitations_out.KIND).update(state="sent")
    groups.take_out(session, two[0], by=anna)
    groups.add(session, factories.client("Cleo Hart", anna), by=anna)
    [letter] = Letter.objects.filter(kind=invitations_out.KIND, state="due")
    said = invitations_out.render(letter)
    assert letter.client == two[0].pk and invitations_out.still_wanted(letter)
    assert said.appointment.method == "CANCEL" and b"SEQUENCE:2" in said.appointment.file
    assert not [word for word in ("Bea", "Stone", "Cleo") if word in said.text + said.html]


def place(session, client, by, **fields):
    return groups.put_on_list(session, client, by=by, **fields)


def states():
    return {one.client.name: one.state for one in WaitingPlace.objects.select_related("client")}


@pytest.fixture
def full(anna, two):
    """A group of two, and two who wait."""
    session = group(anna, *two, capacity=2)
    for name in ("Cleo Hart", "Dora Penn"):
        place(session, factories.client(name, anna), anna)
    return session


def test_a_freed_seat_is_offered_to_who_waits_longest_and_held_for_her(anna, mrs_lee, two, full):
    assert states() == {"Cleo Hart": "waiting", "Dora Penn": "waiting"}
    groups.take_out(full, two[0], by=anna)
    assert states() == {"Cleo Hart": "offered", "Dora Penn": "waiting"}
    offer = WaitingPlace.objects.get(state="offered")
    assert Letter.objects.get(about=offer.pk).client == offer.client_id
    with pytest.raises(groups.Full):
        groups.add(full, mrs_lee, by=anna)
    groups.take(offer)
    assert names(full) == ["Bea Stone", "Cleo Hart"] and states()["Cleo Hart"] == "taken"


def test_after_a_stop_no_offer_leaves(anna, two, full):
    groups.take_out(full, two[0], by=anna)
    letter = Letter.objects.get(kind=group_offers.KIND)
    assert offer_letters.still_wanted(letter)
    contacts.stop(ContactPoint.objects.get(client=letter.client))
    assert not offer_letters.still_wanted(letter)


def test_an_offer_that_ends_goes_to_the_next(anna, two, full):
    groups.take_out(full, two[0], by=anna)
    offer = WaitingPlace.objects.get(state="offered")
    assert group_offers.expire(now=offer.offer_until - timedelta(seconds=1)) == 0
    assert group_offers.expire(now=offer.offer_until) == 1 and group_offers.expire(now=offer.offer_until) == 0
    assert states() == {"Cleo Hart": "expired", "Dora Penn": "offered"}
    with pytest.raises(slot.NotPossible):
        groups.take(offer)
    assert names(full) == ["Bea Stone"]


def test_a_declined_offer_goes_to_the_next(anna, two, full):
    groups.take_out(full, two[0], by=anna)
    groups.decline(WaitingPlace.objects.get(state="offered"))
    assert states() == {"Cleo Hart": "declined", "Dora Penn": "offered"}


def test_who_no_longer_waits_gives_her_offer_on(anna, two, full):
    groups.take_out(full, two[0], by=anna)
    groups.leave(WaitingPlace.objects.get(state="offered"), by=anna)
    assert states() == {"Cleo Hart": "left", "Dora Penn": "offered"}


def test_who_could_not_be_booked_is_passed_over_and_keeps_her_place(anna, two):
    session = group(anna, *two, capacity=2, mode=Mode.WALK, route=factories.route(anna), fallback="room")
    place(session, factories.client("Cleo Hart", anna), anna)
    place(session, for_a_group(factories.client("Dora Penn", anna), anna), anna)
    groups.take_out(session, two[0], by=anna)
    assert states() == {"Cleo Hart": "waiting", "Dora Penn": "offered"}


def test_who_waits_for_all_later_ones_is_offered_them_when_all_have_room(anna, mrs_lee, two):
    first, second, third = series(anna, *two, capacity=2)
    place(first, mrs_lee, anna, and_later=True)
    groups.take_out(first, two[0], by=anna)
    assert states() == {"Mary Lee": "waiting"}
    groups.take_out(second, two[0], by=anna, and_later=True)
    assert states() == {"Mary Lee": "offered"}
    assert [group_offers.free(one, now=timezone.now()) for one in (first, second, third)] == [0, 0, 0]
    groups.take(WaitingPlace.objects.get())
    assert [names(one) for one in (first, second, third)] == [["Bea Stone", "Mary Lee"]] * 3


def test_where_a_seat_is_free_who_waits_is_offered_it_at_once(anna, mrs_lee, two):
    session = group(anna, *two)
    for _turn in range(2):
        place(session, mrs_lee, anna)
    assert states() == {"Mary Lee": "offered"}


def test_a_cancelled_group_offers_nothing(anna, two, full):
    booking.cancel(full, by=anna)
    assert group_offers.offer_next(Session.objects.get(pk=full.pk)) == []


def test_two_desks_and_one_seat_exactly_one_gets_it(fresh_db):
    factories.practice()
    anna = factories.user("Anna Reiter", Role.THERAPIST)
    session = group(anna, factories.client("Ada Field", anna), capacity=2)
    people = [factories.client(f"Person {number}", anna) for number in range(6)]
    gate = Barrier(len(people))

    def desk(person):
        try:
            gate.wait(20)
            groups.add(session, person, by=anna)
            return "in"
        except groups.Full:
            return "full"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        told = sorted(pool.map(desk, people))
    assert told == ["full"] * 5 + ["in"] and Seat.objects.count() == 2


def test_who_was_taken_out_is_told_no_more_of_a_group_whose_reminder_went_with_another(anna, mrs_lee, two):
    first, second = group(anna, mrs_lee, *two), group(anna, mrs_lee, *two, at=START + timedelta(hours=3))
    for session in (first, second):
        reminders.write(session)
    lead, folded = (Letter.objects.get(about=session.pk, client=mrs_lee.pk) for session in (first, second))
    Letter.objects.filter(pk=folded.pk).update(state="cancelled", folded_into=lead)
    assert "Also " in reminders.render(lead).text
    groups.take_out(second, mrs_lee, by=anna)
    assert "Also " not in reminders.render(lead).text
