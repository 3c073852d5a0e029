"""Invitations: only where a client wants them, with an update and an end that her calendar applies."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar

from clients.domain import contacts
from clients.models import Client, ContactPoint
from practice.domain import post, words
from practice.models import Letter
from sessions.domain import booking, invitations_out
from sessions.models import WaitingPlace
from tests import factories
from tests.sessions.test_booking import START, book
from tests.sessions.test_reminders import tray, walk

__all__ = ["tray"]
pytestmark = pytest.mark.django_db
LATER = timedelta(hours=2)


def day_of(moment):
    return words.when(moment, "Europe/London")


def wants(person, **fields):
    ContactPoint.objects.filter(client=person).update(wants_invitations=True, **fields)
    return person


def letters(session, state="due"):
    return Letter.objects.filter(about=session.pk, kind=invitations_out.KIND, state=state).order_by("created_at")


def leave(session):
    """Send what waits for this session's calendars, and nothing else."""
    Letter.objects.exclude(kind=invitations_out.KIND).delete()
    return post.dispatch(now=timezone.now() + timedelta(minutes=4))


def event_in(letter):
    said = invitations_out.render(letter)
    calendar = Calendar.from_ical(said.appointment.file)
    [event] = calendar.events
    return calendar["METHOD"], event


def test_nobody_is_invited_unless_she_wants_it(anna, mrs_lee):
    session = book(anna, mrs_lee)
    assert not letters(session)


def test_it_waits_three_minutes_and_not_beyond_the_start(anna, mrs_lee):
    before = timezone.now()
    [letter] = letters(book(anna, wants(mrs_lee)))
    assert before + timedelta(minutes=3) <= letter.due_at <= timezone.now() + timedelta(minutes=3)
    assert letter.not_after == START


def test_what_it_says(anna, mrs_lee, settings):
    settings.DEFAULT_FROM_EMAIL = "Larch Street Therapy <post@larchstreet.example>"
    session = walk(anna, wants(mrs_lee), name="canary-7f3k")
    [letter] = letters(session)
    method, event = event_in(letter)
    assert (method, event["UID"], event["SEQUENCE"]) == ("REQUEST", f"{session.pk}@alongside", 0)
    assert (event["SUMMARY"], event["STATUS"], event["CLASS"]) == ("Appointment", "CONFIRMED", "PRIVATE")
    assert (event["ORGANIZER"], event["ORGANIZER"].params) == ("mailto:post@larchstreet.example", {})
    assert event["ATTENDEE"] == f"mailto:{letter.to}" and event["ATTENDEE"].params["RSVP"] == "FALSE"
    assert event["DTSTART"].dt.astimezone(UTC) == START and event["DTSTART"].params["TZID"] == "Europe/London"
    said = invitations_out.render(letter)
    assert (said.subject, said.sender) == (f"For your calendar: {day_of(START)}", "Larch Street")
    never = ("canary", "Orchard", "gate", "alk", "herap", "ession", "LOCATION", "DESCRIPTION", "Lee")
    assert not [word for word in never if word in said.appointment.file.decode()]
    for body in (said.text, said.html):
        assert "Thursday 4 March 2027, 10:00" in body
        assert not [word for word in never[:6] if word in body]


def test_a_discreet_address_reads_appointment_from_the_discreet_sender(anna, mrs_lee):
    [letter] = letters(book(anna, wants(mrs_lee, may_say="name_only", sender="A. Reiter")))
    said = invitations_out.render(letter)
    assert (said.subject, said.sender) == ("Appointment", "A. Reiter")
    assert not [word for word in ("Larch", "Samaritans", "herap") if word in said.text + said.html]


@pytest.mark.parametrize("change", [{"is_safe": False}, {"may_say": "nothing"}, {"wants_invitations": False}])
def test_it_is_not_sent_where_it_is_no_longer_safe_or_wanted(anna, mrs_lee, change):
    session = book(anna, wants(mrs_lee))
    ContactPoint.objects.filter(client=mrs_lee).update(**change)
    assert not invitations_out.still_wanted(letters(session)[0])
    assert leave(session) == 0 and letters(session, "cancelled").count() == 1


