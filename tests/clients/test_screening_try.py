"""`manage.py screening_try`: the ordering vectors, the vocabulary, and input that is none."""

import io
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import call_command

from clients.domain import trying
from clients.domain.considerations import rule_set
from clients.domain.facts import Level
from clients.domain.instruments import shipped
from clients.management.commands.screening_try import Command

ROOT = Path(__file__).resolve().parent.parent.parent
NO = ["no", "no", "no", "no", None]
WELL = {"active": True, "symptoms": False, "disease": False}


def tried(tmp_path, answers, mode="walk"):
    file = tmp_path / "try.json"
    file.write_text(json.dumps({"mode": mode, "answers": answers}))
    out = io.StringIO()
    call_command("screening_try", str(file), stdout=out)
    return json.loads(out.getvalue())


# The ordering vectors of the clinical reference, by number: mode, answers, disposition, what must be kept.
VECTORS = [
    ("1", "walk", {"phq9": [2, 2, 2, 2, 2, 1, 1, 0, 0], "asq": NO, "acsm": WELL}, "CLEAR", set(), set()),
    ("2", "walk", {"phq9": [1, 1, 1, 1, 1, 1, 1, 0, 1], "asq": NO}, "THERAPIST_REVIEW", {"S2"}, set()),
    ("3", "walk", {"asq": ["no", "no", "no", "yes", "no"]}, "THERAPIST_REVIEW", {"S2"}, set()),
    ("4", "walk", {"asq": ["no", "no", "yes", "no", "yes"], "acsm": WELL | {"active": False, "disease": True}},
     "CRISIS", {"S1", "M2"}, set()),
    ("5", "run", {"scoff": [True, True, False, False, False], "eai": [5, 4, 4, 4, 4, 4]},
     "MEDICAL_CLEARANCE", {"E2", "X1"}, {"walk_only"}),
    ("6", "run", {"acsm": WELL | {"disease": True}}, "WALK_ONLY", {"M3"}, {"walk_only"}),
    ("7", "run", {"acsm": WELL | {"active": False}}, "WALK_ONLY", {"M4"}, {"walk_only"}),
    ("8", "walk", {"flags": {"lithium": True}}, "CLEAR", {"M13"}, {"heat_sensitive"}),
    ("9", "walk", {"flags": {"insect_allergy": True, "auto_injectors": 1}}, "NOT_SUITABLE_NOW", {"M8"},
     {"carries_injectors"}),
    ("10", "walk", {"asq": ["no", "refused", "no", "no", "refused"]}, "CRISIS", {"S1"}, set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "answers", "disposition", "rules", "constraints"),
    [row[1:] for row in VECTORS],
    ids=[r[0] for r in VECTORS],
)
def test_the_ordering_vectors(tmp_path, mode, answers, disposition, rules, constraints):
    found = tried(tmp_path, answers, mode)
    assert found["disposition"] == disposition
    assert rules <= set(found["rules"])
    assert constraints <= set(found["constraints"])


def test_both_gates_of_the_fifth_vector_stay_open(tmp_path):
    assert tried(tmp_path, VECTORS[4][2], "run")["gates"] == ["MEDICAL_CLEARANCE", "THERAPIST_REVIEW", "WALK_ONLY"]


def test_the_scores_are_those_of_the_instruments(tmp_path):
    answers = {"phq9": [1] * 9, "gad7": [3] * 7, "scoff": [False] * 5, "eai": [1] * 6, "asq": NO, "dass21": [1] * 21}
    assert tried(tmp_path, answers)["scores"] == {
        "phq9": 9, "gad7": 21, "scoff": 0, "eai": 6, "asq": "negative",
        "dass21": {"depression": 14, "anxiety": 14, "stress": 14},
    }  # fmt: skip


@pytest.mark.parametrize("key", ["asq", "phq9", "gad7", "scoff", "eai"])
def test_all_null_is_given_and_not_answered(tmp_path, key):
    count = sum(item.needed for item in shipped()[key].items)
    found = tried(tmp_path, {key: [None] * count})
    assert found["disposition"] == "THERAPIST_REVIEW" and "INCOMPLETE" in found["rules"]


