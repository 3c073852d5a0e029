"""On Today: what was not answered in time, and who comes of age."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import (
    consent,
    consent_demo,
    consent_papers,
    consent_reminders,
    consent_texts,
    signatories,
    signers,
    signing,
)
from practice.models import Role
from sessions.domain import hand, hand_signing, waiting
from tests import factories
from tests.clients.guardians import mina, of_age_from, parent

pytestmark = pytest.mark.django_db


@pytest.fixture
def text(db):
    consent_texts.publish_shipped()
    return next(text for text in consent_texts.current() if text.key == "outdoors")


@pytest.fixture
def family(anna, text):
    """Asked 31 days ago, both of them, and nobody answered."""
    of_age_from(18)
    teen = mina(anna)
    wanted = [signers.Signer(None, "assent"), signers.Signer(parent(teen, "Ada Brook", by=anna), "permission")]
    consent.ask_all(teen, [text], wanted, by=anna, at=timezone.now() - timedelta(days=31), send=False)
    consent_reminders.look()
    return teen


def lines(reader):
    return [(one.word, one.rest) for one in hand_signing.of(reader, timezone.now())]


def test_the_therapist_is_told_who_did_not_answer_and_others_are_not(family, anna, ben, olga, rosa):
    assert sorted(rest for _word, rest in lines(anna)) == [
        "(“Walking together: what we agree”) was not answered by Ada Brook in time.",
        "(“Walking together: what we agree”) was not answered in time.",
    ]
    assert not lines(ben) and not lines(olga) and not lines(rosa)
    assert "was not answered" in " ".join(
        one.rest for one in hand.of(anna, now=timezone.now(), today=timezone.localdate())
    )


def test_asked_again_it_is_gone_and_of_who_signs_no_more_too(family, anna, text):
    consent.ask(family, text, by=anna, send=False)
    assert ["Ada Brook" in rest for _word, rest in lines(anna)] == [True]
    signatories.end(family.signatories.get(), by=anna)
    assert not lines(anna)


def test_who_comes_of_age_is_seen_thirty_days_ahead(family, anna):
    today = timezone.localdate()
    for days, seen in ((31, False), (30, True), (1, True), (0, False)):
        born = today + timedelta(days=days)
        family.birth_date = born.replace(year=born.year - 18)
        family.save(update_fields=["birth_date"])
        assert any(word == "Of age" for word, _rest in lines(anna)) == seen


def test_who_wants_to_talk_or_said_no_is_named_whoever_it_is(family, anna, text):
    ada = family.signatories.get()

    def said() -> list[tuple[str, str]]:
        return [(one.link, one.rest) for one in waiting.lines(hand._talks(anna))]

    [asked] = consent.ask_all(family, [text], [signers.Signer(ada, "permission")], by=anna)
    signing.talk(asked.consents.get())
    assert said() == [("Ada Brook, for Mina Brook,", f"would like to talk about “{text.title}” first.")]
    signing.decline(asked.consents.get())
    consent.ask(family, text, by=anna)
    assert said() == [("Ada Brook, for Mina Brook,", f"said no to “{text.title}”.")]
    consent.ask_all(family, [text], [signers.Signer(ada, "permission")], by=anna)
    assert not said()


def test_her_own_page_holds_nothing_of_what_a_parent_was_asked_or_signed(family, anna, text):
    login = factories.user("Mina Brook", Role.CLIENT, email="mina.brook@example.org")
    family.user = login
    family.save(update_fields=["user"])
    ada, browser = family.signatories.get(), Browser()
    browser.force_login(login)
    signed = consent_demo.sign_for_demo(
        family, text, on=timezone.now(), by=anna, signer=signers.Signer(ada, "permission")
    )
    consent.ask_all(family, [text], [signers.Signer(ada, "permission")], by=anna, send=False)
    paper = consent_papers.paper_of(signed)
    assert text.title not in browser.get(reverse("sessions:mine")).content.decode()
    assert browser.get(reverse("sessions:paper", args=[paper.pk])).status_code == 404
    own = consent_demo.sign_for_demo(family, text, on=timezone.now(), by=anna)
    assert text.title in browser.get(reverse("sessions:mine")).content.decode()
    assert browser.get(reverse("sessions:paper", args=[consent_papers.paper_of(own).pk])).status_code == 200


def test_as_many_queries_for_one_as_for_three(family, anna, text):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            lines(anna)
        return len(found)

    queries()
    one = queries()
    for name in ("Bob Brook", "Carl Brook"):
        signer = signers.Signer(parent(family, name, by=anna), "permission")
        consent.ask_all(family, [text], [signer], by=anna, at=timezone.now() - timedelta(days=31), send=False)
    consent_reminders.look()
    assert queries() == one and len(lines(anna)) == 4
