"""The printed decision, its technical log, and the answers behind each consideration."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, deciding, decision, decision_paper, intake, reading, second_reading
from clients.models import Decision, PrintedDecision
from practice.domain import papers
from practice.models import AuditEntry, Paper
from tests import factories
from tests.clients.on_paper import can_be_read, text_of

pytestmark = pytest.mark.django_db
CANARY = "canary-dunnock"
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}


def url(name, *args):
    return reverse(f"clients:{name}", args=[one.pk for one in args])


@pytest.fixture
def made(mrs_lee, anna):
    """A decision after an intake with a racing heart, with the trace of the rules beside it."""
    asked = intake.together(mrs_lee, manner="room", by=anna)
    intake.save(asked, intake.steps()[2], {"racing": "yes", "racing.new": "yes", "racing.looked": "no"})
    intake.hand_in(asked, by=anna)
    asq.record(mrs_lee, NO, manner="room", by=anna)
    screenings = reading.newest(mrs_lee, today=timezone.localdate())
    written = factories.decision(
        mrs_lee, anna, "indoor", "walk", limits=["no_hills"], reasoning=f"We considered {CANARY}."
    )
    assert written.considered == ""
    return decision.decide(
        mrs_lee,
        modes=["indoor", "walk"],
        limits=["no_hills"],
        reasoning=f"We considered {CANARY} together.",
        look_again_on=timezone.localdate() + timedelta(days=200),
        by=anna,
        considered=reading.considered(screenings),
        screenings=screenings,
    )


@can_be_read
def test_it_says_what_was_agreed_why_and_by_whom_and_nothing_of_the_rules(made, anna, sam, ben):
    second_reading.ask(made, reader=sam, by=anna)
    second_reading.read(second_reading.ask(made, reader=ben, by=anna), comment="Between us.", by=ben)
    text = text_of(papers.read(decision_paper.make(made, by=anna)))
    for words in (
        *("Where we can meet", "Mary Lee", "Walking", "No hills", CANARY, "Anna Reiter", "UKCP registered"),
        *("Sam Holt; not read yet", "Ben Castle", "read on", "Signature and date", "Look again by"),
    ):
        assert words in text, words
    for words in ("M1", "MEDICAL", "not validated", "Heart racing", "Between us", "echnical"):
        assert words not in text, words


def test_pressed_twice_it_is_printed_once(made, anna, as_anna, mrs_lee):
    first = as_anna.post(url("print_decision", mrs_lee, made))
    assert as_anna.post(url("print_decision", mrs_lee, made)).url == first.url
    paper = Paper.objects.get(kind="decision")
    assert CANARY.encode() not in bytes(paper.sealed)
    answer = as_anna.get(first.url)
    assert answer.content.startswith(b"%PDF") and f"{paper.number}.pdf" in answer["Content-Disposition"]
    assert paper.number in as_anna.get(url("decision", mrs_lee, made)).content.decode()


def test_a_print_stays_the_print_of_its_decision(made, anna):
    decision_paper.make(made, by=anna)
    with pytest.raises(DatabaseError), transaction.atomic():
        PrintedDecision.objects.all().delete()


def test_another_decision_of_the_same_day_has_a_paper_of_its_own(made, anna, mrs_lee):
    other = factories.decision(mrs_lee, anna, "indoor", reasoning="We thought again.")
    assert decision_paper.make(made, by=anna) != decision_paper.make(other, by=anna)


def test_who_may_not_print_or_read_it(made, mrs_lee, as_ben, as_sam, as_olga, as_rosa, as_mrs_lee, as_mallory, anna):
    paper = decision_paper.make(made, by=anna)
    for browser in (as_ben, as_olga, as_rosa, as_mrs_lee):
        for answer in (
            browser.post(url("print_decision", mrs_lee, made)),
            browser.get(url("paper", mrs_lee, paper)),
            browser.get(url("decision_log", mrs_lee, made)),
        ):
            assert answer.status_code == 404 and CANARY.encode() not in answer.content
    assert as_sam.get(url("paper", mrs_lee, paper)).status_code == 200
    assert as_sam.post(url("print_decision", mrs_lee, made)).status_code == 404
    assert as_mallory.get(url("paper", mrs_lee, paper)).status_code == 302


def test_the_log_is_ours_and_not_validated_and_is_read_on_the_record(made, mrs_lee, as_anna):
    before = AuditEntry.objects.count()
    text = as_anna.get(url("decision_log", mrs_lee, made)).content.decode()
    assert "Technical log: ours, not validated" in text and "M1" in text and made.rule_set in text
    assert CANARY not in text, "the reasoning is no part of it"
    assert AuditEntry.objects.count() == before + 1
    assert "decision.log_read" in AuditEntry.objects.order_by("pk").last().body


def test_a_decision_without_a_trace_has_an_empty_log(mrs_lee, anna, as_anna):
    made = factories.decision(mrs_lee, anna)
    assert "No rule raised anything" in as_anna.get(url("decision_log", mrs_lee, made)).content.decode()


def test_the_log_is_not_in_the_story_and_no_rule_is_on_the_page_to_decide(made, mrs_lee, as_anna):
    assert "echnical log" not in as_anna.get(url("show", mrs_lee)).content.decode()
    text = as_anna.get(url("decide", mrs_lee)).content.decode()
    assert '<span class="code">' not in text and ">M1" not in text


def test_each_consideration_leads_to_the_whole_answers(made, mrs_lee, as_anna):
    table = deciding.table(mrs_lee, on=made.look_again_on)
    [thought] = [one for one in table.thoughts if one.one.rule == "M1"]
    assert thought.lines[0].answer == "Yes"
    assert len(thought.lines) == 3, "the question, whether it is new, and whether anyone has looked"
    text = as_anna.get(url("decide", mrs_lee)).content.decode()
    assert text.count('<details class="behind">') == len([one for one in table.thoughts if one.lines])


def test_the_beginnings_of_a_sentence_can_be_put_in_and_read_without_a_script(mrs_lee, as_anna):
    text = as_anna.get(url("decide", mrs_lee)).content.decode()
    assert 'data-starters="id_reasoning"' in text and "<q>We considered …</q>" in text


def test_nobody_counts_decisions_against_the_rules():
    fields = {field.name for field in Decision._meta.get_fields()}
    assert not {name for name in fields if "override" in name or "against" in name}


def test_the_limits_that_are_ticked_lie_open_and_the_others_are_folded_away(mrs_lee, as_anna):
    page = as_anna.post(url("decide", mrs_lee), {"limits": ["heat_mild"]})
    before, others = page.content.decode().split("Add a limit")
    assert page.status_code == 422 and 'href="#decision"' in before and 'id="decision"' in before
    assert 'value="heat_mild"' in before and 'value="no_hills"' not in before
    assert 'value="no_hills"' in others and 'value="heat_mild"' not in others
