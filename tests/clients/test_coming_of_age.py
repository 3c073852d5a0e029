"""Of age: parents see and sign nothing from the birthday on, and the client is asked anew."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.domain import (
    beside,
    coming_of_age,
    consent,
    consent_copies,
    consent_demo,
    consent_letters,
    signers,
    signing,
)
from clients.domain.consent import State
from clients.models import Client, Consent
from practice.models import AuditEntry, Letter, Practice
from tests.clients.guardians import BORN, mina, of_age_from, parent
from tests.clients.signing import sign_together

pytestmark = pytest.mark.django_db
BIRTHDAY = date(2028, 3, 9)
MIDNIGHT = datetime(2028, 3, 9, 0, 0, tzinfo=UTC)


@pytest.fixture
def family(anna, text):
    """Mina and Ada; Mina signed half a year before the birthday, Ada is asked still."""
    of_age_from(18)
    teen = mina(anna, birth_date=BORN)
    ada = parent(teen, "Ada Brook", by=anna, may_see="times")
    consent_demo.sign_for_demo(teen, text, on=MIDNIGHT - timedelta(days=150), by=anna)
    wanted = [signers.Signer(ada, "permission")]
    consent.ask_all(teen, [text], wanted, by=anna, at=MIDNIGHT - timedelta(days=5))
    return teen, ada


def test_on_the_eve_nothing_changes_and_on_the_day_it_is_handed_over(family):
    teen, ada = family
    assert coming_of_age.look(now=MIDNIGHT - timedelta(minutes=1)) == 0
    assert coming_of_age.look(now=MIDNIGHT) == 1
    ada.refresh_from_db()
    assert ada.ended_at == MIDNIGHT
    assert Consent.objects.get(signatory=ada).status == "expired"
    assert Letter.objects.get(to="ada@example.net").state == Letter.State.CANCELLED
    own = Consent.objects.open().get()
    assert (own.signatory, own.meaning, own.asked_by) == (None, "consent", consent.lead_of(teen))
    assert Letter.objects.filter(to="mina.brook@example.org", about=own.request_id).count() == 1
    assert AuditEntry.objects.filter(body__contains='"signatory.ended"').count() == 1


def test_what_was_opened_or_written_on_the_eve_ends_at_midnight(family, anna, monkeypatch):
    _teen, ada = family
    eve = MIDNIGHT - timedelta(minutes=30)
    monkeypatch.setattr(timezone, "now", lambda: eve)
    beside.invite(ada, by=anna)
    ada.refresh_from_db()
    signed = sign_together(Consent.objects.get(signatory=ada), at=eve)
    hers, anybody = Browser(), Browser()
    hers.force_login(ada.user)
    page = hers.post(reverse("clients:own_consent", args=[signed.pk])).url
    copy = Letter.objects.get(kind=consent_copies.KIND)
    assert anybody.get(page).status_code == 200 and consent_copies.still_wanted(copy)
    monkeypatch.setattr(timezone, "now", lambda: MIDNIGHT)
    assert anybody.get(page).status_code == 410 and not consent_copies.still_wanted(copy)


def test_twice_is_once_and_after_a_year_without_an_answer_nobody_is_asked_again(family):
    for day in (0, 0, 1, 40, 400):
        coming_of_age.look(now=MIDNIGHT + timedelta(days=day))
        Consent.objects.open().update(status="expired")
    assert Consent.objects.filter(signatory=None, meaning="consent").count() == 1


@pytest.mark.parametrize(
    ("zone", "hour", "is_grown"),
    [("Europe/London", 0, True), ("America/Los_Angeles", 0, False), ("America/Los_Angeles", 8, True),
     ("Asia/Tokyo", -9, True), ("Asia/Tokyo", -10, False)],
)  # fmt: skip
def test_the_day_begins_where_the_practice_is(family, zone, hour, is_grown):
    Practice.objects.update(time_zone=zone)
    assert bool(coming_of_age.look(now=MIDNIGHT + timedelta(hours=hour))) == is_grown


def test_born_on_29_february_it_is_1_march(anna, text):
    of_age_from(18)
    leap = mina(anna, birth_date=BORN)
    Client.objects.filter(pk=leap.pk).update(birth_date=date(2008, 2, 29))
    parent(leap, "Ada Brook", by=anna)
    assert coming_of_age.look(now=datetime(2026, 2, 28, 23, 59, tzinfo=UTC)) == 0
    assert coming_of_age.look(now=datetime(2026, 3, 1, 0, 1, tzinfo=UTC)) == 1


def test_what_was_signed_under_age_runs_out_and_the_new_agreement_covers_again(family, anna, text):
    teen, ada = family
    permission = Consent.objects.get(signatory=ada)
    sign_together(permission, at=MIDNIGHT - timedelta(days=2))
    eve = BIRTHDAY - timedelta(days=1)
    assert consent.covers(teen, "walk", eve).state == State.COVERED
    coming_of_age.look(now=MIDNIGHT)
    stands = consent.covers(teen, "walk", BIRTHDAY)
    assert stands.state == State.RAN_OUT and "Of age since" in stands.words
    sign_together(Consent.objects.open().get(), at=MIDNIGHT + timedelta(days=1))
    assert consent.covers(teen, "walk", BIRTHDAY + timedelta(days=1)).state == State.COVERED
    permission.refresh_from_db()
    assert permission.status == "signed"


def test_a_link_of_a_parent_is_dead_on_the_day_without_any_night(as_mallory, anna, text):
    of_age_from(18)
    now = timezone.now()
    tomorrow = now.date() + timedelta(days=1)
    for day, answers in ((tomorrow, 200), (now.date(), 410)):
        teen = mina(anna, birth_date=day.replace(year=day.year - 18))
        ada = parent(teen, "Ada Brook", by=anna)
        wanted = [signers.Signer(ada, "permission")]
        [request] = consent.ask_all(teen, [text], wanted, by=anna, at=now - timedelta(days=3))
        mail = consent_letters.render(Letter.objects.get(about=request.pk)).text
        address = reverse("sign_consent", args=[re.search(r"/s/([\w-]+)/", mail)[1]])
        assert as_mallory.get(address).status_code == answers


@pytest.mark.parametrize("said", ["nothing", "declined", "taken back in part"])
def test_signed_alone_under_age_is_asked_anew_unless_the_newest_answer_is_no(anna, text, said):
    of_age_from(18, minor_age=16)
    teen = mina(anna, birth_date=BORN)
    signed = consent_demo.sign_for_demo(teen, text, on=MIDNIGHT - timedelta(days=90), by=anna)
    assert signed.meaning == "consent"
    if said == "declined":
        asked = consent.ask(teen, text, by=anna, at=MIDNIGHT - timedelta(days=50))
        signing.decline(asked, at=MIDNIGHT - timedelta(days=49))
    elif said == "taken back in part":
        consent.withdraw(signed, by=None, modes=["walk"], at=MIDNIGHT - timedelta(days=50))
    assert coming_of_age.look(now=MIDNIGHT) == (said == "nothing")
    assert Consent.objects.open().exists() == (said == "nothing")


def test_without_a_safe_address_parents_end_and_the_letter_waits(family):
    teen, ada = family
    teen.contact_points.update(is_safe=False)
    coming_of_age.look(now=MIDNIGHT)
    ada.refresh_from_db()
    assert ada.ended_at and not Consent.objects.open().exists()
    teen.contact_points.update(is_safe=True)
    coming_of_age.look(now=MIDNIGHT + timedelta(days=1))
    assert Consent.objects.open().get().meaning == "consent"


def test_what_keeps_the_letter_from_being_written_keeps_nobody_from_coming_of_age(family):
    Practice.objects.update(phone="", email="")
    _teen, ada = family
    coming_of_age.look(now=MIDNIGHT)
    ada.refresh_from_db()
    assert ada.ended_at and not Consent.objects.open().exists()


@pytest.mark.parametrize("relation", ["partner", "representative"])
def test_a_partner_and_a_representative_stay(anna, text, relation):
    of_age_from(18)
    teen = mina(anna, birth_date=BORN)
    other = parent(teen, "Rae Stone", by=anna, relation=relation)
    coming_of_age.look(now=MIDNIGHT)
    other.refresh_from_db()
    assert other.ended_at is None


def test_while_the_age_is_not_set_nothing_is_handed_over(family):
    of_age_from(None)
    assert coming_of_age.look(now=MIDNIGHT) == 0


@pytest.mark.parametrize(("days", "seen"), [(31, False), (30, True), (1, True), (0, False), (-1, False)])
def test_it_is_seen_coming_thirty_days_ahead(family, days, seen):
    found = coming_of_age.of(family[0], now=MIDNIGHT - timedelta(days=days))
    assert found == (BIRTHDAY if seen else None)
