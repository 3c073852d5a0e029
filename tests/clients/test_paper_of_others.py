"""What was signed on paper by somebody beside the client: a parent, the partner; and who could not sign."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clients.domain import consent, on_paper, signatories
from clients.models import Consent
from practice.domain import papers
from tests import factories
from tests.clients.guardians import mina, of_age_from, parent

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
MONTH_AGO = TODAY - timedelta(days=30)


@pytest.fixture
def teen(anna, texts):
    of_age_from(18)
    return mina(anna)


def page(client):
    return reverse("clients:on_paper", args=[client.pk])


def sent(*who, day=MONTH_AGO, **more):
    keys = [str(one.pk) if one else "own" for one in who]
    scan = SimpleUploadedFile("consent.pdf", b"%PDF-1.7 scan")
    return {"signed_outdoors": day.isoformat(), "who_outdoors": keys, "scan_outdoors": scan} | more


def test_one_paper_signed_by_a_parent_and_the_young_client_counts_for_both(as_anna, anna, teen):
    ada = parent(teen, "Ada Brook", by=anna)
    assert "Ada Brook, parent" in as_anna.get(page(teen)).content.decode()
    assert as_anna.post(page(teen), sent(None, ada)).status_code == 302
    kept = {one.signatory: one for one in Consent.objects.all()}
    assert {who: one.meaning for who, one in kept.items()} == {None: "assent", ada: "permission"}
    assert kept[ada].evidence["relation"] == "parent" and kept[ada].evidence["signs"] == "Ada Brook"
    assert kept[None].evidence["relation"] == "" and kept[None].evidence["signs"] == "Mina Brook"
    assert {papers.read(one.paper) for one in kept.values()} == {b"%PDF-1.7 scan"}
    assert consent.covers(teen, "walk", TODAY).is_covered
    text = as_anna.get(reverse("clients:consent", args=[teen.pk, kept[ada].pk])).content.decode()
    assert "by <bdi>Ada Brook</bdi>, parent" in text and "Put in here by <bdi>Anna Reiter</bdi>" in text


def test_a_parents_paper_alone_leaves_the_young_clients_own_wish_open(as_anna, anna, teen):
    ada = parent(teen, "Ada Brook", by=anna)
    as_anna.post(page(teen), sent(ada))
    assert Consent.objects.get().signatory == ada
    assert not consent.covers(teen, "walk", TODAY).is_covered


def test_the_partners_paper_is_consent_for_themselves(as_anna, anna, texts, mrs_lee):
    max_lee = parent(mrs_lee, "Max Lee", by=anna, relation="partner")
    as_anna.post(page(mrs_lee), sent(max_lee))
    kept = Consent.objects.get()
    assert (kept.signatory, kept.meaning) == (max_lee, "consent")


def test_nobody_is_asked_who_signed_where_the_client_signs_alone(as_anna, texts, mrs_lee):
    assert "Who signed this paper" not in as_anna.get(page(mrs_lee)).content.decode()


def test_a_paper_that_nobody_signed_is_no_paper(as_anna, anna, teen):
    parent(teen, "Ada Brook", by=anna)
    answer = as_anna.post(page(teen), sent())
    assert answer.status_code == 422 and "Please say who signed this paper." in answer.content.decode()
    assert not Consent.objects.exists()


def test_a_parent_of_somebody_of_age_had_no_standing(as_anna, anna, texts, mrs_lee):
    of_age_from(18)
    signatories.put_birth_date(mrs_lee, date(1980, 1, 1), by=anna)
    ada = parent(mrs_lee, "Ada Lee", by=anna)
    answer = as_anna.post(page(mrs_lee), sent(ada))
    assert answer.status_code == 422 and "Ada Lee had no standing to sign on" in answer.content.decode()
    with pytest.raises(on_paper.NotFromPaper, match="no standing"):
        on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=TODAY, by=anna, signatory=ada)
    assert not Consent.objects.exists()


def test_who_signs_no_more_or_for_somebody_else_is_refused(as_anna, anna, texts, teen):
    ada = parent(teen, "Ada Brook", by=anna)
    strange = parent(factories.client("Nobody Else", anna), "Eve Else", by=anna)
    parent(teen, "Bob Brook", by=anna)
    signatories.end(ada, by=anna)
    for who in (ada, strange):
        assert as_anna.post(page(teen), sent(who)).status_code == 422
        with pytest.raises(on_paper.NotFromPaper, match="no standing"):
            on_paper.keep_consent(teen, texts["outdoors"], signed_on=TODAY, by=anna, signatory=who)
    assert not Consent.objects.exists()


def test_before_the_ages_are_set_a_parents_paper_waits(as_anna, anna, teen):
    of_age_from(None)
    answer = as_anna.post(page(teen), sent(parent(teen, "Ada Brook", by=anna)))
    assert answer.status_code == 422 and "from which age a person agrees alone" in answer.content.decode()
