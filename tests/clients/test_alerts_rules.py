"""Whom an answer calls follows the rules as the practice has them; what is about suicide or the body now does not."""

import pytest

from clients.domain import calling, intake, rule_changes, worry
from clients.models import Alert, Screening
from practice.models import CoverPerson, Letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    return intake.send(mrs_lee, by=anna, reader=anna)


def says(sent, **answers):
    said = {key.replace("__", "."): value for key, value in answers.items()}
    step = next(one for one in intake.steps() if set(said) <= one.keys)
    return intake.save(sent, step, said)


def called():
    return Letter.objects.filter(kind="please_make_sure").count()


def test_what_the_practice_switched_off_calls_nobody(sent, rosa):
    rule_changes.change("without_reliever", to="off", why="We carry one.", by=rosa)
    made = says(sent, asthma="yes", asthma__reliever="no")
    calling.sweep()
    made.refresh_from_db()
    assert not Alert.objects.exists() and called() == 0 and not intake.may_be_read(made)
    intake.hand_in(Screening.objects.get(pk=sent.pk))
    assert not Alert.objects.exists() and called() == 0


@pytest.mark.parametrize("to", ["off", "WALK_ONLY"])
@pytest.mark.parametrize("taken_back", [True, False])
def test_what_was_said_and_is_no_danger_to_the_practice_since_calls_nobody(sent, rosa, to, taken_back):
    says(sent, asthma="yes", asthma__reliever="no")
    if taken_back:
        says(sent, asthma="no")
    rule_changes.change("without_reliever", to=to, why="We carry one.", by=rosa)
    assert calling.sweep() == 1 and not Alert.objects.exists()


def test_another_danger_behind_the_same_question_is_not_switched_off_with_it(sent, rosa):
    said = worry.signs({"day_of_check": {"new": ["fever"], "without": ["inhaler", "sugar", "injectors"]}})
    left = worry.still_practised(said, {"without_reliever": None, "without_injectors": None, "harder_today": None})
    assert said.dangers - left.dangers == {"without_reliever:without:inhaler"} and left.danger and left.body


@pytest.mark.parametrize("name", ["M8:without", "a_rule_of_before:without:inhaler", "without_injectors:allergy"])
def test_what_no_rule_of_today_knows_still_counts(name):
    older = worry.read(worry.written(worry.Signs(danger=True, dangers=frozenset({name}), body=True)))
    changes = dict.fromkeys(("without_reliever", "without_injectors", "without_sugar", "a_rule_of_before"))
    assert worry.still_practised(older, changes) == older


def test_as_it_came_it_calls(sent):
    says(sent, asthma="yes", asthma__reliever="no")
    calling.sweep()
    assert Alert.objects.get().moment == "begun" and called() == 1


def test_what_the_practice_tightened_calls_before_the_last_page(sent, rosa):
    rule_changes.change("known_severe_symptom", to="NOT_SUITABLE_NOW", why="We ask first.", by=rosa)
    made = says(sent, chest_pain="yes", chest_pain__new="no", chest_pain__looked="yes")
    assert calling.sweep() == 1 and called() == 1
    assert Alert.objects.get().moment == "begun" and intake.may_be_read(made)


def test_what_the_practice_tightens_after_it_was_said_calls_once_it_is_handed_in(sent, rosa):
    says(sent, chest_pain="yes", chest_pain__new="no", chest_pain__looked="yes")
    rule_changes.change("known_severe_symptom", to="NOT_SUITABLE_NOW", why="We ask first.", by=rosa)
    assert calling.sweep() == 0 and not Alert.objects.exists()
    intake.hand_in(Screening.objects.get(pk=sent.pk))
    assert Alert.objects.get().moment == "handed_in"


def test_what_the_practice_tightened_calls_at_the_last_page_where_a_colleague_asks(mrs_lee, anna, ben, rosa):
    rule_changes.change("known_severe_symptom", to="NOT_SUITABLE_NOW", why="We ask first.", by=rosa)
    made = intake.together(mrs_lee, manner="room", by=anna)
    answers = {"chest_pain": "yes", "chest_pain.new": "no", "chest_pain.looked": "yes"}
    step = next(one for one in intake.steps() if "chest_pain" in one.keys)
    intake.hand_in(intake.save(made, step, answers, by=ben), by=ben)
    assert Letter.objects.filter(kind="answers_came_in", to=anna.email).count() == 1


def test_about_suicide_and_the_body_now_nothing_is_switched_off(sent, rosa):
    for key in ("harder_today", "phq9_item9", "asq_positive", "self_harm"):
        rule_changes.change(key, to="off", why="x", by=rosa)
    with pytest.raises(rule_changes.Fixed):
        rule_changes.change("severe_symptom", to="off", why="x", by=rosa)
    for answers in (
        {"day_of_check": {"new": ["harder"]}},
        {"phq9": {"better_off_dead": "1"}},
        {"asq": {"thoughts": "yes"}},
        {"harder_days": {"hurt": "yes"}},
        {"everyday_health": {"chest_pain": "yes", "chest_pain.new": "yes"}},
    ):
        assert worry.as_practised(answers) == worry.signs(answers), answers
        assert worry.signs(answers), answers
