"""Keeping routes: making, changing and archiving the record. A route is never deleted; sessions were walked on it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from practice.models import User
from routes.domain.geometry import Measures, along, height_at, measure, profile
from routes.domain.gpx import GpxProblem, Point, Track
from routes.domain.shape import on_paper, simplify
from routes.models import Hazard, Route, RoutePoint

KEPT = 5_000
"""Points of a path that are kept: one every two metres of a ten kilometre walk."""
SKETCHED = 90
LONGEST = 200_000.0
"""Metres. Nobody walks and talks this far; such a file is a year of recordings."""


@dataclass(frozen=True, slots=True)
class PointWords:
    """A point as a person tells it: so many minutes from the start, walking and talking."""

    kind: str
    name: str
    words: str
    minutes: int


@dataclass(frozen=True, slots=True)
class HazardWords:
    """A hazard as a person tells it."""

    kind: str
    words: str


def measured(track: Track) -> Measures:
    """What the path measures; GpxProblem when no walk is so long or so short."""
    found = measure(track)
    if found.distance_m > LONGEST:
        raise GpxProblem(_("This path is longer than 200 km. Export a single walk."))
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
    _tell(route, points, hazards)
    return route


@transaction.atomic
def change(
    route: Route,
    fields: Mapping[str, Any],
    *,
    points: Sequence[PointWords] = (),
    hazards: Sequence[HazardWords] = (),
    by: User,
) -> None:
    """New words for a route; its path stays. Whoever gives a new date of walking is the one who walked it."""
    if fields.get("walked_on") != Route.objects.values_list("walked_on", flat=True).get(pk=route.pk):
        route.walked_by = by if fields.get("walked_on") else None
    for name, value in fields.items():
        setattr(route, name, value)
    route.save(update_fields=[*fields, "walked_by"])
    route.points.all().delete()
    route.hazards.all().delete()
    _tell(route, points, hazards)


def _tell(route: Route, points: Sequence[PointWords], hazards: Sequence[HazardWords]) -> None:
    track = track_of(route)
    rows = []
    for position, told in enumerate(sorted(points, key=lambda point: point.minutes), start=1):
        lat, lon = place_at(track, told.minutes)
        rows.append(
            RoutePoint(
                route=route,
                position=position,
                kind=told.kind,
                name=told.name,
                words=told.words,
                minutes=told.minutes,
                lat=lat,
                lon=lon,
            )
        )
    RoutePoint.objects.bulk_create(rows)
    Hazard.objects.bulk_create([Hazard(route=route, kind=told.kind, words=told.words) for told in hazards])


def place_at(track: Track, minutes: int) -> tuple[float, float]:
    """Where one is after so many minutes, when the whole takes what `geometry.minutes` says; past the end, the end."""
    line, metres_at = track.points, along(track.parts)
    metres = metres_at[-1] * min(minutes / max(measure(track).minutes, 1), 1.0)
    lons = [line[0].lon + math.remainder(point.lon - line[0].lon, 360.0) for point in line]
    lat = height_at(metres_at, [point.lat for point in line], metres)
    lon = math.remainder(height_at(metres_at, lons, metres), 360.0)
    return round(lat, 7), round(lon, 7)


def archive(route: Route, *, at: datetime) -> None:
    """Takes the route out of the lists for booking; its record and its history stay."""
    route.archived_at = route.archived_at or at
    route.save(update_fields=["archived_at"])


def bring_back(route: Route) -> None:
    """An archived route can be walked again."""
    route.archived_at = None
    route.save(update_fields=["archived_at"])
