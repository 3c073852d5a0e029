"""What the provider of text messages tells us: only with its signature, each once, and answered in the same words."""

import uuid
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser
from django.urls import reverse
from twilio.request_validator import RequestValidator

from clients.domain import receiving
from clients.models import ContactPoint, Reply
from practice.config.texting import Texts
from practice.models import Letter

TOKEN = "a token of the tests"
TEXT = {"MessageSid": "SM1", "From": "+447700900123", "To": "+447700900999", "Body": "Running late", "NumMedia": "0"}


@pytest.fixture(autouse=True)
def provider(settings):
    settings.SMS, settings.BASE_URL = Texts(source="twilio", token=TOKEN), "https://practice.example"


@pytest.fixture
def number(mrs_lee):
    return ContactPoint.objects.create(client=mrs_lee, kind="text", value="07700 900123")


def hook(fields, name="text_hook", token=TOKEN, query="", **more):
    url = reverse(name) + query
    signature = RequestValidator(token).compute_signature(f"https://practice.example{url}", fields)
    browser = Browser(enforce_csrf_checks=True)
    body = urlencode(fields)
    given = {"headers": {"X-Twilio-Signature": signature}, "content_type": "application/x-www-form-urlencoded"} | more
    return browser.post(url, body, **given)


def test_a_text_message_is_kept_and_answered_in_one(number, mrs_lee):
    answer = hook(TEXT)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/xml")
    words = answer.content.decode().replace("\xa0", " ")
    assert "<Message>Thank you, your message is kept for Anna." in words and "116 123" in words
    reply = Reply.objects.get()
    assert (reply.client, reply.text, reply.channel) == (mrs_lee, "Running late", "text")
    sent = Letter.objects.get()
    assert (sent.channel, sent.state, sent.client) == ("text", "sent", mrs_lee.pk)


def test_the_same_again_is_kept_once_and_answered_alike_for_the_first_answer_may_be_lost(number):
    assert hook(TEXT).content == hook(TEXT).content and Reply.objects.count() == Letter.objects.count() == 1


def test_a_second_message_of_the_day_is_kept_and_not_answered(number):
    hook(TEXT)
    answer = hook(TEXT | {"MessageSid": "SM2", "Body": "Sorry"})
    assert b"<Response></Response>" in answer.content and Reply.objects.count() == 2


@pytest.mark.parametrize("change", [{"token": "another"}, {"headers": {}}, {"headers": {"X-Twilio-Signature": "é"}}])
def test_a_wrong_signature_is_refused_without_a_word(number, change):
    answer = hook(TEXT, **change)
    assert answer.status_code == 403 and not answer.content and not Reply.objects.exists()


def test_what_was_changed_on_the_way_is_refused(number):
    url = reverse("text_hook")
    signature = RequestValidator(TOKEN).compute_signature(f"https://practice.example{url}", TEXT)
    answer = Browser().post(
        url, "Body=Other&From=%2B447700900123", content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
    )  # fmt: skip
    assert answer.status_code == 403 and not Reply.objects.exists()


def test_too_much_another_form_and_another_method_are_refused(number):
    assert hook(TEXT | {"Body": "x" * 70_000}).status_code == 413
    assert hook(TEXT, content_type="application/json").status_code == 403
    assert Browser().get(reverse("text_hook")).status_code == 405
    assert not Reply.objects.exists()


def test_a_number_that_is_none_breaks_nothing(number):
    assert hook(TEXT, CONTENT_LENGTH="²").status_code == 413
    assert hook(TEXT | {"NumMedia": "²"}).status_code == 200 and Reply.objects.get().text == "Running late"


def test_where_no_provider_is_set_nothing_is_there(number, settings):
    settings.SMS = Texts()
    assert hook(TEXT, token="").status_code == 404


