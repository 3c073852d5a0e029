"""On Today: what was not answered in time, and who comes of age."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.domain import consent, consent_reminders, consent_texts, signatories, signers
from sessions.domain import hand, hand_signing
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
        "Ada Brook did not answer “Walking together: what we agree” in time.",
        "Mo did not answer “Walking together: what we agree” in time.",
    ]
    assert not lines(ben) and not lines(olga) and not lines(rosa)
    assert "did not answer" in " ".join(
        one.rest for one in hand.of(anna, now=timezone.now(), today=timezone.localdate())
    )


def test_asked_again_it_is_gone_and_of_who_signs_no_more_too(family, anna, text):
    consent.ask(family, text, by=anna, send=False)
    assert [rest[:9] for _word, rest in lines(anna)] == ["Ada Brook"]
    signatories.end(family.signatories.get(), by=anna)
    assert not lines(anna)


def test_who_comes_of_age_is_seen_thirty_days_ahead(family, anna):
    today = timezone.localdate()
    for days, seen in ((31, False), (30, True), (1, True), (0, False)):
        born = today + timedelta(days=days)
        family.birth_date = born.replace(year=born.year - 18)
        family.save(update_fields=["birth_date"])
        assert any(word == "Of age" for word, _rest in lines(anna)) == seen


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
