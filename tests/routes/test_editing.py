"""A path drawn on the map: what is refused, and which heights are still known."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routes.domain import editing, geometry, gpx, record
from routes.domain.gpx import Point, Track
from tests.routes.files import LOOP, track_of

BEFORE = Track(
    parts=(
        (Point(51.5, -0.15, 20.0), Point(51.501, -0.15, 25.0)),
        (Point(51.502, -0.15, None), Point(51.503, -0.15, 7.0)),
    ),
    name="Round the lake",
    waypoints=(Point(51.5, -0.15),),
)


def moved(point: Point, metres: float) -> list[float]:
    return [point.lat, point.lon + metres / (111_320 * math.cos(math.radians(point.lat)))]


def test_points_that_stay_keep_their_heights_and_others_have_none():
    a, b, c, d = BEFORE.points
    drawn = [moved(a, 0), moved(b, 4.9), moved(b, 5.1), moved(c, 0), moved(d, -4.9), [51.5025, -0.151]]
    found = editing.redrawn(drawn, BEFORE)
    assert [point.ele for point in found.points] == [20.0, 25.0, None, None, 7.0, None]
    assert [list(point[:2]) for point in found.points] == drawn
    assert (found.name, found.waypoints, len(found.parts)) == (BEFORE.name, BEFORE.waypoints, 1)


def test_the_nearest_of_two_known_heights_counts():
    before = Track(((Point(51.5, -0.15, 1.0), Point(51.50003, -0.15, 2.0)),))
    assert editing.redrawn([[51.50001, -0.15], [51.50002, -0.15]], before).points[0].ele == 1.0
    assert editing.redrawn([[51.50001, -0.15], [51.50002, -0.15]], before).points[1].ele == 2.0


def test_a_path_drawn_from_nothing_has_no_heights():
    found = editing.redrawn([[51.5, -0.15], [51.51, -0.15]])
    assert found == Track(((Point(51.5, -0.15), Point(51.51, -0.15)),))


def test_a_path_that_was_not_changed_measures_what_it_did():
    before = track_of(LOOP.read_bytes())
    found = editing.redrawn([[point.lat, point.lon] for point in before.points], before)
    assert found.points == before.points
    assert record.geometry_of(found) == record.geometry_of(before)


def test_over_the_antimeridian():
    before = Track(((Point(-16.8, 179.9999, 3.0), Point(-16.8, -179.9999, 4.0)),))
    found = editing.redrawn([[-16.8, 180.0], [-16.8, -179.9999]], before)
    assert [point.ele for point in found.points] == [None, 4.0]
    near = editing.redrawn([[-16.8, -179.99999], [-16.8, -179.99]], Track(((Point(-16.8, 179.99999, 3.0),) * 2,)))
    assert near.points[0].ele == 3.0


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (None, "draw it again"),
        ("51.5, -0.1", "draw it again"),
        ({"lat": 1}, "draw it again"),
        ([], "at least two points"),
        ([[51.5, -0.1]], "at least two points"),
        ([[51.5, -0.1]] * 5_001, "more than 5,000 points"),
        ([[51.5, -0.1], [51.546, -0.1]], "Point 2 is more than 5 km"),
        ([[51.5, -0.1], [91, 0]], "Point 2 is nowhere"),
        ([[51.5, -181.0], [51.5, 0]], "Point 1 is nowhere"),
        ([[51.5, -0.1], [float("nan"), 0]], "Point 2 is nowhere"),
        ([[51.5, -0.1], [0, float("inf")]], "Point 2 is nowhere"),
        ([[51.5, -0.1], [10**400, 0]], "Point 2 is nowhere"),
        ([[51.5, -0.1], ["51.5", "0"]], "Point 2 is nowhere"),
        ([[51.5, -0.1], [True, False]], "Point 2 is nowhere"),
        ([[51.5, -0.1], [51.5]], "Point 2 is nowhere"),
        ([[51.5, -0.1], [51.5, -0.1, 9.0]], "Point 2 is nowhere"),
        ([[51.5, -0.1], None], "Point 2 is nowhere"),
    ],
)  # fmt: skip
def test_what_is_no_path_says_why(drawn, words):
    with pytest.raises(gpx.GpxProblem) as problem:
        editing.redrawn(drawn)
    assert words in str(problem.value)


def test_five_thousand_points_are_looked_up_each_among_its_neighbours(monkeypatch):
    """Against all 5,000 old ones it would be 25 million looks."""
    looks = []
    seen = math.dist
    monkeypatch.setattr(math, "dist", lambda a, b: looks.append(1) or seen(a, b))
    before = Track((tuple(Point(51.5 + n / 50_000, -0.15, float(n % 90)) for n in range(5_000)),))
    found = editing.redrawn([[point.lat, point.lon] for point in before.points], before)
    assert found.points == before.points and len(looks) < 50_000


PLACES = st.tuples(st.floats(-1e-4, 1e-4), st.floats(-1e-4, 1e-4))


@given(
    old=st.lists(st.tuples(PLACES, st.none() | st.floats(0, 99)), min_size=2, max_size=12),
    new=st.lists(PLACES, min_size=2, max_size=12),
)
def test_every_height_is_that_of_the_nearest_known_point_within_five_metres(old, new):
    known = [Point(45 + north, 7 + east, ele) for (north, east), ele in old]
    found = editing.redrawn([[45 + north, 7 + east] for north, east in new], Track((tuple(known),)))
    for point in found.points:
        away, ele = min(((geometry.distance(point, k), k.ele) for k in known if k.ele is not None), default=(9.0, None))
        if away < 4.95 and point.ele != ele:
            rival = min(geometry.distance(point, k) for k in known if k.ele == point.ele)
            assert rival == pytest.approx(away, abs=0.05), "only a tie may go to the other"
        if away > 5.05:
            assert point.ele is None