def test_a_question_about_now_that_stayed_open_is_not_refused(tmp_path):
    found = tried(tmp_path, {"asq": ["no", "refused", "no", "no", None]})
    assert found["disposition"] == "THERAPIST_REVIEW" and {"S2", "INCOMPLETE"} <= set(found["rules"])


def test_a_yes_about_now_counts_whatever_came_before(tmp_path):
    assert tried(tmp_path, {"asq": ["no", "no", "no", "no", "yes"]})["disposition"] == "CRISIS"


def test_nothing_given_raises_nothing(tmp_path):
    found = tried(tmp_path, {})
    assert (found["disposition"], found["gates"], found["rules"]) == ("CLEAR", [], [])


def test_a_symptom_that_nobody_looked_into_leaves_the_stroll(tmp_path):
    found = tried(tmp_path, {"acsm": WELL | {"symptoms": True}})
    assert found["disposition"] == "MEDICAL_CLEARANCE"
    assert {"walk_only", "no_hills"} <= set(found["constraints"])
    assert not found["danger_now"]


def test_the_order_of_what_is_given_does_not_matter(tmp_path):
    answers = VECTORS[3][2] | VECTORS[4][2] | VECTORS[8][2]
    turned = dict(reversed(list(answers.items())))
    assert tried(tmp_path, answers) == tried(tmp_path, turned) | {"scores": tried(tmp_path, answers)["scores"]}


def test_describe_prints_what_may_be_said():
    out = io.StringIO()
    call_command("screening_try", "--describe", stdout=out)
    words = json.loads(out.getvalue())
    assert words["answers"]["phq9"]["interest"] == ["0", "1", "2", "3", "null"]
    assert words["answers"]["flags"]["lithium"] == ["true", "false", "null"]
    assert words["dispositions"] == [level.name for level in Level]
    assert words["rules"].keys() == {rule.key for rule in rule_set().rules}


# --- a question left out never takes away what the others reach ---

CET_OVER = [5] * 7 + [0] + [5] * 3 + [0] + [5] * 11 + [None]
REACHED = [
    ({"scoff": [True, True, None, False, False]}, "MEDICAL_CLEARANCE", "E2"),
    ({"edeqs": [3] * 11 + [None]}, "MEDICAL_CLEARANCE", "E2"),
    ({"eai": [5, 5, 5, 5, 4, None]}, "THERAPIST_REVIEW", "X1"),
    ({"cet": CET_OVER}, "THERAPIST_REVIEW", "X1"),
]


@pytest.mark.parametrize(("answers", "disposition", "rule"), REACHED, ids=["scoff", "edeqs", "eai", "cet"])
def test_a_cut_that_is_reached_already_stands_and_no_figure_is_made_up(tmp_path, answers, disposition, rule):
    found = tried(tmp_path, answers, "run")
    assert found["disposition"] == disposition and "walk_only" in found["constraints"]
    assert {rule, "INCOMPLETE"} <= set(found["rules"])
    score = found["scores"][next(iter(answers))]
    assert score is None or score["total"] is None


RUNGS = {
    "scoff": ([False, True], 5), "edeqs": ([0, 1, 2, 3], 12), "eai": ([1, 2, 3, 4, 5], 6),
    "cet": ([0, 1, 2, 3, 4, 5], 24), "pcl5": ([0, 1, 2, 3, 4], 20), "gad7": ([0, 1, 2, 3], 7),
    "phq9": ([0, 1, 2, 3], 9), "who5": ([0, 1, 2, 3, 4, 5], 5),
}  # fmt: skip


