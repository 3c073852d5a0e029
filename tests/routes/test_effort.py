"""Slopes on which talk halts, and minutes by Naismith's rule."""

import pytest

from routes.domain import effort, geometry
from routes.domain.effort import Talk, TalkStretch
from routes.domain.geometry import Segment


@pytest.mark.parametrize(
    ("grade", "talk", "words"),
    [
        (0.0, Talk.FLOWS, "easy to talk"),
        (0.05, Talk.FLOWS, "easy to talk"),
        (0.0501, Talk.PAUSES, "conversation may pause"),
        (1 / 12, Talk.PAUSES, "conversation may pause"),
        (0.0834, Talk.WALK, "walk it"),
        (-0.06, Talk.PAUSES, "conversation may pause"),
        (-0.2, Talk.WALK, "walk it"),
    ],
)
def test_slopes_and_talk(grade, talk, words):
    assert effort.talk_on(grade) is talk
    assert str(talk.label) == words


def test_a_path_is_told_in_stretches_of_talk():
    slopes = [Segment(200, 0.01), Segment(50, 0.07), Segment(30, 0.09), Segment(20, 0.11), Segment(100, 0.0)]
    assert effort.talk_along(slopes) == (
        TalkStretch(0, 200, Talk.FLOWS),
        TalkStretch(200, 50, Talk.PAUSES),
        TalkStretch(250, 50, Talk.WALK),
        TalkStretch(300, 100, Talk.FLOWS),
    )
    assert effort.talk_along([]) == ()


@pytest.mark.parametrize(("km", "ascent", "minutes"), [(5, 0, 60), (5, 300, 90), (3, 60, 42), (10, 600, 180)])
def test_naismith(km, ascent, minutes):
    assert geometry.minutes(km * 1000, ascent, kmh=5) == minutes
