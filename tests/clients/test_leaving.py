"""A file is not closed while somebody may be in danger: the therapist reads what is open, the desk whom to ask."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, enquiry, leaving, recording, safety
from clients.domain.instruments import shipped
from clients.models import Client, FollowUp
from practice.domain import words
from tests.clients.safety import GRAVE, assess

pytestmark = pytest.mark.django_db
CALM = {item.key: "0" for item in shipped()["phq9"].items if item.needed}
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
ACUTE = NO | {"thoughts": "yes", "now": "yes"}
POSITIVE = NO | {"tried": "yes", "now": "no"}
FORM = {"reason": "Moved away."}


def leave(client, by):
    return enquiry.close(client, reason="Moved away.", by=by)


@pytest.mark.parametrize("answers", [ACUTE, POSITIVE])
def test_open_suicide_questions_keep_the_file_open_until_an_assessment_settles_them(mrs_lee, anna, answers):
    asq.record(mrs_lee, answers, manner="room", by=anna)
    with pytest.raises(enquiry.WrongMoment, match="the suicide questions of .*, which a safety assessment has to"):
        leave(mrs_lee, anna)
    assess(mrs_lee, anna)
    assert leave(mrs_lee, anna).status == Client.Status.CLOSED


@pytest.mark.parametrize("outcome", ["open", "evaluation", "emergency"])
def test_so_does_what_an_assessment_left_open(mrs_lee, anna, outcome):
    made = assess(mrs_lee, anna, outcome)
    FollowUp.objects.update(done_at=timezone.now(), done_by=anna, words_sealed=b"x")
    with pytest.raises(enquiry.WrongMoment, match=f"what the safety assessment of {words.short_day(made.at.date())}"):
        leave(mrs_lee, anna)


def test_so_does_a_promised_call_until_it_is_done(mrs_lee, anna):
    safety.assess(mrs_lee, GRAVE, outcome="contact", manner="room", by=anna)
    task = FollowUp.objects.get()
    with pytest.raises(enquiry.WrongMoment, match=f"the call promised for {words.short_day(task.due_on)}"):
        leave(mrs_lee, anna)
    safety.done(task, words="Calm.", by=anna)
    assert leave(mrs_lee, anna).status == Client.Status.CLOSED


def test_a_positive_answer_of_long_ago_does_not(mrs_lee, anna):
    asq.record(mrs_lee, POSITIVE, manner="room", by=anna, now=timezone.now() - timedelta(days=31))
    assert leaving.still_open(mrs_lee, on=timezone.localdate()) == []


def test_suicide_questions_that_were_called_for_and_left_do_until_they_are_asked(mrs_lee, anna):
    made = recording.record(mrs_lee, "phq9", CALM | {"better_off_dead": "3"}, manner="room", by=anna)
    day = words.short_day(made.submitted_at.date())
    with pytest.raises(enquiry.WrongMoment, match=f"which the answers of {day} called for and which were left"):
        leave(mrs_lee, anna)
    asq.record(mrs_lee, NO, manner="room", by=anna)
    assert leave(mrs_lee, anna).status == Client.Status.CLOSED


def test_the_page_says_it_in_words_and_gives_the_desk_no_reason(mrs_lee, anna, as_anna, as_olga):
    asq.record(mrs_lee, ACUTE, manner="room", by=anna)
    where = reverse("clients:close", args=[mrs_lee.pk])
    page, front = (browser.get(where).content.decode() for browser in (as_anna, as_olga))
    assert "Not yet. Still open: the suicide questions of" in page and 'name="reason"' not in page + front
    assert "Not yet, ask Anna." in front and "suicide" not in front and "Still open" not in front
    for browser, said in ((as_anna, "Still open"), (as_olga, "Not yet, ask Anna.")):
        answer = browser.post(where, FORM, follow=True).content.decode()
        assert said in answer
    mrs_lee.refresh_from_db()
    assert mrs_lee.status == Client.Status.ACTIVE
    assess(mrs_lee, anna)
    assert 'name="reason"' in as_olga.get(where).content.decode()
