"""Published scores of every instrument that is scored, each with its source; the reader's own rules beside them."""

import random

import pytest

from clients.domain.instruments import shipped
from clients.domain.screening import score


def answers(key, *given):
    """Answers in the order of the items; None is one that was not given."""
    items = [item for item in shipped()[key].items if item.needed]
    assert len(given) == len(items)
    return {item.key: str(value) for item, value in zip(items, given, strict=True) if value is not None}


def scored(key, *given):
    return score(shipped()[key], answers(key, *given))


# Kroenke, Spitzer, Williams 2001: nine items 0-3, bands at 5, 10, 15, 20; the range is 0 to 27.
PHQ9 = [
    ((0,) * 9, 0, "minimal", "", set()),
    ((1,) * 9, 9, "mild", "", {"item9"}),
    ((2, 2, 2, 2, 2, 0, 0, 0, 0), 10, "moderate", "major_pattern", set()),
    ((3,) * 9, 27, "severe", "major_pattern", {"item9"}),
    ((1, 1, 1, 1, 0, 0, 0, 0, 0), 4, "minimal", "", set()),
    ((1, 1, 1, 1, 1, 0, 0, 0, 0), 5, "mild", "", set()),
    ((2, 2, 2, 2, 2, 2, 2, 0, 0), 14, "moderate", "major_pattern", set()),
    ((2, 2, 2, 2, 2, 2, 2, 1, 0), 15, "moderately_severe", "major_pattern", set()),
    ((3, 3, 3, 3, 3, 2, 2, 0, 0), 19, "moderately_severe", "major_pattern", set()),
    ((3, 3, 3, 3, 3, 3, 2, 0, 0), 20, "severe", "major_pattern", set()),
    ((2, 0, 2, 2, 2, 0, 0, 0, 1), 9, "mild", "major_pattern", {"item9"}),  # the ninth counts from 1
    ((2, 0, 2, 2, 0, 0, 0, 0, 0), 6, "mild", "other_pattern", set()),
    ((1, 1, 2, 2, 2, 2, 2, 2, 0), 14, "moderate", "", set()),  # neither of the first two
]


@pytest.mark.parametrize(("given", "total", "band", "outcome", "flags"), PHQ9)
def test_phq9(given, total, band, outcome, flags):
    made = scored("phq9", *given)
    assert (made.total, made.bands["total"], made.outcome, set(made.flags)) == (total, band, outcome, flags)


@pytest.mark.parametrize(
    ("given", "total"),
    [
        ((2,) * 8 + (None,), 18),
        ((1,) * 7 + (None, None), 9),
        ((1, 1, 1, 1, 0, 0, 0, None, None), 5),  # 4 x 9 / 7 = 5.14
        ((1, 1, 1, 1, 1, 1, 1, 1, None), 9),
        ((3, 1, 0, 0, 0, 0, 0, 0, None), 5),  # 4 x 9 / 8 = 4.5: the half rounds up
        ((1,) * 6 + (None,) * 3, None),
        ((None,) * 9, None),
    ],
)
def test_phq9_stands_in_for_two_open_items_and_no_more(given, total):
    made = scored("phq9", *given)
    assert made.total == total
    assert len(made.missing) == given.count(None)


# Spitzer, Kroenke, Williams, Löwe 2006: seven items 0-3, bands at 5, 10, 15; the range is 0 to 21.
@pytest.mark.parametrize(
    ("given", "total", "band"),
    [
        ((0,) * 7, 0, "minimal"),
        ((1, 1, 1, 1, 0, 0, 0), 4, "minimal"),
        ((1, 1, 1, 1, 1, 0, 0), 5, "mild"),
        ((2, 2, 2, 2, 1, 0, 0), 9, "mild"),
        ((2, 2, 2, 2, 2, 0, 0), 10, "moderate"),
        ((2,) * 7, 14, "moderate"),
        ((3, 2, 2, 2, 2, 2, 2), 15, "severe"),
        ((3,) * 7, 21, "severe"),
        ((3, 3, 3, 3, 3, 3, None), None, None),
    ],
)
def test_gad7(given, total, band):
    made = scored("gad7", *given)
    assert (made.total, made.bands.get("total")) == (total, band)


