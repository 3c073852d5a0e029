"""What runs out is asked for again by night: once a lapse, never of who said no, a few at a time."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clients.domain import asking_again, consent, consent_reminders, on_paper, signing
from clients.domain.consent import State
from clients.domain.signers import signers
from clients.models import Consent, ConsentRequest, ConsentText, ContactPoint, Signatory
from clients.tasks import ask_what_runs_out
from practice.domain.uploads import Upload
from practice.models import Letter, Mode
from tests import factories
from tests.clients.signing import sign_together

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=340)


@pytest.fixture
def decided(mrs_lee, anna):
    return factories.decision(mrs_lee, anna, Mode.SIT, Mode.WALK)


def signs(client, text, by, *, ago=LONG_AGO, **signer):
    moment = timezone.now() - ago
    asked = consent.ask(client, text, by=by, at=moment, send=False, **signer)
    return sign_together(asked, at=moment)


def asked_by_night():
    return ConsentRequest.objects.filter(asked_by=None)


def test_what_ends_within_thirty_days_is_asked_for_once(decided, mrs_lee, anna, text):
    signed = signs(mrs_lee, text, anna)
    assert asking_again.look() == 1
    asked = asked_by_night().get().consents.get()
    assert (asked.text, asked.status, asked.meaning) == (text, "asked", "consent")
    assert Letter.objects.get(kind="consent_request").about == asked.request_id
    assert consent.covers(mrs_lee, Mode.WALK, signed.covers_until).state == State.COVERED, "asking takes nothing away"
    assert asking_again.look() == 0
    ask_what_runs_out()
    assert asked_by_night().count() == 1


@pytest.mark.parametrize("days", [10, 333])
def test_what_holds_for_longer_is_left_alone(decided, mrs_lee, anna, text, days):
    signs(mrs_lee, text, anna, ago=timedelta(days=days))
    assert asking_again.look() == 0


def test_a_new_version_that_asks_for_new_signatures_does_and_another_does_not(decided, mrs_lee, anna, text):
    signs(mrs_lee, text, anna, ago=timedelta(days=10))
    fields = ("key", "language", "title", "modes", "body", "sha256")
    same = {name: getattr(text, name) for name in fields}
    ConsentText.objects.create(**same, version=text.version + 1, renews=False)
    assert asking_again.look() == 0
    newest = ConsentText.objects.create(**same, version=text.version + 2)
    found = consent.covers(mrs_lee, Mode.WALK, timezone.localdate())
    assert (found.state, found.left_of_grace(timezone.localdate())) == (State.RAN_OUT, 29)
    assert asking_again.look() == 1
    assert asked_by_night().get().consents.get().text == newest


def test_running_is_asked_for_when_it_is_agreed_on_after_walking(mrs_lee, anna, texts):
    signs(mrs_lee, texts["outdoors"], anna, ago=timedelta(days=10))
    factories.decision(mrs_lee, anna, Mode.SIT, Mode.WALK, Mode.RUN)
    assert asking_again.look() == 1
    assert [one.text.key for one in asked_by_night().get().consents.all()] == ["running"]


def test_an_incident_is_asked_about_in_the_same_night(decided, mrs_lee, anna, text):
    signed = signs(mrs_lee, text, anna, ago=timedelta(days=10))
    consent.due_again(signed, because="a fall", by=anna, on=timezone.localdate())
    assert asking_again.look() == 1


@pytest.mark.parametrize("said", ["declined", "talk", "withdrawn"])
def test_who_said_no_or_wants_to_talk_is_not_asked_by_a_machine(decided, mrs_lee, anna, text, said):
    signed = signs(mrs_lee, text, anna)
    if said == "withdrawn":
        consent.withdraw(signed, by=None)
    else:
        again = consent.ask(mrs_lee, text, by=anna, send=False)
        (signing.decline if said == "declined" else signing.talk)(again)
    assert asking_again.look() == 0


@pytest.mark.parametrize("said", ["an old talk", "taken back in part"])
def test_nor_is_who_wanted_to_talk_long_ago_or_took_back_a_part(decided, mrs_lee, anna, text, said):
    signed = signs(mrs_lee, text, anna)
    if said == "an old talk":
        long_ago = timezone.now() - timedelta(days=90)
        asked = consent.ask(mrs_lee, text, by=anna, send=False, at=long_ago)
        signing.talk(asked, at=long_ago)
    else:
        consent.withdraw(signed, by=None, modes=["walk"])
    assert asking_again.look() == 0 and not asked_by_night().exists()


def test_a_lapse_is_asked_about_once_and_not_every_two_months(decided, mrs_lee, anna, text):
    signs(mrs_lee, text, anna)
    asked = []
    for days in (0, 61, 130, 400):
        asked.append(asking_again.look(now=timezone.now() + timedelta(days=days)))
        Consent.objects.open().update(status="expired")
    assert asked == [1, 0, 0, 0]


def test_paper_dated_before_the_letter_of_the_machine_answers_it_all_the_same(decided, mrs_lee, anna, text):
    now = timezone.now()
    signs(mrs_lee, text, anna, ago=timedelta(days=400))
    assert asking_again.look(now=now - timedelta(days=50)) == 1
    scan = Upload(b"%PDF-1.7", "application/pdf")
    on_paper.keep_consent(mrs_lee, text, signed_on=(now - timedelta(days=51)).date(), scan=scan, by=anna)
    consent_reminders.look(now=now)
    assert not Consent.objects.open().exists() and asking_again.look(now=now) == 0
    assert asking_again.look(now=now + timedelta(days=300)) == 1


def test_old_enough_to_agree_alone_she_is_asked_for_her_own_agreement(decided, mrs_lee, anna, text, practice):
    practice.majority_age, practice.minor_age = 18, 16
    practice.save(update_fields=["majority_age", "minor_age"])
    birthday = timezone.localdate() + timedelta(days=20)
    mrs_lee.birth_date = date(birthday.year - 16, birthday.month, birthday.day)
    mrs_lee.save(update_fields=["birth_date"])
    Signatory.objects.create(client=mrs_lee, name="Ada Lee", relation="parent", email="ada@example.org")
    for signer in signers(mrs_lee, on=timezone.localdate()):
        signs(mrs_lee, text, anna, ago=timedelta(days=70), signer=signer)
    assert asking_again.look() == 0
    assert asking_again.look(now=timezone.now() + timedelta(days=20)) == 1
    own = asked_by_night().get().consents.get()
    assert (own.signatory, own.meaning) == (None, "consent")


@pytest.mark.parametrize("key", ["online", "group", "data"])
def test_what_no_decision_is_about_runs_out_and_is_asked_for_too(mrs_lee, anna, texts, key):
    [text] = [text for text in texts.values() if key in text.modes][:1]
    signs(mrs_lee, text, anna)
    assert asking_again.look() == 1
    assert text in [one.text for one in asked_by_night().get().consents.all()]
    assert asking_again.look() == 0


def test_what_is_not_decided_is_not_asked_for(mrs_lee, anna, text):
    signs(mrs_lee, text, anna)
    assert asking_again.look() == 0


def test_without_a_safe_address_nobody_is_written_to(decided, mrs_lee, anna, text):
    signs(mrs_lee, text, anna)
    mrs_lee.contact_points.update(may_say=ContactPoint.MaySay.NOTHING)
    assert asking_again.look() == 0 and not asked_by_night().exists()


def test_coming_of_age_asks_for_her_own_agreement(decided, mrs_lee, anna, text, practice):
    practice.majority_age = 18
    practice.save(update_fields=["majority_age"])
    birthday = timezone.localdate() + timedelta(days=20)
    mrs_lee.birth_date = date(birthday.year - 18, birthday.month, birthday.day)
    mrs_lee.save(update_fields=["birth_date"])
    ada = Signatory.objects.create(client=mrs_lee, name="Ada Lee", relation="parent", email="ada@example.org")
    for signer in signers(mrs_lee, on=timezone.localdate()):
        signs(mrs_lee, text, anna, ago=timedelta(days=70), signer=signer)
    assert asking_again.look() == 0, "before the day her word alone counts for nothing"
    assert asking_again.look(now=timezone.now() + timedelta(days=20)) == 1
    asked = asked_by_night().get()
    assert asked.signatory is None and not ada.requests.filter(asked_by=None).exists()
    assert asked.consents.get().meaning == "consent"


def test_a_new_text_does_not_write_to_everybody_in_one_night(anna, text, monkeypatch):
    monkeypatch.setattr(asking_again, "A_NIGHT", 2)
    for number in range(5):
        person = factories.client(f"Client {number}", anna)
        factories.decision(person, anna, Mode.WALK)
        signs(person, text, anna)
    assert [asking_again.look() for _night in range(4)] == [2, 2, 1, 0]
    assert Consent.objects.open().count() == 5
