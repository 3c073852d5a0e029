"""Asking and scoring: published vectors, and answers that are none."""

import itertools
import random

import pytest

from clients.domain.instruments import LEFT_OUT, shipped
from clients.domain.screening import BadAnswer, asked, clean, missing, score

ASQ = shipped()["asq"]
HEALTH = shipped()["everyday_health"]
RUNNING = shipped()["running_and_me"]
FOUR = ("wished_dead", "better_off", "thoughts", "tried")


def asq(*given):
    return {item.key: answer for item, answer in zip(ASQ.items, given, strict=False) if answer is not None}


# NIMH ASQ Toolkit, scoring: all four no is negative; any yes or refusal is positive; the fifth question tells acute.
ASQ_VECTORS = [
    (("no", "no", "no", "no"), "negative"),
    (("yes", "no", "no", "no", "no"), "non_acute_positive"),
    (("no", "no", "no", "yes", "no"), "non_acute_positive"),  # an attempt ten years ago counts
    (("no", "no", "yes", "no", "yes"), "acute_positive"),
    (("no", "refused", "no", "no", "no"), "non_acute_positive"),  # a refusal is a positive screen
    (("no", "refused", "no", "no", "refused"), "acute_positive"),  # ours: a refused fifth question is acute
    ((None, "no", "no", "no"), "non_acute_positive"),  # an unanswered question is never a no
    ((None, None, None, None), "non_acute_positive"),
    (("yes", "no", "no", "no", None), "non_acute_positive"),  # abandoned half-way is not refused
]


@pytest.mark.parametrize(("given", "outcome"), ASQ_VECTORS)
def test_asq_scores_as_published(given, outcome):
    assert score(ASQ, asq(*given)).outcome == outcome


def test_every_combination_of_asq_answers_has_an_outcome_and_only_all_no_is_negative():
    for given in itertools.product(("no", "yes", "refused", None), repeat=4):
        assert (score(ASQ, asq(*given)).outcome == "negative") is (given == ("no",) * 4)


def test_running_counts_each_yes_and_nothing_else():
    answers = {item.key: "sometimes" for item in RUNNING.items} | {"have_to": "yes", "worth": "yes"}
    assert score(RUNNING, answers).total == 2
    assert score(RUNNING, {}).total is None


def test_the_order_of_answers_does_not_matter():
    answers = {item.key: random.Random(4).choice(["yes", "no", "sometimes"]) for item in RUNNING.items}
    shuffled = dict(random.Random(5).sample(list(answers.items()), len(answers)))
    assert score(RUNNING, answers) == score(RUNNING, shuffled)


def test_a_yes_opens_its_follow_ups_and_they_are_then_needed():
    answers = {item.key: "no" for item in HEALTH.items if item.scale.kind == "one"}
    assert "racing.looked" not in [item.key for item in asked(HEALTH, answers)]
    answers["racing"] = "yes"
    assert "racing.looked" in [item.key for item in asked(HEALTH, answers)]
    assert {"racing.new", "racing.effort", "racing.looked"} <= set(missing(HEALTH, answers))


def test_left_out_is_missing_and_never_no():
    assert "active" in missing(HEALTH, {"active": LEFT_OUT})
    assert "wishes" not in missing(HEALTH, {})  # not a needed question


def test_cleaning_keeps_what_was_asked_and_drops_closed_follow_ups():
    kept = clean(HEALTH, {"racing": "no", "racing.looked": "yes", "active": "yes", "falls": ["worry", "fallen"]})
    assert kept == {"racing": "no", "active": "yes", "falls": ("fallen", "worry")}


@pytest.mark.parametrize(
    "given",
    [
        {"active": "maybe"},
        {"active": 3},
        {"active": ["yes"]},
        {"falls": "nowhere"},
        {"falls": 7},
        {"falls": ["none", "fallen"]},
        {"shoe_size": "42"},
        {"medicines": [["lithium"]]},
    ],
)
def test_an_answer_that_was_not_offered_is_refused_in_words(given):
    with pytest.raises(BadAnswer) as refused:
        clean(HEALTH, given)
    assert str(refused.value).endswith(".")


def test_sixty_kilobytes_of_words_are_refused_kindly():
    with pytest.raises(BadAnswer, match="under 2000"):
        clean(shipped()["harder_days"], {"line": "a" * 60_000})
