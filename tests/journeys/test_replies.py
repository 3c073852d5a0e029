"""A reply that worries reaches the therapist; the desk sees that a message waits, and when a mail came back."""

import os
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from practice.domain import hints
from practice.models import CoverPerson, Letter, Practice
from sessions.domain import reminders
from tests import factories
from tests.journeys.conftest import DESK, PHONE, ROOT, Served, accessible, sign_in, until
from tests.practice import mails

HERS = "ines.marlow@example.org"
ANNA, BEN, OLGA = (f"{name}@larchstreet.example" for name in ("anna.reiter", "ben.castle", "olga.brandt"))
WORDS = "I can’t do this any more"


@pytest.fixture(autouse=True)
def receives(monkeypatch):
    """Web server, worker and pipe know where answers go; before they are started."""
    monkeypatch.setenv("ALONGSIDE_REPLY_ADDRESS", "post@practice.example")


def words(letter: EmailMessage) -> str:
    """Both sides of a letter, as they are read."""
    return str(letter["Subject"]) + "".join(part.get_content() for part in letter.iter_parts())


def pipe(mail: bytes, fresh_db) -> None:
    """As a mail server hands it over."""
    command = [sys.executable, str(ROOT / "manage.py"), "receive_mail"]
    done = subprocess.run(
        command, input=mail, env=os.environ | {"DATABASE_URL": fresh_db.url}, timeout=60, capture_output=True
    )
    assert done.returncode == 0, done.stderr


def people() -> str:
    """Ines meets Anna in three hours and is reminded now, at whatever hour; Ben covers, Olga is at the desk."""
    factories.practice()
    Practice.objects.update(quiet_from=time(0), quiet_until=time(0))
    anna, ben = (factories.user(name, "therapist") for name in ("Anna Reiter", "Ben Castle"))
    factories.user("Olga Brandt", "front_desk")
    CoverPerson.objects.create(user=ben, position=1)
    ines = factories.client("Ines Marlow", anna)
    session = factories.session(anna, ines, starts_at=datetime.now(UTC) + timedelta(hours=3))
    assert reminders.write(session)
    Letter.objects.update(due_at=datetime.now(UTC))
    hints.send("practice.tasks.dispatch_post")
    return f"/clients/{ines.pk}/"


def test_a_reply_that_worries_reaches_the_therapist(served: Served, window, fresh_db):
    hers = people()
    phone, front = window(PHONE).page(), window(DESK).page()
    sign_in(phone, served, ANNA, factories.PASSWORD)
    sign_in(front, served, OLGA, factories.PASSWORD)

    # She answers the reminder from her telephone; the mail server hands it over.
    reminder = served.tray.to(HERS)
    own = str(reminder["Reply-To"])
    assert own.startswith("post+") and own.endswith("@practice.example")
    answer = mails.plain(
        f"{WORDS}.\n\nOn Thu, 26 Nov 2026 at 18:00, Larch Street wrote:\n> See you then", From=f"Ines <{HERS}>", To=own
    )
    pipe(answer, fresh_db)
    pipe(answer, fresh_db)

    # At once she reads who helps now, and those who should read it are told, without a name.
    kept = served.tray.to(HERS, "Your message")
    assert kept["Auto-Submitted"] == "auto-replied" and "Samaritans 116\u00a0123" in words(kept)
    for address, subject in ((ANNA, "should be read now"), (BEN, "Please make sure")):
        told = words(served.tray.to(address, subject))
        assert "should be read now" in told and "Marlow" not in told and "any more" not in told
    assert len([one for one in served.tray.letters if one["Subject"] == "Your message"]) == 1

    # The desk sees that a message waits, and no word of it.
    for address in ("/sessions/today", hers):
        front.goto(f"{served.url}{address}")
        expect(
            front.get_by_text("a message waits since").or_(front.get_by_text("A message waits since"))
        ).to_be_visible()
        assert "any more" not in front.content() and "read this now" not in front.content()
        accessible(front)

    # Anna sees it first, reads it, rings, and says so.
    phone.goto(f"{served.url}/sessions/today")
    expect(phone.get_by_text("please read this now.")).to_be_visible()
    accessible(phone)
    phone.get_by_role("link", name="Ines Marlow wrote:").click()
    expect(phone.get_by_role("heading", name="Messages")).to_be_visible()
    accessible(phone)
    phone.locator("main .rows a").first.click()
    expect(phone.locator("main article")).to_contain_text(f"{WORDS}.")
    expect(phone.get_by_text("not validated")).to_be_visible()
    accessible(phone)
    phone.get_by_role("button", name="Answered").click()
    expect(phone.get_by_text("It leaves Today.")).to_be_visible()
    front.goto(f"{served.url}/sessions/today")
    expect(front.get_by_text("a message waits")).to_have_count(0)


def test_somebody_unknown_is_given_to_nobody_by_guessing_and_what_came_back_waits_at_the_desk(
    served: Served, window, fresh_db
):
    people()
    phone, front = window(PHONE).page(), window(DESK).page()
    sign_in(phone, served, ANNA, factories.PASSWORD)
    sign_in(front, served, OLGA, factories.PASSWORD)
    pipe(mails.plain("It is me, from my sister's telephone.", From="sister@example.net"), fresh_db)
    phone.goto(f"{served.url}/sessions/today")
    phone.get_by_role("link", name="1 message").click()
    expect(phone.get_by_role("heading", name="From whom?")).to_be_visible()
    accessible(phone)
    phone.locator("main .rows a").first.click()
    accessible(phone)
    phone.get_by_label("It is from").select_option(label="Ines Marlow")
    phone.get_by_role("button", name="Keep it in their file").click()
    expect(phone.get_by_text("Kept with Ines Marlow.")).to_be_visible()

    reminder = served.tray.to(HERS)
    message_id, own = str(reminder["Message-ID"]), str(reminder["Reply-To"])
    until(lambda: _is_sent(message_id), what="the letter to be marked as sent")
    pipe(mails.postfix(message_id, to=HERS).replace(b"post@practice.example", own.encode()), fresh_db)
    front.goto(f"{served.url}/sessions/today")
    expect(front.get_by_text("came back: ask for another address.")).to_be_visible()
    accessible(front)
    front.get_by_role("link", name="Mail to Ines Marlow").click()
    expect(front.get_by_text("There is no such address")).to_be_visible()
    accessible(front)
    front.get_by_label("address or number").fill("ines@new.example")
    front.get_by_role("button", name="Keep").click()
    front.goto(f"{served.url}/sessions/today")
    expect(front.get_by_text("ask for another address")).to_have_count(0)


def _is_sent(message_id: str) -> bool:
    from practice.models import Letter

    return Letter.objects.filter(pk=message_id.strip("<>").partition("@")[0], state="sent").exists()
