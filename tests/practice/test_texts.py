"""Text messages through a real HTTP server: once, and honest about what it does not know."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from practice.config import texting
from practice.config.addresses import Misconfigured
from practice.domain import post, texts
from practice.models import Letter
from tests.practice import text_server
from tests.practice.text_server import SID, Service

NUMBER = "+447700900123"
SET = {
    "ALONGSIDE_SMS": "twilio",
    "ALONGSIDE_SMS_SID": SID,
    "ALONGSIDE_SMS_TOKEN": "hush",
    "ALONGSIDE_SMS_FROM": "+442079460142",
}


@pytest.fixture
def service(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    kind = post.LetterKind(lambda letter: True, lambda letter: post.Rendered("", "Larch: Thu 4 Mar, 10:00.", ""))
    monkeypatch.setitem(post.kinds, "test", kind)
    with text_server.running() as found:
        settings.SMS = texting.read(SET | {"ALONGSIDE_SMS_URL": found.url}, "practice")
        yield found


def write(**fields: Any) -> Letter:
    return post.write("test", key="k", to=NUMBER, about=uuid.uuid4(), channel=Letter.Channel.TEXT, **fields)


@pytest.mark.django_db
class TestTwilio:
    def test_a_text_message_leaves_once_and_its_number_is_kept(self, service: Service) -> None:
        letter = write()
        assert [post.dispatch(), post.dispatch()] == [1, 0]
        letter.refresh_from_db()
        assert (letter.state, letter.provider_id) == ("sent", "SM" + "1" * 32)
        [handed] = service.handed
        assert handed["path"] == f"/2010-04-01/Accounts/{SID}/Messages.json"
        assert (handed["To"], handed["From"]) == (NUMBER, "+442079460142")
        assert handed["Body"] == "Larch: Thu 4 Mar, 10:00."
        assert handed["StatusCallback"].endswith(f"/hooks/text/status?letter={letter.pk}")
        assert (service.logins[0] or "").startswith("Basic ")

    @pytest.mark.parametrize(
        ("answer", "state"),
        [
            (text_server.refuse(400), "dead"),
            (text_server.refuse(404), "dead"),
            (text_server.refuse(401), "retry"),
            (text_server.refuse(429), "retry"),
            (text_server.refuse(500), "uncertain"),
            (text_server.refuse(503), "uncertain"),
            (text_server.hang_up, "uncertain"),
            (text_server.say(201), "sent"),
        ],
    )
    def test_what_the_service_says_decides(self, service: Service, answer: Any, state: str) -> None:
        service.answer = answer
        letter = write()
        for turn in range(3):
            post.dispatch(now=timezone.now() + timedelta(seconds=15 * turn))
        letter.refresh_from_db()
        assert letter.state == state
        assert len(service.handed) == 1, "never again by itself"
        assert bool(letter.why_not) == (state in ("dead", "uncertain"))

    def test_a_service_that_never_answers_leaves_it_doubtful(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(texts, "SECONDS", 0.2)
        service.answer = lambda handler: service.closing.wait(30) and None
        letter = write()
        post.dispatch()
        letter.refresh_from_db()
        assert letter.state == "uncertain"

    def test_nobody_listening_is_tried_again(self, service: Service, settings: Any) -> None:
        settings.SMS = texting.read(SET | {"ALONGSIDE_SMS_URL": "http://127.0.0.1:9"}, "practice")
        letter = write()
        post.dispatch()
        letter.refresh_from_db()
        assert (letter.state, letter.attempts) == ("retry", 1)

    def test_where_they_are_switched_off_the_log_says_so(self, service: Service, settings: Any) -> None:
        settings.SMS = texting.read({}, "practice")
        letter = write()
        post.dispatch()
        letter.refresh_from_db()
        assert (letter.state, letter.why_not) == ("cancelled", "Text messages are switched off.")
        assert service.handed == []

    def test_one_that_is_too_long_is_refused_here(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        kind = post.LetterKind(lambda letter: True, lambda letter: post.Rendered("", "x" * 400, ""))
        monkeypatch.setitem(post.kinds, "test", kind)
        letter = write()
        post.dispatch()
        letter.refresh_from_db()
        assert letter.state == "dead" and service.handed == []

    def test_the_demo_keeps_them_in_private_files(self, service: Service, settings: Any, tmp_path: Path) -> None:
        from dataclasses import replace

        settings.SMS, settings.ENVIRONMENT = texting.Texts("file"), replace(settings.ENVIRONMENT, home=tmp_path)
        letter = write()
        post.dispatch()
        letter.refresh_from_db()
        [file] = (tmp_path / "texts").iterdir()
        assert letter.state == "sent" and letter.provider_id == file.stem
        assert json.loads(file.read_text())["to"] == NUMBER and file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"ALONGSIDE_SMS": "pigeon"}, "ALONGSIDE_SMS is 'pigeon': it must be off, file or twilio."),
        ({"ALONGSIDE_SMS": "file"}, "ALONGSIDE_SMS is 'file', which sends nothing"),
        ({"ALONGSIDE_SMS_SID": "me"}, "ALONGSIDE_SMS_SID is not an account of Twilio"),
        ({"ALONGSIDE_SMS_FROM": "020 7946 0142"}, "ALONGSIDE_SMS_FROM is '020 7946 0142': a number such as"),
        ({"ALONGSIDE_SMS_FROM": ""}, "ALONGSIDE_SMS_FROM is '': a number such as"),
        ({"ALONGSIDE_SMS_TOKEN": ""}, "ALONGSIDE_SMS_TOKEN is not set"),
        ({"ALONGSIDE_SMS_TOKEN_FILE": "/nowhere"}, "ALONGSIDE_SMS_TOKEN and ALONGSIDE_SMS_TOKEN_FILE are both set"),
        ({"ALONGSIDE_SMS_TOKEN": "", "ALONGSIDE_SMS_TOKEN_FILE": "/nowhere"}, "'/nowhere', which cannot be read"),
        ({"ALONGSIDE_SMS_URL": "http://sms.example"}, "ALONGSIDE_SMS_URL must start with https://"),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(change: dict[str, str], says: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        texting.read(SET | change, "practice")
    assert says in str(refused.value) and "hush" not in str(refused.value)


def test_a_real_practice_sends_none_until_its_owner_says_by_whom_and_a_demo_writes_them_down(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("hush\n")
    read = texting.read(SET | {"ALONGSIDE_SMS_TOKEN": "", "ALONGSIDE_SMS_TOKEN_FILE": str(file)}, "practice")
    assert (read.token, read.url) == ("hush", "https://api.twilio.com") and "hush" not in repr(read)
    assert [texting.read({}, mode).source for mode in ("practice", "demo", "test")] == ["off", "file", "off"]
