"""The outbox through a real SMTP server: once, in order, and honest about what it does not know."""

import email
import email.policy
import socket
import time
import uuid
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from practice.domain import post
from practice.models import Letter

pytestmark = pytest.mark.django_db


class Tray:
    """Takes letters; `answer` is what it says to the text."""

    answer = "250 taken"

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        if self.answer.startswith("250"):
            self.letters.append(envelope)
        if self.answer == "hang up":
            server.transport.abort()
        return self.answer


class Server(Controller):
    def factory(self):
        return SMTP(self.handler, enable_SMTPUTF8=True)


@pytest.fixture
def tray(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = Tray()
    server = Server(handler, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield handler
    server.stop()


@pytest.fixture
def wanted(monkeypatch):
    """A kind of letter that tests may stop wanting."""
    state = {"wanted": True}
    kind = post.LetterKind(
        still_wanted=lambda letter: state["wanted"],
        render=lambda letter: post.Rendered("Thursday, 14:00", "Until then.", "<p>Until then.</p>", "Larch"),
    )
    monkeypatch.setitem(post.kinds, "test", kind)
    return state


def write(key="k", **fields):
    return post.write("test", key=key, to="mary.lee@example.org", about=uuid.uuid4(), **fields)


def state(letter):
    letter.refresh_from_db()
    return letter.state


def test_a_letter_is_sent_once_however_often_one_looks(tray, wanted):
    letter = write()
    assert [post.dispatch(), post.dispatch()] == [1, 0]
    assert state(letter) == Letter.State.SENT
    [envelope] = tray.letters
    text = envelope.content.decode()
    assert envelope.rcpt_tos == ["mary.lee@example.org"]
    assert f"Message-ID: {letter.message_id}" in text
    assert "From: Larch <" in text
    assert "text/plain" in text and "text/html" in text


@pytest.mark.parametrize("sender", ["Reiter, Castle & Partners", "Larch: walks", "Anna\r\nBcc: e@x.org", "Ünal @ home"])
def test_any_name_can_be_a_sender(tray, wanted, monkeypatch, sender):
    kind = post.LetterKind(lambda letter: True, lambda letter: post.Rendered("One\r\nBcc: x", "Text", "<p>", sender))
    monkeypatch.setitem(post.kinds, "test", kind)
    letter = write()
    assert post.dispatch() == 1
    assert state(letter) == Letter.State.SENT
    [envelope] = tray.letters
    read = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert read["bcc"] is None
    assert read["from"].addresses[0].display_name == " ".join(sender.split())
    assert envelope.rcpt_tos == ["mary.lee@example.org"]


def test_the_same_key_is_one_letter(tray, wanted):
    assert write("same").pk == write("same").pk
    post.dispatch()
    assert len(tray.letters) == 1


def test_a_letter_waits_for_its_hour(tray, wanted):
    letter = write(due_at=timezone.now() + timedelta(hours=1))
    assert post.dispatch() == 0
    assert state(letter) == Letter.State.DUE


def test_no_longer_wanted_is_not_sent(tray, wanted):
    letter = write()
    wanted["wanted"] = False
    post.dispatch()
    assert state(letter) == Letter.State.CANCELLED
    assert not tray.letters


def test_too_late_is_not_sent(tray, wanted):
    letter = write(not_after=timezone.now() - timedelta(minutes=1))
    post.dispatch()
    assert state(letter) == Letter.State.EXPIRED
    assert not tray.letters


def test_cancelled_before_it_left(tray, wanted):
    letter = write()
    assert post.cancel(about=letter.about) == 1
    assert post.dispatch() == 0
    assert state(letter) == Letter.State.CANCELLED


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("451 later", Letter.State.RETRY),
        ("550 nobody here", Letter.State.DEAD),
        ("hang up", Letter.State.UNCERTAIN),
    ],
)
def test_what_the_mail_server_says_decides(tray, wanted, answer, expected):
    tray.answer = answer
    letter = write()
    assert post.dispatch() == 0
    assert state(letter) == expected


def test_nobody_listening_is_tried_again_and_then_given_up(settings, wanted):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    letter = write()
    for attempt in range(1, 6):
        post.dispatch(now=timezone.now() + attempt * timedelta(hours=2))
        assert state(letter) == Letter.State.RETRY
        assert letter.attempts == attempt
    post.dispatch(now=timezone.now() + timedelta(hours=12))
    assert state(letter) == Letter.State.DEAD


def test_a_sender_that_died_leaves_an_uncertain_letter(tray, wanted):
    letter = write()
    leased = post._claim(timezone.now())
    assert leased is not None
    assert leased.pk == letter.pk
    Letter.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert post.dispatch() == 0
    assert state(letter) == Letter.State.UNCERTAIN
    assert not tray.letters


def test_a_late_sender_cannot_mark_a_letter_that_was_given_up(tray, wanted):
    letter = write()
    leased = post._claim(timezone.now())
    assert leased is not None
    Letter.objects.update(state=Letter.State.UNCERTAIN, lease=None)
    assert not post._mark(leased, Letter.State.SENT)
    assert state(letter) == Letter.State.UNCERTAIN


@pytest.mark.parametrize("values", [{"state": "lost"}, {"state": "leased", "lease": None}])
def test_the_database_knows_the_states(wanted, values):
    letter = write()
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**values)


def test_booking_stands_when_the_broker_is_away_and_waits_for_nothing(
    wanted, valkey_away, django_capture_on_commit_callbacks
):
    begun = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True), connection.cursor():
        letter = write()
    assert state(letter) == Letter.State.DUE
    assert time.monotonic() - begun < 3, "Celery's own patience is six seconds for each hint"


def test_a_kind_that_nobody_knows_ends_and_the_turn_goes_on(tray, wanted):
    strange = post.write(
        "of old", key="o", to="x@example.org", about=uuid.uuid4(), due_at=timezone.now() - timedelta(1)
    )
    known = write()
    assert post.dispatch() == 1
    assert (state(strange), state(known)) == ("dead", "sent")
    assert strange.why_not == "Nothing here knows this kind of letter any more."
