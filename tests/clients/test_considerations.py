"""Things to consider: the published ordering vectors, our own rules, and what must hold for all of them."""

import itertools

import pytest

from clients.domain.considerations import RULES_FILE, consider, read_rules, rule_set
from clients.domain.facts import Level, Limit
from clients.domain.findings import FINDINGS
from clients.domain.instruments import LEFT_OUT, BrokenInstrument, shipped

NEGATIVE = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
NO_FOLLOW_UP = {"new": "no", "effort": "no", "looked": "yes"}


def health(**changes):
    """Someone active and well, with these answers instead."""
    answers = {item.key: "no" for item in shipped()["everyday_health"].items}
    answers |= {"active": "yes", "wishes": ("walk",), "disease": ("none",), "falls": ("none",), "medicines": ("none",)}
    return answers | {key.replace("__", "."): value for key, value in changes.items()}


def food(**changes):
    return {item.key: "no" for item in shipped()["food_and_rest"].items} | {
        key.replace("__", "."): value for key, value in changes.items()
    }


def running(*yes):
    return {item.key: "yes" if item.key in yes else "no" for item in shipped()["running_and_me"].items}


def harder(hurt="no"):
    return {"hurt": hurt}


def intake(**changes):
    """A whole intake with nothing found, with these instruments instead."""
    named = {"health": "everyday_health", "food": "food_and_rest", "running": "running_and_me", "harder": "harder_days"}
    quiet = {"health": health(), "food": food(), "running": running(), "harder": harder(), "asq": NEGATIVE}
    return {named.get(key, key): answers for key, answers in (quiet | changes).items()}


def asq(**changes):
    return NEGATIVE | changes


ORDERING = [
    # (case, answers, level, rules that must be kept). Numbers are those of our ordering vectors; the ones on PHQ-9,
    # SCOFF and EAI wait for those instruments.
    ("1 nothing found", intake(), Level.CLEAR, set()),
    ("3 an attempt ten years ago is not nothing",
     intake(asq=asq(tried="yes", now="no")), Level.THERAPIST_REVIEW, {"S2"}),
    # Practice changed this one: a doctor's word keeps the stroll, but the finding itself is kept beside the crisis.
    ("4 acute, and diabetes while inactive",
     intake(asq=asq(thoughts="yes", now="yes"), health=health(active="no", disease=("diabetes",))),
     Level.CRISIS, {"S1", "M2"}),
    ("6 diabetes, active, no letter, wants to run",
     intake(health=health(wishes=("run",), disease=("diabetes",), disease__agreed="no")), Level.WALK_ONLY, {"M3"}),
    ("7 inactive, nothing else, wants to run",
     intake(health=health(active="no", wishes=("run",))), Level.WALK_ONLY, {"M4"}),
    ("8 lithium only", intake(health=health(medicines=("lithium",))), Level.CLEAR, {"M13"}),
    ("9 a sting allergy with one injector",
     intake(health=health(allergy="yes", allergy__injectors="one")), Level.NOT_SUITABLE_NOW, {"M8"}),
    ("10 refused, and refused again",
     intake(asq=asq(better_off="refused", now="refused")), Level.CRISIS, {"S1"}),
]  # fmt: skip


@pytest.mark.parametrize(("case", "given", "level", "rules"), ORDERING, ids=[row[0] for row in ORDERING])
def test_ordering(case, given, level, rules):
    considered = consider(given)
    assert considered.level == level
    assert rules <= considered.rules


OWN = [
    ("self-harm", intake(harder=harder("yes")), Level.THERAPIST_REVIEW, "S4"),
    ("self-harm, rather talk", intake(harder=harder("talk")), Level.THERAPIST_REVIEW, "S4"),
    ("eating disorder now", intake(food=food(disorder="now")), Level.NOT_SUITABLE_NOW, "E1"),
    ("making up for eating", intake(food=food(making_up="yes")), Level.NOT_SUITABLE_NOW, "E1"),
    ("eating disorder long ago", intake(food=food(disorder="past")), Level.THERAPIST_REVIEW, "E3"),
    ("runs to make up for eating", intake(running=running("make_up")), Level.THERAPIST_REVIEW, "E3"),
    ("runs unfuelled", intake(running=running("unfuelled")), Level.THERAPIST_REVIEW, "E3"),
    ("eating disorder lately", intake(food=food(disorder="recent")), Level.MEDICAL_CLEARANCE, "E4"),
    ("stress fracture", intake(food=food(stress_fracture="yes", stress_fracture__looked="no")),
     Level.MEDICAL_CLEARANCE, "E4"),
    ("faint, looked into", intake(food=food(faint="yes", faint__looked="yes")), Level.CLEAR, "E4"),
    ("three warning signs", intake(running=running("missing_one", "rest_days", "worth")), Level.THERAPIST_REVIEW, "X2"),
    ("runs ill", intake(running=running("when_ill")), Level.THERAPIST_REVIEW, "X3"),
    ("running as a must", intake(running=running("have_to")), Level.CLEAR, "X4"),
    ("asthma with reliever", intake(health=health(asthma="yes", asthma__reliever="yes")), Level.CLEAR, "M8"),
    ("asthma without", intake(health=health(asthma="yes", asthma__reliever="no")), Level.NOT_SUITABLE_NOW, "M8"),
    ("insulin", intake(health=health(low_sugar="yes")), Level.CLEAR, "M8"),
    ("a recent seizure", intake(health=health(seizure="yes", seizure__recent="yes")), Level.THERAPIST_REVIEW, "M9"),
    ("an old seizure", intake(health=health(seizure="yes", seizure__recent="no")), Level.CLEAR, "M9"),
    ("a fall", intake(health=health(falls=("fallen",))), Level.WALK_ONLY, "M10"),
    ("sertraline", intake(health=health(medicines=("antidepressant",))), Level.CLEAR, "M13"),
    ("left out", intake(health=health(asthma=LEFT_OUT)), Level.THERAPIST_REVIEW, "INCOMPLETE"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "given", "level", "rule"), OWN, ids=[row[0] for row in OWN])
