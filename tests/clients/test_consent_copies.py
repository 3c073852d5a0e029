"""The copy of what was signed: to whoever signed, by a link, where a letter may go."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.domain import consent, consent_copies, contacts, signing
from clients.domain.signers import Signer, address_of, signers
from clients.models import ContactPoint, Signatory
from practice.domain import links, post
from practice.models import Letter, Link
from tests.clients.signing import sign_together

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(mrs_lee, anna, text):
    return sign_together(consent.ask(mrs_lee, text, by=anna))


def copies():
    return Letter.objects.filter(kind=consent_copies.KIND)


@pytest.mark.parametrize("how", ["unsafe", "silent", "another", "removed", "unsafe again"])
def test_links_end_with_the_address_to_which_they_were_mailed(signed, client, mrs_lee, anna, text, how):
    asked = consent.ask(mrs_lee, text, by=anna)
    mailed = [*Letter.objects.filter(about=asked.request_id), copies().get()]
    pages = [re.search(r"/s/[\w-]+/", post.kinds[one.kind].render(one).text)[0] for one in mailed]
    point = mrs_lee.contact_points.get(kind="email")
    contacts.put(mrs_lee, contacts.Way("email", point.value, hours="mornings"), by=anna, point=point)
    assert [client.get(page).status_code for page in pages] == [200, 200]
    changed = {
        "unsafe": contacts.Way("email", point.value, is_safe=False),
        "silent": contacts.Way("email", point.value, may_say="nothing"),
        "another": contacts.Way("email", "new@example.org"),
    }
    if how == "removed":
        contacts.remove(point, by=anna)
    elif how == "unsafe again":
        contacts.put(mrs_lee, contacts.Way("email", point.value.upper(), is_safe=False), by=anna)
    else:
        contacts.put(mrs_lee, changed[how], by=anna, point=point)
    assert [client.get(page).status_code for page in pages] == [410, 410]


def test_a_guardians_link_lives_on_when_only_the_client_is_reached_elsewhere(mrs_lee, anna, text):
    guardian = Signatory.objects.create(client=mrs_lee, name="Tom Lee", relation="partner", email="tom@example.net")
    point = contacts.put(mrs_lee, contacts.Way("email", "tom@example.net", whose="shared"), by=anna)
    consent.ask(mrs_lee, text, by=anna, signer=Signer(guardian, "consent"))
    post.kinds["consent_request"].render(Letter.objects.get(to="tom@example.net"))
    contacts.remove(point, by=anna)
    assert Link.objects.get().ended_at is None


def test_a_letter_leads_to_the_signed_paper(signed, client, mrs_lee):
    letter = copies().get()
    assert (letter.to, letter.client) == ("mary.lee@example.org", mrs_lee.pk)
    words = post.kinds[letter.kind].render(letter)
    assert words.subject == "Your copy of what you signed" and "Mrs Lee" in words.text
    address = re.search(r"/s/[\w-]+/", words.text)[0]
    assert address in words.html
    page = client.get(address, follow=True)
    assert "Your signature" in page.content.decode()
    copy = client.get(reverse("consent_copy", args=[address.split("/")[2], signed.pk]))
    assert copy.content.startswith(b"%PDF-") and copy["Content-Disposition"].startswith("attachment")
    assert signed.steps.filter(kind="copied").get().detail == {"to": "mary.lee@example.org"}


def test_where_little_may_be_said_the_letter_says_little(signed, mrs_lee):
    mrs_lee.contact_points.update(may_say=ContactPoint.MaySay.NAME_ONLY, sender="M. Castle")
    words = consent_copies.render(copies().get())
    assert (words.subject, words.sender) == ("A message for you", "M. Castle")
    assert not re.search(r"Larch|Anna|signed|consent", words.text)


def test_an_address_that_is_no_longer_safe_gets_none(signed, mrs_lee):
    assert consent_copies.still_wanted(copies().get())
    mrs_lee.contact_points.update(is_safe=False)
    assert not consent_copies.still_wanted(copies().get())


def test_without_a_safe_address_it_is_signed_all_the_same(mrs_lee, anna, text):
    mrs_lee.contact_points.all().delete()
    assert sign_together(consent.ask(mrs_lee, text, by=anna, send=False)).status == "signed" and not copies().exists()


def test_each_signer_gets_the_copy_of_their_own(mrs_lee, anna, text):
    partner = Signatory.objects.create(client=mrs_lee, name="Max Lee", relation="partner", email="max@example.org")
    own, his = (
        sign_together(request.consents.get())
        for request in consent.ask_all(mrs_lee, [text], signers(mrs_lee, on=timezone.localdate()), by=anna)
    )
    assert {letter.to: letter.about for letter in copies()} == {
        "mary.lee@example.org": own.pk,
        partner.email: his.pk,
    }
    partner.ended_at = timezone.now()
    partner.save(update_fields=["ended_at"])
    assert not consent_copies.still_wanted(copies().get(about=his.pk))


def test_who_takes_back_papers_by_mail_gets_none_by_mail(mrs_lee, anna, texts):
    delivery = sign_together(consent.ask(mrs_lee, texts["delivery"], by=anna))
    waiting = consent.ask(mrs_lee, texts["data"], by=anna)
    letter = Letter.objects.get(about=waiting.request_id)
    assert post.kinds[letter.kind].still_wanted(letter)
    consent.withdraw(delivery, by=None)
    assert not post.kinds[letter.kind].still_wanted(letter)
    with pytest.raises(consent.CannotAsk, match="Mrs Lee said no to papers by e-mail, so sign together here"):
        consent.ask(mrs_lee, texts["outdoors"], by=anna)
    assert consent.ask(mrs_lee, texts["outdoors"], by=anna, send=False).is_open


@pytest.mark.parametrize("takes_back", [False, True])
def test_a_no_to_papers_by_mail_is_about_the_mail_of_whoever_said_it(mrs_lee, anna, texts, takes_back):
    max_lee = Signatory.objects.create(client=mrs_lee, name="Max Lee", relation="partner", email="max@example.org")
    for refuser, other in ((max_lee, None), (None, max_lee)):
        own = Signer(refuser, "consent")
        asked = consent.ask(mrs_lee, texts["delivery"], by=anna, signer=own)
        letter = Letter.objects.get(about=consent.ask(mrs_lee, texts["data"], by=anna, signer=own).request_id)
        assert post.kinds[letter.kind].still_wanted(letter)
        if takes_back:
            consent.withdraw(sign_together(asked), by=None)
        else:
            signing.decline(asked)
        assert not address_of(mrs_lee, refuser) and not post.kinds[letter.kind].still_wanted(letter)
        assert address_of(mrs_lee, other)
        sign_together(consent.ask(mrs_lee, texts["delivery"], by=anna, send=False, signer=own))
        assert address_of(mrs_lee, refuser)


def test_the_letter_says_what_it_is_about(mrs_lee, anna, texts):
    for key, words in (("outdoors", "when you meet outdoors"), ("data", "something for the two of you to agree on")):
        asked = consent.ask(mrs_lee, texts[key], by=anna)
        letter = Letter.objects.get(about=asked.request_id)
        rendered = post.kinds[letter.kind].render(letter)
        assert words in " ".join(rendered.text.split()) and words in " ".join(rendered.html.split())


def test_a_parents_copy_opens_no_longer_than_until_the_birthday(mrs_lee, anna, text, practice):
    practice.majority_age = 18
    practice.save(update_fields=["majority_age"])
    birthday = timezone.localdate() + timedelta(days=10)
    mrs_lee.birth_date = date(birthday.year - 18, birthday.month, birthday.day)
    mrs_lee.save(update_fields=["birth_date"])
    Signatory.objects.create(client=mrs_lee, name="Ada Lee", relation="parent", email="ada@example.org")
    requests = consent.ask_all(mrs_lee, [text], signers(mrs_lee, on=timezone.localdate()), by=anna)
    ends = []
    for request in requests:
        signed = sign_together(request.consents.get())
        words = consent_copies.render(copies().get(about=signed.pk))
        ends.append(links.find(re.search(r"/s/([\w-]+)/", words.text)[1], "consent").expires_at)
    own, hers = ends
    assert hers <= timezone.now() + timedelta(days=10) < own
