"""Scores over time as a drawing: sums with invented numbers, words for the change, and the same picture on paper."""

import re
from datetime import date
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from clients.domain import score_chart
from practice.domain import press
from tests.clients.on_paper import can_be_read, text_of

BANDS = [(0, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately severe"), (20, "severe")]
TODAY = date(2026, 10, 8)
POINTS = [(date(2026, 3, 3), 17), (date(2026, 4, 14), 15), (date(2026, 6, 9), 12), (date(2026, 9, 1), 11)]


def drawn(points=POINTS, **changes):
    settings = {"bands": BANDS, "highest": 27, "threshold": 5} | changes
    return score_chart.draw("phq9", "Low mood (PHQ-9)", points, **settings)


@pytest.fixture(autouse=True)
def _in_october(monkeypatch):
    monkeypatch.setattr("practice.domain.words.timezone.localdate", lambda *args: TODAY)


@pytest.mark.parametrize(
    ("first", "last", "lower_is_easier", "words"),
    [
        (17, 11, True, "eased by 6 since 3 March"),
        (11, 17, True, "harder by 6 since 3 March"),
        (17, 12, True, "eased by 5 since 3 March"),
        (17, 13, True, "about the same since 3 March"),
        (13, 17, True, "about the same since 3 March"),
        (40, 60, False, "eased by 20 since 3 March"),
        (60, 40, False, "harder by 20 since 3 March"),
    ],
)
def test_the_change_is_said_in_words_and_only_when_it_means_something(first, last, lower_is_easier, words):
    points = [(date(2026, 3, 3), first), (date(2026, 9, 1), last)]
    assert drawn(points, highest=100, lower_is_easier=lower_is_easier).change == words


def test_the_year_stands_with_a_day_of_another_year():
    points = [(date(2025, 3, 3), 17), (date(2026, 9, 1), 11)]
    assert drawn(points).change == "eased by 6 since 3 March 2025"


def test_nothing_answered_draws_nothing_and_one_answer_says_so():
    assert drawn([]) is None
    one = drawn([(date(2026, 3, 3), 17)])
    assert one.change == "answered once, on 3 March"
    assert len(one.dots) == 1 and one.path.count("L") == 0


def test_two_on_one_day_both_stand_in_the_order_in_which_they_were_given():
    day = date(2026, 3, 3)
    chart = drawn([(day, 17), (day, 9)])
    assert chart.change == "answered 2 times on 3 March, from 17 to 9"
    assert [row.value for row in chart.rows] == [9, 17] and chart.path.count("L") == 1
    assert chart.dots[0].x < chart.dots[1].x
    later = drawn([(day, 17), (day, 9), (date(2026, 9, 1), 11)])
    assert later.change == "eased by 6 since 3 March" and [row.value for row in later.rows] == [11, 9, 17]
    assert later.dots[0].x < later.dots[1].x < later.dots[2].x


def test_points_lie_in_the_order_of_days_and_higher_values_higher_up():
    chart = drawn(list(reversed(POINTS)))
    across, up = [dot.x for dot in chart.dots], [dot.y for dot in chart.dots]
    assert across == sorted(across)
    assert up == sorted(up), "every value is lower than the one before"
    first, second, third, _last = across
    assert third - second > second - first, "eight weeks are wider than six"


def test_bands_fill_the_field_from_top_to_bottom_without_a_gap():
    zones = drawn().zones
    assert [zone.word for zone in zones] == [word for _start, word in BANDS]
    assert zones[0].y + zones[0].height == pytest.approx(score_chart.BOTTOM)
    assert zones[-1].y == pytest.approx(score_chart.TOP)
    for lower, upper in pairwise(zones):
        assert upper.y + upper.height == pytest.approx(lower.y, abs=0.11)


def test_a_value_beyond_the_range_stays_in_the_field():
    chart = drawn([(date(2026, 3, 3), 99), (date(2026, 4, 3), -4)])
    assert all(score_chart.TOP <= dot.y <= score_chart.BOTTOM for dot in chart.dots)


@pytest.mark.parametrize(
    ("value", "word"), [(0, "minimal"), (4, "minimal"), (5, "mild"), (19, "moderately severe"), (27, "severe")]
)
def test_a_value_has_the_word_of_its_band(value, word):
    assert drawn([(date(2026, 3, 3), value)]).rows[0].word == word


def test_who_does_not_see_it_reads_it():
    chart = drawn()
    assert chart.description == "4 answers between 0 and 27; the newest is 11 (moderate). Eased by 6 since 3 March."
    assert [row.value for row in chart.rows] == [11, 12, 15, 17], "the newest first"
    page = render_to_string("clients/charts.html", {"charts": [chart]})
    assert 'role="img"' in page and "<title" in page and "<desc" in page and "As a table" in page
    assert "style=" not in page
    assert len(re.findall(r"<circle", page)) == 4


def test_no_chart_no_heading():
    assert render_to_string("clients/charts.html", {"charts": []}).strip() == ""


def test_the_numbers_of_the_drawing_keep_their_points_in_every_language():
    with translation.override("de"):
        page = render_to_string("clients/charts.html", {"charts": [drawn()]})
    assert not re.search(r'(?:cx|cy|x|y|height)="\d+,\d', page)


@can_be_read
def test_the_same_picture_on_paper():
    body = render_to_string("clients/charts.html", {"charts": [drawn()], "paper": True})
    data = press.printed(f"<html><body>{body}</body></html>", country="GB")
    text = text_of(data)
    assert "Eased by 6 since 3 March" in text and "moderately severe" in text
