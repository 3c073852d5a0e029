"""Reminders: due the evening before, read again before they leave, discreet, answered by a POST."""

import re
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.domain import contacts, decision, recording
from clients.models import Client, ContactPoint
from practice.domain import links, post
from practice.models import Letter, Mode, User
from sessions.domain import booking, reminders
from sessions.models import Seat, Session
from tests import factories
from tests.sessions.people import ready
from tests.sessions.test_booking import START, book

pytestmark = pytest.mark.django_db


def walk(anna: User, person: Client, **fields: Any) -> Session:
    ready(person, anna)
    return book(anna, person, mode=Mode.WALK, route=factories.route(anna), fallback="room", **fields)


def letter(session: Session) -> Letter:
    return Letter.objects.get(about=session.pk, state="due")


def test_the_kind_is_known_to_the_outbox() -> None:
    assert post.kinds[reminders.KIND].render is reminders.render


def test_it_is_due_at_18_the_evening_before_in_summer_time(anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee, at=datetime(2027, 7, 8, 9, 0, tzinfo=UTC))
    assert letter(session).due_at == datetime(2027, 7, 7, 17, 0, tzinfo=UTC)


def test_booked_late_it_leaves_in_three_minutes_so_that_an_undo_is_heard_of_by_nobody(
    anna: User, mrs_lee: Client
) -> None:
    now = datetime.now(UTC)
    session = book(anna, mrs_lee, at=now + timedelta(hours=1))
    assert now + post.UNDO <= letter(session).due_at <= datetime.now(UTC) + post.UNDO


def test_it_is_wanted_only_while_the_session_stands(anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee)
    waiting = letter(session)
    assert reminders.still_wanted(waiting)
    moved = booking.move(session, to=START + timedelta(hours=2), by=anna)
    assert not reminders.still_wanted(waiting)
    assert reminders.still_wanted(letter(moved))
    booking.cancel(session, by=anna)
    assert not reminders.still_wanted(Letter.objects.latest("created_at"))


def test_nobody_who_left_is_reminded(anna: User, mrs_lee: Client) -> None:
    waiting = letter(book(anna, mrs_lee))
    Client.objects.filter(pk=mrs_lee.pk).update(status="closed")
    assert not reminders.still_wanted(waiting)


@pytest.mark.parametrize("change", [{"is_safe": False}, {"may_say": "nothing"}])
def test_it_is_not_wanted_where_it_is_not_safe(anna: User, mrs_lee: Client, change: dict[str, Any]) -> None:
    session = book(anna, mrs_lee)
    ContactPoint.objects.filter(client=mrs_lee).update(**change)
    assert not reminders.still_wanted(letter(session))


def test_an_address_kept_twice_is_as_safe_as_its_worst_row(anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee)
    again = ContactPoint.objects.create(
        client=mrs_lee, kind="email", value="Mary.Lee@example.org", may_say="name_only", sender="A. Reiter"
    )
    assert reminders.render(letter(session)).sender == "A. Reiter"
    again.is_safe = False
    again.save(update_fields=["is_safe"])
    assert not reminders.still_wanted(letter(session))
    assert reminders.write(Session.objects.get(), now=START - timedelta(days=9)) == []


def test_a_corrected_address_is_where_it_goes(anna: User, mrs_lee: Client, tray: "Tray") -> None:
    session = book(anna, mrs_lee)
    ContactPoint.objects.filter(client=mrs_lee).update(value="new@example.org")
    post.dispatch(now=START - timedelta(hours=2))
    assert ["To: new@example.org" in mail for mail in tray.received] == [True]
    assert Letter.objects.get(about=session.pk).to == "new@example.org"


def test_where_a_reminder_has_left_nobody_says_that_none_will(
    anna: User, mrs_lee: Client, as_anna: Browser, tray: "Tray"
) -> None:
    first, second, third = (book(anna, mrs_lee, at=START + timedelta(hours=hours)) for hours in (0, 2, 4))
    assert "No reminder will leave" in as_anna.post(f"/sessions/{third.pk}/cancel", follow=True).content.decode()
    post.dispatch(now=START - timedelta(hours=2))
    address = f"/sessions/{first.pk}/cancel"
    assert "A reminder has left already" in as_anna.get(address).content.decode()
    page = as_anna.post(address, follow=True).content.decode()
    assert "A reminder has left already: ring or write" in page
    assert "No reminder will leave" not in page
    moved = {"day": "2027-03-05", "starts": "10:00"}
    page = as_anna.post(f"/sessions/{second.pk}/move", moved, follow=True).content.decode()
    assert "A reminder of the old time has left already" in page


def test_nobody_writes_to_an_address_that_is_not_safe(anna: User, mrs_lee: Client) -> None:
    ContactPoint.objects.filter(client=mrs_lee).update(is_safe=False)
    book(anna, mrs_lee)
    assert not Letter.objects.exists()


