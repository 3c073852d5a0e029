"""Sums about a path, against published and independent numbers."""

import math
import random
from itertools import pairwise

import pytest
from geographiclib.geodesic import Geodesic

from routes.domain import geometry, gpx, shape
from routes.domain.gpx import Point
from tests.routes.files import RECORDED


def geodesic(a: Point, b: Point) -> float:
    return Geodesic.WGS84.Inverse(a.lat, a.lon, b.lat, b.lon)["s12"]


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        ((0, 0), (1, 0), 110574.4),
        ((0, 0), (0, 1), 111319.5),
        ((60, 0), (60, 1), 55799.5),
        ((51.5074, -0.1278), (48.8566, 2.3522), 343923.1),
        ((36.12, -86.67), (33.94, -118.40), 2892777.0),
        ((0, 179.5), (0, -179.5), 111319.5),
    ],
)
def test_distances_on_the_ellipsoid(a, b, metres):
    assert geometry.distance(Point(*a), Point(*b)) == pytest.approx(metres, abs=0.06)


def haversine(a: Point, b: Point, radius: float = 6_371_008.8) -> float:
    rise, turn = math.radians(b.lat - a.lat), math.radians(math.remainder(b.lon - a.lon, 360.0))
    inside = math.sin(rise / 2) ** 2
    inside += math.cos(math.radians(a.lat)) * math.cos(math.radians(b.lat)) * math.sin(turn / 2) ** 2
    return 2 * radius * math.asin(math.sqrt(min(inside, 1.0)))


@pytest.mark.parametrize(
    ("a", "b", "radius", "metres"),
    [
        ((0, 0), (1, 0), 6_371_008.8, 111195.1),
        ((0, 0), (1, 0), 6_372_800, 111226.3),
        ((0, 0), (0, 1), 6_371_008.8, 111195.1),
        ((60, 0), (60, 1), 6_371_008.8, 55597.0),
        ((51.5074, -0.1278), (48.8566, 2.3522), 6_371_008.8, 343556.5),
        ((36.12, -86.67), (33.94, -118.40), 6_371_008.8, 2886448.4),
        ((36.12, -86.67), (33.94, -118.40), 6_372_800, 2887260.0),
        ((90, 0), (-90, 0), 6_371_008.8, 20015114.4),
        ((0, 179.5), (0, -179.5), 6_371_008.8, 111195.1),
    ],
)
def test_the_ellipsoid_stays_near_the_published_sphere(a, b, radius, metres):
    assert haversine(Point(*a), Point(*b), radius) == pytest.approx(metres, abs=0.06)
    assert geometry.distance(Point(*a), Point(*b)) == pytest.approx(metres, rel=0.006)


def test_the_published_loop():
    corners = [(51.5073, -0.1657), (51.5073, -0.1557), (51.5123, -0.1557), (51.5123, -0.1657), (51.5073, -0.1657)]
    line = tuple(Point(*corner) for corner in corners)
    assert [round(haversine(a, b), 1) for a, b in pairwise(line)] == [692.1, 556.0, 692.0, 556.0]
    found = geometry.measure(gpx.Track((line,)))
    assert found.distance_m == pytest.approx(2496.1, rel=0.003)
    assert found.is_loop and not shape.turns_back(gpx.Track((line,)))


def test_short_steps_agree_with_the_geodesic_to_a_millionth():
    chance = random.Random(5)
    for _again in range(3000):
        a = Point(chance.uniform(-90, 90), chance.uniform(-180, 180))
        b = Point(
            max(-90.0, min(90.0, a.lat + chance.uniform(-0.012, 0.012))),
            (a.lon + chance.uniform(-0.04, 0.04) + 180) % 360 - 180,
        )
        assert geometry.distance(a, b) == pytest.approx(geodesic(a, b), rel=1e-6, abs=1e-4)


def test_steps_over_the_antimeridian_and_at_the_pole():
    assert geometry.distance(Point(-16.8, 179.999), Point(-16.8, -179.999)) == pytest.approx(
        geodesic(Point(-16.8, 179.999), Point(-16.8, -179.999)), rel=1e-6
    )
    assert geometry.distance(Point(90, 0), Point(90, 120)) == pytest.approx(0, abs=1e-6)
    for far in (Point(89.999, 120), Point(89.9, -60), Point(81, 0.05), Point(60, 0)):
        assert geometry.distance(Point(89.998, 1), far) == pytest.approx(geodesic(Point(89.998, 1), far), rel=1e-8)