def test_an_address_kept_twice_gets_it_only_where_both_entries_allow(anna, mrs_lee):
    ContactPoint.objects.create(client=mrs_lee, kind="email", value="Mary.Lee@example.org", is_safe=False)
    assert not letters(book(anna, wants(mrs_lee, is_safe=False)))


def test_a_move_sends_an_update_and_a_cancellation_the_end(anna, mrs_lee, tray):
    session = book(anna, wants(mrs_lee))
    assert leave(session) == 1
    booking.move(session, to=START + LATER, by=anna)
    assert event_in(letters(session)[0])[1]["SEQUENCE"] == 1
    assert invitations_out.render(letters(session)[0]).subject == f"Moved: {day_of(START + LATER)}"
    assert leave(session) == 1
    booking.cancel(session, by=anna)
    [letter] = letters(session)
    method, event = event_in(letter)
    assert (method, event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)
    assert invitations_out.render(letter).subject == f"Cancelled: {day_of(START + LATER)}"
    assert leave(session) == 1
    sent = [calendars_of(mail) for mail in tray.received]
    assert [parts[0]["METHOD"] for parts in sent] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({parts[0].events[0]["UID"] for parts in sent}) == 1
    assert [parts[0].events[0]["SEQUENCE"] for parts in sent] == [0, 1, 2]
    stamps = [parts[0].events[0]["DTSTAMP"].dt for parts in sent]
    assert stamps == sorted(stamps)


def calendars_of(mail):
    """The calendars in a mail as it left: the one within the alternatives, and the file."""
    parts = email.message_from_string(mail, policy=email.policy.default).walk()
    kinds = ("text/calendar", "application/ics")
    return [Calendar.from_ical(one.get_payload(decode=True)) for one in parts if one.get_content_type() in kinds]


def test_the_mail_is_built_as_calendars_need_it(anna, mrs_lee, tray):
    leave(book(anna, wants(mrs_lee)))
    message = email.message_from_string(tray.received[0], policy=email.policy.default)
    assert message.get_content_type() == "multipart/mixed"
    alternative, file = message.iter_parts()
    assert [one.get_content_type() for one in alternative.iter_parts()] == [
        "text/plain", "text/html", "text/calendar",
    ]  # fmt: skip
    invited = list(alternative.iter_parts())[2]
    assert invited["Content-Type"].params["method"] == "REQUEST"
    assert invited["Content-Type"].params["charset"].lower() == "utf-8"
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "appointment.ics")
    inline, enclosed = invited.get_payload(decode=True), file.get_payload(decode=True)
    assert inline == enclosed and b"\r\n" in inline and not inline.replace(b"\r\n", b"").count(b"\n")


def test_what_is_undone_within_three_minutes_never_leaves(anna, mrs_lee, tray):
    session = book(anna, wants(mrs_lee))
    leave(session)
    booking.move(session, to=START + LATER, by=anna)
    booking.move(session, to=START, by=anna)
    assert leave(session) == 0 and not letters(session)
    assert len(tray.received) == 1


def test_what_was_never_sent_is_never_cancelled(anna, mrs_lee, tray):
    session = book(anna, wants(mrs_lee))
    booking.cancel(session, by=anna)
    assert leave(session) == 0 and not letters(session) and not tray.received


def test_what_perhaps_arrived_is_cancelled(anna, mrs_lee):
    session = book(anna, wants(mrs_lee))
    letters(session).update(state="uncertain")
    booking.cancel(session, by=anna)
    assert event_in(letters(session)[0])[0] == "CANCEL"


def test_written_again_without_a_change_it_is_still_one(anna, mrs_lee):
    session = book(anna, wants(mrs_lee))
    invitations_out.write(session)
    assert letters(session).count() == 1 and not letters(session, "cancelled")


def test_an_older_state_is_not_told_any_more(anna, mrs_lee):
    session = book(anna, wants(mrs_lee))
    first = letters(session)[0]
    booking.move(session, to=START + LATER, by=anna)
    assert not invitations_out.still_wanted(first)
    assert invitations_out.still_wanted(letters(session)[0])