# WHO-5 (Topp 2015): the sum times four; 50 or less is low, 28 or less very low.
@pytest.mark.parametrize(
    ("given", "total", "band"),
    [((3, 3, 3, 3, 3), 60, "above"), ((2, 2, 3, 2, 3), 48, "low"), ((1, 1, 1, 2, 2), 28, "very_low"),
     ((5,) * 5, 100, "above"), ((0,) * 5, 0, "very_low"), ((3, 3, 3, 2, 2), 52, "above")],
)  # fmt: skip
def test_who5(given, total, band):
    made = scored("who5", *given)
    assert (made.total, made.bands["total"]) == (total, band)


YES, NO = "yes", "no"


# Morgan, Reid, Lacey 1999: positive at two or more.
@pytest.mark.parametrize(("count", "band"), [(0, "none"), (1, "one"), (2, "positive"), (5, "positive")])
def test_scoff(count, band):
    assert scored("scoff", *[YES] * count, *[NO] * (5 - count)).bands["total"] == band


# Prnjak 2020: 15 of 36.
@pytest.mark.parametrize(
    ("given", "total", "band"),
    [((1,) * 12, 12, "below"), ((2,) + (1,) * 10 + (2,), 14, "below"), ((2, 2, 2) + (1,) * 9, 15, "positive"),
     ((3,) * 12, 36, "positive")],
)  # fmt: skip
def test_edeqs(given, total, band):
    made = scored("edeqs", *given)
    assert (made.total, made.bands["total"]) == (total, band)


# Terry, Szabo, Griffiths 2004: 6 to 30; from 13 some signs, from 24 at risk.
@pytest.mark.parametrize(
    ("given", "total", "band", "driven"),
    [((1,) * 6, 6, "none", False), ((2,) * 6, 12, "none", False), ((3, 2, 2, 2, 2, 2), 13, "some", False),
     ((3, 4, 4, 4, 4, 4), 23, "some", True), ((4,) * 6, 24, "at_risk", True), ((5,) * 6, 30, "at_risk", True),
     ((1, 1, 5, 1, 1, 1), 10, "none", False), ((1, 1, 1, 1, 4, 1), 9, "none", True)],
)  # fmt: skip
def test_eai(given, total, band, driven):
    made = scored("eai", *given)
    assert (made.total, made.bands["total"], "driven" in made.flags) == (total, band, driven)


# Taranis, Touyz, Meyer 2011: the sum of five means, items 8 and 12 reversed; cut-off 15 (Meyer 2016).
def test_cet_all_five():
    made = scored("cet", *[5] * 24)
    assert dict(made.totals) == {
        "avoidance": 5, "control": 4, "mood": 5, "no_enjoyment": 3.3333, "rigidity": 5, "total": 22.3333,
    }  # fmt: skip


def test_cet_all_nought():
    assert scored("cet", *[0] * 24).total == 2.6667


def test_cet_on_the_cut():
    made = scored("cet", *[2 if number in (8, 12) else 3 for number in range(1, 25)])
    assert (made.total, made.bands["total"]) == (15, "positive")


def test_cet_just_below_the_cut():
    given = [2 if number in (8, 12) else 3 for number in range(1, 25)]
    assert scored("cet", 2, *given[1:]).bands["total"] == "below"


# Lovibond 1995: seven items a scale, twice the sum, against the bands of the 42 questions.
@pytest.mark.parametrize(
    ("scale", "items", "edges"),
    [
        ("depression", (3, 5, 10, 13, 16, 17, 21), [(0, "normal"), (10, "mild"), (14, "moderate"), (22, "severe")]),
        ("anxiety", (2, 4, 7, 9, 15, 19, 20), [(6, "normal"), (8, "mild"), (10, "moderate"), (16, "severe")]),
        ("stress", (1, 6, 8, 11, 12, 14, 18), [(14, "normal"), (16, "mild"), (20, "moderate"), (26, "severe")]),
    ],
)
def test_dass21_counts_twice(scale, items, edges):
    for value, band in [*edges, (42, "extremely_severe")]:
        left, given = value // 2, {}
        for number in items:
            given[number] = min(3, left)
            left -= given[number]
        made = scored("dass21", *[given.get(number, 0) for number in range(1, 22)])
        assert (made.totals[scale], made.bands[scale]) == (value, band)
        assert all(made.totals[other] == 0 for other in made.totals if other != scale)