SERIES = {
    "there and back": [100, 110, 120, 110, 100],
    "noise": [100, 101, 100, 101, 100, 101, 100],
    "steady": list(range(100, 111)),
    "saw": [100, 104, 103, 107, 106, 110, 109, 113],
    "growing": [100, 102, 99, 103, 98, 104, 97, 105],
}


@pytest.mark.parametrize(
    ("series", "threshold", "up", "down"),
    [
        ("there and back", 2, 20, 20), ("there and back", 3, 20, 20), ("there and back", 5, 20, 20),
        ("there and back", 10, 20, 20),
        ("noise", 2, 0, 0), ("noise", 3, 0, 0), ("noise", 5, 0, 0), ("noise", 10, 0, 0),
        ("steady", 2, 10, 0), ("steady", 3, 9, 0), ("steady", 5, 10, 0), ("steady", 10, 10, 0),
        ("saw", 2, 13, 0), ("saw", 3, 13, 0), ("saw", 5, 13, 0), ("saw", 10, 10, 0),
        ("growing", 2, 20, 15), ("growing", 3, 17, 12), ("growing", 5, 5, 0), ("growing", 10, 0, 0),
    ],
)  # fmt: skip
def test_ascent_by_hysteresis(series, threshold, up, down):
    assert geometry.ascent(SERIES[series], threshold) == (up, down)


def test_ascent_skips_missing_heights_and_single_spikes():
    assert geometry.ascent([100, None, 110, None, None, 120]) == (20, 0)
    assert geometry.ascent([100, 100, 400, 101, 100, -200, 100]) == (0, 0)
    assert geometry.ascent([100, 160, 220]) == (120, 0), "a steep but steady climb is no spike"
    assert geometry.ascent([]) == geometry.ascent([None, 5.0]) == (0, 0)


def ramp(grade: float, metres: float = 400, step: float = 7.0) -> tuple[list[float], list[float]]:
    along = [n * step for n in range(int(metres / step))]
    return along, [100 + m * grade for m in along]


@pytest.mark.parametrize("grade", [0.0, 0.05, -0.08, 0.2])
def test_an_even_slope_has_its_grade(grade):
    assert geometry.max_grade(*ramp(grade)) == pytest.approx(abs(grade) * 100)


def test_the_steepest_stretch_counts_and_single_noise_does_not():
    along = [n * 10.0 for n in range(100)]
    hill = [50 + max(0.0, min(m - 400, 150.0)) * 0.12 for m in along]
    assert geometry.max_grade(along, hill) == pytest.approx(12, abs=0.5)
    noisy = [50 + (3.0 if n == 40 else 0.0) for n in range(100)]
    assert geometry.max_grade(along, noisy) < 2


def test_no_grade_without_heights_or_length():
    assert geometry.max_grade([0, 100], [None, None]) is None
    assert geometry.max_grade([0, 100], [5.0, None]) is None
    assert geometry.max_grade([0, 20], [5.0, 9.0]) is None


def square(lat: float = 51.5, lon: float = -0.15, side: float = 0.003, points: int = 30) -> tuple[Point, ...]:
    corners = [(lat, lon), (lat + side, lon), (lat + side, lon + side), (lat, lon + side), (lat, lon)]
    return tuple(
        Point(a + (c - a) * n / points, b + (d - b) * n / points, 20.0)
        for (a, b), (c, d) in pairwise(corners)
        for n in range(points)
    )


@pytest.mark.parametrize(
    ("gap_m", "length", "loop"),
    [(0, 1000, True), (49, 600, True), (51, 600, False), (120, 3000, True), (160, 3000, False), (40, 45, False)],
)
def test_loops(gap_m, length, loop):
    start = Point(51.5, -0.15)
    assert geometry.is_loop(start, Point(51.5 + gap_m / 111_260, -0.15), length) is loop


