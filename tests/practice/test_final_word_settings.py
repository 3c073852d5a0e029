"""The final word on the weather: who sets it, and what it cannot be."""

import pytest
from django.test import Client as Browser

from practice.models import AuditEntry, Practice

pytestmark = pytest.mark.django_db
HOURS = {"final_word_at": "19:30", "final_word_before": "09:00"}


def test_the_owner_sets_them_and_it_is_written_down(as_rosa: Browser, as_anna: Browser) -> None:
    assert as_anna.post("/practice/final-word", HOURS).status_code == 404
    assert as_rosa.post("/practice/final-word", HOURS).status_code == 302
    kept = Practice.objects.values_list(*HOURS).get()
    assert [f"{one:%H:%M}" for one in kept] == list(HOURS.values())
    assert '"final_word_at":"19:30"' in AuditEntry.objects.filter(body__contains="final_word_settled").get().body
    assert "By 19:30 it is settled whether starts before 09:00" in as_rosa.get("/practice/team/").content.decode()


@pytest.mark.parametrize("word", ["21:00", "23:00", "07:59"])
def test_a_final_word_in_the_quiet_hours_is_refused(as_rosa: Browser, word: str) -> None:
    answer = as_rosa.post("/practice/final-word", HOURS | {"final_word_at": word})
    assert answer.status_code == 422 and "outside the quiet hours" in answer.content.decode()


def test_what_is_no_hour_is_refused_and_the_rest_is_kept_in_the_form(as_rosa: Browser) -> None:
    answer = as_rosa.post("/practice/final-word", HOURS | {"final_word_before": "25:00"})
    assert answer.status_code == 422 and 'value="19:30"' in answer.content.decode()