def test_a_discreet_number_is_told_neutrally_and_a_stopped_or_unsafe_one_nothing(number):
    ContactPoint.objects.filter(pk=number.pk).update(may_say="name_only")
    words = hook(TEXT).content.decode()
    assert "has arrived" in words and "Larch" not in words and "116" not in words and "020 7946 0142" in words
    assert b"<Message>" not in hook(TEXT | {"MessageSid": "SM2", "From": "+447700900124", "Body": "STOP"}).content
    Letter.objects.all().delete()
    ContactPoint.objects.filter(pk=number.pk).update(is_safe=False)
    assert b"<Message>" not in hook(TEXT | {"MessageSid": "SM3"}).content
    ContactPoint.objects.filter(pk=number.pk).update(is_safe=True)
    assert b"<Message>" not in hook(TEXT | {"MessageSid": "SM4", "Body": "STOP"}).content
    assert b"<Message>" not in hook(TEXT | {"MessageSid": "SM5"}).content
    assert Reply.objects.count() == 5


def test_markup_in_a_practices_name_does_not_break_the_answer(number, practice):
    practice.name = "A & <B>"
    practice.save(update_fields=["name"])
    assert b"A &amp; &lt;B&gt;" in hook(TEXT | {"From": "+447700900124"}).content


@pytest.mark.parametrize(("code", "suspends"), [("30005", True), ("30003", False)])
def test_a_text_message_that_was_not_delivered_came_back(number, mrs_lee, code, suspends):
    sent = Letter.objects.create(
        kind="x", key="x", channel="text", to="+447700900123", about=mrs_lee.pk, client=mrs_lee.pk, state="sent",
        due_at=mrs_lee.enquired_at, provider_id="SM9",
    )  # fmt: skip
    said = {"MessageSid": "SM9", "MessageStatus": "undelivered", "ErrorCode": code}
    assert hook(said, "text_status_hook").status_code == 204
    assert hook(said, "text_status_hook").status_code == 204
    sent.refresh_from_db()
    number.refresh_from_db()
    assert sent.state == "bounced" and code in sent.why_not and bool(number.suspended_at) == suspends


@pytest.mark.parametrize(("state", "called"), [("sent", "SM9"), ("leased", ""), ("uncertain", "")])
def test_what_is_said_before_we_know_what_it_is_called_counts_too(number, mrs_lee, state, called):
    held = {"lease": uuid.uuid4(), "lease_until": mrs_lee.enquired_at} if state == "leased" else {}
    sent = Letter.objects.create(
        kind="x", key="x", channel="text", to="+447700900123", about=mrs_lee.pk, client=mrs_lee.pk, state=state,
        due_at=mrs_lee.enquired_at, provider_id=called, **held,
    )  # fmt: skip
    said = {"MessageSid": "SM9", "MessageStatus": "failed", "ErrorCode": "30003"}
    assert hook(said, "text_status_hook", query=f"?letter={sent.pk}").status_code == 204
    sent.refresh_from_db()
    assert sent.state == "bounced" and sent.lease is None


@pytest.mark.parametrize("query", ["?letter={}", "?letter=", "?letter=%00", ""])
def test_a_message_of_another_name_or_none_changes_no_letter(number, mrs_lee, query):
    sent = Letter.objects.create(
        kind="x", key="x", channel="text", to="+447700900123", about=mrs_lee.pk, client=mrs_lee.pk, state="sent",
        due_at=mrs_lee.enquired_at, provider_id="SM8",
    )  # fmt: skip
    said = {"MessageSid": "SM9", "MessageStatus": "failed", "ErrorCode": "30003"}
    assert hook(said, "text_status_hook", query=query.format(sent.pk)).status_code == 204
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_what_arrived_or_is_unknown_changes_nothing(number):
    assert hook({"MessageSid": "SM9", "MessageStatus": "delivered"}, "text_status_hook").status_code == 204
    assert hook({"MessageSid": "", "MessageStatus": "failed"}, "text_status_hook").status_code == 204


def test_a_strange_number_is_kept_too(practice):
    for number, sender in enumerate(("", "Bank", "+1", "x" * 300)):
        assert receiving.take_text(receiving.Text(f"SM{number}", sender, "hello")).pk
