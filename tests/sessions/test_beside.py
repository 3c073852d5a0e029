"""A log-in for somebody who signs beside a client: what it opens, and everything that it does not."""

from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.domain import beside, consent, consent_papers, consent_texts, on_paper, signatories, signing
from clients.domain.agreement import disclosure_print
from clients.domain.signers import Signer
from clients.models import Consent, ConsentRequest, Signatory
from practice.domain import uploads
from practice.models import Letter, Membership, Mode, Practice, User
from tests import factories, pictures
from tests.clients.signing import sign_together

pytestmark = pytest.mark.django_db
CANARY = "canary-wren"
HOME = "/sessions/mine"


@pytest.fixture
def teen(practice, mrs_lee, anna):
    Practice.objects.update(majority_age=18)
    mrs_lee.birth_date, mrs_lee.called = date(timezone.localdate().year - 16, 1, 1), CANARY
    mrs_lee.save(update_fields=["birth_date", "called"])
    factories.decision(mrs_lee, anna, Mode.WALK, reasoning=f"{CANARY} decides")
    consent_texts.publish_shipped()
    return mrs_lee


@pytest.fixture
def ada(teen, anna):
    made = Signatory.objects.create(client=teen, name="Ada Lee", relation="parent", email="ada@example.org")
    beside.invite(made, by=anna)
    made.refresh_from_db()
    return made


@pytest.fixture
def hers(ada):
    browser = Browser()
    browser.force_login(ada.user)
    return browser


def signed(teen, by, signatory, meaning):
    text = next(text for text in consent_texts.current() if text.key == "outdoors")
    made = sign_together(consent.ask(teen, text, by=by, send=False, signer=Signer(signatory, meaning)))
    consent_papers.paper_of(made)
    return Consent.objects.get(pk=made.pk)


def test_a_letter_leads_to_a_password_and_says_nothing_of_the_client(ada, teen, anna):
    letter = Letter.objects.get(kind=beside.KIND)
    assert (letter.to, letter.client) == ("ada@example.org", None) and beside.still_wanted(letter)
    words = beside.render(letter)
    assert "/account/password/reset/key/" in words.text and "Ada Lee" in words.text
    assert teen.name not in words.text + words.html and CANARY not in words.text + words.html
    assert beside.invite(ada, by=anna) == letter, "pressed twice, one letter goes"
    ada.user.last_login = timezone.now()
    ada.user.save(update_fields=["last_login"])
    assert not beside.still_wanted(letter)


def test_she_sees_what_she_signed_and_never_what_the_client_did(hers, ada, teen, anna):
    mine, own = signed(teen, anna, ada, "permission"), signed(teen, anna, None, "assent")
    page = hers.get(HOME).content.decode()
    assert reverse("sessions:paper", args=[mine.paper_id]) in page and str(own.paper_id) not in page
    assert hers.get(reverse("sessions:paper", args=[mine.paper_id])).content.startswith(b"%PDF")
    assert hers.get(reverse("sessions:paper", args=[own.paper_id])).status_code == 404
    assert CANARY not in page
    for name in ("clients:show", "clients:consents", "clients:documents", "clients:decide"):
        assert hers.get(reverse(name, args=[teen.pk])).status_code == 404


def test_times_are_seen_only_where_that_was_agreed(hers, ada, teen, anna):
    starts = timezone.now() + timedelta(days=2)
    session = factories.session(anna, teen, starts_at=starts, mode=Mode.INDOOR, room=factories.room())
    assert "When and where" not in hers.get(HOME).content.decode()
    Signatory.objects.filter(pk=ada.pk).update(may_see="times")
    page = hers.get(HOME).content.decode()
    assert "When and where" in page and "Larch Street" in page
    assert hers.get(f"/sessions/{session.pk}").status_code == 404
    assert hers.post(reverse("sessions:answer", args=[session.seats.get().pk]), {"answer": "cannot"}).status_code == 404


def test_it_ends_with_her_part_and_with_the_birthday(hers, ada, teen, anna):
    mine = signed(teen, anna, ada, "permission")
    paper, now = reverse("sessions:paper", args=[mine.paper_id]), timezone.localdate()
    teen.birth_date = date(now.year - 18, now.month, now.day) if (now.month, now.day) != (2, 29) else date(2000, 1, 1)
    teen.save(update_fields=["birth_date"])
    assert "nothing for you" in hers.get(HOME).content.decode() and hers.get(paper).status_code == 404
    teen.birth_date = date(now.year - 16, 1, 1)
    teen.save(update_fields=["birth_date"])
    assert hers.get(paper).status_code == 200
    signatories.end(ada, by=anna)
    assert "nothing for you" in hers.get(HOME).content.decode() and hers.get(paper).status_code == 404


def test_an_address_with_another_log_in_is_refused(teen, anna, ben, as_anna):
    for email in (ben.email, "mary.lee@example.org"):
        if not User.objects.filter(email=email).exists():
            teen.user = User.objects.create_user(email, name="Mary Lee")
            teen.save(update_fields=["user"])
        one = Signatory.objects.create(client=teen, name="Somebody", relation="parent", email=email)
        with pytest.raises(beside.CannotInvite):
            beside.invite(one, by=anna)
        page = as_anna.post(reverse("clients:invite_signer", args=[teen.pk, one.pk]), follow=True)
        assert "one of their own" in page.content.decode()
    assert not Letter.objects.filter(kind=beside.KIND).exists()
    without = Signatory.objects.create(client=teen, name="No Address", relation="parent")
    with pytest.raises(beside.CannotInvite):
        beside.invite(without, by=anna)


