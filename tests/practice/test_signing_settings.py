"""What the practice settles about signing: days, reminders, ages."""

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from practice.models import AuditEntry, Practice

pytestmark = pytest.mark.django_db
GIVEN = {
    "consent_days": "21", "consent_reminders": "1", "grace_days": "14", "majority_age": "18", "minor_age": "16",
    "guardians": "one",
}  # fmt: skip


def test_the_owner_settles_it_and_it_is_kept_in_history_and_audit(as_rosa, practice):
    where = reverse("practice:signing")
    assert "Nobody under 21 can be asked yet" in as_rosa.get(where).content.decode()
    assert as_rosa.post(where, GIVEN).status_code == 302
    kept = Practice.load()
    assert (kept.consent_days, kept.consent_reminders, kept.grace_days) == (21, 1, 14)
    assert (kept.majority_age, kept.minor_age, kept.guardians) == (18, 16, "one")
    assert AuditEntry.objects.filter(body__contains="practice.signing_settled").count() == 1
    assert Practice.pgh_event_model.objects.order_by("pgh_id").last().majority_age == 18
    team = as_rosa.get(reverse("practice:team")).content.decode()
    assert "agree alone from 18 years on" in team and "Nobody under 21" not in as_rosa.get(where).content.decode()


def test_no_ages_is_an_answer_too(as_rosa, practice):
    assert as_rosa.post(reverse("practice:signing"), GIVEN | {"majority_age": "", "minor_age": ""}).status_code == 302
    assert Practice.load().majority_age is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"majority_age": "13"}, {"majority_age": "22"}, {"minor_age": "9"}, {"minor_age": "19"}, {"majority_age": ""},
        {"consent_days": "0"}, {"consent_days": "91"}, {"consent_reminders": "6"}, {"grace_days": "91"},
        {"guardians": "none"}, {"guardians": ""},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(as_rosa, practice, wrong):
    assert as_rosa.post(reverse("practice:signing"), GIVEN | wrong).status_code == 422
    assert Practice.load().consent_days == 30


def test_the_database_refuses_it_too(practice):
    with pytest.raises(IntegrityError, match="practice_agrees_to_therapy"), transaction.atomic():
        Practice.objects.update(majority_age=16, minor_age=17)


@pytest.mark.parametrize("browser", ["as_anna", "as_olga", "as_mrs_lee"])
def test_others_do_not_know_the_page_is_there(request, browser):
    assert request.getfixturevalue(browser).get(reverse("practice:signing")).status_code == 404
    assert request.getfixturevalue(browser).post(reverse("practice:signing"), GIVEN).status_code == 404
