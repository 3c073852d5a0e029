"""Written down here: a questionnaire with the client, and what a clinician knows without one."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clients.domain import reading, recording, results
from clients.domain.instruments import shipped
from clients.models import Screening
from practice.models import AuditEntry, CoverPerson, Letter

pytestmark = pytest.mark.django_db
PHQ9 = {item.key: "1" for item in shipped()["phq9"].items if item.needed}


def where(person, kind):
    return reverse("clients:ask_here", args=[person.pk, kind])


@pytest.mark.parametrize("kind", sorted(one.key for one in recording.kinds()))
def test_every_instrument_has_a_page(as_anna, mrs_lee, kind):
    assert as_anna.get(where(mrs_lee, kind)).status_code == 200


@pytest.mark.parametrize("kind", ["asq", "everyday_health", "harder_days", "parq", "ors", "nothing"])
def test_what_has_a_page_of_its_own_or_none_has_none_here(as_anna, mrs_lee, kind):
    assert as_anna.get(where(mrs_lee, kind)).status_code == 404


def test_phq9_written_down_with_its_result(as_anna, anna, mrs_lee):
    assert as_anna.post(where(mrs_lee, "phq9"), PHQ9 | {"manner": "room"}).status_code == 302
    made = Screening.objects.get()
    assert (made.kind, made.manner, made.asked_by, made.language) == ("phq9", "room", anna, "en")
    found = results.of(made)
    assert found.totals["phq9"]["total"] == 9 and "S2" in found.rules and not found.is_dangerous
    assert AuditEntry.objects.filter(body__contains="screening.recorded").exists()
    assert b"better_off_dead" not in bytes(made.answers_sealed) and b"totals" not in bytes(made.result_sealed)


def test_pressed_twice_is_written_once(as_anna, mrs_lee):
    for _ in range(2):
        as_anna.post(where(mrs_lee, "phq9"), PHQ9 | {"manner": "room"})
    assert Screening.objects.count() == 1


def test_open_questions_stay_open(as_anna, mrs_lee):
    as_anna.post(where(mrs_lee, "phq9"), {"interest": "2", "manner": "phone"})
    made = Screening.objects.get()
    assert results.of(made).totals["phq9"]["total"] is None
    assert "INCOMPLETE" in results.of(made).rules


@pytest.mark.parametrize(
    "form",
    [{"manner": "room"}, PHQ9, PHQ9 | {"manner": "link"}, PHQ9 | {"manner": "room", "interest": "4"},
     PHQ9 | {"manner": "room", "interest": "\x00"}],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_form(as_anna, mrs_lee, form):
    answer = as_anna.post(where(mrs_lee, "phq9"), form)
    assert answer.status_code == 422 and not Screening.objects.exists()


def test_what_is_asked_live_has_no_field_and_is_not_kept(as_anna, mrs_lee):
    page = as_anna.get(where(mrs_lee, "picture")).content.decode()
    assert "Nothing of the answer is kept" in page and 'name="pregnancy"' not in page
    as_anna.post(where(mrs_lee, "picture"), {"manner": "room", "panic": "yes", "pregnancy": "yes"})
    assert Screening.objects.get().answers == {"picture": {"panic": "yes"}}


def test_what_is_known_raises_its_consideration(as_anna, anna, mrs_lee):
    made = recording.record(mrs_lee, "picture", {"psychosis": "yes"}, manner="room", by=anna)
    found = reading.considered(reading.newest(mrs_lee, today=made.submitted_at.date()))
    assert "P1" in found.rules
    page = as_anna.get(reverse("clients:decide", args=[mrs_lee.pk])).content.decode()
    assert "Acute psychosis" in page


def test_the_check_of_another_day_no_longer_counts(anna, mrs_lee):
    made = recording.record(mrs_lee, "day_of_check", {"new": ("fever",)}, manner="room", by=anna)
    day = made.submitted_at.date()
    assert made in reading.newest(mrs_lee, today=day)
    assert made not in reading.newest(mrs_lee, today=day + timedelta(days=1))


def test_strangers_and_the_desk_find_nothing(as_ben, as_olga, client, mrs_lee):
    for browser in (as_ben, as_olga):
        assert browser.get(where(mrs_lee, "phq9")).status_code == 404
    assert client.get(where(mrs_lee, "phq9")).status_code == 302


def test_a_row_of_before_is_read_through_todays_rules(anna, mrs_lee):
    made = Screening(client=mrs_lee, kind="phq9", manner="room", status="submitted", asked_by=anna)
    made.submitted_at = made.asked_at
    made.answers = {"phq9": PHQ9}
    made.save(force_insert=True)
    assert results.of(made).totals["phq9"]["total"] == 9


def test_every_questionnaire_stands_on_one_page_and_can_go_by_link(as_anna, anna, ben, mrs_lee):
    where_all = reverse("clients:questionnaires", args=[mrs_lee.pk])
    page = as_anna.get(where_all).content.decode()
    assert "Nobody is named on the cover list" in page and "Send by link" not in page
    CoverPerson.objects.create(user=ben, position=1)
    page = as_anna.get(where_all).content.decode()
    assert reverse("clients:ask_by_link", args=[mrs_lee.pk, "phq9"]) in page
    for not_alone in ("cssrs", "picture", "acsm", "scoff"):
        assert reverse("clients:ask_by_link", args=[mrs_lee.pk, not_alone]) not in page
        assert as_anna.post(reverse("clients:ask_by_link", args=[mrs_lee.pk, not_alone])).status_code == 404
    for _ in range(2):
        assert as_anna.post(reverse("clients:ask_by_link", args=[mrs_lee.pk, "phq9"])).status_code == 302
    assert Letter.objects.count() == 1 and Screening.objects.get().kind == "phq9"


def test_whoever_reloads_what_only_a_button_sends_reads_a_page_of_ours(as_anna, as_ben, mrs_lee):
    where_to = reverse("clients:ask_by_link", args=[mrs_lee.pk, "phq9"])
    answer = as_anna.get(where_to)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Nothing was sent" in answer.content.decode() and "<main" in answer.content.decode()
    assert as_ben.get(where_to).content.count(b"Lee") == 0 and not Screening.objects.exists()


def test_nothing_goes_by_link_with_no_cover_named(as_anna, mrs_lee):
    as_anna.post(reverse("clients:ask_by_link", args=[mrs_lee.pk, "phq9"]))
    assert not Letter.objects.exists() and not Screening.objects.exists()
