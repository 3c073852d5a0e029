"""Which drawing a stored route gets: the whole path on its own page and on paper, the sketch in a list."""

from collections.abc import Iterable

from routes.domain.drawing import Map, Spot, draw_map
from routes.domain.gpx import Point
from routes.domain.height_line import Profile, draw_heights, draw_profile
from routes.domain.record import track_of
from routes.models import Route, RoutePoint


def spots_of(route: Route, points: Iterable[RoutePoint] | None = None) -> list[Spot]:
    """The start, then the told points in their order: the numbers of the map and of the list beside it."""
    if route._state.adding:
        return []
    told = route.points.all() if points is None else points
    lat, lon = route.start
    return [
        Spot(lat, lon, route.alias, "start"),
        *(Spot(p.lat, p.lon, p.name, p.kind) for p in told if p.kind != RoutePoint.Kind.START),
    ]


def map_of(route: Route, *, width: int = 600, height: int = 400) -> Map:
    """The whole path, its start and its points."""
    return draw_map(track_of(route).parts, spots_of(route), width=width, height=height)


def profile_of(route: Route) -> Profile | None:
    """The whole height line; None without heights."""
    return draw_profile(track_of(route).parts, spots_of(route))


def small_map_of(route: Route, *, width: int = 360, height: int = 216) -> Map:
    """From the sketch, so that a list need not load whole paths."""
    parts = [[Point(*place) for place in part] for part in route.sketch.get("parts", [])]
    return draw_map(parts or track_of(route).parts, width=width, height=height, small=True)


def small_profile_of(route: Route) -> Profile | None:
    """The height line of the sketch; None without heights."""
    heights = [(metres, height) for metres, height in route.sketch.get("heights", [])]
    return draw_heights(heights, small=True, width=360, height=56) if heights else None
