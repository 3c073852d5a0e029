"""Changing the shape of a path: cutting off where people live, and fewer points where a drawing cannot show more."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from django.utils.translation import gettext_lazy as _
from geographiclib.geodesic import Geodesic

from routes.domain.geometry import along, chord, distances, is_loop, resample
from routes.domain.gpx import GpxProblem, Point, Track

METRES_PER_DEGREE = 111_195.0
"""Of latitude, on a sphere: for drawings."""
SAME_PATH = 20.0
"""Metres between two recordings of one path under trees (ours)."""


def cut_ends(track: Track, metres: float) -> Track:
    """The track without its first and last `metres`, and without waypoints as near to them: people start at home."""
    if metres <= 0:
        return track
    length = sum(distances(part)[-1] for part in track.parts)
    if not length > 2 * metres + 1.0:
        raise GpxProblem(_("After cutting both ends nothing is left of this path. Cut less."))
    start, end = track.parts[0][0], track.parts[-1][-1]
    parts = _without_start(track.parts, metres)
    parts = _backwards(_without_start(_backwards(parts), metres))
    away = tuple(p for p in track.waypoints if chord(p, start) > metres and chord(p, end) > metres)
    return replace(track, parts=parts, waypoints=away)


def _backwards(parts: tuple[tuple[Point, ...], ...]) -> tuple[tuple[Point, ...], ...]:
    return tuple(part[::-1] for part in parts[::-1])


def _without_start(parts: tuple[tuple[Point, ...], ...], metres: float) -> tuple[tuple[Point, ...], ...]:
    for number, part in enumerate(parts):
        along = distances(part)
        if along[-1] > metres:
            after = bisect_right(along, metres)
            a, b = part[after - 1], part[after]
            share = (metres - along[after - 1]) / (along[after] - along[after - 1])
            return ((_between(a, b, share), *part[after:]), *parts[number + 1 :])
        metres -= along[-1]
    return ()


def _between(a: Point, b: Point, share: float) -> Point:
    line = Geodesic.WGS84.InverseLine(a.lat, a.lon, b.lat, b.lon)
    place = line.Position(line.s13 * share)
    ele = None if a.ele is None or b.ele is None else a.ele + (b.ele - a.ele) * share
    return Point(place["lat2"], place["lon2"], ele)


def simplify(xy: Sequence[tuple[float, float]], most: int = 400) -> list[int]:
    """Indices of at most `most` points that keep the shape: `within` a tolerance that grows until they fit."""
    everything = _thin(xy, most * 5)
    tolerance, kept = 0.0, everything
    while len(kept) > most:
        tolerance = tolerance * 1.6 or _length(xy) / 20_000 or 1.0
        kept = [everything[index] for index in within([xy[index] for index in everything], tolerance)]
    return kept


def _thin(xy: Sequence[tuple[float, float]], most: int) -> list[int]:
    """Drops points that lie closer to the last kept one than a drawing could show."""
    step, kept = _length(xy) / most, [0]
    if len(xy) <= most:
        return list(range(len(xy)))
    for index in range(1, len(xy) - 1):
        if math.dist(xy[index], xy[kept[-1]]) >= step:
            kept.append(index)
    return [*kept, len(xy) - 1]


def _length(xy: Sequence[tuple[float, float]]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(xy))


def within(xy: Sequence[tuple[float, float]], tolerance: float) -> list[int]:
    """Indices of the points to keep so that none of the others lies farther than `tolerance` from the line they make.

    One pass, whatever the shape (C. M. Williams 1978, "An efficient algorithm for the piecewise linear approximation
    of planar curves"): from the last kept point a straight line goes on for as long as one direction passes all points
    since. It ends, too, where the path turns back. The halves of the tolerance are across and along that line.
    """
    slack = tolerance / math.sqrt(2)
    kept, far, ahead, left, right = [0], 0.0, 0.0, -math.pi, math.pi
    for index in range(1, len(xy)):
        reach, angle = _seen(xy[kept[-1]], xy[index])
        turn = math.remainder(angle - ahead, math.tau) if far > slack else 0.0
        if far > slack and (reach < max(far - slack, slack) or not left <= turn <= right):
            kept.append(index - 1)
            reach, angle = _seen(xy[index - 1], xy[index])
            far, turn, left, right = 0.0, 0.0, -math.pi, math.pi
        if reach > slack:
            if far <= slack:
                ahead = angle
            wide = math.asin(slack / reach)
            left, right = max(left, turn - wide), min(right, turn + wide)
        far = max(far, reach)
    return [*kept, len(xy) - 1]


def _seen(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """How far b is from a, and in which direction (radians)."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    return math.hypot(dx, dy), math.atan2(dy, dx)


def on_paper(line: Sequence[Point]) -> list[tuple[float, float]]:
    """Metres east and north of the first point, flat: good for comparing shapes, not for measuring."""
    squeeze = math.cos(math.radians(line[0].lat)) * METRES_PER_DEGREE
    return [
        ((p.lon - line[0].lon + 180.0) % 360.0 * squeeze - 180.0 * squeeze, (p.lat - line[0].lat) * METRES_PER_DEGREE)
        for p in line
    ]


def turns_back(track: Track) -> bool:
    """Is it walked out and back: is four fifths of the way back on the way out, in the other direction?

    Both are compared at a hundred places each; one way may be longer by 15 %. Two laps of a loop do not turn back.
    """
    line, metres = track.points, along(track.parts)
    if not is_loop(line[0], line[-1], metres[-1]):
        return False
    half, paper = 100, on_paper(line)
    east = resample(metres, [x for x, _y in paper], 2 * half + 1)
    north = resample(metres, [y for _x, y in paper], 2 * half + 1)
    places = [(x, y) for (_metres, x), (_again, y) in zip(east, north, strict=True)]
    near = SAME_PATH + metres[-1] / (4 * half)
    found = 0
    for back in range(1, half + 1):
        out = places[max(half - back - 15, 0) : half - back + 16]
        found += min(math.dist(places[half + back], place) for place in out) <= near
    return found >= 0.8 * half