def test_our_own_rules(case, given, level, rule):
    considered = consider(given)
    assert considered.level == level
    assert considered.rules == {rule}


@pytest.mark.parametrize("symptom", ["racing", "tired", "legs", "murmur"])
def test_a_symptom_that_nobody_looked_into_closes_running_and_hills_but_not_the_bench_or_the_stroll(symptom):
    """Practice overrules the table here: palpitations and dizziness are panic, our best indication."""
    given = intake(health=health(**{symptom: "yes", f"{symptom}__new": "yes", f"{symptom}__looked": "no"}))
    considered = consider(given)
    assert considered.level == Level.MEDICAL_CLEARANCE
    assert considered.closes == {"run"}
    assert Limit.NO_HILLS in considered.limits


@pytest.mark.parametrize("symptom", ["chest_pain", "collapse", "breathless_rest"])
def test_chest_pain_collapse_and_breathlessness_at_rest_close_all_of_outdoors(symptom):
    given = intake(health=health(**{symptom: "yes", f"{symptom}__new": "no", f"{symptom}__looked": "no"}))
    assert consider(given).closes == {"sit", "walk", "run"}


@pytest.mark.parametrize("symptom", ["racing", "tired", "legs", "murmur"])
def test_known_and_looked_into_is_an_answer(symptom):
    follow_ups = {f"{symptom}__{key}": value for key, value in NO_FOLLOW_UP.items()}
    given = intake(health=health(**{symptom: "yes"}, **follow_ups))
    considered = consider(given)
    assert considered.level == Level.CLEAR
    assert not considered.closes
    assert "looked into: Yes" in considered.considerations[0].finding


@pytest.mark.parametrize("follow_up", [{"new": "yes"}, {"new": "unsure"}, {"looked": "talk"}, {"looked": LEFT_OUT}])
def test_new_or_not_looked_into_is_not_known(follow_up):
    answers = NO_FOLLOW_UP | follow_up
    given = intake(health=health(racing="yes", **{f"racing__{key}": value for key, value in answers.items()}))
    assert consider(given).level == Level.MEDICAL_CLEARANCE


def test_disease_while_inactive_keeps_the_stroll():
    """Practice overrules the table: a doctor's word closes running and hills, not strolling or sitting."""
    given = intake(health=health(active="no", disease=("heart",), disease__agreed="no"))
    considered = consider(given)
    assert (considered.level, considered.closes) == (Level.MEDICAL_CLEARANCE, {"run"})


def test_an_eating_disorder_keeps_the_bench():
    """Sitting outside is the gentlest step for exactly those who are held back."""
    assert consider(intake(food=food(disorder="now"))).closes == {"walk", "run"}


def test_strict_heat_takes_the_place_of_mild():
    both = consider(intake(health=health(medicines=("lithium", "antidepressant"))))
    assert Limit.HEAT_STRICT in both.limits and Limit.HEAT_MILD not in both.limits


def test_safety_that_is_not_settled_is_kept_beside_the_positive_screen():
    considered = consider(intake(asq=asq(wished_dead="yes", now="no")), safety_open=True)
    assert considered.level == Level.NOT_SUITABLE_NOW
    assert considered.rules == {"S2", "S3"}


def test_two_gates_are_kept_and_limits_add_up():
    given = intake(
        asq=asq(wished_dead="yes", now="no"),
        health=health(racing="yes", racing__new="yes", medicines=("lithium",)),
    )
    considered = consider(given)
    assert {"S2", "M1", "M13"} <= considered.rules
    assert considered.limits >= {Limit.NO_WATER_EDGE, Limit.NO_HILLS, Limit.HEAT_STRICT}


def test_what_was_expected_and_never_asked_is_still_open():
    without = {key: answers for key, answers in intake().items() if key != "asq"}
    assert consider(without).level == Level.CLEAR
    expecting = consider(without, expected=("asq",))
    assert expecting.rules == {"INCOMPLETE"}
    assert "Suicide" in expecting.considerations[0].finding


