"""Who signs beside a client: named, changed, ended, and never seen by those who may not."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import (
    asq_window,
    consent,
    consent_demo,
    consent_letters,
    forgetting,
    review,
    signatories,
    signers,
    signing,
)
from clients.domain.signatories import Named
from clients.models import Client, Consent, ConsentRequest, Review, Signatory, Window
from practice.domain import links
from practice.models import AuditEntry, Letter, Link
from tests import factories
from tests.clients.guardians import BORN, mina, of_age_from, parent
from tests.clients.signing import sign_together

pytestmark = pytest.mark.django_db
GIVEN = {"name": "Ada Brook", "relation": "parent", "email": "ada@example.net", "must_sign": "on", "may_see": "nothing"}


@pytest.fixture
def teen(anna):
    of_age_from(18)
    return mina(anna)


def address(name: str, client: Client, *more: object) -> str:
    return reverse(f"clients:{name}", args=[client.pk, *more])


# --- the verbs -------------------------------------------------------------------------------------------------------


def test_two_presses_name_one_person(teen, anna):
    assert parent(teen, "Ada Brook", by=anna) == parent(teen, "Ada Brook", by=anna)
    assert Signatory.objects.count() == 1


def test_a_change_is_in_the_audit_without_name_or_address(teen, anna):
    ada = parent(teen, "Ada Brook", by=anna)
    signatories.put(
        teen, Named("Ada Canary", "guardian", "canary@example.net", may_see="times"), by=anna, signatory=ada
    )
    ada.refresh_from_db()
    assert (ada.name, ada.relation, ada.may_see) == ("Ada Canary", "guardian", "times")
    bodies = " ".join(AuditEntry.objects.values_list("body", flat=True))
    assert '"signatory.changed"' in bodies and '"may_see":"times"' in bodies.replace(" ", "")
    assert "canary" not in bodies.lower() and "Ada" not in bodies


def test_who_is_ended_is_asked_no_more_and_what_was_signed_stays(teen, anna, texts):
    ada = parent(teen, "Ada Brook", by=anna)
    signer = signers.Signer(ada, "permission")
    [request] = consent.ask_all(teen, [texts["running"]], [signer], by=anna)
    token = links.make(consent.PURPOSE, subject=request.pk, lasts=timedelta(days=9), by=anna)
    signed = consent_demo.sign_for_demo(teen, texts["outdoors"], on=timezone.now(), by=anna, signer=signer)
    [request] = consent.ask_all(teen, [texts["outdoors"], texts["running"]], [signer], by=anna)
    hers = links.make(consent.PURPOSE, subject=signed.request_id, lasts=timedelta(days=9), by=anna)
    for _twice in range(2):
        signatories.end(ada, by=anna)
    signed.refresh_from_db()
    assert signed.status == "signed" and links.find(hers, consent.PURPOSE) is None
    assert set(request.consents.values_list("status", flat=True)) == {"expired"}
    assert links.find(token, consent.PURPOSE) is None
    assert Letter.objects.get(about=request.pk).state == Letter.State.CANCELLED
    assert AuditEntry.objects.filter(body__contains='"signatory.ended"').count() == 1
    assert Signatory.objects.filter(pk=ada.pk).exists()


@pytest.mark.parametrize("said", [Named("Bob Stone", "parent"), Named("Ada Brook", "guardian")])
def test_whoever_takes_their_place_has_signed_nothing(teen, anna, text, said):
    ada, now = parent(teen, "Ada Brook", by=anna), timezone.now()
    signed = consent_demo.sign_for_demo(teen, text, on=now, by=anna, signer=signers.Signer(ada, "permission"))
    for _twice in range(2):
        made = signatories.put(teen, said, by=anna, signatory=Signatory.objects.get(pk=ada.pk), is_same=False)
    ada.refresh_from_db()
    assert made != ada and ada.ended_at and list(teen.signatories.current()) == [made]
    assert (ada.name, ada.relation) == ("Ada Brook", "parent") and not made.consents.exists()
    signed.refresh_from_db()
    assert signed.status == "signed" and consent.covers(teen, "walk", timezone.localdate()).is_covered is False


def test_the_spelling_of_a_name_is_put_right_by_a_tick(as_anna, teen, anna, text):
    ada = parent(teen, "Ada Brok", by=anna)
    there = address("signer", teen, ada.pk)
    assert "only the spelling" not in as_anna.get(there).content.decode()
    consent.ask_all(teen, [text], [signers.Signer(ada, "permission")], by=anna, send=False)
    assert "only the spelling" in as_anna.get(there).content.decode()
    assert as_anna.post(there, GIVEN | {"is_same": "on"}).status_code == 302
    ada.refresh_from_db()
    assert ada.name == "Ada Brook" and ada.ended_at is None and Consent.objects.get().is_open
    assert as_anna.post(there, GIVEN | {"name": "Bob Stone", "email": "bob@example.net"}).status_code == 302
    ada.refresh_from_db()
    assert ada.ended_at and teen.signatories.current().get().name == "Bob Stone" and not Consent.objects.get().is_open


@pytest.mark.parametrize("how", [{"is_safe": False}, {"may_say": "nothing"}])
def test_no_letter_goes_to_them_where_the_client_said_it_is_not_safe(as_anna, teen, anna, text, how):
    ada = parent(teen, "Ada Brook", by=anna)
    signer = signers.Signer(ada, "permission")
    [request] = consent.ask_all(teen, [text], [signer], by=anna)
    letter = Letter.objects.get(about=request.pk)
    assert consent_letters.still_wanted(letter)
    teen.contact_points.create(kind="email", value="ADA@example.net", whose="shared", **how)
    assert not consent_letters.still_wanted(letter)
    with pytest.raises(signers.CannotAsk, match="unsafe or silent"):
        consent.ask_all(Client.objects.get(pk=teen.pk), [text], [signer], by=anna)
    assert "No letter goes to Ada Brook" in as_anna.get(address("signers", teen)).content.decode()
    as_anna.post(address("invite_signer", teen, ada.pk))
    ada.refresh_from_db()
    assert ada.user is None and not Letter.objects.filter(kind="login_invitation").exists()


def test_another_address_ends_the_links_of_the_one_before(teen, anna, text):
    ada = parent(teen, "Ada Brook", by=anna)
    [request] = consent.ask_all(teen, [text], [signers.Signer(ada, "permission")], by=anna)
    letter = Letter.objects.get(about=request.pk)
    token = re.search(r"/s/([\w-]+)/", consent_letters.render(letter).text)[1]
    signatories.put(teen, Named("Ada Brook", "parent", "new@example.net"), by=anna, signatory=ada)
    assert links.find(token, consent.PURPOSE) is None and not consent_letters.still_wanted(letter)
    assert request.consents.get().is_open


def test_an_enquiry_with_a_parent_named_is_forgotten_whole(anna):
    person = factories.client("Fay Carrick", status="enquiry")
    parent(person, "Ada Carrick", by=anna)
    assert not forgetting.with_more([person.pk])
    forgetting.forget([person.pk], action="client.forgotten", by=None)
    assert not Signatory.objects.exists() and not Client.objects.filter(pk=person.pk).exists()


# --- the date of birth -----------------------------------------------------------------------------------------------


def test_a_corrected_birth_date_moves_the_end_of_the_links_of_parents(teen, anna, text):
    ada = parent(teen, "Ada Brook", by=anna)
    bob = parent(teen, "Bob Brook", by=anna, relation="partner")
    asked = consent.ask_all(
        teen, [text], [signers.Signer(ada, "permission"), signers.Signer(bob, "consent")], by=anna, send=False
    )
    for request in asked:
        links.make(consent.PURPOSE, subject=request.pk, lasts=timedelta(days=20), by=anna)
    before = asked[1].expires_at
    tomorrow = timezone.localdate() + timedelta(days=1)
    signatories.put_birth_date(teen, tomorrow.replace(year=tomorrow.year - 18), by=anna)
    of_ada, of_bob = (ConsentRequest.objects.get(pk=one.pk) for one in asked)
    assert of_ada.expires_at - timezone.now() < timedelta(days=1, hours=2) and of_bob.expires_at == before
    assert Link.objects.get(subject=of_ada.pk).expires_at == of_ada.expires_at
    assert Link.objects.get(subject=of_bob.pk).expires_at > of_ada.expires_at


@pytest.mark.parametrize("born", ["2999-01-01", "1890-01-01", "yesterday"])
def test_a_day_on_which_nobody_can_have_been_born_is_refused(as_anna, teen, born):
    assert as_anna.post(address("birth_date", teen), {"born": born}).status_code == 422
    teen.refresh_from_db()
    assert teen.birth_date.month == teen.birth_date.day == 1


def test_a_birth_date_is_kept_and_taken_out_again(as_olga, teen):
    assert f'value="{teen.birth_date}"' in as_olga.get(address("birth_date", teen)).content.decode()
    for said, kept in (("2011-02-03", date(2011, 2, 3)), ("", None)):
        assert as_olga.post(address("birth_date", teen), {"born": said}).status_code == 302
        teen.refresh_from_db()
        assert teen.birth_date == kept
    assert "No date of birth yet" in as_olga.get(reverse("clients:show", args=[teen.pk])).content.decode()


def test_without_the_date_of_birth_a_young_persons_yes_does_not_stand_beside_a_parents_no(as_olga, teen, anna, text):
    ada = parent(teen, "Ada Brook", by=anna)
    sign_together(consent.ask(teen, text, by=anna))
    signing.decline(consent.ask(teen, text, by=anna, signer=signers.Signer(ada, "permission")))
    today = timezone.localdate()
    assert consent.covers(teen, "walk", today).state == "declined"
    assert as_olga.post(address("birth_date", teen), {"born": ""}).status_code == 302
    teen.refresh_from_db()
    assert consent.covers(teen, "walk", today).state == "blocked"
    with pytest.raises(consent.CannotAsk, match="date of birth"):
        consent.ask(teen, text, by=anna)
    signatories.end(ada, by=anna)
    assert consent.covers(teen, "walk", today).state == "blocked", "nobody is named, and the assent is still no consent"
    of_age_from(None)
    assert consent.covers(teen, "walk", today).state == "blocked"


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["as_anna", "as_olga"])
def test_the_care_team_and_the_desk_name_change_and_end(request, who, teen):
    browser = request.getfixturevalue(who)
    assert browser.post(address("add_signer", teen), GIVEN | {"authority_seen_on": "2026-01-08"}).status_code == 302
    ada = Signatory.objects.get()
    assert (ada.must_sign, ada.authority_seen_on) == (True, date(2026, 1, 8))
    page = browser.get(address("signers", teen)).content.decode()
    assert "May be told only what they sign" in page and "Has to sign" in page and "seen 8 Jan 2026" in page
    changed = GIVEN | {"name": "Ada Stone"}
    assert browser.post(address("signer", teen, ada.pk), changed).status_code == 302
    assert browser.post(address("end_signer", teen, ada.pk)).status_code == 302
    page = browser.get(address("signers", teen)).content.decode()
    assert "Before" in page and "Ada Stone" in page and "Nobody signs beside" in page
    assert browser.get(address("signer", teen, ada.pk)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "\u200b"}, {"relation": "neighbour"}, {"email": "ada"}, {"may_see": "everything"},
     {"authority_seen_on": "2999-01-01"}],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_kept(as_anna, teen, wrong):
    answer = as_anna.post(address("add_signer", teen), GIVEN | wrong)
    assert answer.status_code == 422 and "Please look at this again" in answer.content.decode()
    assert not Signatory.objects.exists()


@pytest.mark.parametrize(
    ("age", "majority", "relation", "status"),
    [(16, 18, "parent", 302), (18, 18, "parent", 422), (18, 18, "representative", 302), (20, None, "guardian", 302),
     (21, None, "guardian", 422), (None, 18, "parent", 422), (None, 18, "partner", 302)],
)  # fmt: skip
def test_a_parent_is_named_for_somebody_under_age_alone(as_anna, teen, age, majority, relation, status):
    of_age_from(majority)
    teen.birth_date = None if age is None else date(timezone.localdate().year - age, 1, 1)
    teen.save(update_fields=["birth_date"])
    assert as_anna.post(address("add_signer", teen), GIVEN | {"relation": relation}).status_code == status


@pytest.mark.parametrize("shared", ["mina.brook@example.org", "MINA.BROOK@example.org", "bob@example.net"])
def test_an_address_that_another_reads_needs_a_second_look(as_anna, teen, anna, shared):
    parent(teen, "Bob Brook", by=anna)
    answer = as_anna.post(address("add_signer", teen), GIVEN | {"email": shared})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Worth a second look" in page and Signatory.objects.count() == 1
    assert as_anna.post(address("add_signer", teen), GIVEN | {"email": shared, "sure": "on"}).status_code == 302
    assert "would read" in (page := as_anna.get(address("signers", teen)).content.decode()) or "answer for" in page


def test_changing_somebody_does_not_warn_of_their_own_address(as_anna, teen, anna):
    ada = parent(teen, "Ada Brook", by=anna)
    assert as_anna.post(address("signer", teen, ada.pk), GIVEN | {"must_sign": ""}).status_code == 302
    ada.refresh_from_db()
    assert not ada.must_sign


def test_one_clients_parent_is_not_found_under_another(as_anna, teen, anna):
    ada, other = parent(teen, "Ada Brook", by=anna), factories.client("Nora Field", anna)
    assert as_anna.get(address("signer", other, ada.pk)).status_code == 404
    assert as_anna.post(address("end_signer", other, ada.pk)).status_code == 404


@pytest.mark.parametrize("who", ["as_ben", "as_mrs_lee", "as_sam", "as_rosa"])
def test_others_find_no_such_page(request, who, teen, anna):
    ada, browser = parent(teen, "Ada Canary", by=anna), request.getfixturevalue(who)
    for name, more in (("signers", []), ("add_signer", []), ("signer", [ada.pk]), ("birth_date", [])):
        answer = browser.get(address(name, teen, *more))
        assert answer.status_code == 404 and "Ada Canary" not in answer.content.decode()
    assert browser.post(address("end_signer", teen, ada.pk)).status_code == 404
    ada.refresh_from_db()
    assert ada.ended_at is None


def test_nobody_is_asked_to_sign_in(as_mallory, teen):
    assert as_mallory.get(address("signers", teen)).status_code == 302


def test_the_page_says_why_nobody_can_be_asked_yet(as_anna, teen):
    assert "First name a parent or guardian" in as_anna.get(address("signers", teen)).content.decode()
    of_age_from(None)
    assert "First set in the practice" in as_anna.get(address("signers", teen)).content.decode()


def test_as_many_queries_for_one_as_for_three(as_anna, teen, anna):
    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert as_anna.get(address(name, teen)).status_code == 200
        return len(found)

    parent(teen, "Ada Brook", by=anna)
    queries("signers")
    one = [queries(name) for name in ("signers", "show")]
    for name in ("Bob Brook", "Carl Brook"):
        parent(teen, name, by=anna)
    assert [queries(name) for name in ("signers", "show")] == one


# --- what a young client reads ---------------------------------------------------------------------------------------


def test_a_young_client_reads_that_parents_do_not_see(teen, anna):
    now, teen.birth_date = datetime(2026, 11, 1, tzinfo=UTC), BORN
    assert "do not see this" in signatories.not_seen(teen, now=now)
    parent(teen, "Ada Brook", by=anna, may_see="times")
    assert "When and where you meet may be known to: Ada Brook" in signatories.not_seen(teen, now=now)
    assert signatories.not_seen(teen, now=datetime(2028, 3, 9, 12, tzinfo=UTC)) == ""
    assert signatories.not_seen(factories.client("Grown Up", anna), now=now) == ""


def test_the_intake_says_so_on_each_page(as_mallory, teen, anna):
    from clients.domain import intake

    asked = intake.together(teen, manner="room", by=anna)
    token = links.make(intake.KIND, subject=asked.pk, lasts=timedelta(days=3), by=anna)
    for name, more in (("intake", []), ("intake_part", [1])):
        page = as_mallory.get(reverse(name, args=[token, *more])).content.decode()
        assert "Your parents or guardians do not see this." in page
    teen.birth_date = date(1980, 1, 1)
    teen.save(update_fields=["birth_date"])
    assert "do not see this" not in as_mallory.get(reverse("intake", args=[token])).content.decode()


def test_the_other_forms_of_a_young_client_say_so_too(as_mallory, teen, anna):
    now = timezone.now()
    made = factories.decision(teen, anna)
    asked = Review.objects.create(client=teen, decision=made, manner=Review.Manner.LINK)
    hour = timedelta(hours=1)
    window = Window.objects.create(
        client=teen, asked_by=anna, watcher=anna, opens_at=now - hour, closes_at=now + hour, accepted_at=now
    )
    for name, purpose, subject in (
        ("review", review.PURPOSE, asked.pk),
        ("asq_window", asq_window.LINK, window.pk),
    ):
        token = links.make(purpose, subject=subject, lasts=hour, by=anna)
        page = as_mallory.get(reverse(name, args=[token]))
        assert page.status_code == 200 and "Your parents or guardians do not see this." in page.content.decode(), name


def test_a_consent_is_never_lost_with_its_signer(teen, anna, text):
    from django.db.models import ProtectedError

    ada = parent(teen, "Ada Brook", by=anna)
    consent.ask_all(teen, [text], [signers.Signer(ada, "permission")], by=anna, send=False)
    with pytest.raises(ProtectedError):
        ada.delete()
    assert Consent.objects.get().signatory == ada