def test_boxes():
    assert geometry.box(square()) == geometry.Box(51.5, -0.15, 51.503, -0.147)
    over = geometry.box([Point(-16, 179.9), Point(-16.1, -179.9)])
    assert (over.west, over.east) == (179.9, -179.9)


@pytest.mark.parametrize(("km", "ascent", "minutes"), [(4, 0, 60), (2, 0, 30), (2.1, 22, 34), (0, 0, 0), (3, 60, 51)])
def test_minutes_at_talking_pace(km, ascent, minutes):
    assert geometry.minutes(km * 1000, ascent) == minutes


def test_cutting_the_ends_hides_where_it_began():
    home, away = Point(51.5, -0.15, 20.0), Point(51.51, -0.15, 30.0)
    found = gpx.Track(parts=((home, away),), waypoints=(home, Point(51.505, -0.15)))
    cut = shape.cut_ends(found, 200)
    metres = geometry.measure(cut).distance_m
    assert metres == pytest.approx(geometry.distance(home, away) - 400, abs=0.1)
    assert geometry.distance(home, cut.points[0]) == pytest.approx(200, abs=0.1)
    assert cut.points[0].ele == pytest.approx(21.8, abs=0.1)
    assert cut.waypoints == (Point(51.505, -0.15),)
    assert shape.cut_ends(found, 0) is found


def test_cutting_through_pieces_and_cutting_everything():
    parts = (tuple(square()[:10]), tuple(square()[20:60]))
    length = geometry.measure(gpx.Track(parts)).distance_m
    first = geometry.distances(parts[0])[-1]
    cut = shape.cut_ends(gpx.Track(parts), first + 5)
    assert len(cut.parts) == 1
    assert geometry.measure(cut).distance_m == pytest.approx(length - 2 * (first + 5), abs=0.5)
    with pytest.raises(gpx.GpxProblem):
        shape.cut_ends(gpx.Track(parts), length / 2)


def test_gaps_between_pieces_are_neither_walked_nor_climbed():
    parts = (
        (Point(51.5, -0.15, 10), Point(51.501, -0.15, 10)),
        (Point(51.6, -0.15, 90), Point(51.601, -0.15, 90)),
    )
    found = geometry.measure(gpx.Track(parts))
    assert found.distance_m == pytest.approx(222.5, abs=0.2)
    assert (found.ascent_m, found.descent_m, found.max_grade_pct) == (0, 0, 0)


def test_simplified_paths_keep_ends_shape_and_limit():
    wave = [(float(n), 40 * math.sin(n / 300)) for n in range(20_000)]
    kept = shape.simplify(wave, 400)
    assert kept[0] == 0 and kept[-1] == len(wave) - 1 and len(kept) <= 400
    assert kept == sorted(set(kept))
    drawn = [wave[index] for index in kept]
    assert math.fsum(math.dist(a, b) for a, b in pairwise(drawn)) == pytest.approx(
        math.fsum(math.dist(a, b) for a, b in pairwise(wave)), rel=0.01
    )
    assert shape.simplify([(0.0, 0.0)] * 1000, 400)[-1] == 999


def test_the_profile_has_even_steps_from_start_to_end():
    heights = geometry.profile(
        [[Point(51.5, -0.15, 10), Point(51.51, -0.15, None), Point(51.52, -0.15, 30)]], samples=5
    )
    assert [round(h) for _m, h in heights] == [10, 15, 20, 25, 30]
    assert heights[0][0] == 0 and heights[-1][0] == pytest.approx(2225, abs=1)
    assert geometry.profile([[Point(51.5, -0.15), Point(51.51, -0.15)]]) == []


@pytest.mark.parametrize("path", RECORDED)
def test_recorded_tracks_agree_with_the_geodesic(path):
    try:
        found = gpx.read(path.read_bytes())
    except gpx.GpxProblem as problem:
        assert path.stem == "unicode_with_bom" and "single places" in str(problem)
        return
    exact = sum(geodesic(a, b) for part in found.parts for a, b in pairwise(part))
    assert geometry.measure(found).distance_m == pytest.approx(exact, rel=1e-6)


