"""The drawings as data: inside their sheet, honest about scale, silent about what nobody knows."""

import re

import pytest

from routes.domain import drawing, geometry, height_line
from routes.domain.drawing import Spot
from routes.domain.gpx import Point
from tests.routes.files import LOOP, track_of

ROUND = track_of(LOOP.read_bytes())


def numbers(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


@pytest.mark.parametrize(("width", "height", "small"), [(600, 400, False), (240, 160, True), (600, 480, False)])
def test_the_whole_path_lies_on_the_sheet(width, height, small):
    drawn = drawing.draw_map(ROUND.parts, width=width, height=height, small=small)
    places = numbers(drawn.path)
    assert len(places) <= 400
    assert all(10 < x < width - 10 and 10 < y < height - 10 for x, y in places)
    assert drawn.view_box == f"0 0 {width} {height}"
    assert drawn.start == pytest.approx(places[0], abs=0.06)


def test_the_scale_is_true_and_round():
    line = (Point(51.5, -0.15), Point(51.5, -0.14))
    drawn = drawing.draw_map([line])
    (x0, _y0), (x1, _y1) = numbers(drawn.path)
    metres_per_unit = geometry.distance(*line) / (x1 - x0)
    assert drawn.scale.metres in {50, 100, 200, 500}
    assert drawn.scale.width * metres_per_unit == pytest.approx(drawn.scale.metres, rel=0.005)


def test_north_is_up_and_east_is_right():
    drawn = drawing.draw_map([(Point(51.5, -0.15), Point(51.501, -0.149))])
    (x0, y0), (x1, y1) = numbers(drawn.path)
    assert x1 > x0 and y1 < y0


def test_gaps_are_drawn_apart_from_the_path():
    parts = [(Point(1, 1), Point(1.001, 1)), (Point(1.002, 1), Point(1.003, 1))]
    drawn = drawing.draw_map(parts)
    assert drawn.path.count("M") == 2 and drawn.gaps.count("M") == 1
    assert drawing.draw_map(parts[:1]).gaps == ""


@pytest.mark.parametrize(
    "line",
    [
        (Point(51.5, -0.15), Point(51.5, -0.15)),
        (Point(-16.8, 179.998), Point(-16.8, -179.998)),
        (Point(90, 0), Point(89.999, 90)),
        (Point(0, 0), Point(0, 0.0000001)),
    ],
)
def test_odd_paths_still_make_a_finite_drawing(line):
    drawn = drawing.draw_map([line])
    assert all(-1 < x < 601 and -1 < y < 401 for x, y in numbers(drawn.path))


def test_spots_are_numbered_and_labels_do_not_cover_each_other():
    spots = [Spot(51.5065, -0.1841, "Meeting point"), Spot(51.50651, -0.18411, "Bench"), Spot(51.5048, -0.1835, "Exit")]
    drawn = drawing.draw_map(ROUND.parts, spots)
    assert [mark.number for mark in drawn.marks] == [1, 2, 3]
    assert drawn.marks[0].label == "Meeting point"
    assert all(not mark.label for mark in drawing.draw_map(ROUND.parts, spots, small=True).marks)


def test_a_very_long_name_is_left_to_the_list():
    drawn = drawing.draw_map(ROUND.parts, [Spot(51.5065, -0.1841, "n" * 80)])
    assert drawn.marks[0].label == "" and drawn.marks[0].name == "n" * 80


def test_the_height_line():
    found = height_line.draw_profile(ROUND.parts, [Spot(*ROUND.points[0][:2]), Spot(51.6, 0.0)])
    assert found is not None
    assert found.lowest <= found.highest
    assert all(0 <= x <= 600 and 0 <= y <= found.base for x, y in numbers(found.line))
    assert [mark.number for mark in found.marks] == [1], "a spot far from the path has no place under the line"


def test_a_gentle_path_looks_gentle():
    flat = height_line.draw_profile([[Point(51.5 + n / 1000, -0.15, 20 + n % 2) for n in range(20)]])
    assert flat is not None and flat.flat
    heights = [y for _x, y in numbers(flat.line)]
    assert max(heights) - min(heights) < 5


def test_no_heights_no_line():
    assert height_line.draw_profile([[Point(1, 1), Point(1.1, 1)]]) is None
