"""A path drawn or moved on the map: what stays between its handles, and which heights are still known."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routes.domain import coordinates, editing, geometry, record
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


def moved(point: Point, metres: float) -> Point:
    return Point(point.lat, point.lon + metres / (111_320 * math.cos(math.radians(point.lat))))


def drawn(*points: Point) -> Track:
    return Track((tuple(Point(*point[:2]) for point in points),))


def held(track: Track) -> list[Point]:
    return [track.points[index] for index in editing.handles(track)]


def long_track(count: int = 3_000) -> Track:
    wave = (Point(51.5 + n / 50_000, -0.15 + math.sin(n / 40) / 900, float(n % 90)) for n in range(count))
    return Track((tuple(wave),))


def test_points_that_stay_keep_their_heights_and_others_have_none():
    a, b, c, d = BEFORE.points
    line = [a, moved(b, 4.9), moved(b, 5.1), c, moved(d, -4.9), Point(51.5025, -0.151)]
    found = editing.redrawn(drawn(*line), BEFORE)
    assert [point.ele for point in found.points] == [20.0, 25.0, None, None, 7.0, None]
    assert [point[:2] for point in found.points] == [point[:2] for point in line]
    assert (found.name, found.waypoints, len(found.parts)) == (BEFORE.name, BEFORE.waypoints, 1)


def test_a_height_that_was_typed_stays():
    typed = Track(((Point(51.5, -0.15, 99.0), Point(51.501, -0.15)),))
    assert [point.ele for point in editing.redrawn(typed, BEFORE).points] == [99.0, 25.0]


def test_a_long_path_has_few_handles_and_both_its_ends():
    track = long_track()
    found = editing.handles(track)
    assert 20 < len(found) <= editing.HANDLES and found == sorted(found)
    assert (found[0], found[-1]) == (0, len(track.points) - 1)


def test_what_was_not_touched_runs_as_before_point_by_point():
    track = long_track()
    handles = held(track)
    assert editing.redrawn(drawn(*handles), track).points == track.points
    third = moved(handles[3], 40.0)
    found = editing.redrawn(drawn(*handles[:3], third, *handles[4:]), track).points
    index = editing.handles(track)
    assert found[: index[2] + 1] == track.points[: index[2] + 1]
    assert found[index[2] + 1][:2] == third[:2]
    assert found[index[2] + 2 :] == track.points[index[4] :]


def test_a_point_put_in_between_parts_the_old_stretch():
    track = long_track()
    index, handles = editing.handles(track), held(track)
    found = editing.redrawn(drawn(*handles[:5], moved(handles[4], 30.0), *handles[5:]), track).points
    assert len(found) == len(track.points) - (index[5] - index[4] - 1) + 1


def test_turned_round_and_walked_back_no_old_stretch_is_made_up():
    track = long_track()
    handles = held(track)
    back = editing.redrawn(drawn(*reversed(handles)), track)
    assert [point[:2] for point in back.points] == [point[:2] for point in reversed(handles)]
    twice = editing.redrawn(drawn(*handles, *reversed(handles[:-1])), track)
    assert twice.points[: len(track.points) - 1] == track.points[:-1]


def test_a_gap_between_two_pieces_is_joined_by_a_straight_line():
    found = editing.redrawn(drawn(*BEFORE.points), BEFORE)
    assert len(found.parts) == 1 and found.points == BEFORE.points


def test_the_list_of_the_handles_gives_the_path_that_was():
    before = track_of(LOOP.read_bytes())
    text = coordinates.text_of(Track((tuple(held(before)),)))
    found = editing.redrawn(coordinates.read(text), before)
    assert record.geometry_of(found)["distance_m"] == record.geometry_of(before)["distance_m"]


def test_over_the_antimeridian():
    near = editing.redrawn(
        drawn(Point(-16.8, -179.99999), Point(-16.8, -179.99)), Track(((Point(-16.8, 179.99999, 3.0),) * 2,))
    )
    assert near.points[0].ele == 3.0


def test_five_thousand_points_are_looked_up_each_among_its_neighbours(monkeypatch):
    """Against all 5,000 old ones it would be 25 million looks."""
    looks = []
    seen = math.dist
    before = long_track(5_000)
    line = drawn(*(moved(point, 1.0) for point in before.points))
    monkeypatch.setattr(editing.math, "dist", lambda a, b: looks.append(1) or seen(a, b))
    monkeypatch.setattr(editing, "handles", lambda track: [0, len(track.points) - 1])
    editing.redrawn(line, before)
    assert len(looks) < 50_000


PLACES = st.tuples(st.floats(-1e-4, 1e-4), st.floats(-1e-4, 1e-4))


@given(
    old=st.lists(st.tuples(PLACES, st.none() | st.floats(0, 99)), min_size=2, max_size=12),
    new=st.lists(PLACES, min_size=2, max_size=12),
)
def test_every_height_is_that_of_the_nearest_known_point_within_five_metres(old, new):
    known = [Point(45 + north, 7 + east, ele) for (north, east), ele in old]
    line = Track((tuple(Point(45.00001 + north, 7 + east) for north, east in new),))
    found = editing.redrawn(line, Track((tuple(known),)))
    for point in found.points:
        if point in known:
            continue
        away, ele = min(((geometry.distance(point, k), k.ele) for k in known if k.ele is not None), default=(9.0, None))
        if away < 4.95 and point.ele != ele:
            rival = min(geometry.distance(point, k) for k in known if k.ele == point.ele)
            assert rival == pytest.approx(away, abs=0.05), "only a tie may go to the other"
        if away > 5.05:
            assert point.ele is None