def test_a_clinician_reads_the_band_that_is_reached_and_no_figure():
    considered = consider({"scoff": {"q1": "yes", "q2": "yes", "q3": LEFT_OUT, "q4": "no", "q5": "no"}})
    assert considered.rules == {"E2", "INCOMPLETE"}
    assert considered.considerations[0].finding == "SCOFF: at or over the cut already, with questions left open"


LADDERS = [
    ("asq", "wished_dead", ["no", "refused"]),
    ("asq", "now", [None, "yes"]),
    ("everyday_health", "chest_pain", ["no", LEFT_OUT, "yes"]),
    ("everyday_health", "racing", ["no", LEFT_OUT, "yes"]),
    ("everyday_health", "allergy", ["no", LEFT_OUT, "yes"]),
    ("everyday_health", "seizure", ["no", LEFT_OUT]),
    ("food_and_rest", "disorder", ["no", "past", "recent", "now"]),
    ("food_and_rest", "making_up", ["no", LEFT_OUT, "talk", "yes"]),
    ("harder_days", "hurt", ["no", LEFT_OUT, "talk"]),
    ("running_and_me", "when_ill", ["no", LEFT_OUT]),
]
BACKGROUNDS = [
    intake(),
    intake(asq=asq(tried="yes", now="no")),
    intake(health=health(active="no", disease=("heart",))),
    intake(food=food(disorder="recent"), running=running("have_to", "rest_days")),
]


@pytest.mark.parametrize(("ladder", "background"), list(itertools.product(LADDERS, BACKGROUNDS)))
def test_a_worse_answer_never_lowers_the_level(ladder, background):
    instrument, item, rungs = ladder
    levels = [consider(background | {instrument: background[instrument] | {item: rung}}).level for rung in rungs]
    assert levels == sorted(levels)


@pytest.mark.parametrize(("case", "given", "level", "rules"), ORDERING, ids=[row[0] for row in ORDERING])
def test_order_of_answers_does_not_matter(case, given, level, rules):
    turned = {key: dict(reversed(list(answers.items()))) for key, answers in reversed(list(given.items()))}
    assert consider(turned) == consider(given)


def test_every_rule_has_words_for_both_and_says_that_it_is_ours():
    for rule in rule_set().rules:
        assert rule.words["en"].endswith(".") and rule.client_words["en"].endswith(".")
        assert "not validated" in rule.basis["en"]


@pytest.mark.parametrize("word", ["cleared", "clearance", "not suitable", "override", "risk level", "refuse to"])
def test_no_rule_speaks_like_a_gate(word):
    for rule in rule_set().rules:
        assert word not in rule.words["en"].lower()
        assert word not in rule.client_words["en"].lower()


def test_client_words_never_carry_an_id_or_a_diagnosis():
    for rule in rule_set().rules:
        assert rule.id not in rule.client_words["en"].split()
        assert "suicid" not in rule.client_words["en"].lower()
        assert "disorder" not in rule.client_words["en"].lower()


def test_every_finding_is_used_by_a_rule():
    assert {rule.when.finding for rule in rule_set().rules} - {""} == set(FINDINGS)


def test_the_version_of_the_rules_is_kept():
    assert consider(intake()).rule_set == rule_set().version


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('when.finding = "asq_acute"', 'when.finding = "asq_cute"', "not a finding"),
        ('when.finding = "asq_acute"', 'when.feeling = "asq_acute"', "feeling"),
        ('when.finding = "asq_acute"', 'when.finding = ""', "raised by nothing"),
        ('"picture.psychosis" = ["yes"]', '"picture.psychosis" = ["often"]', "often"),
        ('"picture.psychosis" = ["yes"]', '"picture.psychoses" = ["yes"]', "not there"),
        ('"phq9.total" = ["severe"]', '"phq9.total" = ["grave"]', "grave"),
        ('"phq9.total" = ["severe"]', '"phq8.total" = ["severe"]', "not there"),
        ('when.flags.phq9 = ["item9"]', 'when.flags.phq9 = ["item10"]', "item10"),
        ('when.outcomes.cssrs = ["high"]', 'when.outcomes.cssrs = ["highest"]', "highest"),
        ('key = "cssrs_high"', 'key = "asq_acute"', "same key"),
        ('level = "CRISIS"', 'level = "BAD"', "not a level"),
        ('closes = ["sit", "walk", "run"]', 'closes = ["swim"]', "not an outdoor mode"),
        ('basis = "asq"', 'basis = "rumour"', "rumour"),
        ("[basis]", "[basis", "line"),
        ('limits = ["no_hills"]', 'limits = ["no_fun"]', "no_fun"),
    ],
)
def test_broken_rules_are_refused_with_file_and_reason(tmp_path, old, new, reason):
    text = RULES_FILE.read_text()
    assert old in text
    (tmp_path / "considerations.toml").write_text(text.replace(old, new))
    with pytest.raises(BrokenInstrument, match=r"considerations\.toml") as refused:
        read_rules(tmp_path / "considerations.toml")
    assert reason in str(refused.value)