# Columbia triage: 4, 5 or behaviour within three months; 3 or behaviour ever; 1 or 2.
@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({"q1": NO, "q2": NO, "q6": NO}, "none"),
        ({"q1": YES, "q2": NO, "q6": NO}, "low"),
        ({"q1": NO, "q2": YES, "q3": NO, "q4": NO, "q5": NO, "q6": NO}, "low"),
        ({"q1": NO, "q2": YES, "q3": YES, "q4": NO, "q5": NO, "q6": NO}, "moderate"),
        ({"q1": NO, "q2": NO, "q6": YES, "q7": NO}, "moderate"),
        ({"q1": NO, "q2": YES, "q3": NO, "q4": YES, "q5": NO, "q6": NO}, "high"),
        ({"q1": NO, "q2": YES, "q3": NO, "q4": NO, "q5": YES, "q6": NO}, "high"),
        ({"q1": NO, "q2": NO, "q6": YES, "q7": YES}, "high"),
        ({"q1": NO, "q2": NO}, "open"),
        ({}, "open"),
    ],
)
def test_cssrs(given, outcome):
    assert score(shipped()["cssrs"], given).outcome == outcome


def test_cssrs_skips_as_the_instrument_does():
    made = score(shipped()["cssrs"], {"q1": NO, "q2": NO, "q6": NO})
    assert not made.missing
    assert score(shipped()["cssrs"], {"q1": NO, "q2": YES, "q6": YES}).missing == ("q3", "q4", "q5", "q7")


# Prins 2015; Bovin 2021: 4 balanced, 3 more sensitive. No event, no score.
@pytest.mark.parametrize(
    ("event", "count", "total", "band"),
    [(NO, 0, 0, "below"), (YES, 0, 0, "below"), (YES, 2, 2, "below"), (YES, 3, 3, "sensitive"), (YES, 4, 4, "positive"),
     (YES, 5, 5, "positive")],
)  # fmt: skip
def test_pcptsd5(event, count, total, band):
    instrument = shipped()["pcptsd5"]
    follow = instrument.find("event").follow_ups
    given = {"event": event}
    if event == YES:
        given |= {item.key: YES if number < count else NO for number, item in enumerate(follow)}
    made = score(instrument, given)
    assert (made.total, made.bands["total"], made.missing) == (total, band, ())


def test_pcptsd5_without_its_follow_ups_has_no_score():
    made = score(shipped()["pcptsd5"], {"event": YES})
    assert made.total is None and len(made.missing) == 5


# Weathers 2013: 0 to 80; a symptom from "moderately" on; B one, C one, D two, E two. Cut-off 33 of the range 31-33.
@pytest.mark.parametrize(
    ("moderate", "outcome"),
    [((1, 6, 8, 9, 15, 16), "clusters"), ((1, 6, 8, 15, 16), ""), ((6, 8, 9, 15, 16), ""), ((1, 8, 9, 15, 16), ""),
     ((1, 6, 8, 9, 15), "")],
)  # fmt: skip
def test_pcl5_clusters(moderate, outcome):
    made = scored("pcl5", *[2 if number in moderate else 1 for number in range(1, 21)])
    assert made.outcome == outcome


@pytest.mark.parametrize(
    ("given", "total", "band"),
    [((4,) * 20, 80, "positive"), ((0,) * 20, 0, "below"), ((2,) * 12 + (1,) * 8, 32, "below"),
     ((2,) * 13 + (1,) * 7, 33, "positive")],
)  # fmt: skip
def test_pcl5(given, total, band):
    made = scored("pcl5", *given)
    assert (made.total, made.bands["total"]) == (total, band)


CET_CUT = [2 if number in (8, 12) else 3 for number in range(1, 25)]


