"""Times for a client who lives by other clocks than the practice: both are named, on her pages and in her letters."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import Client
from practice.domain import words
from practice.domain.local_time import instant
from practice.models import AuditEntry, Letter, Mode, Practice, Service, User
from sessions.domain import asking, booking, notices, reminder_words
from sessions.models import Session
from tests import factories
from tests.sessions.test_reminders import page

pytestmark = pytest.mark.django_db
LONDON, PARIS, AUCKLAND = "Europe/London", "Europe/Paris", "Pacific/Auckland"
START = instant(datetime.now(UTC).date() + timedelta(days=4), time(10), ZoneInfo(LONDON))
BOTH = "10:00 in London, 11:00 for you in Paris"


@pytest.fixture
def abroad(mrs_lee: Client) -> Client:
    Client.objects.filter(pk=mrs_lee.pk).update(own_zone=PARIS)
    mrs_lee.refresh_from_db(fields=["own_zone"])
    return mrs_lee


@pytest.fixture
def session(anna: User, abroad: Client) -> Session:
    return booking.book(
        therapist=anna, clients=[abroad], mode=Mode.ONLINE, starts_at=START, place=factories.place(), by=anna
    )


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("", "10:00"),
        (LONDON, "10:00"),
        ("Europe/Lisbon", "10:00"),
        (PARIS, BOTH),
        (AUCKLAND, "10:00 in London, 23:00 for you in Auckland"),
        ("America/New_York", "10:00 in London, 05:00 for you in New York"),
    ],
)
def test_both_times_are_named_only_where_they_differ(own: str, said: str) -> None:
    at = datetime(2027, 3, 4, 10, tzinfo=UTC)
    assert words.clock_for(at, LONDON, own_zone=own) == said


def test_the_day_is_named_where_it_is_another_one() -> None:
    at = datetime(2027, 3, 4, 16, tzinfo=UTC)
    said = words.clock_for(at, LONDON, own_zone=AUCKLAND)
    assert said == f"16:00 in London, {words.day(date(2027, 3, 5))}, 05:00 for you in Auckland"


def test_her_own_clocks_count_before_those_of_the_practice() -> None:
    at = datetime(2027, 3, 4, 10, tzinfo=UTC)
    assert words.clock_for(at, LONDON, reader_zone=PARIS) == "10:00 (Europe/London)"
    assert words.clock_for(at, LONDON, reader_zone=PARIS, own_zone=LONDON) == "10:00"


def test_she_sets_them_herself_and_takes_them_back(as_mrs_lee: Browser, mrs_lee: Client) -> None:
    address = reverse("clients:own_clocks")
    assert address in as_mrs_lee.get(reverse("sessions:mine")).content.decode()
    for zone in (PARIS, ""):
        assert as_mrs_lee.post(address, {"zone": zone}).url == reverse("sessions:mine")
        mrs_lee.refresh_from_db(fields=["own_zone"])
        assert mrs_lee.own_zone == zone
    assert AuditEntry.objects.filter(body__contains="client.clocks_set").count() == 2
    wrong = as_mrs_lee.post(address, {"zone": "Moon/Sea"})
    assert wrong.status_code == 422 and "Select a valid choice" in wrong.content.decode()
    mrs_lee.refresh_from_db(fields=["own_zone"])
    assert mrs_lee.own_zone == ""


def test_they_are_nobody_elses_to_set(as_anna: Browser, as_olga: Browser) -> None:
    for browser in (as_anna, as_olga):
        assert browser.get(reverse("clients:own_clocks")).status_code == 404


def test_her_pages_name_both(as_mrs_lee: Browser, session: Session) -> None:
    seat = session.seats.get()
    for shown in (
        as_mrs_lee.get(reverse("sessions:mine")),
        as_mrs_lee.get(reverse("sessions:cancel_mine", args=[seat.pk])),
        Browser().get(page(seat)),
    ):
        assert BOTH in shown.content.decode()


def test_her_reminder_names_both_in_each_form(session: Session) -> None:
    letter = Letter.objects.get(kind="session_reminder")
    said = reminder_words.render(letter)
    for text in (said.subject, said.text, said.html):
        assert BOTH in text
    assert "until 10:50 in London, 11:50 for you in Paris" in said.text
    seat = session.seats.get()
    assert BOTH in reminder_words.text_message(seat, None, "https://example.org/r/x", [])


def test_a_letter_about_a_change_names_both_for_the_old_and_the_new(anna: User, session: Session) -> None:
    moved = booking.move(session, to=START + timedelta(hours=2), by=anna)
    (letter,) = notices.tell(moved, what=notices.What.MOVED, was=START, by=anna)
    said = notices.render(letter)
    assert said.subject.endswith("12:00 in London, 13:00 for you in Paris")
    assert f"Instead of {words.when(START, LONDON).rsplit(',', 1)[0]}, {BOTH}." in " ".join(said.text.split())


def test_where_she_asks_the_times_of_both_stand(
    as_mrs_lee: Browser,
    abroad: Client,
    anna: User,
    service: Service,
) -> None:
    shown = as_mrs_lee.get(reverse("sessions:ask")).content.decode()
    assert "Times are those in London; the small ones are yours, in Paris." in shown
    assert "<span>10:00<small>11:00</small></span>" in shown
    said = {"service": service, "mode": Mode.INDOOR, "place": factories.place(), "key": uuid.uuid4()}
    asking.ask(abroad, starts_at=START, now=timezone.now(), **said)
    assert BOTH in as_mrs_lee.get(reverse("sessions:ask")).content.decode()


def test_without_clocks_of_her_own_the_zone_of_the_place_is_named_where_it_is_not_the_practices(
    as_mrs_lee: Browser,
    anna: User,
    mrs_lee: Client,
    service: Service,
) -> None:
    Practice.objects.update(time_zone=PARIS)
    factories.session(anna, mrs_lee, starts_at=START)
    assert "10:00 (Europe/London)" in as_mrs_lee.get(reverse("sessions:mine")).content.decode()
    shown = as_mrs_lee.get(reverse("sessions:ask")).content.decode()
    assert "Times are those in London." in shown and "the small ones" not in shown