@pytest.mark.parametrize("key", sorted(RUNGS))
def test_what_holds_whatever_the_answer_would_be_holds_without_it(tmp_path, key):
    chance, (rungs, count) = random.Random(key), RUNGS[key]
    for tilt in (1, 1, 2, 3):  # the worst of so many draws: totals around the cuts
        given = [max(chance.choices(rungs, k=tilt)) for _ in range(count)]
        for place in range(count):
            whole = [tried(tmp_path, {key: [*given[:place], rung, *given[place + 1 :]]}, "run") for rung in rungs]
            left = tried(tmp_path, {key: [*given[:place], None, *given[place + 1 :]]}, "run")
            assert Level[left["disposition"]] >= min(Level[one["disposition"]] for one in whole), (given, place)
            for what in ("gates", "constraints"):
                assert set(left[what]) >= set.intersection(*(set(one[what]) for one in whole)), (given, place, what)


def test_a_third_question_left_out_takes_away_no_severe_that_two_leave(tmp_path):
    """The published rule stands in for two; what holds whatever the third would be holds without it."""
    whole = [tried(tmp_path, {"phq9": [3] * 6 + [rung, None, None]}, "run") for rung in (0, 1, 2, 3)]
    assert all("D3" in one["rules"] and one["scores"]["phq9"] >= 20 for one in whole)
    left = tried(tmp_path, {"phq9": [3] * 6 + [None] * 3}, "run")
    assert "D3" in left["rules"] and "walk_only" in left["constraints"] and left["scores"]["phq9"] is None


def test_two_yes_and_one_left_out_are_no_less_than_two_yes(tmp_path):
    whole = tried(tmp_path, {"scoff": [True, True, False, False, False]}, "run")
    for place in (2, 3, 4):
        given = [True, True, *(None if number == place else False for number in (2, 3, 4))]
        left = tried(tmp_path, {"scoff": given}, "run")
        assert left["scores"]["scoff"] is None and set(whole["rules"]) <= set(left["rules"])
        assert Level[left["disposition"]] >= Level[whole["disposition"]]


# --- a worse answer never lowers the level ---

WORSE = {  # from good to bad; null stands between, for it is never a no
    "asq": [["no", None, "yes"]] * 4 + [["no", None, "yes"]],
    "phq9": [[0, 1, 2, 3]] * 9,
    "gad7": [[0, 1, 2, 3]] * 7,
    "scoff": [[False, True]] * 5,
    "eai": [[1, 2, 3, 4, 5]] * 6,
}
FLAGS = sorted(
    item.key for item in shipped()["picture"].items if item.key not in ("auto_injectors", "reliever", "sugar")
)


def level(tmp_path, answers):
    return Level[tried(tmp_path, answers, "run")["disposition"]]


@pytest.mark.parametrize("key", sorted(WORSE))
def test_a_worse_answer_to_a_questionnaire_never_lowers_the_level(tmp_path, key):
    chance = random.Random(key)
    for _ in range(12):
        given = {name: [chance.choice(rungs) for rungs in ladder] for name, ladder in WORSE.items()}
        place = chance.randrange(len(WORSE[key]))
        levels = []
        for rung in WORSE[key][place]:
            turned = list(given[key])
            turned[place] = rung
            levels.append(level(tmp_path, given | {key: turned}))
        assert levels == sorted(levels), (given, place)


@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_never_lowers_the_level(tmp_path, flag):
    chance = random.Random(flag)
    for _ in range(4):
        others = {name: True for name in chance.sample(FLAGS, 4) if name != flag}
        base = {"acsm": WELL | {"active": chance.random() < 0.5, "disease": chance.random() < 0.5}}
        before = level(tmp_path, base | {"flags": others})
        assert level(tmp_path, base | {"flags": others | {flag: True}}) >= before


def test_more_injectors_never_raise_the_level(tmp_path):
    levels = [
        level(tmp_path, {"flags": {"insect_allergy": True} | ({} if n is None else {"auto_injectors": n})})
        for n in (None, 0, 1, 2, 3)
    ]
    assert levels == sorted(levels, reverse=True)


