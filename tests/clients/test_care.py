"""Small cares about a person: who reads what, where letters go, what ends with a goodbye, what is never made twice."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, consent, contacts, decision, enquiry, intake, signing
from clients.domain.considerations import rule_set
from clients.domain.contacts import Way
from clients.models import Client, Consent, ContactPoint, Decision, Screening
from practice.domain import links, post
from practice.models import AuditEntry, CoverPerson, Letter, Role
from tests import factories

pytestmark = pytest.mark.django_db
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
EMAIL = "mary.lee@example.org"


@pytest.fixture
def ring(mrs_lee, anna):
    return contacts.put_emergency(
        mrs_lee, name="Dan Lee", relation="brother", phone="07700 900123", may_say="canary-dove", by=anna
    )


def show(browser, client):
    return browser.get(reverse("clients:show", args=[client.pk])).content.decode()


# --- what may be said in an emergency ---


def test_what_may_be_said_is_for_the_care_team_and_on_the_record(mrs_lee, ring, as_anna, as_olga, as_rosa):
    reads = AuditEntry.objects.filter(body__contains="client.emergency_contact_read")
    for browser in (as_olga, as_rosa):
        text = show(browser, mrs_lee)
        assert "Dan Lee" in text and "07700 900123" in text and "canary-dove" not in text
    assert not reads.exists()
    assert "canary-dove" in show(as_anna, mrs_lee)
    assert reads.count() == 1


def test_the_biller_reads_nothing_of_it(mrs_lee, ring):
    from django.test import Client as Browser

    biller = Browser()
    biller.force_login(factories.user("Bill Payne", Role.BILLER))
    assert "canary-dove" not in show(biller, mrs_lee)


def test_the_desk_keeps_whom_to_ring_without_reading_what_may_be_said(mrs_lee, ring, as_olga):
    where = reverse("clients:emergency_contact", args=[mrs_lee.pk])
    assert "canary-dove" not in as_olga.get(where).content.decode()
    said = {"name": "Dan Lee", "relation": "brother", "phone": "07700 900999"}
    assert as_olga.post(where, said).status_code == 302
    ring.refresh_from_db()
    assert (ring.phone, ring.may_say) == ("07700 900999", "canary-dove")
    assert as_olga.post(where, said | {"name": "Eve Moor"}).status_code == 302
    ring.refresh_from_db()
    assert ring.may_say == ""  # it was agreed about somebody else


# --- a goodbye ---


def test_a_goodbye_ends_what_is_open_about_consents(mrs_lee, anna, texts):
    asked = consent.ask(mrs_lee, texts["outdoors"], by=anna)
    token = links.make(consent.PURPOSE, subject=asked.pk, lasts=timedelta(days=1), by=anna)
    waits = consent.ask(mrs_lee, texts["running"], by=anna) if "running" in texts else None
    if waits:
        signing.talk(waits)
    enquiry.close(mrs_lee, reason="Moved away.", by=anna)
    assert not Consent.objects.open().filter(client=mrs_lee).exists()
    assert links.find(token, consent.PURPOSE) is None
    assert set(Letter.objects.filter(kind=consent.KIND).values_list("state", flat=True)) == {"cancelled"}


@pytest.mark.parametrize("kind", ["intake_invitation", "consent_request"])
def test_no_letter_leaves_to_somebody_who_left(mrs_lee, anna, ben, texts, kind):
    CoverPerson.objects.create(user=ben, position=1)
    intake.send(mrs_lee, by=anna, reader=anna)
    consent.ask(mrs_lee, texts["outdoors"], by=anna)
    letter = Letter.objects.get(kind=kind)
    assert post.kinds[kind].still_wanted(letter)
    Client.objects.filter(pk=mrs_lee.pk).update(status=Client.Status.CLOSED)
    assert not post.kinds[kind].still_wanted(letter)


# --- one address, kept twice ---


def test_an_address_that_is_unsafe_once_is_unsafe(mrs_lee, anna):
    contacts.put(mrs_lee, Way("email", EMAIL.upper(), is_safe=False), by=anna)
    assert contacts.recipient(mrs_lee, EMAIL) is None
    assert contacts.safe_email(mrs_lee) is None


def test_an_unsafe_address_does_not_hide_a_safe_one(mrs_lee, anna):
    contacts.put(mrs_lee, Way("email", EMAIL, is_safe=False, is_preferred=True), by=anna)
    kept = contacts.put(mrs_lee, Way("email", "m@example.org"), by=anna)
    assert contacts.safe_email(mrs_lee) == kept


def test_the_most_discreet_entry_counts(mrs_lee, anna):
    contacts.put(mrs_lee, Way("email", EMAIL.title(), may_say="name_only", sender="Willow"), by=anna)
    found = contacts.recipient(mrs_lee, EMAIL)
    assert found is not None and found.sender == "Willow" and not contacts.may_name_us(found)
    assert contacts.safe_email(mrs_lee) == found
    contacts.put(mrs_lee, Way("email", EMAIL, may_say="nothing"), by=anna)
    assert contacts.recipient(mrs_lee, EMAIL) is None


@pytest.mark.parametrize("kind", ["intake_invitation", "consent_request"])
def test_letters_follow_the_most_careful_entry(mrs_lee, anna, ben, texts, kind):
    CoverPerson.objects.create(user=ben, position=1)
    intake.send(mrs_lee, by=anna, reader=anna)
    consent.ask(mrs_lee, texts["outdoors"], by=anna)
    letter = Letter.objects.get(kind=kind)
    contacts.put(mrs_lee, Way("email", EMAIL, may_say="name_only", sender="Willow"), by=anna)
    assert post.kinds[kind].render(letter).sender == "Willow"
    contacts.put(mrs_lee, Way("email", EMAIL, is_safe=False), by=anna)
    assert not post.kinds[kind].still_wanted(letter)


# --- pressed twice ---


def test_an_enquiry_sent_twice_is_one(anna, ben):
    said = {"name": "Ines Marlow", "wish": "to sleep", "way": Way("email", "ines@example.org"), "by": anna}
    first = enquiry.record(**said)
    assert enquiry.record(**said) == first
    assert enquiry.record(**said | {"wish": "to run"}) != first
    Client.objects.update(enquired_at=timezone.now() - timedelta(minutes=2))
    assert enquiry.record(**said) != first


def test_suicide_questions_sent_twice_are_one(mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    acute = NO | {"thoughts": "yes", "now": "yes"}
    first = asq.record(mrs_lee, acute, manner="room", by=anna)
    assert asq.record(mrs_lee, acute, manner="room", by=anna) == first
    assert Letter.objects.filter(kind="please_ring").count() == 1
    assert asq.record(mrs_lee, NO, manner="room", by=anna) != first
    assert asq.record(mrs_lee, acute, manner="room", by=ben) != first


def test_a_decision_sent_twice_is_one(mrs_lee, anna):
    day = timezone.localdate() + timedelta(days=30)
    said = {"modes": ["walk"], "limits": [], "reasoning": "We considered it.", "look_again_on": day, "by": anna}
    first = decision.decide(mrs_lee, **said)
    assert decision.decide(mrs_lee, **said) == first
    assert decision.decide(mrs_lee, **said | {"reasoning": "We thought again."}) != first
    asq.record(mrs_lee, NO, manner="room", by=anna)
    decision.decide(mrs_lee, **said | {"reasoning": "We thought again."})
    assert Decision.objects.count() == 3


def test_letters_asked_for_twice_leave_once(mrs_lee, anna, ben, texts):
    CoverPerson.objects.create(user=ben, position=1)
    for _ in range(2):
        intake.send(mrs_lee, by=anna, reader=anna)
    asked = consent.ask(mrs_lee, texts["outdoors"], by=anna)
    consent.post_request(asked.request, by=anna)
    assert Letter.objects.filter(kind="intake_invitation").count() == 1
    assert Letter.objects.filter(kind=consent.KIND).count() == 1
    Letter.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    intake.send(mrs_lee, by=anna, reader=anna)
    consent.post_request(asked.request, by=anna)
    assert Letter.objects.filter(kind="intake_invitation").count() == 2
    assert Letter.objects.filter(kind=consent.KIND).count() == 2
    assert Screening.objects.count() == 1


def test_a_way_to_reach_somebody_is_kept_once(mrs_lee, anna):
    way = Way("phone", "07700 900111", hours="evenings")
    assert contacts.put(mrs_lee, way, by=anna) == contacts.put(mrs_lee, way, by=anna)
    assert ContactPoint.objects.filter(client=mrs_lee, kind="phone").count() == 1


# --- words and names ---


def test_no_rule_tells_anybody_that_something_is_fine():
    for rule in rule_set().rules:
        for words in (*rule.words.values(), *rule.client_words.values()):
            assert " fine" not in words, rule.id


@pytest.mark.parametrize("name", ["\u200b\u200d", "\u2060 \ufeff", "\u200b", "...", "\u3164"])
def test_a_name_that_nobody_can_see_is_refused(as_olga, name):
    said = {"name": name, "kind": "email", "value": "a@example.org", "whose": "own", "may_say": "everything"}
    answer = as_olga.post(reverse("clients:new_enquiry"), said)
    assert answer.status_code == 422 and "Please write a name" in answer.content.decode()
    assert not Client.objects.exists()