def test_a_comb_is_simplified_in_one_pass(monkeypatch):
    """Teeth that grow: splitting at the farthest point again and again would take minutes."""
    looks = []
    seen = shape._seen
    monkeypatch.setattr(shape, "_seen", lambda a, b: looks.append(1) or seen(a, b))
    comb = [(n / 100, n / 2000 * (n % 2)) for n in range(20_000)]
    assert len(shape.within(comb, 1.0)) > 10_000
    assert len(looks) < 2 * len(comb)


def sloping(*pieces: tuple[float, float], step: float = 5.0) -> gpx.Track:
    """A path north in pieces of (metres, grade), with a point every `step` metres."""
    line, metres, height = [Point(51.5, -0.15, 50.0)], 0.0, 50.0
    for length, grade in pieces:
        for _again in range(round(length / step)):
            metres, height = metres + step, height + step * grade
            line.append(Point(51.5 + metres / 111_260, -0.15, height))
    return gpx.Track((tuple(line),))


@pytest.mark.parametrize(
    ("grade", "band"),
    [(0.0, 0), (0.05, 0), (0.06, 1), (-0.083, 1), (0.09, 2), (0.1, 2), (-0.12, 3), (0.125, 3), (0.2, 4)],
)
def test_an_even_slope_is_one_segment_of_its_band(grade, band):
    (segment,) = geometry.grades(sloping((300, grade)))
    assert segment.band == band
    assert segment.grade == pytest.approx(abs(grade), abs=2e-4)
    assert segment.metres == pytest.approx(300, abs=0.5)


def test_slopes_come_in_order_and_cover_the_path():
    hill = geometry.grades(sloping((400, 0.0), (200, 0.11), (400, 0.02)))
    assert [segment.band for segment in hill if segment.metres > 60] == [0, 3, 0]
    assert max(segment.grade for segment in hill) == pytest.approx(0.11, abs=0.002)
    assert sum(segment.metres for segment in hill) == pytest.approx(1000, abs=1)
    assert [one.band for one in hill] == [one.band for one in geometry.merged(hill)]


def test_neighbours_in_a_band_become_one_with_their_mean_and_stay_in_it():
    found = geometry.merged([geometry.Segment(30, 0.06), geometry.Segment(10, 0.08), geometry.Segment(5, 0.09)])
    assert found == (geometry.Segment(40, pytest.approx(0.065)), geometry.Segment(5, 0.09))
    edge = [geometry.Segment(metres, grade) for grade in geometry.BANDS for metres in (0.1, 0.2, 0.7)]
    assert [segment.grade for segment in geometry.merged(edge)] == list(geometry.BANDS)


def test_noise_of_a_metre_makes_no_slope():
    chance = random.Random(7)
    flat = sloping((1000, 0.0))
    noisy = tuple(point._replace(ele=50 + chance.uniform(-1, 1)) for point in flat.points)
    assert {segment.band for segment in geometry.grades(gpx.Track((noisy,)))} == {0}


def test_no_slopes_without_heights_or_on_a_path_of_some_steps():
    assert geometry.grades(gpx.Track(((Point(51.5, -0.15), Point(51.6, -0.15)),))) == ()
    assert geometry.grades(sloping((20, 0.1))) == ()


def shaken(line: list[Point], metres: float, seed: int = 3) -> tuple[Point, ...]:
    """As a second recording of the same path would be."""
    chance, degree = random.Random(seed), 111_195.0
    return tuple(
        Point(
            point.lat + chance.uniform(-metres, metres) / degree, point.lon + chance.uniform(-metres, metres) / degree
        )
        for point in line
    )


WINDING = [Point(51.5 + n / 4000, -0.15 + math.sin(n / 9) / 800) for n in range(100)]


def test_a_path_walked_out_and_back_is_told_from_a_loop():
    assert shape.turns_back(gpx.Track((shaken(WINDING, 4) + shaken(WINDING[::-1], 4, seed=4),)))
    assert shape.turns_back(gpx.Track((shaken(WINDING, 4), shaken(WINDING[::-1], 4, seed=4))))
    assert not shape.turns_back(gpx.Track((tuple(WINDING),)))
    assert not shape.turns_back(gpx.Track((square(side=0.01),)))


def test_two_laps_do_not_turn_back():
    assert not shape.turns_back(gpx.Track((square() + square(),)))
