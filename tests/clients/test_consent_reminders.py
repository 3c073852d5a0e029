"""Reminders with a cap, and the end of what was not answered in time; twice, and by several at once, is once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from clients.domain import (
    consent,
    consent_letters,
    consent_reminders,
    consent_texts,
    conversation,
    signatories,
    signers,
    signing,
)
from clients.models import Client, Consent, ConsentRequest, ConsentText, ContactPoint
from clients.tasks import look_at_signing
from practice.domain import post
from practice.models import AuditEntry, Letter, Practice, Role
from tests import factories
from tests.clients.guardians import mina, of_age_from, parent
from tests.clients.signing import sign_together

db = pytest.mark.django_db
ASKED = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


def after(days: float) -> datetime:
    return ASKED + timedelta(days=days)


def look(days: float) -> int:
    Letter.objects.update(created_at=ASKED)  # nothing was written within the last minute
    return consent_reminders.look(now=after(days))


@pytest.fixture
def asked(mrs_lee, anna, text):
    return consent.ask(mrs_lee, text, by=anna, at=ASKED)


@db
def test_after_a_week_after_a_fortnight_more_and_then_never(asked):
    written = {days: look(days) for days in (0, 6.9, 7, 7.1, 20.9, 21, 22, 29.9)}
    assert [days for days, number in written.items() if number] == [7, 21]
    assert Letter.objects.filter(about=asked.request_id).count() == 3
    reminded = asked.steps.filter(kind="reminded").order_by("at")
    assert [(step.at, step.by) for step in reminded] == [(after(7), None), (after(21), None)]
    assert ConsentRequest.objects.get().reminders == 2


@db
@pytest.mark.parametrize(("cap", "written"), [(0, 0), (1, 1), (5, 2)])
def test_never_more_than_the_practice_says_and_never_after_the_last_day(asked, cap, written):
    Practice.objects.update(consent_reminders=cap)
    assert sum(look(days) for days in range(60)) == written


@db
@pytest.mark.parametrize("answered", ["signed", "declined", "replaced", "talk"])
def test_who_answered_or_wants_to_talk_first_is_not_reminded(asked, answered, mrs_lee, anna, text):
    if answered == "talk":
        signing.talk(asked, at=after(1))
    elif answered == "declined":
        signing.decline(asked, at=after(1))
    elif answered == "replaced":
        consent.ask(mrs_lee, text, by=anna, at=after(1), send=False)
    else:
        sign_together(asked, at=after(1))
    assert look(10) == 0


@db
def test_one_text_to_talk_about_keeps_the_other_from_being_reminded_of(mrs_lee, anna, texts):
    [request] = consent.ask_all(mrs_lee, list(texts.values()), [signers.Signer(None, "consent")], by=anna, at=ASKED)
    signing.talk(request.consents.first(), at=after(1))
    assert look(10) == 0


@db
def test_a_reminder_that_waits_to_leave_does_not_leave_once_she_wants_to_talk_first(mrs_lee, anna, text):
    asked = consent.ask(mrs_lee, text, by=anna, at=timezone.now() - timedelta(days=8))
    Letter.objects.update(created_at=ASKED)
    assert consent_reminders.look() == 1
    reminder = Letter.objects.order_by("-created_at").first()
    wanted = post.kinds[consent.KIND].still_wanted
    assert wanted(reminder)
    signing.talk(asked)
    assert not wanted(reminder)
    Letter.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert wanted(consent.post_request(asked.request, by=anna)), "sent again by hand, it is meant"


@db
def test_who_has_talked_it_through_wants_to_talk_no_more_and_is_reminded_a_week_later(mrs_lee, anna, text):
    now = timezone.now()
    asked = consent.ask(mrs_lee, text, by=anna, at=now - timedelta(days=6))
    Letter.objects.update(created_at=ASKED)
    signing.talk(asked)
    conversation.record(asked, conversation.Talked(day=timezone.localdate(), who="Mary Lee"), by=anna)
    assert Consent.objects.get(pk=asked.pk).status == "asked"
    assert consent.covers(mrs_lee, "walk", timezone.localdate()).state == "never"
    assert consent_reminders.look(now=now + timedelta(days=2)) == 0
    assert consent_reminders.look(now=now + timedelta(days=8)) == 1


@db
@pytest.mark.parametrize("change", [{"is_safe": False}, {"may_say": ContactPoint.MaySay.NOTHING}])
def test_never_to_an_address_that_is_not_safe(asked, mrs_lee, change):
    mrs_lee.contact_points.update(**change)
    assert look(10) == 0 and Letter.objects.count() == 1


@db
def test_not_when_no_letter_ever_went_nor_when_the_file_is_closed(mrs_lee, mr_ode, anna, ben, text):
    consent.ask(mrs_lee, text, by=anna, at=ASKED, send=False)
    consent.ask(mr_ode, text, by=ben, at=ASKED)
    Client.objects.filter(pk=mr_ode.pk).update(status=Client.Status.CLOSED)
    assert look(10) == 0


@db
def test_not_of_a_version_that_was_overtaken(asked, text):
    same = {name: getattr(text, name) for name in ("key", "language", "title", "modes", "body", "sha256")}
    ConsentText.objects.create(**same, version=text.version + 1, published_at=after(3))
    assert look(10) == 0


@db
def test_sent_again_by_hand_the_week_begins_anew(asked, anna):
    Letter.objects.update(created_at=ASKED)
    consent.post_request(asked.request, by=anna, at=after(5))
    assert look(8) == 0 and look(12) == 1


@db
def test_a_parent_is_reminded_until_they_sign_no_more(anna, text):
    of_age_from(18)
    teen = mina(anna)
    ada = parent(teen, "Ada Brook", by=anna)
    consent.ask_all(teen, [text], [signers.Signer(ada, "permission")], by=anna, at=ASKED)
    first = consent_letters.render(Letter.objects.get())
    assert look(8) == 1
    letter = Letter.objects.latest("created_at")
    words = consent_letters.render(letter)
    assert letter.to == "ada@example.net" and words.subject == "Something to read and to sign"
    assert "still waits" in words.text + words.html and "still waits" not in first.text
    assert "when you meet" not in words.text and "Mina" not in words.text
    signatories.end(ada, by=anna)
    assert look(25) == 0


@db
def test_what_is_not_answered_in_time_ends_once_with_its_links(asked, mrs_lee):
    assert look(30) == 0 and look(31) == 0
    asked.refresh_from_db()
    assert asked.status == "expired"
    assert [step.kind for step in asked.steps.order_by("at")][-1] == "expired"
    assert AuditEntry.objects.filter(body__contains='"consent.expired"').count() == 1
    assert consent.covers(mrs_lee, "walk", after(31).date()).words == "No consent yet"


@db
def test_the_wish_to_talk_outlives_the_link(asked, mrs_lee):
    signing.talk(asked, at=after(2))
    look(40)
    asked.refresh_from_db()
    assert asked.status == "talk"


@db
def test_the_task_may_run_twice(asked):
    Letter.objects.update(created_at=ASKED)
    look_at_signing()
    look_at_signing()
    asked.refresh_from_db()
    assert asked.status in ("expired", "asked")


def test_three_workers_at_once_write_one_reminder_and_one_end(fresh_db):
    factories.practice()
    anna = factories.user("Anna Reiter", Role.THERAPIST)
    consent_texts.publish_shipped()
    text = next(text for text in consent_texts.current() if text.key == "outdoors")
    consent.ask(factories.client("Mary Lee", anna), text, by=anna, at=ASKED)
    consent.ask(factories.client("Nora Field", anna), text, by=anna, at=ASKED - timedelta(days=30))
    Letter.objects.update(created_at=ASKED)
    gate = Barrier(3)

    def one(_number: int) -> int:
        try:
            gate.wait(10)
            return consent_reminders.look(now=after(8))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        written = list(pool.map(one, range(3)))
    assert sum(written) == 1 and Letter.objects.count() == 3
    assert AuditEntry.objects.filter(body__contains='"consent.expired"').count() == 1
    assert Consent.objects.filter(status="expired").count() == 1
