"""The demo's letter tray: a letter is seen as it arrives, and can do nothing."""

import uuid
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from practice.config import texting
from practice.domain import texts
from practice.models import Practice
from practice.views import demo

pytestmark = pytest.mark.django_db


@pytest.fixture
def tray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(demo, "_tray", lambda: tmp_path)
    letter = EmailMessage()
    letter["Subject"], letter["To"], letter["From"] = "Monday, 10:00", "ines@example.org", "post@example.org"
    letter["Date"] = "Sun, 22 Nov 2026 21:11:03 +0000"
    letter.set_content("One line.\n\nhttp://127.0.0.1:8000/r/token")
    letter.add_alternative('<html><head></head><body style="color:red">One line.</body></html>', subtype="html")
    (tmp_path / "one.eml").write_bytes(letter.as_bytes())
    return tmp_path


def test_a_letter_is_seen_as_it_arrives_and_its_links_can_be_followed(tray: Path, practice: Practice) -> None:
    page = Browser().get("/demo/mail/one")
    words = page.content.decode()
    assert 'src="/demo/mail/one/page"' in words and "Sunday 22 November" in words
    assert '<a href="http://127.0.0.1:8000/r/token" rel="nofollow">' in words
    assert "frame-src 'self'" in page["Content-Security-Policy"]


def test_the_letter_itself_runs_nothing_and_is_framed_by_us_alone(tray: Path) -> None:
    letter = Browser().get("/demo/mail/one/page")
    rules = letter["Content-Security-Policy"]
    assert 'style="color:red"' in letter.content.decode() and '<base target="_top">' in letter.content.decode()
    assert "default-src 'none'" in rules and "script-src" not in rules and "frame-ancestors 'self'" in rules
    assert letter["X-Frame-Options"] == "SAMEORIGIN"
    assert Browser().get("/demo/mail/two/page").status_code == 404


@pytest.mark.parametrize("tail", ["", "/page"])
def test_what_is_not_a_letter_is_not_there(tray: Path, tail: str) -> None:
    assert Browser().get("/demo/mail/" + "a" * 300 + tail).status_code == 404


def test_a_letter_in_an_unknown_charset_is_shown_as_well_as_it_can_be(tray: Path, practice: Practice) -> None:
    (tray / "odd.eml").write_bytes(b"Subject: x\nContent-Type: text/plain; charset=klingon\n\nOne line.")
    assert b"One line." in Browser().get("/demo/mail/odd").content


def test_text_messages_lie_beside_the_letters(tray: Path, tmp_path: Path, settings: Any, practice: Practice) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=tmp_path)
    settings.SMS = texting.Texts("file")
    words = "Larch Street: Thu 4 Mar, 10:00. http://127.0.0.1:8000/r/token/"
    texts.send(to="+447700900123", text=words, letter=uuid.uuid4())
    page = Browser().get("/demo/mail").content.decode()
    assert "+447700900123" in page and '<a href="http://127.0.0.1:8000/r/token/"' in page
