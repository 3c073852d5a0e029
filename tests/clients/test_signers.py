"""Who has to sign, and what counts when several do: guardians, a young person's own wish, partners, coming of age."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import consent, on_paper, signing
from clients.domain.consent import State
from clients.domain.signers import CannotAsk, Signer, signers
from clients.models import Consent, ConsentRequest, ConsentStep, ConsentText, Signatory
from practice.domain.uploads import Upload
from practice.models import Letter, Mode
from tests.clients.signing import sign_together as signs

pytestmark = pytest.mark.django_db
SCAN = Upload(b"%PDF-1.7", "application/pdf")


@pytest.fixture
def ages(practice):
    practice.majority_age = 18
    practice.save(update_fields=["majority_age"])
    return practice


@pytest.fixture
def teen(mrs_lee, ages):
    today = timezone.localdate()
    mrs_lee.birth_date = date(today.year - 15, 1, 1)
    mrs_lee.save(update_fields=["birth_date"])
    return mrs_lee


def guardian(client, name="Ada Lee", **fields):
    given = {"relation": Signatory.Relation.PARENT, "email": f"{name.split()[0].lower()}@example.org"}
    return Signatory.objects.create(client=client, name=name, **given | fields)


def all_asked(client, text, by):
    requests = consent.ask_all(client, [text], signers(client, on=timezone.localdate()), by=by)
    return [request.consents.get() for request in requests]


def state(client, mode=Mode.WALK, on=None):
    return consent.covers(client, mode, on or timezone.localdate()).state


# --- who is asked ----------------------------------------------------------------------------------------------------


def test_a_grown_client_signs_alone(mrs_lee, ages):
    mrs_lee.birth_date = date(1980, 1, 1)
    guardian(mrs_lee)
    assert signers(mrs_lee, on=timezone.localdate()) == [Signer(None, "consent")]


def test_a_young_one_wants_it_and_every_guardian_permits_it(teen):
    ada, bob = guardian(teen), guardian(teen, "Bob Lee")
    guardian(teen, "Cy Lee", ended_at=timezone.now())
    guardian(teen, "Di Lee", must_sign=False)
    wanted = [Signer(None, "assent"), Signer(ada, "permission"), Signer(bob, "permission")]
    assert signers(teen, on=timezone.localdate()) == wanted


def test_who_may_agree_alone_does(teen, ages):
    guardian(teen)
    ages.minor_age = 14
    ages.save(update_fields=["minor_age"])
    assert signers(teen, on=timezone.localdate()) == [Signer(None, "consent")]


def test_without_a_guardian_nobody_is_asked(teen, anna, text):
    with pytest.raises(CannotAsk, match="under age"):
        signers(teen, on=timezone.localdate())
    with pytest.raises(CannotAsk, match="under age"):
        consent.ask(teen, text, by=anna)
    assert not ConsentRequest.objects.exists() and state(teen) == State.NEVER


def test_before_the_age_is_set_nobody_under_twenty_one_is_asked(mrs_lee, anna, text, practice):
    today = timezone.localdate()
    mrs_lee.birth_date = date(today.year - 20, 1, 1)
    mrs_lee.save(update_fields=["birth_date"])
    with pytest.raises(CannotAsk, match="from which age"):
        consent.ask(mrs_lee, text, by=anna)
    assert state(mrs_lee) == State.BLOCKED and consent.covers(mrs_lee, Mode.WALK, today).stops
    mrs_lee.birth_date = date(today.year - 21, 1, 1)
    mrs_lee.save(update_fields=["birth_date"])
    assert consent.ask(mrs_lee, text, by=anna).is_open


def test_each_gets_a_letter_and_a_link_of_their_own(teen, anna, text):
    guardian(teen)
    own, permission = all_asked(teen, text, anna)
    letters = {letter.to: letter.about for letter in Letter.objects.filter(kind="consent_request")}
    assert letters == {"mary.lee@example.org": own.request_id, "ada@example.org": permission.request_id}
    assert (own.meaning, permission.meaning, permission.signs) == ("assent", "permission", "Ada Lee")


def test_a_guardian_without_an_address_is_not_asked_by_letter_and_then_nobody_is(teen, anna, text):
    guardian(teen, email="")
    with pytest.raises(CannotAsk, match="Ada Lee has no e-mail address"):
        all_asked(teen, text, anna)
    assert not Consent.objects.exists() and not Letter.objects.exists()


# --- what counts -----------------------------------------------------------------------------------------------------


def test_only_when_everybody_has_signed_is_it_covered(teen, anna, text):
    guardian(teen), guardian(teen, "Bob Lee")
    own, ada, bob = all_asked(teen, text, anna)
    seen = []
    for one in (ada, own, bob):
        signs(one)
        seen.append(state(teen))
    assert seen == [State.NEVER, State.NEVER, State.COVERED]


def test_everybody_whose_signature_is_missing_is_named(teen, anna, text, ages):
    guardian(teen), guardian(teen, "Bob Lee")

    def words():
        return consent.covers(teen, Mode.WALK, timezone.localdate()).words

    assert words() == "Consent of Mrs Lee, Ada and Bob is missing"
    own, ada, _bob = all_asked(teen, text, anna)
    ages.guardians = "one"
    ages.save(update_fields=["guardians"])
    assert words() == "Consent of Mrs Lee and Ada or Bob is missing"
    signs(ada)
    assert words().startswith("Consent sent"), "one is enough, and signed"
    ages.guardians = "all"
    ages.save(update_fields=["guardians"])
    assert words() == "Consent of Mrs Lee and Bob is missing"
    signs(own)
    assert re.fullmatch(r"Bob Lee: Consent sent .*, not signed yet", words())


def test_where_one_guardian_is_enough_one_is(teen, anna, text, ages):
    ages.guardians = "one"
    ages.save(update_fields=["guardians"])
    guardian(teen), guardian(teen, "Bob Lee")
    own, _ada, bob = all_asked(teen, text, anna)
    signs(bob)
    assert state(teen) == State.NEVER
    signs(own)
    assert state(teen) == State.COVERED


@pytest.mark.parametrize("said", ["declined", "taken back"])
def test_where_one_is_enough_the_no_of_the_other_is_a_look(teen, anna, text, ages, said):
    ages.guardians = "one"
    ages.save(update_fields=["guardians"])
    guardian(teen), guardian(teen, "Bob Lee")
    own, ada, bob = all_asked(teen, text, anna)
    signing.decline(ada) if said == "declined" else consent.withdraw(signs(ada), by=None)
    signs(own)
    assert consent.covers(teen, Mode.WALK, timezone.localdate()).said_no, "nobody said yes"
    signs(bob)
    found = consent.covers(teen, Mode.WALK, timezone.localdate())
    assert (found.state, found.stops, found.lacking) == (State.RAN_OUT, False, ())
    assert "Ada Lee" in found.words and "Bob Lee" in found.words
    assert found.left_of_grace(timezone.localdate()) == 30


@pytest.mark.parametrize("who", [0, 1])
def test_a_no_of_anybody_weighs_more_than_every_yes(teen, anna, text, who):
    guardian(teen)
    both = all_asked(teen, text, anna)
    signs(both[1 - who])
    signing.decline(both[who])
    found = consent.covers(teen, Mode.WALK, timezone.localdate())
    assert found.state == State.DECLINED and found.stops and ("Ada Lee" in found.words) == (who == 1)


def test_a_partner_signs_too_and_age_has_nothing_to_do_with_it(mrs_lee, anna, text):
    guardian(mrs_lee, "Max Lee", relation=Signatory.Relation.PARTNER)
    own, partner = all_asked(mrs_lee, text, anna)
    assert partner.meaning == "consent"
    signs(own)
    assert state(mrs_lee) == State.NEVER
    signs(partner)
    assert state(mrs_lee) == State.COVERED
    consent.withdraw(partner, by=None)
    assert state(mrs_lee) == State.WITHDRAWN


def test_coming_of_age_what_was_signed_for_her_runs_out_with_the_days_of_grace(teen, anna, text, ages):
    guardian(teen)
    for one in all_asked(teen, text, anna):
        signs(one)
    soon = timezone.localdate() + timedelta(days=100)
    teen.birth_date = date(soon.year - 18, soon.month, soon.day)
    teen.save(update_fields=["birth_date"])
    assert state(teen, on=soon - timedelta(days=1)) == State.COVERED
    found = consent.covers(teen, Mode.WALK, soon)
    assert (found.state, found.until, found.left_of_grace(soon)) == (State.RAN_OUT, soon - timedelta(days=1), 29)
    assert found.lacking == (None,)
    of_age = timezone.now() + timedelta(days=101)
    signs(consent.ask(teen, text, by=anna, signer=Signer(None, "consent"), at=of_age), at=of_age)
    assert state(teen, on=soon + timedelta(days=1)) == State.COVERED


def turning(client, age, *, in_days):
    """The day on which this client reaches an age, so many days from now."""
    day = timezone.localdate() + timedelta(days=in_days)
    client.birth_date = date(day.year - age, day.month, day.day)
    client.save(update_fields=["birth_date"])
    return day


def test_an_assent_is_no_agreement_once_she_agrees_alone(teen, anna, text, ages):
    ages.minor_age = 16
    ages.save(update_fields=["minor_age"])
    day = turning(teen, 16, in_days=5)
    guardian(teen)
    own, permission = all_asked(teen, text, anna)
    signs(own)
    signing.decline(permission)
    assert state(teen) == State.DECLINED
    found = consent.covers(teen, Mode.WALK, day)
    assert (found.state, found.until, found.lacking) == (State.RAN_OUT, day - timedelta(days=1), (None,))


@pytest.mark.parametrize("how", ["on paper", "alone"])
def test_what_was_signed_under_age_ends_by_the_day_it_was_signed(teen, anna, text, ages, how):
    day = turning(teen, 18, in_days=5)
    if how == "alone":
        ages.minor_age = 16
        ages.save(update_fields=["minor_age"])
        assert signs(consent.ask(teen, text, by=anna)).meaning == "consent"
    else:
        ada = guardian(teen)
        kept = [
            on_paper.keep_consent(teen, text, signed_on=timezone.localdate(), scan=SCAN, by=anna, signatory=who)
            for who in (None, ada)
        ]
        assert [one.meaning for one in kept] == ["assent", "permission"]
    assert state(teen) == State.COVERED
    assert state(teen, on=day) == State.RAN_OUT


# --- taking back, and what asks for anew -----------------------------------------------------------------------------


def test_one_way_is_taken_back_and_the_other_stands(mrs_lee, anna, text):
    signed = signs(consent.ask(mrs_lee, text, by=anna))
    consent.withdraw(signed, modes=["walk"], by=None)
    assert (state(mrs_lee, Mode.WALK), state(mrs_lee, Mode.SIT)) == (State.WITHDRAWN, State.COVERED)
    with pytest.raises(consent.NotOpen):
        consent.withdraw(signed, modes=["walk", "run"], by=None)
    row = consent.withdraw(signed, by=None)
    assert (row.status, row.withdrawn_modes, state(mrs_lee, Mode.SIT)) == (
        "withdrawn",
        ["sit", "walk"],
        State.WITHDRAWN,
    )


def test_the_database_lets_nothing_taken_back_come_back(mrs_lee, anna, text):
    signed = signs(consent.ask(mrs_lee, text, by=anna))
    consent.withdraw(signed, modes=["walk"], by=None)
    for modes in ([], ["sit"]):
        with pytest.raises(DatabaseError, match="consent_taken_back_stays_so"), transaction.atomic():
            Consent.objects.filter(pk=signed.pk).update(withdrawn_modes=modes)


def test_each_way_keeps_the_time_at_which_it_was_taken_back(mrs_lee, anna, text):
    now, day = timezone.now(), timedelta(days=1)
    asked = consent.ask(mrs_lee, text, by=anna, at=now - 50 * day)
    old = signs(asked, at=now - 50 * day)
    consent.withdraw(old, by=None, modes=["walk"], at=now - 40 * day)
    asked = consent.ask(mrs_lee, text, by=anna, at=now - 20 * day)
    signs(asked, at=now - 20 * day)
    consent.withdraw(old, by=None, modes=["sit"], at=now - 10 * day)
    assert (state(mrs_lee, Mode.WALK), state(mrs_lee, Mode.SIT)) == (State.COVERED, State.WITHDRAWN)


def test_the_therapist_is_told_once_and_not_whose_or_what(mrs_lee, anna, text):
    signed = signs(consent.ask(mrs_lee, text, by=anna))
    consent.withdraw(signed, modes=["walk"], by=None)
    letter = Letter.objects.get(kind="consent_taken_back")
    assert letter.to == anna.email and letter.client is None
    other = signs(consent.ask(mrs_lee, text, by=anna))
    consent.withdraw(other, by=anna)
    assert Letter.objects.filter(kind="consent_taken_back").count() == 1, "she knows what she wrote down herself"


def test_a_day_before_the_signature_is_covered_by_what_stood_then(mrs_lee, anna, text):
    now = timezone.now()
    first = signs(consent.ask(mrs_lee, text, by=anna, at=now - timedelta(days=30)), at=now - timedelta(days=30))
    signs(consent.ask(mrs_lee, text, by=anna))
    found = {days: consent.covers(mrs_lee, "walk", timezone.localdate() - timedelta(days=days)) for days in (40, 10, 0)}
    assert found[40].state == "never" and found[40].stops
    assert found[10].until == first.covers_until < found[0].until


def test_an_incident_asks_for_it_anew_and_takes_nothing_away(mrs_lee, anna, text):
    today = timezone.localdate()
    before = timezone.now() - timedelta(days=2)
    signed = signs(consent.ask(mrs_lee, text, by=anna, at=before), at=before)
    consent.due_again(signed, because="a fall on the steps", by=anna, on=today)
    found = consent.covers(mrs_lee, Mode.WALK, today)
    assert (found.state, found.stops, found.lacking) == (State.RAN_OUT, False, (None,))
    assert state(mrs_lee, on=today - timedelta(days=1)) == State.COVERED
    steps = ConsentStep.objects.filter(consent=signed, kind="due_again")
    assert steps.get().detail == {"because": "a fall on the steps"}
    signs(consent.ask(mrs_lee, text, by=anna))
    assert state(mrs_lee) == State.COVERED


def test_steps_are_appended_and_stand(mrs_lee, anna, text):
    signed = signs(consent.ask(mrs_lee, text, by=anna))
    kinds = list(signed.steps.order_by("at").values_list("kind", flat=True))
    assert kinds[:2] == ["asked", "sent"] and {"disclosed", "identified", "signed", "copied"} <= set(kinds)
    for change in ("update", "delete"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            rows = ConsentStep.objects.filter(consent=signed)
            rows.update(kind="opened") if change == "update" else rows.delete()


def test_many_cost_what_one_costs(teen, mr_ode, anna, text):
    guardian(teen), guardian(mr_ode, "Max Ode", relation=Signatory.Relation.PARTNER)
    for one in [*all_asked(teen, text, anna), *all_asked(mr_ode, text, anna)]:
        signs(one)
    counts = []
    for people in ([teen], [teen, mr_ode]):
        with CaptureQueriesContext(connection) as queries:
            consent.covers_many([(one, mode, timezone.localdate()) for one in people for mode in Mode])
        counts.append(len(queries))
    assert counts == [3, 3]


def another(text, **fields):
    """One more text for the same ways of meeting, or the next version of one."""
    same = {name: getattr(text, name) for name in ("key", "version", "language", "title", "modes", "body", "sha256")}
    return ConsentText.objects.create(**same | fields)


def signed_ago(client, text, by, days):
    moment = timezone.now() - timedelta(days=days)
    return signs(consent.ask(client, text, by=by, at=moment), at=moment)


@pytest.mark.parametrize("what", ["version", "incident"])
def test_what_asks_for_one_text_anew_is_not_hidden_by_another(mrs_lee, anna, text, what):
    first = signed_ago(mrs_lee, text, anna, 30)
    other = another(text, key="outdoors_more")
    signed_ago(mrs_lee, other, anna, 20)
    assert state(mrs_lee) == State.COVERED
    if what == "version":
        another(text, version=text.version + 1)
    else:
        consent.due_again(first, because="a fall", by=anna, on=timezone.localdate() - timedelta(days=5))
    assert state(mrs_lee) == State.RAN_OUT
    if what == "incident":
        signed_ago(mrs_lee, other, anna, 1)
        assert state(mrs_lee) == State.COVERED, "signed after it, another text covers on its own"


def test_a_no_to_either_text_counts_until_something_is_signed_after_it(mrs_lee, anna, text):
    signed_ago(mrs_lee, text, anna, 30)
    other = another(text, key="outdoors_more")
    moment = timezone.now() - timedelta(days=20)
    signing.decline(consent.ask(mrs_lee, other, by=anna, at=moment), at=moment)
    assert state(mrs_lee) == State.DECLINED
    signed_ago(mrs_lee, text, anna, 10)
    assert state(mrs_lee) == State.COVERED


def test_paper_of_the_day_of_an_answer_counts_by_what_was_recorded_last(mrs_lee, anna, text):
    day = timezone.localdate() - timedelta(days=1)
    noon = on_paper.at_noon(day)
    evening = noon + timedelta(hours=6)
    signed = signs(consent.ask(mrs_lee, text, by=anna, at=noon - timedelta(days=9)), at=noon - timedelta(days=9))
    consent.withdraw(signed, by=None, at=evening)
    assert state(mrs_lee) == State.WITHDRAWN
    paper = on_paper.keep_consent(mrs_lee, text, signed_on=day, scan=SCAN, by=anna)
    assert state(mrs_lee) == State.COVERED
    consent.withdraw(paper, by=None, at=evening)
    assert state(mrs_lee) == State.WITHDRAWN
    on_paper.keep_consent(mrs_lee, text, signed_on=day, scan=SCAN, by=anna)
    assert state(mrs_lee) == State.COVERED, "another paper, signed after it"


def test_paper_from_before_a_new_version_does_not_hide_that_it_asks_anew(mrs_lee, anna, text):
    newer = another(text, version=text.version + 1)
    on_paper.keep_consent(mrs_lee, newer, signed_on=timezone.localdate() - timedelta(days=100), scan=SCAN, by=anna)
    assert state(mrs_lee) == State.RAN_OUT
    on_paper.keep_consent(mrs_lee, newer, signed_on=timezone.localdate(), scan=SCAN, by=anna)
    assert state(mrs_lee) == State.COVERED


def test_by_video_an_asking_without_an_answer_counts_for_nothing(mrs_lee, anna, texts):
    guardian(mrs_lee, "Max Lee", relation=Signatory.Relation.PARTNER)
    assert state(mrs_lee, Mode.ONLINE) == State.COVERED
    own, his = all_asked(mrs_lee, texts["online"], anna)
    assert state(mrs_lee, Mode.ONLINE) == State.COVERED
    signs(own)
    assert state(mrs_lee, Mode.ONLINE) == State.COVERED
    signing.decline(his)
    assert state(mrs_lee, Mode.ONLINE) == State.DECLINED


def test_by_video_the_answer_of_who_signs_no_more_counts_for_nothing(mrs_lee, anna, texts):
    max_lee = guardian(mrs_lee, "Max Lee", relation=Signatory.Relation.PARTNER)
    signing.decline(all_asked(mrs_lee, texts["online"], anna)[1])
    max_lee.ended_at = timezone.now()
    max_lee.save(update_fields=["ended_at"])
    assert state(mrs_lee, Mode.ONLINE) == State.COVERED


class TestAskedAnewByHand:
    def address(self, signed):
        return reverse("clients:consent_due_again", args=[signed.client_id, signed.pk])

    def test_the_therapist_says_why_and_is_led_to_asking(self, as_anna, mrs_lee, anna, text):
        signed = signs(consent.ask(mrs_lee, text, by=anna))
        page = as_anna.post(self.address(signed), {"because": "a fall on the steps"}, follow=True)
        assert page.redirect_chain[-1][0] == reverse("clients:ask_consent", args=[mrs_lee.pk])
        assert state(mrs_lee) == State.RAN_OUT
        shown = as_anna.get(reverse("clients:consent", args=[mrs_lee.pk, signed.pk])).content.decode()
        assert "To be asked for anew since" in shown

    def test_without_a_reason_nothing_is_kept(self, as_anna, mrs_lee, anna, text):
        signed = signs(consent.ask(mrs_lee, text, by=anna))
        assert as_anna.post(self.address(signed), {"because": " "}).status_code == 422
        assert state(mrs_lee) == State.COVERED

    def test_what_was_taken_back_is_not_asked_anew_by_this(self, as_anna, as_ben, as_olga, mrs_lee, anna, text):
        signed = signs(consent.ask(mrs_lee, text, by=anna))
        for stranger in (as_ben, as_olga):
            assert stranger.post(self.address(signed), {"because": "a fall"}).status_code == 404
        consent.withdraw(signed, by=anna)
        page = as_anna.post(self.address(signed), {"because": "a fall"}, follow=True)
        assert "does not stand any more" in page.content.decode() and state(mrs_lee) == State.WITHDRAWN
