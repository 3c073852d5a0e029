"""A path that somebody drew or moved on the map: few points to hold, and what the old path knew between them."""

import math
from collections import defaultdict
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from routes.domain.gpx import GpxProblem, Point, Track
from routes.domain.shape import on_paper, simplify

MOST = 5_000
"""Points of a drawn or typed path: what is kept of a recorded one."""
FARTHEST = 5_000.0
"""Metres from one drawn point to the next; farther is a slip of the finger."""
UNCHANGED = 5.0
"""Metres by which a point may move and keep its height."""
HANDLES = 120
"""Points of a path that a person is given to hold."""


def handles(track: Track) -> list[int]:
    """Which points of the path a person is given to hold: few, and its shape is seen."""
    total, first, found = len(track.points), 0, list[int]()
    for part in track.parts:
        share = max(2, HANDLES * len(part) // total)
        found += [first + index for index in simplify(on_paper(part), share)]
        first += len(part)
    return found


def redrawn(drawn: Track, before: Track) -> Track:
    """The drawn path in one piece. Between two handles that stayed next to each other it runs as before, point by
    point; another point takes the height of the nearest old one within 5 m, else it has none. Nothing is guessed."""
    old, after = before.points, dict(pairwise(handles(before)))
    places = {old[index][:2]: index for index in reversed(handles(before))}
    line: list[Point] = []
    follows: int | None = None
    for point, following in pairwise(drawn.points):
        at = follows if follows is not None else places.get(point[:2])
        follows = after.get(at) if at is not None and _stayed(point, old[at]) else None
        if follows is None or at is None or not _stayed(following, old[follows]) or _has_gap(before, at, follows):
            line.append(point)
            follows = None
        else:
            line += old[at:follows]
    return Track((_with_heights((*line, drawn.points[-1]), old),), name=before.name, waypoints=before.waypoints)


def _stayed(point: Point, old: Point) -> bool:
    """At the same place, and no other height was typed."""
    return point[:2] == old[:2] and point.ele in (None, old.ele)


def _has_gap(track: Track, first: int, last: int) -> bool:
    """Whether the path has a gap between two of its points."""
    end = 0
    for part in track.parts:
        end += len(part)
        if first < end <= last:
            return True
    return False


def counted(count: int) -> None:
    """GpxProblem unless a drawn or typed path has enough points and not too many."""
    if count < 2:
        raise GpxProblem(_("A path needs at least two points."))
    if count > MOST:
        raise GpxProblem(_("This path has more than 5,000 points. Leave some out."))


def on_earth(lat: float, lon: float) -> bool:
    """In range; false for what is no number, too."""
    return -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0


def _with_heights(points: tuple[Point, ...], known: tuple[Point, ...]) -> tuple[Point, ...]:
    """On squares of 5 m, so that each point looks at the few old ones around it."""
    paper = on_paper([*points, *known])
    around: defaultdict[tuple[int, int], list[tuple[float, float, float]]] = defaultdict(list)
    for (x, y), old in zip(paper[len(points) :], known, strict=True):
        if old.ele is not None:
            around[_square(x, y)].append((x, y, old.ele))
    return tuple(
        point if point.ele is not None else point._replace(ele=_height(place, around))
        for point, place in zip(points, paper[: len(points)], strict=True)
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