def test_who_signs_beside_two_has_one_log_in(ada, anna, mr_ode, as_anna):
    other = Signatory.objects.create(client=mr_ode, name="Ada Lee", relation="partner", email="Ada@example.org")
    beside.invite(other, by=anna)
    other.refresh_from_db()
    assert other.user_id == ada.user_id and Membership.objects.filter(user=ada.user).count() == 1
    browser = Browser()
    browser.force_login(other.user)
    page = browser.get(HOME).content.decode()
    assert "Mary Lee" in page and mr_ode.name in page


class TestFromOnesOwnLogIn:
    def test_a_client_signs_and_takes_back_without_a_letter(self, as_mrs_lee, as_mallory, mrs_lee, anna, practice):
        consent_texts.publish_shipped()
        text = next(text for text in consent_texts.current() if text.key == "data")
        asked = consent.ask(mrs_lee, text, by=anna, send=False)
        assert text.title in as_mrs_lee.get(HOME).content.decode()
        door = reverse("clients:own_consent", args=[asked.pk])
        assert as_mallory.post(door).status_code == 302 and "/login/" in as_mallory.post(door)["Location"]
        page = as_mrs_lee.post(door)["Location"]
        here = as_mrs_lee.get(page, follow=True).request["PATH_INFO"]
        address = reverse("consent_page", args=[page.split("/")[2], asked.pk])
        as_mrs_lee.post(
            reverse("disclose_consent", args=[page.split("/")[2], asked.pk]), {"disclosure": disclosure_print(asked)}
        )
        put = {"shown": asked.shown_sha256, "name": "Mary Lee"}
        assert as_mrs_lee.post(address, put).status_code == 302 and here
        asked.refresh_from_db()
        assert asked.status == "signed" and asked.evidence["how"] == "login"
        again = as_mrs_lee.post(door)["Location"]
        take_back = reverse("take_back_consent", args=[again.split("/")[2], asked.pk])
        assert as_mrs_lee.post(take_back, {"sure": "yes"}).status_code == 302
        asked.refresh_from_db()
        assert asked.status == "withdrawn"

    def test_what_was_signed_on_paper_is_taken_back_from_there(self, as_mrs_lee, mrs_lee, anna, practice):
        consent_texts.publish_shipped()
        text = next(text for text in consent_texts.current() if text.key == "outdoors")
        mrs_lee.carried_over_on = timezone.localdate()
        for scan in (None, uploads.read(pictures.drawn("PNG"))):
            kept = on_paper.keep_consent(mrs_lee, text, signed_on=timezone.localdate(), scan=scan, by=anna)
            door = reverse("clients:own_consent", args=[kept.pk])
            assert door in as_mrs_lee.get(HOME).content.decode()
            opened = as_mrs_lee.post(door, follow=True)
            page, token = opened.content.decode(), opened.redirect_chain[0][0].split("/")[2]
            copy = reverse("consent_copy", args=[token, kept.pk])
            assert "Signed on paper on" in page and text.title in page and "Version" not in page
            assert (copy in page) == (scan is not None)
            assert as_mrs_lee.get(copy).status_code == (200 if scan else 404)
            take_back = reverse("take_back_consent", args=[token, kept.pk])
            assert as_mrs_lee.post(take_back, {"what": "walk"}).status_code == 302
            assert "The rest stands" in as_mrs_lee.post(door, follow=True).content.decode()
            answer = as_mrs_lee.post(take_back, {"sure": "yes"}, follow=True)
            kept.refresh_from_db()
            assert kept.status == "withdrawn" and "Taken back" in answer.content.decode()
            assert (copy in answer.content.decode()) == (scan is not None)

    def test_nothing_is_offered_that_ran_out_while_a_talk_was_wanted(self, as_mrs_lee, hers, ada, teen, anna, mrs_lee):
        text, long_ago = consent_texts.current()[0], timezone.now() - timedelta(days=40)
        own = consent.ask(mrs_lee, text, by=anna, at=long_ago)
        other = consent.ask(teen, text, by=anna, at=long_ago, signer=Signer(ada, "permission"))
        for asked, browser in ((own, as_mrs_lee), (other, hers)):
            door = reverse("clients:own_consent", args=[asked.pk])
            request = ConsentRequest.objects.get(pk=asked.request_id)
            ConsentRequest.objects.filter(pk=request.pk).update(expires_at=timezone.now() + timedelta(hours=1))
            signing.talk(asked, at=long_ago + timedelta(days=1))
            assert door in browser.get(HOME).content.decode()
            assert browser.post(door, follow=True).status_code == 200
            ConsentRequest.objects.filter(pk=request.pk).update(expires_at=request.expires_at)
            assert door not in browser.get(HOME).content.decode()

    def test_nobody_opens_what_lies_before_somebody_else(self, hers, ada, teen, anna):
        mine, own = signed(teen, anna, ada, "permission"), signed(teen, anna, None, "assent")
        assert hers.post(reverse("clients:own_consent", args=[mine.pk])).status_code == 302
        assert hers.post(reverse("clients:own_consent", args=[own.pk])).status_code == 404
        signatories.end(ada, by=anna)
        assert hers.post(reverse("clients:own_consent", args=[mine.pk])).status_code == 404
