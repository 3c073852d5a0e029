"""Asking several people for several texts at once: who is listed, who is asked, and why nobody can be."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import consent, consent_demo, consent_texts, signers, signing, story, to_sign
from clients.models import Client, Consent, ConsentRequest, ConsentText
from practice.domain import links
from practice.models import Letter, Link, Practice, Role
from tests import factories
from tests.clients.guardians import BORN, mina, of_age_from, parent
from tests.clients.signing import handed_back, sign_together

db = pytest.mark.django_db


@pytest.fixture
def family(anna):
    """Mina with both parents, who have to sign."""
    of_age_from(18)
    teen = mina(anna)
    return teen, parent(teen, "Ada Brook", by=anna), parent(teen, "Bob Brook", by=anna)


def ask(client: Client) -> str:
    return reverse("clients:ask_consent", args=[client.pk])


@db
def test_the_page_lists_who_signs_what_it_means_and_where_the_letter_goes(as_anna, family, texts):
    teen, _ada, bob = family
    bob.email = ""
    bob.save(update_fields=["email"])
    page = as_anna.get(ask(teen)).content.decode()
    assert page.count('name="who"') == 3 and page.count("checked") == 3
    assert "says that they want it too" in page and "Parent. The signature agrees for the client." in page
    assert "A letter goes to ada@example.net" in page and "No safe e-mail address, so no letter can go" in page


@db
def test_everybody_gets_a_letter_of_their_own_about_all_texts(as_anna, family, texts):
    teen, ada, bob = family
    marked = [text.pk for text in texts.values() if text.body.get("minors")]
    given = {"text": marked, "who": ["own", ada.pk, bob.pk], "how": "send"}
    answer = as_anna.post(ask(teen), given, follow=True)
    assert "On its way to Mo, Ada Brook, Bob Brook" in answer.content.decode()
    assert set(Letter.objects.values_list("to", flat=True)) == {
        "mina.brook@example.org", "ada@example.net", "bob@example.net",
    }  # fmt: skip
    assert [request.consents.count() for request in ConsentRequest.objects.all()] == [len(marked)] * 3
    meanings = set(Consent.objects.values_list("signatory__name", "meaning"))
    assert meanings == {(None, "assent"), ("Ada Brook", "permission"), ("Bob Brook", "permission")}


@db
def test_one_who_must_sign_may_be_asked_later_and_the_page_says_so(as_anna, family, text):
    teen, ada, bob = family
    answer = as_anna.post(ask(teen), {"text": text.pk, "who": ["own", ada.pk], "how": "send"}, follow=True)
    assert "Not asked yet: Bob Brook. Nothing is agreed before they have signed too." in answer.content.decode()
    assert consent.covers(teen, "walk", timezone.localdate()).stops
    answer = as_anna.post(ask(teen), {"text": text.pk, "who": [bob.pk], "how": "send"}, follow=True)
    assert "Not asked yet" not in answer.content.decode()


@db
def test_one_who_need_not_sign_is_listed_and_not_ticked(as_anna, family, text, anna):
    teen, *_ = family
    parent(teen, "Carl Brook", by=anna, relation="guardian", must_sign=False)
    people = to_sign.people(teen, [text], on=timezone.localdate())
    assert [(one.name, one.is_expected) for one in people][-1] == ("Carl Brook", False)
    assert "May sign, and need not." in as_anna.get(ask(teen)).content.decode()


@db
def test_who_signed_this_version_is_not_ticked_again(as_anna, anna, text):
    of_age_from(18)
    grown = factories.client("Nora Field", anna)
    consent_demo.sign_for_demo(grown, text, on=timezone.now(), by=anna)
    [own] = to_sign.people(grown, [text], on=timezone.localdate())
    assert own.is_done and not own.is_expected and own.signed == (text.title,)
    assert "Has signed" in as_anna.get(ask(grown)).content.decode()
    late = timezone.localdate() + timedelta(days=400)
    assert to_sign.people(grown, [text], on=late)[0].is_expected


@db
@pytest.mark.parametrize("missing", [{"text": []}, {"who": []}, {"how": ""}, {"who": ["own", "x"]}, {"text": ["x"]}])
def test_what_is_missing_is_named_and_nobody_is_asked(as_anna, family, text, missing):
    given = {"text": [text.pk], "who": ["own"], "how": "send"} | missing
    answer = as_anna.post(ask(family[0]), given)
    assert answer.status_code == 422 and "Please look at this again" in answer.content.decode()
    assert not ConsentRequest.objects.exists()


@db
def test_a_stranger_cannot_be_asked_in_the_name_of_a_parent(as_anna, family, text, anna):
    other = mina(anna)
    theirs = parent(other, "Eve Brook", by=anna)
    given = {"text": text.pk, "who": [theirs.pk], "how": "send"}
    assert as_anna.post(ask(family[0]), given).status_code == 422 and not Consent.objects.exists()


@db
def test_without_an_address_nobody_is_asked_and_the_sentence_names_who(as_anna, family, text):
    teen, ada, _bob = family
    ada.email = ""
    ada.save(update_fields=["email"])
    given = {"text": text.pk, "who": ["own", ada.pk]}
    answer = as_anna.post(ask(teen), given | {"how": "send"})
    assert answer.status_code == 422 and "Ada Brook has no e-mail address here" in answer.content.decode()
    assert not ConsentRequest.objects.exists() and not Letter.objects.exists()


@db
def test_while_ages_are_not_set_or_nobody_is_named_the_page_says_why(as_anna, anna, text, practice):
    teen = mina(anna)
    page = as_anna.get(ask(teen)).content.decode()
    assert "First set in the practice" in page and 'name="how"' not in page
    of_age_from(18)
    page = as_anna.get(ask(teen)).content.decode()
    assert "First name a parent or guardian" in page and reverse("clients:signers", args=[teen.pk]) in page
    assert as_anna.post(ask(teen), {"text": text.pk, "who": "own", "how": "send"}).status_code == 422
    assert not Consent.objects.exists()


@db
def test_signing_together_goes_from_one_to_the_next_each_with_a_link_of_their_own(as_anna, family, text):
    teen, ada, bob = family
    here = reverse("clients:sign_here", args=[teen.pk])
    given = {"text": text.pk, "who": ["own", ada.pk, bob.pk], "how": "here"}
    assert as_anna.post(ask(teen), given).url == here and not Letter.objects.exists()
    page = as_anna.get(here).content.decode()
    assert page.index("Mina Brook</b>") < page.index("Ada Brook</b>") < page.index("Bob Brook</b>")
    for one in Consent.objects.all():
        again = reverse("clients:consent_again", args=[teen.pk, one.pk])
        handed_back(as_anna)
        answer = as_anna.post(again, {"how": "here"})
        assert answer.url.startswith("/s/")
        link = Link.objects.order_by("-made_at").first()
        assert link.subject == one.request_id
        assert timedelta(minutes=119) < link.expires_at - timezone.now() <= timedelta(hours=2)
    Consent.objects.update(status="replaced")
    handed_back(as_anna)
    assert "Nothing is open" in as_anna.get(here).content.decode()


@db
def test_what_is_over_is_asked_anew(as_anna, family, text, anna):
    teen, *_ = family
    one = consent.ask(teen, text, by=anna, send=False)
    ConsentRequest.objects.update(expires_at=timezone.now())
    answer = as_anna.post(reverse("clients:consent_again", args=[teen.pk, one.pk]), {"how": "here"})
    assert answer.url == ask(teen) and not Link.objects.exists()


@db
@pytest.mark.parametrize("who", ["as_ben", "as_olga", "as_rosa", "as_mrs_lee"])
def test_nobody_else_hands_anything_over(request, who, family):
    assert request.getfixturevalue(who).get(reverse("clients:sign_here", args=[family[0].pk])).status_code == 404


def ticked(browser, client):
    page = browser.get(ask(client)).content.decode()
    return re.findall(r'name="text" value="([^"]+)" checked', page)


@db
def test_what_is_to_be_signed_anew_is_ticked_until_it_was_asked_for(as_anna, mrs_lee, anna, texts):
    for key in ("outdoors", "running"):
        sign_together(consent.ask(mrs_lee, texts[key], by=anna, send=False))
    assert ticked(as_anna, mrs_lee) == []
    signed = Consent.objects.get(text=texts["outdoors"])
    press = reverse("clients:consent_due_again", args=[mrs_lee.pk, signed.pk])
    page = as_anna.post(press, {"because": "a fall"}, follow=True).content.decode()
    assert "Something happened: it is to be signed anew." in page
    assert ticked(as_anna, mrs_lee) == [str(texts["outdoors"].pk)]
    anew = consent.ask(mrs_lee, texts["outdoors"], by=anna, send=False)
    assert ticked(as_anna, mrs_lee) == []
    sign_together(anew)
    assert ticked(as_anna, mrs_lee) == []


@db
def test_what_is_rarely_needed_lies_folded(as_anna, mrs_lee, texts):
    page = as_anna.get(ask(mrs_lee)).content.decode()
    plain = re.sub(r"<details.*?</details>", "", page, flags=re.S)
    assert all(text.title in plain for text in texts.values())
    for words in ("Version 1, since", texts["outdoors"].body["note"][:30], "The links work for"):
        assert words in page and words not in plain


@db
def test_as_many_queries_for_one_signer_as_for_three(as_anna, anna, texts):
    of_age_from(18)
    teen = mina(anna)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert as_anna.get(ask(teen)).status_code == 200
        return len(found)

    parent(teen, "Ada Brook", by=anna)
    queries()
    one = queries()
    for name in ("Bob Brook", "Carl Brook"):
        parent(teen, name, by=anna)
    assert queries() == one


@db
def test_a_parents_link_ends_with_the_first_moment_of_the_birthday_where_the_practice_is(anna, text):
    of_age_from(18)
    Practice.objects.update(time_zone="America/Los_Angeles")
    teen = mina(anna, birth_date=BORN)
    ada = parent(teen, "Ada Brook", by=anna)
    wanted = [signers.Signer(None, "assent"), signers.Signer(ada, "permission")]
    asked_at = datetime(2028, 3, 1, tzinfo=ZoneInfo("UTC"))
    own, hers = consent.ask_all(teen, [text], wanted, by=anna, send=False, at=asked_at)
    assert hers.expires_at == datetime(2028, 3, 9, 0, 0, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert own.expires_at == asked_at + timedelta(days=30)


def test_two_who_ask_at_the_same_moment_leave_one_open_asking_for_each(fresh_db):
    practice = factories.practice()
    practice.majority_age = 18
    practice.save(update_fields=["majority_age"])
    anna = factories.user("Anna Reiter", Role.THERAPIST)
    teen = mina(anna)
    ada = parent(teen, "Ada Brook", by=anna)
    consent_texts.publish_shipped()
    texts = [text for text in consent_texts.current() if text.key in ("outdoors", "running")]
    wanted = [signers.Signer(None, "assent"), signers.Signer(ada, "permission")]
    gate = Barrier(3)

    def one(_number: int) -> None:
        try:
            gate.wait(10)
            consent.ask_all(teen, texts, wanted, by=anna)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(one, range(3)))
    assert Consent.objects.open().count() == 4 and Consent.objects.filter(status="replaced").count() == 8
    assert Letter.objects.exclude(state="cancelled").count() == 2


@db
def test_the_next_step_names_the_parent_who_has_not_signed(as_anna, family, anna, text):
    teen, ada, bob = family
    factories.decision(teen, anna)
    factories.emergency_contact(teen)
    now = timezone.now()
    for signer in (None, ada):
        one = signers.Signer(signer, "permission" if signer else "assent")
        consent_demo.sign_for_demo(teen, text, on=now, by=anna, signer=one)
    read = story.chart(teen)
    assert story._consent(read) == story.Next.CONSENT, "nobody has asked her father yet"
    asked = consent.ask_all(teen, [text], [signers.Signer(bob, "permission")], by=anna)
    read = story.chart(teen)
    assert (story._consent(read), read.asked_of) == (story.Next.WAIT_FOR_CONSENT, "Bob Brook")
    assert any(entry.title.startswith("Ada Brook, Walking") for entry in story.entries(teen, read))
    signing.talk(asked[0].consents.get())
    assert story._consent(story.chart(teen)) == story.Next.TALK_ABOUT_CONSENT


class TestNextStep:
    def test_a_no_and_what_was_taken_back_are_talked_about(self, mrs_lee, anna, text):
        factories.decision(mrs_lee, anna, "walk")
        asked = consent.ask(mrs_lee, text, by=anna)
        assert story._consent(story.chart(mrs_lee)) == story.Next.WAIT_FOR_CONSENT
        signing.decline(asked)
        assert story._consent(story.chart(mrs_lee)) == story.Next.CONSENT_REFUSED

    def test_one_way_that_is_covered_is_enough_to_meet(self, mrs_lee, anna, text):
        factories.decision(mrs_lee, anna, "walk", "run")
        consent_demo.sign_for_demo(mrs_lee, text, on=timezone.now(), by=anna)
        assert story._consent(story.chart(mrs_lee)) is None

    def test_what_was_taken_back_of_several_ways_is_talked_about_and_said_where_they_can_meet(
        self, mrs_lee, anna, text, as_anna, as_olga
    ):
        factories.decision(mrs_lee, anna, "walk", "sit")
        factories.emergency_contact(mrs_lee)
        page = reverse("clients:show", args=[mrs_lee.pk])
        signed = consent_demo.sign_for_demo(mrs_lee, text, on=timezone.now(), by=anna)
        assert "Ready to meet" in as_anna.get(page).content.decode()
        consent.withdraw(signed, by=None, modes=["walk"])
        said, desk = (browser.get(page).content.decode() for browser in (as_anna, as_olga))
        assert "Talk about the consent" in said and "Ready to meet" not in said
        assert "Walking: Consent taken back, " in said
        assert "Walking: not yet, ask Anna" in desk and "taken back" not in desk
        for one in (said, desk):
            assert "Walking agreed" not in one and "Sitting outside agreed" in one


class TestStopping:
    def test_a_request_is_taken_back_with_its_letter_and_its_link(self, as_anna, as_mallory, mrs_lee, anna, text):
        asked = consent.ask(mrs_lee, text, by=anna)
        token = links.make("consent", subject=asked.request_id, lasts=timedelta(days=1), by=anna)
        page = reverse("clients:stop_consent", args=[mrs_lee.pk, asked.pk])
        assert as_anna.post(page).status_code == 302
        asked.refresh_from_db()
        assert asked.status == "replaced" and Letter.objects.get(about=asked.request_id).state == "cancelled"
        assert as_mallory.get(reverse("sign_consent", args=[token])).status_code == 410
        assert "answered meanwhile" in as_anna.post(page, follow=True).content.decode()

    def test_what_is_answered_stays(self, as_anna, mrs_lee, anna, text):
        signed = consent_demo.sign_for_demo(mrs_lee, text, on=timezone.now(), by=anna)
        as_anna.post(reverse("clients:stop_consent", args=[mrs_lee.pk, signed.pk]))
        signed.refresh_from_db()
        assert signed.status == "signed"


def test_a_language_can_be_chosen_when_asking(as_anna, mrs_lee, anna, texts):
    where = reverse("clients:ask_consent", args=[mrs_lee.pk])
    assert "Caminar juntos" not in as_anna.get(where).content.decode()
    assert "Caminar juntos" in as_anna.get(f"{where}?language=es").content.decode()
    assert as_anna.get(f"{where}?language=nonsense").status_code == 200


@db
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("key", ["outdoors", "running"])
def test_what_is_said_to_young_people_is_read_when_one_is_asked_and_by_nobody_else(anna, mrs_lee, texts, key, language):
    of_age_from(18)
    teen = mina(anna)
    parent(teen, "Ada Brook", by=anna)
    text = ConsentText.objects.get(key=key, language=language)
    everybody = signers.signers(teen, on=timezone.localdate())
    made = consent.ask_all(teen, [text], everybody, by=anna, send=False)
    for request in made:
        said = {clause["key"]: clause["words"] for clause in request.consents.get().shown["clauses"]}
        assert "{" not in said["minors"] and ("Mina" in said["minors"] or "Mo " in said["minors"])
    grown = consent.ask(mrs_lee, text, by=anna, send=False).shown
    assert "minors" not in {clause["key"] for clause in grown["clauses"]}


@db
def test_a_text_that_says_nothing_to_young_people_is_laid_before_none(anna, mrs_lee, texts):
    of_age_from(18)
    teen = mina(anna)
    parent(teen, "Ada Brook", by=anna)
    for wanted in signers.signers(teen, on=timezone.localdate()):
        with pytest.raises(consent.CannotAsk, match="not marked as being for minors"):
            consent.ask_all(teen, [texts["outdoors"], texts["online"]], [wanted], by=anna, send=False)
    assert not Consent.objects.exists() and not ConsentRequest.objects.exists()
    helper = parent(mrs_lee, "Eve Stone", by=anna, relation="representative")
    assert consent.ask(mrs_lee, texts["online"], by=anna, signer=signers.Signer(helper, "permission"))
