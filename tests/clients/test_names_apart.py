"""A name that runs from right to left, in a mail, a title and a note: the words beside it keep their places."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, consent, signatories
from clients.models import Client
from practice.domain import post
from practice.models import CoverPerson, Letter, User
from tests.clients.guardians import of_age_from
from tests.clients.test_alerts import ACUTE

pytestmark = pytest.mark.django_db
MARYAM, ANAT = "\u2068مريم\u2069", "\u2068ענת\u2069"


@pytest.fixture
def maryam(mrs_lee, anna):
    Client.objects.filter(pk=mrs_lee.pk).update(name="مريم لي", called="مريم")
    User.objects.filter(pk=anna.pk).update(name="ענת רייטר")
    anna.refresh_from_db()
    return Client.objects.get(pk=mrs_lee.pk)


def test_a_mail_sets_both_names_apart(maryam, anna, texts):
    consent.ask(maryam, texts["outdoors"], by=anna)
    words = post.kinds["consent_request"].render(Letter.objects.get(kind="consent_request"))
    for body in (words.text, words.html):
        assert f"Hello {MARYAM}," in body and f"{ANAT} has put on one page" in body


def test_a_subject_and_the_mail_under_it_set_a_colleague_apart(maryam, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    asq.record(maryam, ACUTE, manner="room", by=anna)
    words = post.kinds["please_ring"].render(Letter.objects.get(kind="please_ring"))
    assert words.subject == f"Please ring {ANAT} now" and "\u2068ענת רייטר\u2069 is with somebody" in words.text


def test_a_title_and_the_note_that_somebody_is_soon_of_age_set_the_client_apart(as_anna, maryam, anna):
    of_age_from(18)
    day = timezone.localdate() + timedelta(days=10)
    day += timedelta(days=(day.month, day.day) == (2, 29))
    signatories.put_birth_date(maryam, day.replace(year=day.year - 18), by=anna)
    title, page = as_anna.get(reverse("clients:signers", args=[maryam.pk])).content.decode().split("</title>")
    assert "Who signs, \u2068مريم لي\u2069" in title
    assert f"on {MARYAM} agrees alone" in page and f"and {MARYAM} is asked anew" in page
