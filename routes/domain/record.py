"""Keeping routes: making, changing and archiving the record. A route is never deleted; sessions were walked on it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practice.models import User
from routes.domain import assessing, gpx, places, shape, worse
from routes.domain.geometry import Measures, distance, measure, profile
from routes.domain.gpx import GpxProblem, Point, Track
from routes.domain.shape import on_paper, simplify
from routes.models import Hazard, Route, RoutePoint

KEPT = 5_000
"""Points of a path that are kept: one every two metres of a ten kilometre walk."""
SKETCHED = 90
LONGEST = 200_000.0
"""Metres. Nobody walks and talks this far; such a file is a year of recordings."""
DATED = ("walked_on", "look_again_on")
"""Days that an assessment tells, see `Route.is_dated_by_hand`."""


class PathMoved(Exception):
    """Somebody else gave the route another path meanwhile."""


@dataclass(frozen=True, slots=True)
class PointWords:
    """A point as a person tells it: so many minutes from the start, walking and talking, or a place on the map.

    `id` is the row that it is told of; None for a new one. A place that was moved on the map rules over the minutes.
    """

    kind: str
    name: str
    words: str
    minutes: int | None = None
    lat: float | None = None
    lon: float | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class HazardWords:
    """A hazard as a person tells it; `id` is the row that it is told of, None for a new one."""

    kind: str
    words: str
    state: str = Hazard.State.THERE
    until: date | None = None
    seen_on: date | None = None
    id: int | None = None


def read(data: bytes, cut: float) -> Track:
    """The path in a GPX file, without so many metres at both its ends; GpxProblem when there is none to walk."""
    track = gpx.read(data)
    _refuse_too_long(track)
    return shape.cut_ends(track, cut)


def _refuse_too_long(track: Track) -> None:
    """Looks no farther than it must: a step around the world takes a hundred times as long to measure as a stride,
    and most paths are short enough even if every step went along the grid."""
    if sum(_along_the_grid(a, b) for part in track.parts for a, b in pairwise(part)) <= LONGEST:
        return
    steps = (distance(a, b) for part in track.parts for a, b in pairwise(part))
    if any(metres > LONGEST for metres in accumulate(steps)):
        raise GpxProblem(_("This path is longer than 200 km. Export a single walk."))


def _along_the_grid(a: Point, b: Point) -> float:
    """Metres that the way is at most, by the longest degree there is (of latitude, at the poles of WGS84: 111,694)."""
    turn = abs(b.lon - a.lon)
    return 111_694.0 * (abs(b.lat - a.lat) + min(turn, 360.0 - turn))


def measured(track: Track) -> Measures:
    """What the path measures; GpxProblem when no walk is so long or so short."""
    _refuse_too_long(track)
    found = measure(track)
    if found.distance_m < 20:
        raise GpxProblem(_("This path stays in one spot: it is shorter than 20 metres."))
    return found


def geometry_of(track: Track) -> dict[str, Any]:
    """The columns of a route that come from its path. What is kept is thinned; what is measured is the whole."""
    found = measured(track)
    line: list[list[float | None]] = []
    breaks: list[int] = []
    for part in track.parts:
        if line:
            breaks.append(len(line))
        share = max(2, KEPT * len(part) // found.points)
        line += [_kept(part[index]) for index in simplify(on_paper(part), share)]
    grade = found.max_grade_pct
    return {
        "line": line,
        "breaks": breaks,
        "sketch": sketch_of(track),
        "distance_m": round(found.distance_m),
        "ascent_m": round(found.ascent_m) if found.has_elevation else None,
        "descent_m": round(found.descent_m) if found.has_elevation else None,
        "max_grade_pct": None if grade is None else Decimal(f"{min(grade, 999.9):.1f}"),
        "is_loop": found.is_loop,
    }


def sketch_of(track: Track) -> dict[str, Any]:
    """The path and its heights in few points, for cards in a list."""
    total = sum(len(part) for part in track.parts)
    parts = [
        [list(_kept(part[index])[:2]) for index in simplify(on_paper(part), max(2, SKETCHED * len(part) // total))]
        for part in track.parts
    ]
    heights = [[round(metres), round(height, 1)] for metres, height in profile(track.parts, 48)]
    return {"parts": parts, "heights": heights}


def _kept(point: Point) -> list[float | None]:
    """Seven digits are a centimetre."""
    return [round(point.lat, 7), round(point.lon, 7), None if point.ele is None else round(point.ele, 1)]


def track_of(route: Route) -> Track:
    """The path of a stored route, for drawing and measuring."""
    edges = [0, *route.breaks, len(route.line)]
    parts = (route.line[first:last] for first, last in pairwise(edges))
    return Track(parts=tuple(tuple(Point(*point) for point in part) for part in parts if part), name=route.name)


@transaction.atomic
def make(
    fields: Mapping[str, Any],
    geometry: Mapping[str, Any],
    *,
    points: Sequence[PointWords] = (),
    hazards: Sequence[HazardWords] = (),
    zone: str,
    by: User,
) -> Route:
    """A new route from what a person said (`fields`) and what was measured (`geometry`, of `geometry_of`)."""
    walked_by = by if fields.get("walked_on") else None
    route = Route.objects.create(**fields, **geometry, time_zone=zone, walked_by=walked_by, made_by=by)
    _tell_points(route, points)
    _tell_hazards(route, hazards, by=by)
    return route


@transaction.atomic
def change(
    route: Route,
    fields: Mapping[str, Any],
    *,
    points: Sequence[PointWords] = (),
    hazards: Sequence[HazardWords] = (),
    removed: Collection[int] = (),
    by: User,
) -> None:
    """New words for a route; its path stays. Whoever gives a new date of walking is the one who walked it; days that an
    assessment tells stay as they are.

    Rows that are not told of stay as they are; `removed` are ids of points. A hazard is never removed: it is gone.
    What makes an assessed route worse asks for a new assessment, unless one is asked for already.
    """
    before = Route.objects.select_for_update().get(pk=route.pk)
    route.refresh_from_db()
    told = {name: value for name, value in fields.items() if before.is_dated_by_hand or name not in DATED}
    if told.get("walked_on", before.walked_on) != before.walked_on:
        told["walked_by"] = by if told["walked_on"] else None
    for name, value in told.items():
        setattr(route, name, value)
    route.save(update_fields=list(told))
    _tell_points(route, points, removed)
    feared = list(route.hazards.all())
    _tell_hazards(route, hazards, by=by)
    asked = worse.asks(before, feared, route, today=assessing.day_at(route, timezone.now()))
    if asked and before.risk != Route.Risk.MISSING and not before.look_again_because:
        ask_again(route, because=asked[0], today=asked[1])


@transaction.atomic
def change_path(route: Route, geometry: Mapping[str, Any], *, because: str, today: date) -> None:
    """Another path under the same words. Its places stay where they are on the map, and their minutes follow; a new
    assessment is asked for, since the ground is another one. Raises `PathMoved`."""
    if Route.objects.select_for_update().get(pk=route.pk).line != route.line:
        raise PathMoved
    was = places.Way.of(track_of(route))
    for name, value in geometry.items():
        setattr(route, name, value)
    route.save(update_fields=list(geometry))
    way, points = places.Way.of(track_of(route)), list(route.points.all())
    for point in points:
        near = None if point.minutes is None else point.minutes * way.minutes / was.minutes
        point.minutes = way.foot(point.lat, point.lon, near=near).minutes
    _numbered(route, points)
    RoutePoint.objects.bulk_update(points, ["minutes", "position"])
    ask_again(route, because=because, today=today)


def _numbered(route: Route, points: Sequence[RoutePoint]) -> None:
    """In the order in which one comes by. The rows move out of the way first: no two points of a route may hold the
    same number, not even meanwhile."""
    route.points.update(position=F("position") + 1_000)
    for position, point in enumerate(sorted(points, key=lambda one: one.minutes or 0), start=1):
        point.position = position


def _tell_points(route: Route, told: Sequence[PointWords], removed: Collection[int] = ()) -> None:
    """Each row keeps its identity, and its place on the map unless that or its minutes were changed."""
    route.points.filter(pk__in=removed).delete()
    kept = {point.pk: point for point in route.points.all()}
    rows, way = dict(kept), places.Way.of(track_of(route))
    for number, words in enumerate(told):
        point = kept.get(words.id or 0) or RoutePoint(route=route)
        point.kind, point.name, point.words = words.kind, words.name, words.words
        _place(point, words, way)
        rows[point.pk or -1 - number] = point
    _numbered(route, list(rows.values()))
    changed = ["kind", "name", "words", "lat", "lon", "minutes", "position"]
    RoutePoint.objects.bulk_update(kept.values(), changed)
    RoutePoint.objects.bulk_create([point for point in rows.values() if not point.pk])


def _place(point: RoutePoint, told: PointWords, way: places.Way) -> None:
    """A place set or moved on the map gives the minutes; otherwise new minutes give the place."""
    if told.lat is not None and told.lon is not None and _is_elsewhere(point, told.lat, told.lon):
        point.lat, point.lon = told.lat, told.lon
        point.minutes = way.foot(told.lat, told.lon, near=told.minutes).minutes
    elif told.minutes is not None and (not point.pk or told.minutes != point.minutes):
        point.minutes = told.minutes
        point.lat, point.lon = way.place_at(told.minutes)


def _is_elsewhere(point: RoutePoint, lat: float, lon: float) -> bool:
    return not point.pk or max(abs(point.lat - lat), abs(point.lon - lon)) > 1e-6


def _tell_hazards(route: Route, told: Sequence[HazardWords], *, by: User) -> None:
    """Whoever gives a new day of having seen it is the one who saw it. Its photo stays."""
    kept = {hazard.pk: hazard for hazard in route.hazards.all()}
    for words in told:
        hazard = kept.get(words.id or 0) or Hazard(route=route)
        if words.seen_on != hazard.seen_on:
            hazard.seen_on, hazard.seen_by = words.seen_on, by if words.seen_on else None
        hazard.kind, hazard.words, hazard.state, hazard.until = words.kind, words.words, words.state, words.until
        if hazard.pk:
            hazard.save(update_fields=["kind", "words", "state", "until", "seen_on", "seen_by"])
        else:
            hazard.save(force_insert=True)


def close(route: Route, *, because: str, first: date, last: date | None) -> None:
    """Closed from the first day to the last, both included; without a last day until somebody opens it."""
    route.closed_because, route.closed_from, route.closed_until = because, first, last
    route.save(update_fields=["closed_because", "closed_from", "closed_until"])


def open_again(route: Route) -> None:
    """It can be walked again; that it was closed stays in the history."""
    route.closed_because, route.closed_from, route.closed_until = "", None, None
    route.save(update_fields=["closed_because", "closed_from", "closed_until"])


def ask_again(route: Route, *, because: str, today: date) -> None:
    """A new assessment is asked for: it is due today, and says why."""
    route.look_again_on, route.look_again_because = today, because
    route.save(update_fields=["look_again_on", "look_again_because"])


def archive(route: Route, *, at: datetime) -> None:
    """Takes the route out of the lists for booking; its record and its history stay."""
    route.archived_at = route.archived_at or at
    route.save(update_fields=["archived_at"])


def bring_back(route: Route) -> None:
    """An archived route can be walked again."""
    route.archived_at = None
    route.save(update_fields=["archived_at"])
