"""No more messages: one click in a mail program, a button on a page, and staff who begin again."""

import pytest
from django.test import Client as Browser

from clients.domain import contacts, unsubscribing
from clients.models import Client, ContactPoint
from practice.models import AuditEntry, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def point(mrs_lee: Client) -> ContactPoint:
    return mrs_lee.contact_points.get()


def path(point: ContactPoint) -> str:
    return "/stop/" + unsubscribing.address(point).rpartition("/stop/")[2]


def test_looking_changes_nothing_and_the_button_stops_and_starts(point: ContactPoint) -> None:
    address, stranger = path(point), Browser(enforce_csrf_checks=True)
    page = stranger.get(address).content.decode()
    assert "m…@example.org" in page and "mary.lee" not in page and "Stop messages" in page
    point.refresh_from_db()
    assert point.stopped_at is None
    stranger.post(address, {"messages": "stop"})
    point.refresh_from_db()
    assert point.stopped_at is not None
    assert "No more messages" in stranger.get(address).content.decode()
    stranger.post(address, {"messages": "start"})
    point.refresh_from_db()
    assert point.stopped_at is None


def test_one_click_of_a_mail_program_is_answered_without_a_page(point: ContactPoint) -> None:
    answer = Browser(enforce_csrf_checks=True).post(path(point), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.content) == (204, b"")
    point.refresh_from_db()
    assert point.stopped_at is not None


def test_an_address_that_is_kept_twice_stops_in_both_rows_and_once_in_the_books(
    mrs_lee: Client, point: ContactPoint
) -> None:
    again = ContactPoint.objects.create(client=mrs_lee, kind="email", value="Mary.Lee@example.org")
    for _turn in range(2):
        contacts.stop(again)
    assert contacts.best(mrs_lee, "email") is None
    assert "They asked for no more messages there" in contacts.hindrance(mrs_lee, "email")
    assert AuditEntry.objects.filter(body__contains="client.messages_stopped").count() == 1
    assert contacts.safe_email(mrs_lee) is not None, "what a person sends by hand still leaves"


def test_staff_begin_again_and_a_new_address_begins_anew(
    mrs_lee: Client, point: ContactPoint, as_anna: Browser, anna: User
) -> None:
    contacts.stop(point)
    address = f"/clients/{mrs_lee.pk}/contact/{point.pk}"
    assert "They asked for no more messages here." in as_anna.get(address).content.decode()
    as_anna.post(f"{address}/start")
    assert contacts.best(mrs_lee, "email") is not None
    contacts.stop(point)
    contacts.put(mrs_lee, contacts.Way("email", "new@example.org"), by=anna, point=point)
    assert contacts.best(mrs_lee, "email") is not None


def test_what_came_back_is_used_by_nobody(mrs_lee: Client, point: ContactPoint) -> None:
    ContactPoint.objects.update(suspended_at="2027-01-05T10:00:00Z")
    assert contacts.best(mrs_lee, "email") is None and contacts.safe_email(mrs_lee) is None
    assert contacts.hindrance(mrs_lee, "email") == "What was sent there came back on 5 January 2027."


def test_hours_are_given_by_both_ends_or_by_neither(mrs_lee: Client, point: ContactPoint, as_anna: Browser) -> None:
    address = f"/clients/{mrs_lee.pk}/contact/{point.pk}"
    said = {"kind": "email", "value": point.value, "whose": "own", "may_say": "everything", "is_safe": "on"}
    answer = as_anna.post(address, said | {"safe_from": "17:00"})
    assert answer.status_code == 422 and "Please give both times, or neither." in answer.content.decode()
    assert as_anna.post(address, said | {"safe_from": "17:00", "safe_until": "21:30"}).status_code == 302
    point.refresh_from_db()
    assert f"{point.safe_from:%H:%M} {point.safe_until:%H:%M}" == "17:00 21:30"