def test_in_a_group_each_is_invited_alone(anna, mrs_lee):
    other = wants(factories.client("Peter Ode", anna))
    session = book(anna, wants(mrs_lee), other, kind="group")
    found = list(letters(session))
    assert len(found) == 2
    for letter, stranger in zip(found, [Client.objects.exclude(pk=one.client).get() for one in found], strict=True):
        said = invitations_out.render(letter)
        everything = said.subject + said.text + said.html + said.appointment.file.decode()
        assert said.appointment.file.count(b"ATTENDEE") == 1
        assert not [
            word for word in (*stranger.name.split(), stranger.contact_points.get().value) if word in everything
        ]


def test_what_is_asked_for_or_held_is_not_told(anna, mrs_lee):
    start = timezone.now() + timedelta(days=3)
    for number, status in enumerate(("requested", "held")):
        held = factories.session(
            anna, wants(mrs_lee), starts_at=start + number * LATER, status=status, held_until=start
        )
        invitations_out.write(held)
        assert not letters(held)


def test_what_has_begun_is_not_told(anna, mrs_lee):
    session = factories.session(anna, wants(mrs_lee), starts_at=START)
    invitations_out.write(session, now=START + timedelta(minutes=1))
    assert not letters(session)


def test_a_tick_on_the_contact_form_off_by_default(as_anna, mrs_lee):
    address = f"/clients/{mrs_lee.pk}/contact"
    page = as_anna.get(address).content.decode()
    assert 'name="wants_invitations"' in page and "Whoever can see that calendar" in page
    way = {"kind": "email", "value": "m@example.org", "whose": "own", "may_say": "everything", "is_safe": "on"}
    as_anna.post(address, way)
    assert not mrs_lee.contact_points.get(value="m@example.org").wants_invitations
    as_anna.post(address, way | {"value": "n@example.org", "wants_invitations": "on"})
    assert mrs_lee.contact_points.get(value="n@example.org").wants_invitations
    as_anna.post(address, way | {"kind": "phone", "value": "07700 900456", "wants_invitations": "on"})
    assert not mrs_lee.contact_points.get(kind="phone").wants_invitations


def test_the_kind_is_known_to_the_outbox():
    assert post.kinds[invitations_out.KIND].render is invitations_out.render


def test_a_clock_change_between_booking_and_start_is_in_the_file(anna, mrs_lee):
    [letter] = letters(book(anna, wants(mrs_lee), at=datetime(2027, 7, 8, 9, 0, tzinfo=UTC)))
    text = invitations_out.render(letter).appointment.file.decode()
    assert "DTSTART;TZID=Europe/London:20270708T100000" in text and "DTSTART:20270328T010000" in text


def test_nothing_arrives_after_a_stop(anna, mrs_lee):
    session = book(anna, wants(mrs_lee))
    contacts.stop(mrs_lee.contact_points.get())
    assert leave(session) == 0 and letters(session, "cancelled").count() == 1


def test_it_arrives_at_the_hours_that_are_safe_there(anna, mrs_lee):
    opens = (timezone.now() + timedelta(hours=5)).astimezone(ZoneInfo("Europe/London")).replace(second=0, microsecond=0)
    session = book(anna, wants(mrs_lee, safe_from=opens.time(), safe_until=(opens + LATER).time()))
    assert leave(session) == 0
    assert letters(session).get().due_at == opens
    assert post.dispatch(now=opens) == 1


@pytest.mark.parametrize("kind", ["session_asked", "session_seat_offer", "measures_before_session"])
def test_so_does_whatever_else_goes_to_a_client_by_itself(anna, mrs_lee, kind):
    session = book(anna, mrs_lee)
    now = timezone.now()
    opens = (now + timedelta(hours=5)).astimezone(ZoneInfo("Europe/London")).replace(second=0, microsecond=0)
    mrs_lee.contact_points.update(safe_from=opens.time(), safe_until=(opens + LATER).time())
    place = WaitingPlace.objects.create(session=session, client=mrs_lee, put_by=anna)
    about = {"session_asked": session, "session_seat_offer": place, "measures_before_session": session.seats.get()}
    letter = Letter(kind=kind, to=mrs_lee.contact_points.get().value, about=about[kind].pk, client=mrs_lee.pk)
    assert post.kinds[kind].hours(letter, now) == opens