# Ours: a band counts once the easiest answers to what is open still reach it; there is no figure for it.
@pytest.mark.parametrize(
    ("key", "given", "reached"),
    [
        ("scoff", (YES, YES, None, NO, NO), "positive"),
        ("scoff", (YES, None, None, None, None), "one"),
        ("edeqs", (3, 3, 3, 3, 3) + (None,) * 7, "positive"),
        ("edeqs", (3, 3, 3, 3, 2) + (None,) * 7, "below"),
        ("eai", (5, 5, 5, 5, 3, None), "at_risk"),  # 23, and the lowest answer is 1
        ("eai", (5, 5, 5, 5, 2, None), "some"),
        ("cet", (None, 5, *CET_CUT[2:]), "below"),  # 15 + 2/5 - 3/5
        ("cet", (None, 5, 4, *CET_CUT[3:]), "positive"),  # 15 + 2/5 + 1/3 - 3/5
        ("cet", (*[5] * 7, None, *[5] * 16), "positive"),  # reversed: the easiest answer is 5
        ("cet", (*[3] * 7, None, *CET_CUT[8:]), "below"),
        ("gad7", (3, 3, 3, 1, None, None, None), "moderate"),
        ("pcl5", ((4,) * 8 + (1,) + (None,) * 11), "positive"),
        ("phq9", (3, 3, 3, 3) + (None,) * 5, "moderately_severe"),  # 12 of 21, two stood in for: 15
        ("phq9", (3,) * 6 + (None,) * 3, "severe"),  # as with 0 at one of the three: 18 of 21, 23
        ("phq9", (3, 3, 3, 3, 2, 1) + (None,) * 3, "moderately_severe"),
        ("who5", (1, 1, 1, 4, None), "low"),  # more is better: at most 12 of 25
        ("who5", (0, 0, 0, 2, None), "very_low"),
        ("who5", (2, 2, 2, 2, None), "above"),
    ],
)
def test_a_band_that_is_reached_already(key, given, reached):
    made = scored(key, *given)
    assert (made.total, made.bands.get("total"), made.reached["total"]) == (None, None, reached)


def test_pcptsd5_reaches_its_cut_with_one_open():
    follow = shipped()["pcptsd5"].find("event").follow_ups
    made = score(shipped()["pcptsd5"], {"event": YES} | {item.key: YES for item in follow[:4]})
    assert (made.total, made.reached["total"]) == (None, "positive")


def test_two_open_items_of_the_phq9_are_stood_in_for_and_not_taken_as_nothing():
    made = scored("phq9", *(3,) * 5, 1, 0, None, None)
    assert (made.total, made.bands["total"], made.reached["total"]) == (21, "severe", "severe")


def test_session_fit_asks_about_five_or_less():
    assert not score(shipped()["session_fit"], dict.fromkeys(("heard", "matters", "outside", "place"), "6")).flags
    assert score(shipped()["session_fit"], {"heard": "9", "matters": "5"}).flags == {"did_not_fit"}


@pytest.mark.parametrize("key", sorted(key for key, one in shipped().items() if one.scoring.sums))
def test_the_order_of_answers_does_not_matter(key):
    instrument, chance = shipped()[key], random.Random(7)
    items = list(instrument.every_item())
    given = {item.key: chance.choice(sorted(item.scale.values)) for item in items if item.scale.kind == "one"}
    turned = dict(chance.sample(list(given.items()), len(given)))
    assert score(instrument, turned) == score(instrument, given)


@pytest.mark.parametrize("key", ["phq9", "gad7", "pcl5", "scoff", "edeqs", "eai", "dass21"])
def test_no_answer_given_instead_of_an_open_one_lowers_a_total(key):
    """An open item never stands for more than the worst answer to it would."""
    instrument = shipped()[key]
    items = [item for item in instrument.items if item.needed]
    worst = {item.key: item.scale.choices[-1].value for item in items}
    full = score(instrument, worst).totals
    for item in items:
        lacking = score(instrument, {name: value for name, value in worst.items() if name != item.key}).totals
        assert all(lacking[name] is None or lacking[name] <= value for name, value in full.items())