# --- input that is none ---


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"), ("[", "not JSON"), ("[]", "must be an object"), ("null", "must be an object"),
        ('{"mode": "swim"}', "walk and run"), ('{"mode": ["walk"]}', "walk and run"), ('{"moods": {}}', "moods"),
        ('{"answers": []}', "must be an object"), ('{"answers": {"ors": [1]}}', "ors"),
        ('{"answers": {"phq9": [0]}}', "needs 9 answers"), ('{"answers": {"phq9": "bad"}}', "must be an object"),
        ('{"answers": {"phq9": [4,0,0,0,0,0,0,0,0]}}', "not an answer"),
        ('{"answers": {"phq9": [-1,0,0,0,0,0,0,0,0]}}', "not an answer"),
        ('{"answers": {"phq9": [1.0,0,0,0,0,0,0,0,0]}}', "not an answer"),
        ('{"answers": {"phq9": [true,0,0,0,0,0,0,0,0]}}', "not an answer"),
        ('{"answers": {"phq9": ["1",0,0,0,0,0,0,0,0]}}', "not an answer"),
        ('{"answers": {"phq9": [[],0,0,0,0,0,0,0,0]}}', "not an answer"),
        ('{"answers": {"phq9": [NaN,0,0,0,0,0,0,0,0]}}', "NaN"),
        ('{"answers": {"asq": ["maybe",null,null,null,null]}}', "not an answer"),
        ('{"answers": {"asq": [true,null,null,null,null]}}', "not an answer"),
        ('{"answers": {"eai": [0,1,1,1,1,1]}}', "not an answer"),
        ('{"answers": {"acsm": {"fit": true}}}', "fit"), ('{"answers": {"acsm": {"active": 3}}}', "not an answer"),
        ('{"answers": {"flags": {"glass": true}}}', "glass"), ('{"answers": {"flags": [true]}}', "needs"),
        ('{"answers": {"flags": {"auto_injectors": -1}}}', "not an answer"),
        ('{"answers": {"phq9": [%s,0,0,0,0,0,0,0,0]}}' % ("9" * 6000), "A number of 6000 digits is not an answer."),
        ('{"answers": {"asq": [], "asq": []}}', "twice"), ("9" * 5000, "5000 digits"), ("[" * 100_000, "nested"),
        (json.dumps({"answers": {"x": "y" * 1_100_000}}), "megabyte"),
    ],
)  # fmt: skip
def test_unusable_input_is_one_line_and_exit_2(tmp_path, text, says):
    (tmp_path / "try.json").write_text(text)
    err = io.StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("screening_try", str(tmp_path / "try.json"), stderr=err)
    assert left.value.code == 2
    assert says in err.getvalue() and err.getvalue().count("\n") == 1 and len(err.getvalue()) < 2000


def test_a_key_that_stands_twice_among_many_is_found_at_once():
    text = '{"answers": {' + "".join(f'"k{number}": 0, ' for number in range(50_000)) + '"k49999": 1}}'
    began = time.monotonic()
    with pytest.raises(trying.Unusable, match='"k49999" stands there twice'):
        trying.parse(text)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("more", [["--bogus"], ["b.json"]])
def test_what_it_does_not_know_is_one_line_and_exit_2(capsys, more):
    with pytest.raises(SystemExit) as left:
        Command(stdout=io.StringIO()).run_from_argv(["manage.py", "screening_try", "a.json", *more])
    said = capsys.readouterr()
    assert (left.value.code, said.out) == (2, "")
    assert said.err == f"manage.py screening_try: error: unrecognized arguments: {more[0]}\n"


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    for name in ("nowhere.json", "bytes.json", "."):
        with pytest.raises(SystemExit) as left:
            call_command("screening_try", str(tmp_path / name), stderr=io.StringIO())
        assert left.value.code == 2


def test_from_standard_input_without_any_database():
    """As a program: the answer on standard output, and no server needed."""
    ran = subprocess.run(
        [sys.executable, "manage.py", "screening_try", "-"],
        input='{"answers": {"asq": ["no", "no", "no", "no", "yes"]}}',
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "ALONGSIDE_MODE": "test", "SECRET_KEY": "x" * 60,
             "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/nowhere", "REDIS_URL": "redis://127.0.0.1:1/0"},
    )  # fmt: skip
    assert (ran.returncode, json.loads(ran.stdout)["disposition"]) == (0, "CRISIS"), ran.stderr