def test_the_words(anna: User, mrs_lee: Client) -> None:
    session = walk(anna, mrs_lee)
    said = reminders.render(letter(session))
    assert said.subject == "Thursday, 10:00"
    for body in (said.text, said.html):
        assert "Thursday 4 March 2027, 10:00" in body
        assert "Orchard loop, the gate" in body
        assert "116\u00a0123" in body
        assert "020 7946 0142" in body
        assert not any(word in body.lower() for word in ("therap", "session", "client", "walking", "clinic"))


def stays_in(person: Client, by: User) -> None:
    decision.decide(person, modes=["indoor"], limits=[], reasoning="x", look_again_on=START.date(), by=by)


def says_danger(person: Client, by: User) -> None:
    recording.record(person, "day_of_check", {"new": ("chest",)}, manner="phone", by=by)


@pytest.mark.parametrize("happens", [stays_in, says_danger])
def test_while_outdoors_does_not_stand_it_leaves_the_place_open_and_says_no_reason(
    anna: User, mrs_lee: Client, happens: Callable[[Client, User], None]
) -> None:
    session = walk(anna, mrs_lee)
    address, outside = page(session.seats.get()), ("gate", "Orchard", "shoes", "weather", "ndoors")
    assert "shoes" in reminders.render(letter(session)).text and "shoes" in Browser().get(address).content.decode()
    happens(mrs_lee, anna)
    assert reminders.still_wanted(letter(session))
    said = reminders.render(letter(session))
    assert said.subject == "Thursday, 10:00"
    for body in (said.text, said.html):
        assert "Thursday 4 March 2027, 10:00" in body
        assert "Anna will be in touch about where you meet. You can also ring 020 7946 0142." in body
        assert not [word for word in (*outside, "paused", "unsettled") if word in body]
    shown = Browser().get(address).content.decode()
    assert "Anna will be in touch about where you meet." in shown and "shoes" not in shown and "gate" not in shown


@pytest.mark.parametrize("happens", [stays_in, says_danger])
def test_her_own_page_leaves_the_place_open_as_well(
    anna: User, mrs_lee: Client, as_mrs_lee: Browser, happens: Callable[[Client, User], None]
) -> None:
    first = walk(anna, mrs_lee)
    book(anna, mrs_lee, at=first.starts_at + timedelta(days=7), mode=Mode.WALK, route=first.route, fallback="room")
    address, outside = reverse("sessions:mine"), ("gate", "Orchard", "shoes", "Walking")
    before = as_mrs_lee.get(address).content.decode()
    assert not [word for word in outside if word not in before]
    happens(mrs_lee, anna)
    after = as_mrs_lee.get(address).content.decode()
    assert not [word for word in (*outside, "paused", "not yet") if word in after]
    assert "Anna will be in touch about where you meet." in after and "With Anna; where you meet follows" in after


def test_what_is_booked_indoors_says_where_whatever_is_decided(anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee)
    stays_in(mrs_lee, anna)
    assert "in touch about where" not in reminders.render(letter(session)).text
    assert session.place.name in reminders.render(letter(session)).text


def test_where_only_a_name_may_be_said_and_the_place_is_open_no_number_is(anna: User, mrs_lee: Client) -> None:
    ContactPoint.objects.filter(client=mrs_lee).update(may_say="name_only", sender="A. Reiter")
    session = walk(anna, mrs_lee)
    stays_in(mrs_lee, anna)
    said = reminders.render(letter(session))
    assert "in touch about where you meet" in said.text and "Larch" not in said.text + said.html
    assert "also ring" not in said.text + said.html


def test_where_only_a_name_may_be_said_nothing_else_is(anna: User, mrs_lee: Client) -> None:
    ContactPoint.objects.filter(client=mrs_lee).update(may_say="name_only", sender="A. Reiter")
    said = reminders.render(letter(walk(anna, mrs_lee)))
    assert said.sender == "A. Reiter"
    for body in (said.text, said.html):
        assert "Larch" not in body
        assert "Samaritans" not in body
        assert "Orchard" not in body


@pytest.mark.parametrize("answered", ["", "post@larchstreet.example"])
def test_a_name_beside_the_address_of_the_practice_is_never_said(
    anna: User, mrs_lee: Client, settings: Any, answered: str
) -> None:
    settings.DEFAULT_FROM_EMAIL, settings.REPLY_ADDRESS = "Larch Street Therapy <post@larch.example>", answered
    ContactPoint.objects.update(may_say="name_only", sender="A. R.")
    walk(anna, mrs_lee)
    post.dispatch(now=START - timedelta(hours=2))
    message = mail.outbox[-1].message()
    assert message["From"] == '"A. R." <post@larch.example>' and "Therapy" not in message.as_string()


class Tray:
    """What a mail server on this machine received."""

    def __init__(self) -> None:
        self.received: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.received.append(envelope.content.decode())
        return "250 OK"


