"""What could not be delivered: the letter came back, its address is not used any more, the desk asks for another."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.domain import contacts, receiving
from clients.models import ContactPoint, Reply
from practice.domain import reply_address
from practice.models import Letter
from tests.practice import mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(mrs_lee):
    return Letter.objects.create(
        kind="session_reminder", key="x", to="Mary.Lee@example.org", about=mrs_lee.pk, client=mrs_lee.pk, state="sent",
        due_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize("shape", [mails.postfix, mails.exchange, mails.gmail])
def test_a_report_of_any_server_ends_the_letter_and_the_use_of_its_address(sent, mrs_lee, shape):
    assert contacts.safe_email(mrs_lee)
    for _again in range(2):
        assert receiving.take_mail(shape(sent.message_id)) is None
    sent.refresh_from_db()
    point = mrs_lee.contact_points.get()
    assert sent.state == "bounced" and sent.why_not.startswith("There is no such address (5.1.1")
    assert point.suspended_at and point.suspended_because == sent.why_not
    assert contacts.safe_email(mrs_lee) is None and contacts.recipient(mrs_lee, point.value) is None
    assert not Reply.objects.exists()


def test_it_is_known_by_the_address_it_came_back_to_as_well(sent, settings):
    settings.REPLY_ADDRESS = "post@practice.example"
    raw = mails.postfix("<changed@relay>").replace(b"post@practice.example", reply_address.of(sent.pk).encode())
    assert receiving.take_mail(raw) is None
    sent.refresh_from_db()
    assert sent.state == "bounced"


@pytest.mark.parametrize(
    ("receives", "to"),
    [
        ("post@practice.example", "mary.lee@example.org"),
        ("post@practice.example", "else@example.net"),
        ("", "else@x.y"),
    ],
)
def test_to_know_its_message_id_is_not_enough_to_stop_an_address(sent, mrs_lee, settings, receives, to):
    settings.REPLY_ADDRESS = receives
    assert receiving.take_mail(mails.postfix(sent.message_id, to=to)) == Reply.objects.get()
    sent.refresh_from_db()
    assert sent.state == "sent" and contacts.safe_email(mrs_lee)


def test_a_report_to_its_own_address_about_another_one_stops_nothing(sent, mrs_lee, settings):
    settings.REPLY_ADDRESS = "post@practice.example"
    raw = mails.postfix(sent.message_id, to="else@example.net")
    assert receiving.take_mail(raw.replace(b"post@practice.example", reply_address.of(sent.pk).encode()))
    assert contacts.safe_email(mrs_lee)


def test_what_is_only_late_is_noted_and_changes_nothing(sent, mrs_lee):
    assert receiving.take_mail(mails.postfix(sent.message_id, status="4.4.1", action="delayed")) is None
    sent.refresh_from_db()
    assert sent.state == "sent" and "4.4.1" in sent.why_not and contacts.safe_email(mrs_lee)


def test_a_report_about_nothing_of_ours_is_kept_to_be_looked_at(practice):
    reply = receiving.take_mail(mails.postfix("<somebody@else>"))
    assert reply and "automatic" in reply.remarks and "User unknown" in reply.text


def test_the_desk_is_asked_for_another_address_until_there_is_one(sent, mrs_lee, as_olga, as_ben):
    receiving.take_mail(mails.postfix(sent.message_id))
    page = as_olga.get(reverse("home"), follow=True).content.decode()
    assert "Mail to Mary Lee" in page and "came back: ask for another address" in page
    assert "Mary Lee" not in as_ben.get(reverse("home"), follow=True).content.decode()
    point = mrs_lee.contact_points.get()
    url = reverse("clients:edit_contact", args=[mrs_lee.pk, point.pk])
    assert url in page and "There is no such address" in as_olga.get(url).content.decode()
    said = {"kind": "email", "value": "mary@new.example", "whose": "own", "is_safe": "on", "may_say": "everything"}
    assert as_olga.post(url, said).status_code == 302
    assert "ask for another address" not in as_olga.get(reverse("home"), follow=True).content.decode()
    assert contacts.safe_email(mrs_lee).value == "mary@new.example"


def test_to_keep_the_same_address_says_that_it_is_right(sent, mrs_lee, olga):
    receiving.take_mail(mails.postfix(sent.message_id))
    point = mrs_lee.contact_points.get()
    contacts.put(mrs_lee, contacts.Way("email", point.value), point=point, by=olga)
    assert contacts.safe_email(mrs_lee) == point and not ContactPoint.objects.get().suspended_because


def test_a_letter_to_somebody_who_signs_came_back_and_the_desk_is_told(sent, mrs_lee, as_olga):
    Letter.objects.filter(pk=sent.pk).update(to="dad@example.org")
    receiving.take_mail(mails.postfix(sent.message_id, to="dad@example.org"))
    page = as_olga.get(reverse("home"), follow=True).content.decode()
    assert "A letter to Mary Lee" in page and "came back." in page and contacts.safe_email(mrs_lee)
