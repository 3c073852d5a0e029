"""What holds for every path, not only for those that somebody thought of."""

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routes.domain import geometry, gpx, record, shape
from routes.domain.gpx import Point, Track

HEIGHTS = st.none() | st.floats(gpx.LOWEST, gpx.HIGHEST) | st.integers(90, 120).map(float)
PLACES = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
THRESHOLDS = st.sampled_from([2.0, 3.0, 5.0, 10.0])


@st.composite
def walks(draw):
    """Paths in one to three pieces with steps of up to some hundred metres, anywhere, over the antimeridian too."""
    lat, lon, line = draw(st.floats(-85, 85)), draw(st.floats(-180, 180)), []
    for north, east, ele in draw(
        st.lists(st.tuples(st.floats(-3e-3, 3e-3), st.floats(-3e-3, 3e-3), HEIGHTS), min_size=6, max_size=40)
    ):
        lat, lon = lat + north, math.remainder(lon + east, 360.0)
        line.append(Point(lat, lon, ele))
    cuts = sorted(draw(st.sets(st.sampled_from(range(2, len(line) - 1)), max_size=2)))
    pieces = [line[first:last] for first, last in pairwise([0, *cuts, len(line)])]
    return Track(parts=tuple(tuple(piece) for piece in pieces if len(piece) > 1))


def backwards(track: Track) -> Track:
    return Track(parts=tuple(part[::-1] for part in track.parts[::-1]))


@given(a=PLACES, b=PLACES)
def test_there_is_as_far_as_back(a, b):
    assert geometry.distance(a, b) == pytest.approx(geometry.distance(b, a), rel=1e-12, abs=1e-6)
    assert geometry.distance(a, a) == 0.0


@given(heights=st.lists(HEIGHTS, max_size=60), threshold=THRESHOLDS)
def test_what_is_up_one_way_is_down_the_other(heights, threshold):
    up, down = geometry.ascent(heights, threshold)
    assert geometry.ascent(heights[::-1], threshold) == (down, up)
    assert up >= 0 and down >= 0


@given(track=walks())
def test_a_path_walked_backwards_swaps_ascent_and_descent_and_keeps_the_rest(track):
    there, back = geometry.measure(track), geometry.measure(backwards(track))
    assert (back.ascent_m, back.descent_m) == (
        pytest.approx(there.descent_m, abs=1e-6),
        pytest.approx(there.ascent_m, abs=1e-6),
    )
    assert back.distance_m == pytest.approx(there.distance_m, rel=1e-12)
    assert (back.box, back.is_loop, back.has_elevation) == (there.box, there.is_loop, there.has_elevation)
    assert (back.max_grade_pct is None) == (there.max_grade_pct is None)


@given(track=walks())
def test_slopes_cover_no_more_than_the_path_and_each_band_ends_where_another_begins(track):
    found = geometry.grades(track)
    assert sum(segment.metres for segment in found) <= geometry.measure(track).distance_m + 1e-6
    assert all(a.band != b.band for a, b in pairwise(found))


@given(track=walks(), metres=st.floats(0, 400))
def test_cutting_never_lengthens(track, metres):
    before = geometry.measure(track).distance_m
    try:
        cut = shape.cut_ends(track, metres)
    except gpx.GpxProblem:
        assert before <= 2 * metres + 1
        return
    assert geometry.measure(cut).distance_m == pytest.approx(before - 2 * metres, abs=0.01)


@given(track=walks())
def test_what_a_route_keeps_begins_ends_and_breaks_where_the_path_does(track):
    try:
        kept = record.geometry_of(track)
    except gpx.GpxProblem:
        assert geometry.measure(track).distance_m < 20
        return
    edges = [0, *kept["breaks"], len(kept["line"])]
    pieces = [kept["line"][first:last] for first, last in pairwise(edges)]
    assert len(pieces) == len(track.parts)
    for piece, part in zip(pieces, track.parts, strict=True):
        for (lat, lon, _ele), point in ((piece[0], part[0]), (piece[-1], part[-1])):
            assert (lat, lon) == (round(point.lat, 7), round(point.lon, 7))
    assert json.loads(json.dumps(kept["line"], allow_nan=False)) == kept["line"]
    assert (kept["ascent_m"] is None) == (not track.has_elevation)


COORDINATES = st.floats(-1e4, 1e4) | st.integers(-5, 5).map(float)


def away(p, a, b):
    """Distance of p from the stretch a-b."""
    square = math.dist(a, b) ** 2
    share = 0.0 if square == 0 else ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / square
    share = max(0.0, min(1.0, share))
    return math.dist(p, (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))


@settings(max_examples=200)
@given(xy=st.lists(st.tuples(COORDINATES, COORDINATES), min_size=2, max_size=60), tolerance=st.floats(1e-3, 1e4))
def test_what_is_left_out_lies_within_the_tolerance_of_what_is_kept(xy, tolerance):
    kept = shape.within(xy, tolerance)
    assert kept[0] == 0 and kept[-1] == len(xy) - 1 and kept == sorted(set(kept))
    for first, last in pairwise(kept):
        for point in xy[first : last + 1]:
            assert away(point, xy[first], xy[last]) <= tolerance * (1 + 1e-9) + 1e-9


@given(xy=st.lists(st.tuples(COORDINATES, COORDINATES), min_size=2, max_size=80), most=st.integers(2, 20))
def test_a_simplified_path_has_at_most_as_many_points_as_asked_for(xy, most):
    kept = shape.simplify(xy, most)
    assert kept[0] == 0 and kept[-1] == len(xy) - 1 and len(kept) <= max(most, 2)
