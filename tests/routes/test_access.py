"""Facts of access: the published rule of slopes with its vectors, and sentences that claim nothing."""

import pytest

from routes.domain import access
from routes.domain.access import FOOT, Facts, Firmness, Source
from routes.domain.geometry import Segment


def feet(*pairs):
    return [Segment(length * FOOT, grade) for length, grade in pairs]


@pytest.mark.parametrize(
    ("segments", "kept"),
    [
        ([(500, 0.04)], True),
        ([(5000, 1 / 20)], True),
        ([(150, 0.08)], True),
        ([(200, 1 / 12)], True),
        ([(250, 0.08)], False),
        ([(150, 0.08), (100, 0.07)], False),
        ([(150, 0.08), (5, 0.02), (100, 0.07)], True),
        ([(30, 0.095), (170, 0.02)], True),
        ([(30, 0.095), (60, 0.02)], False),
        ([(30, 0.095), (70, 0.02)], True),
        ([(31, 0.095), (169, 0.02)], False),
        ([(5, 0.13), (100, 0.02)], False),
        ([(10, 0.12), (100, 0.02)], True),
        ([(10, 1 / 8), (100, 0.02)], True),
        ([(11, 0.12), (100, 0.02)], False),
        ([(10, 0.12)], False),
        ([(10, 0.12), (100, 0.02), (10, 0.12), (100, 0.02)], True),
    ],
)  # fmt: skip
def test_the_slope_rule_for_trails(segments, kept):
    assert access.trail_slope_ok(feet(*segments)) is kept


MEASURED = Facts(
    length_m=700,
    source=Source.MEASURED,
    slopes=tuple(feet((170, 0.02), (30, 0.095))),
    width_cm=95,
    cross_slope_pct=2.5,
    firmness=Firmness.FIRM,
    obstacle_cm=0,
    rests_m=(100.0, 450.0),
)


def test_measured_facts_are_told_in_metres_and_per_cent():
    assert [str(line) for line in access.told(MEASURED)] == [
        "Steepest measured 9.1 m at 9.5 %.",
        "15 % of the length is steeper than 8.33 %.",
        "No slope is steeper or longer than the US guideline for trails allows.",
        "Steepest slope across 2.5 %.",
        "Narrowest place 95 cm.",
        "Surface: firm and stable.",
        "No steps or roots found.",
        "2 places to rest; at most 350 m without one.",
    ]


def test_a_slope_that_goes_on_too_long_is_said():
    steep = Facts(length_m=80, source=Source.MEASURED, slopes=tuple(feet((150, 0.08), (100, 0.08))))
    assert access.slopes_keep_to_the_rule(steep) is False
    assert str(access.told(steep)[0]) == "Steepest measured 76.2 m at 8 %."
    assert str(access.told(steep)[1]) == "0 % of the length is steeper than 8.33 %."
    assert "Some slopes" in str(access.told(steep)[2])


def test_a_gentle_path_is_told_without_a_steepest_stretch():
    gentle = tuple(feet((500, 0.03)))
    words = [str(access.told(Facts(length_m=152, source=source, slopes=gentle))[0]) for source in Source]
    assert words == [
        "Nothing measured is steeper than 5 %.",
        "Nothing seems steeper than 5 %: an estimate from GPS, not a measurement.",
    ]


@pytest.mark.parametrize("slopes", [feet((500, 0.0)), feet((500, 0.2)), []])
def test_nothing_is_certified_from_satellites(slopes):
    guessed = Facts(length_m=152, source=Source.GPS, slopes=tuple(slopes))
    assert access.slopes_keep_to_the_rule(guessed) is None
    words = " ".join(str(line) for line in access.told(guessed))
    assert "guideline" not in words and ("not a measurement" in words or "not measured" in words)


def test_what_nobody_measured_is_told_as_such_and_no_sentence_calls_a_path_accessible():
    nothing = [str(line) for line in access.told(Facts(length_m=700, source=Source.MEASURED))]
    assert len(nothing) == 6 and all("not" in line or "nobody" in line for line in nothing)
    everything = [*nothing, *map(str, access.told(MEASURED))]
    assert not any("accessible" in line.lower() or "suitable" in line.lower() for line in everything)


@pytest.mark.parametrize(
    ("rests", "words"), [((), "No place to rest."), ((600.0,), "1 place to rest; at most 600 m without one.")]
)
def test_places_to_rest(rests, words):
    assert str(access.told(Facts(length_m=700, source=Source.GPS, rests_m=rests))[-1]) == words
