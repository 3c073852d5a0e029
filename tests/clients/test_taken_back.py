"""What somebody was called for stays, whatever becomes of the answer before the last page or of the file."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.domain import alerts, asq, calling, deciding, decision, enquiry, intake, recording, rule_changes
from clients.domain.decision import Ground
from clients.models import Alert, CareTeamMember, Client
from practice.models import CoverPerson, Letter, Role
from tests import factories

pytestmark = pytest.mark.django_db
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
ACUTE = NO | {"thoughts": "yes", "now": "yes"}
CHEST = {"chest_pain": "yes", "chest_pain.new": "yes"}


@pytest.fixture(autouse=True)
def covers(ben):
    return CoverPerson.objects.create(user=ben, position=1)


@pytest.fixture
def sam(mrs_lee):
    made = factories.user("Sam Holt", Role.THERAPIST)
    CareTeamMember.objects.create(client=mrs_lee, user=made, is_lead=False)
    return made


def step_of(key, kind=intake.KIND):
    return next(step for step in intake.steps(kind) if key in step.keys)


def said(asked, answers, *, by=None):
    """An answer kept, and the worker comes at once."""
    made = intake.save(asked, step_of(next(iter(answers)), asked.kind), answers, by=by)
    calling.call(made.pk)
    return made


def walks(client):
    return decision.permits(client, "walk", timezone.localdate()).ground


@pytest.fixture
def took_back(mrs_lee, anna):
    factories.decision(mrs_lee, anna)
    made = intake.send(mrs_lee, by=anna, reader=anna)
    said(made, CHEST)
    assert walks(mrs_lee) == Ground.PAUSED
    said(made, {"chest_pain": "no"})
    return made


def test_the_pause_lasts_until_a_decision(took_back, mrs_lee, anna):
    assert walks(mrs_lee) == Ground.PAUSED
    intake.hand_in(took_back)
    assert walks(mrs_lee) == Ground.PAUSED
    factories.decision(mrs_lee, anna)
    assert walks(mrs_lee) == Ground.AGREED


def test_danger_told_after_a_decision_pauses_though_an_older_call_still_runs(mrs_lee, anna):
    made = intake.send(mrs_lee, by=anna, reader=anna)
    said(made, {"hurt": "yes"})
    factories.decision(mrs_lee, anna)
    said(made, CHEST)
    said(made, {"chest_pain": "no"})
    assert walks(mrs_lee) == Ground.PAUSED


@pytest.mark.parametrize("goes_on", [{"chest_pain": "yes"}, {"chest_pain": "no"}])
def test_said_again_after_a_decision_it_calls_again_and_pauses_whatever_follows(took_back, mrs_lee, anna, goes_on):
    alerts.see(took_back, by=anna)
    factories.decision(mrs_lee, anna)
    assert walks(mrs_lee) == Ground.AGREED
    said(took_back, CHEST)
    assert Alert.objects.unheard().count() == 1
    assert Letter.objects.filter(kind="answers_came_in", to=anna.email).count() == 2
    said(took_back, goes_on)
    assert walks(mrs_lee) == Ground.PAUSED and Alert.objects.count() == 2


def test_who_was_called_can_read_it_and_what_it_was(took_back, mrs_lee, as_anna):
    page = as_anna.get(reverse("clients:answers", args=[mrs_lee.pk, took_back.pk]))
    assert page.status_code == 200
    assert "somebody was called for it: danger to the body." in page.content.decode()


def test_who_decides_reads_that_it_was_said(took_back, mrs_lee, as_anna):
    page = as_anna.get(reverse("clients:decide", args=[mrs_lee.pk])).content.decode()
    assert "Danger to the body was stated on" in page and "answered differently afterwards" in page


def test_what_is_said_and_taken_back_while_somebody_decides_is_laid_before_them(mrs_lee, anna):
    today = timezone.localdate()
    opened = deciding.table(mrs_lee, on=today).mark
    made = intake.send(mrs_lee, by=anna, reader=anna)
    said(made, CHEST)
    said(made, {"chest_pain": "no"})
    words = {"modes": ["walk"], "limits": [], "reasoning": "We talked.", "look_again_on": today + timedelta(days=30)}
    with pytest.raises(deciding.Overtaken):
        deciding.write(mrs_lee, mark=opened, reader=None, on=today, by=anna, **words)
    assert walks(mrs_lee) == Ground.PAUSED


def test_a_ninth_answer_that_was_taken_back_stays_readable(mrs_lee, anna, as_anna):
    made = intake.send(mrs_lee, by=anna, reader=anna, kind="phq9")
    said(made, {"better_off_dead": "3"})
    said(made, {"better_off_dead": "0"})
    page = as_anna.get(reverse("clients:answers", args=[mrs_lee.pk, made.pk]))
    assert "question 9 of the PHQ-9, with 3 of 3" in page.content.decode()
    assert walks(mrs_lee) == Ground.UNDECIDED


def test_what_still_says_so_is_not_said_to_be_taken_back(mrs_lee, anna, as_anna):
    made = intake.send(mrs_lee, by=anna, reader=anna)
    said(made, CHEST)
    page = as_anna.get(reverse("clients:answers", args=[mrs_lee.pk, made.pk])).content.decode()
    assert "answered differently" not in page


def test_a_file_is_not_closed_over_answers_that_nobody_opened(mrs_lee, anna, as_anna):
    made = intake.send(mrs_lee, by=anna, reader=anna, kind="phq9")
    said(made, {"better_off_dead": "3"})
    with pytest.raises(enquiry.WrongMoment, match="which nobody has opened"):
        enquiry.close(mrs_lee, reason="Moved away.", by=anna)
    read = reverse("clients:answers", args=[mrs_lee.pk, made.pk])
    assert as_anna.get(read).status_code == 200
    assert enquiry.close(mrs_lee, reason="Moved away.", by=anna).status == Client.Status.CLOSED
    assert as_anna.get(read).status_code == 200, "closing takes away nothing that somebody was called for"


def test_what_a_colleague_begins_with_a_client_reaches_the_therapist_before_the_last_page(mrs_lee, anna, sam):
    made = intake.together(mrs_lee, manner="room", by=sam)
    said(made, CHEST, by=sam)
    assert Alert.objects.count() == 1
    assert Letter.objects.filter(kind="answers_came_in", to=anna.email).count() == 1


def without_a_lead(client):
    client.care_team.filter(is_lead=True).update(until=timezone.now())


def test_where_nobody_leads_what_a_colleague_writes_reaches_who_covers(mrs_lee, ben, sam):
    without_a_lead(mrs_lee)
    made = intake.together(mrs_lee, manner="room", by=sam)
    said(made, CHEST, by=sam)
    assert Alert.objects.get().told == [ben.pk]
    assert Letter.objects.filter(kind="please_make_sure", to=ben.email).count() == 1


def test_and_what_only_the_last_page_shows(mrs_lee, ben, sam, rosa, as_ben):
    without_a_lead(mrs_lee)
    made = intake.together(mrs_lee, manner="room", by=sam)
    said(made, {"chest_pain": "yes", "chest_pain.new": "no", "chest_pain.looked": "yes"}, by=sam)
    rule_changes.change("known_severe_symptom", to="NOT_SUITABLE_NOW", why="We ask first.", by=rosa)
    assert not Alert.objects.exists()
    intake.hand_in(made, by=sam)
    alert = Alert.objects.unattended().get()
    assert alert.told == [ben.pk] and not Letter.objects.filter(to=sam.email).exists()
    assert as_ben.get(reverse("clients:cover_alert", args=[alert.pk])).status_code == 200


def test_and_what_a_colleague_records(mrs_lee, ben, sam):
    without_a_lead(mrs_lee)
    recording.record(mrs_lee, "phq9", {"better_off_dead": "3"}, manner="phone", by=sam)
    assert Alert.objects.unattended().get().told == [ben.pk]


def test_a_ninth_answer_that_a_colleague_writes_down_reaches_the_therapist(mrs_lee, anna, sam):
    recording.record(mrs_lee, "phq9", {"better_off_dead": "3"}, manner="phone", by=sam)
    assert Letter.objects.filter(kind="answers_came_in", to=anna.email).count() == 1


def test_an_assessment_shows_every_asking_that_it_settles(mrs_lee, anna, ben, as_anna):
    CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
    acute = asq.record(mrs_lee, ACUTE, manner="room", by=ben)
    asq.record(mrs_lee, NO, manner="room", by=anna)
    page = as_anna.get(reverse("clients:assess", args=[mrs_lee.pk])).content.decode()
    assert reverse("clients:answers", args=[mrs_lee.pk, acute.pk]) in page
