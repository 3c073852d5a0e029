"""A path that somebody drew or moved on the map: checked, and given back the heights that are still known."""

import math
from collections import defaultdict
from itertools import pairwise
from typing import cast

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from routes.domain.geometry import distance
from routes.domain.gpx import GpxProblem, Point, Track, Words
from routes.domain.shape import on_paper

MOST = 5_000
"""Points of a drawn or typed path: what is kept of a recorded one."""
FARTHEST = 5_000.0
"""Metres from one drawn point to the next; farther is a slip of the finger."""
UNCHANGED = 5.0
"""Metres by which a point may move and keep its height."""


def redrawn(drawn: object, before: Track | None = None) -> Track:
    """The path through `drawn`, a list of [lat, lon] as the page sent it, in one piece; GpxProblem says what is wrong.

    A point takes the height of the nearest point of `before` within 5 m, else it has none. Nothing is guessed.
    """
    points = _points(drawn)
    for number, (a, b) in enumerate(pairwise(points), start=2):
        if distance(a, b) > FARTHEST:
            raise GpxProblem(
                format_lazy(_("Point {number} is more than 5 km from the point before it."), number=number)
            )
    if before is None:
        return Track((points,))
    return Track((_with_heights(points, before.points),), name=before.name, waypoints=before.waypoints)


def counted(count: int) -> None:
    """GpxProblem unless a drawn or typed path has enough points and not too many."""
    if count < 2:
        raise GpxProblem(_("A path needs at least two points."))
    if count > MOST:
        raise GpxProblem(_("This path has more than 5,000 points. Leave some out."))


def on_earth(lat: float, lon: float) -> bool:
    """In range; false for what is no number, too."""
    return -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0


def _points(drawn: object) -> tuple[Point, ...]:
    if not isinstance(drawn, list):
        raise GpxProblem(_("The drawn path could not be read. Please draw it again."))
    counted(len(drawn))
    return tuple(_point(number, pair) for number, pair in enumerate(drawn, start=1))


def _point(number: int, pair: object) -> Point:
    nowhere: Words = format_lazy(_("Point {number} is nowhere on Earth."), number=number)
    if not isinstance(pair, list) or len(pair) != 2 or any(type(one) not in (int, float) for one in pair):
        raise GpxProblem(nowhere)
    lat, lon = cast(list[float], pair)
    if not on_earth(lat, lon):
        raise GpxProblem(nowhere)
    return Point(lat + 0.0, lon + 0.0)


def _with_heights(points: tuple[Point, ...], known: tuple[Point, ...]) -> tuple[Point, ...]:
    """On squares of 5 m, so that each point looks at the few old ones around it."""
    paper = on_paper([*points, *known])
    around: defaultdict[tuple[int, int], list[tuple[float, float, float]]] = defaultdict(list)
    for (x, y), old in zip(paper[len(points) :], known, strict=True):
        if old.ele is not None:
            around[_square(x, y)].append((x, y, old.ele))
    return tuple(
        point._replace(ele=_height(place, around)) for point, place in zip(points, paper[: len(points)], strict=True)
    )


def _square(x: float, y: float) -> tuple[int, int]:
    return math.floor(x / UNCHANGED), math.floor(y / UNCHANGED)


def _height(
    place: tuple[float, float], around: defaultdict[tuple[int, int], list[tuple[float, float, float]]]
) -> float | None:
    column, row = _square(*place)
    near = [old for c in (-1, 0, 1) for r in (-1, 0, 1) for old in around.get((column + c, row + r), ())]
    away, ele = min(((math.dist(place, old[:2]), old[2]) for old in near), default=(math.inf, None))
    return ele if away <= UNCHANGED else None