@pytest.fixture
def tray(settings: Any) -> Iterator[Tray]:
    """A real mail server, reached by real SMTP."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = Tray()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield handler
    server.stop()


def test_it_leaves_by_real_smtp_and_only_once(anna: User, mrs_lee: Client, tray: Tray) -> None:
    book(anna, mrs_lee)
    for _turn in range(2):
        post.dispatch(now=START - timedelta(hours=2))
    assert Letter.objects.get().state == "sent"
    assert [mail.count("Subject: Thursday, 10:00") for mail in tray.received] == [1]


def test_one_of_a_cancelled_session_never_leaves(anna: User, mrs_lee: Client, tray: Tray) -> None:
    session = book(anna, mrs_lee)
    Session.objects.filter(pk=session.pk).update(status="cancelled")  # behind the verb: the letter still waits
    post.dispatch(now=START - timedelta(hours=2))
    assert (Letter.objects.get().state, tray.received) == ("cancelled", [])


def page(seat: Seat) -> str:
    return f"/r/{links.make(reminders.PURPOSE, subject=seat.pk, lasts=timedelta(days=1), by=None)}/"


def test_looking_changes_nothing_and_answering_does(anna: User, mrs_lee: Client, as_anna: Browser) -> None:
    session = walk(anna, mrs_lee)
    seat, stranger = session.seats.get(), Browser()
    address = page(seat)
    assert b"Orchard loop, the gate" in stranger.get(address).content
    seat.refresh_from_db()
    assert seat.answer == ""
    assert stranger.post(address, {"answer": "indoors", "read": seat.starts_at.isoformat()}).status_code == 302
    seat.refresh_from_db()
    assert (seat.answer, seat.answered_at is not None) == ("indoors", True)
    assert "you need not explain anything" in stranger.get(address).content.decode()
    assert "would like to be indoors" in as_anna.get("/sessions/today").content.decode()


def test_a_cancelled_session_cannot_be_answered(anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee)
    seat = session.seats.get()
    booking.cancel(session, by=anna)
    address, stranger = page(seat), Browser()
    assert "was cancelled" in stranger.get(address).content.decode()
    stranger.post(address, {"answer": "coming"})
    seat.refresh_from_db()
    assert seat.answer == ""


def test_links_of_a_moved_session_end(anna: User, mrs_lee: Client) -> None:
    session = book(anna, mrs_lee)
    address = page(session.seats.get())
    booking.move(session, to=START + timedelta(hours=2), by=anna)
    assert Browser().get(address).status_code == 410


def test_links_stay_where_only_the_room_changed_or_somebody_arrived(anna: User, mrs_lee: Client) -> None:
    at = (timezone.now() + timedelta(minutes=20)).replace(microsecond=0)
    session = factories.session(anna, mrs_lee, factories.client("Bea Stone", anna), starts_at=at, kind="group")
    pages = [page(seat) for seat in session.seats.all()]
    booking.move(session, room=factories.room(), by=anna)
    assert [Browser().get(one).status_code for one in pages] == [200, 200]
    booking.mark_arrived(session, by=anna)
    assert [Browser().get(one).status_code for one in pages] == [200, 200]
    booking.cancel(session, by=anna)
    assert [Browser().get(one).status_code for one in pages] == [410, 410]


def test_a_guessed_link_opens_nothing(as_mallory: Browser) -> None:
    assert as_mallory.get("/r/guessed/").status_code == 410


@pytest.mark.parametrize("how", ["unsafe", "another", "removed"])
def test_links_end_with_the_address_to_which_they_were_mailed(anna: User, mrs_lee: Client, how: str) -> None:
    walk(anna, mrs_lee)
    Letter.objects.exclude(kind=reminders.KIND).delete()
    point = mrs_lee.contact_points.get()
    said = reminders.render(Letter.objects.get()).text
    pages = [re.search(rf"/{part}/[\w-]+/", said)[0] for part in ("r", "stop")]  # type: ignore[index]
    contacts.put(mrs_lee, contacts.Way("email", point.value, hours="mornings"), by=anna, point=point)
    contacts.put(mrs_lee, contacts.Way("email", "other@example.org"), by=anna)
    assert [Browser().get(page).status_code for page in pages] == [200, 200]
    if how == "removed":
        contacts.remove(point, by=anna)
    elif how == "unsafe":
        contacts.put(mrs_lee, contacts.Way("email", point.value, is_safe=False), by=anna, point=point)
    else:
        contacts.put(mrs_lee, contacts.Way("email", "new@example.org"), by=anna, point=point)
    assert [Browser().get(page).status_code for page in pages] == [410, 410]


def test_links_in_text_messages_stay_while_the_number_is_kept(anna: User, mrs_lee: Client, settings: Any) -> None:
    session = walk(anna, mrs_lee)
    way = contacts.Way("text", "+442079460999")
    point = contacts.put(mrs_lee, way, by=anna)
    letter = Letter.objects.create(
        kind=reminders.KIND,
        key="text",
        channel="text",
        to=point.value,
        about=session.pk,
        client=mrs_lee.pk,
        due_at=START,
    )
    page = re.search(r"/r/[\w-]+/", reminders.render(letter).text)[0]  # type: ignore[index]
    contacts.put(mrs_lee, contacts.Way("text", "+442079460999", hours="mornings"), by=anna, point=point)
    assert Browser().get(page).status_code == 200
    contacts.put(mrs_lee, contacts.Way("text", "+442079460111"), by=anna, point=point)
    assert Browser().get(page).status_code == 410
