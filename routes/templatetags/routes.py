"""Drawings and facts of a route for any page: `{% load routes %}{% route_map route %}`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from practice.domain import words
from routes.domain import daylight, location, picture, places
from routes.domain import underfoot as ground
from routes.domain.geometry import minutes
from routes.domain.gpx import Words
from routes.models import Hazard, Route, RoutePoint

register = template.Library()
PERMIT_SOON = timedelta(days=30)
"""Before the end of a permission it is said that it ends (ours)."""


@dataclass(frozen=True, slots=True)
class Said:
    """A chip: its words and its tone."""

    text: str
    tone: str


@register.simple_tag
def route_map(route: Route, small: bool = False, width: int = 600, height: int = 400) -> SafeString:
    """The map of a route; `small` is a card's thumbnail."""
    drawn = picture.small_map_of(route) if small else picture.map_of(route, width=width, height=height)
    return mark_safe(render_to_string("components/route_map.html", {"map": drawn, "route": route}))  # noqa: S308


@register.simple_tag
def route_profile(route: Route, small: bool = False) -> SafeString:
    """The height line of a route; empty without heights."""
    drawn = picture.small_profile_of(route) if small else picture.profile_of(route)
    if drawn is None:
        return SafeString("")
    return mark_safe(render_to_string("components/route_profile.html", {"profile": drawn, "route": route}))  # noqa: S308


@register.simple_tag
def sun_over(route: Route, day: date) -> daylight.SunTimes:
    """Dawn, sunrise, sunset and dusk where the route begins."""
    return daylight.of(*route.start, ZoneInfo(route.time_zone), day)


@register.filter
def sun_bar(sun: daylight.SunTimes) -> list[daylight.Stretch]:
    """The day as stretches for components/daylight.html."""
    return daylight.bar(sun)


@register.filter
def how_long(metres: float | None) -> str:
    """“850 m”, “2.1 km”."""
    if metres is None:
        return ""
    if metres < 995:
        return _("%(metres)s m") % {"metres": round(metres / 10) * 10}
    return _("%(km)s km") % {"km": number_format(metres / 1000, decimal_pos=1)}


@register.filter
def climb(metres: float | None) -> str:
    """“22 m”, “Level”; heights that nobody knows say so."""
    if metres == 0:
        return _("Level")
    return _("not known") if metres is None else _("%(metres)s m") % {"metres": round(metres)}


@register.filter
def talking_minutes(route: Route) -> int:
    """Walking and talking, once along the route."""
    return minutes(route.distance_m, route.ascent_m or 0)


@register.filter
def minutes_words(count: int) -> str:
    """“36 min”, “1 h 10 min”."""
    hours, rest = divmod(count, 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


@register.filter
def halves(place: tuple[float, float]) -> tuple[str, str]:
    """“51.5313 N” and “0.1570 W”: four digits are about ten metres, and can be said on the telephone."""
    lat, lon = place
    north, east = (_("N"), _("S"))[lat < 0], (_("E"), _("W"))[lon < 0]
    return f"{abs(lat):.4f} {north}", f"{abs(lon):.4f} {east}"


@register.filter
def position(place: tuple[float, float]) -> str:
    """“51.5313 N, 0.1570 W”."""
    return ", ".join(halves(place))


@register.filter
def degrees(place: tuple[float, float]) -> str:
    """“51.53130, -0.15700”: as a map takes it."""
    return f"{place[0]:.5f}, {place[1]:.5f}"


@register.filter
def spoken(place: tuple[float, float]) -> str:
    """“5 1 point 5 3 1 3 north, 0 point 1 5 7 0 west”: read out on the telephone."""
    return location.spoken(*place)


@register.filter
def plus_code(place: tuple[float, float]) -> str:
    """“9C3XGRJV+G6”."""
    return location.plus_code(*place)


@register.filter
def underfoot(route: Route) -> tuple[Words, ...]:
    """What was measured on the ground, and what is estimated."""
    return ground.facts(route)


@register.filter
def four_times(sun: daylight.SunTimes) -> tuple[datetime | None, ...]:
    """First light, sunrise, sunset and last light; None where the sun does not do it."""
    return sun.dawn, sun.rise, sun.set, sun.dusk


@register.filter
def light_of(route: Route, sun: daylight.SunTimes) -> daylight.Light:
    """What the light rule says about this route at noon of that day: `until` and `end_by` are what one reads."""
    woods = route.light == Route.Light.WOODLAND
    return daylight.light(sun, sun.noon, sun.noon, under_trees=woods, lit=route.light == Route.Light.LIT)


@register.filter
def first_exit(route: Route) -> RoutePoint | None:
    """The exit reached first; None when none is written down."""
    return next((point for point in route.points.all() if point.kind == RoutePoint.Kind.EXIT), None)


@register.filter
def first_gate(route: Route) -> RoutePoint | None:
    """The gate for an ambulance that is reached first; None when none is written down."""
    return next((point for point in route.points.all() if point.kind == RoutePoint.Kind.GATE), None)


@register.filter
def between_exits(route: Route) -> int:
    """Minutes of the longest way between two exits, the start being one."""
    exits = [p.minutes for p in route.points.all() if p.kind == RoutePoint.Kind.EXIT and p.minutes is not None]
    return places.between_exits(exits, talking_minutes(route), is_loop=route.is_loop)


@register.filter
def closure(route: Route, today: date) -> Said | None:
    """“Closed until Sunday: marathon”, “Closes on 3 May: marathon”; None when it is open and no closure is to come."""
    because, first, last = route.closed_because, route.closed_from, route.closed_until
    if not because or (last and last < today):
        return None
    if first and first > today:
        return Said(_("Closes on %(day)s: %(why)s") % {"day": words.plain_day(first), "why": because}, "look")
    if last is None:
        return Said(_("Closed: %(why)s") % {"why": because}, "stop")
    if last == today:
        return Said(_("Closed today: %(why)s") % {"why": because}, "stop")
    day = date_format(last, "l") if last - today < timedelta(days=7) else words.plain_day(last)
    return Said(_("Closed until %(day)s: %(why)s") % {"day": day, "why": because}, "stop")


@register.filter
def permission(route: Route, today: date) -> Said | None:
    """The end of a permission, a month before it comes and from then on."""
    if not route.permit_until or route.permit_until > today + PERMIT_SOON:
        return None
    day = {"day": words.plain_day(route.permit_until)}
    if route.permit_until < today:
        return Said(_("Permission ended on %(day)s") % day, "stop")
    return Said(_("Permission ends on %(day)s") % day, "look")


@register.filter
def there(hazards: Iterable[Hazard], today: date) -> list[Hazard]:
    """What is to be reckoned with that day."""
    return [hazard for hazard in hazards if hazard.is_there(today)]


@register.filter
def over(hazards: Iterable[Hazard], today: date) -> list[Hazard]:
    """What is gone, or was only until a day that has passed."""
    return [hazard for hazard in hazards if not hazard.is_there(today)]


@register.filter
def characters(route: Route) -> str:
    """“by the water, quiet”."""
    return ", ".join(str(Route.Character(one).label) for one in route.character)


@register.filter
def spot(point: RoutePoint) -> tuple[float, float]:
    """Where a point is, for `position`."""
    return point.lat, point.lon


@register.filter
def geo_link(place: tuple[float, float]) -> str:
    """An address that a telephone opens in its own maps app; nothing is asked of any server."""
    return f"geo:{place[0]:.5f},{place[1]:.5f}"


ICONS = {
    Hazard.Kind.WATER: "waves",
    Hazard.Kind.DROP: "mountain",
    Hazard.Kind.BRIDGE: "footprints",
    Hazard.Kind.ROAD: "car",
    Hazard.Kind.CYCLES: "bike",
    Hazard.Kind.CROWD: "users",
}


@register.filter
def hazard_icon(hazard: Hazard) -> str:
    """A picture beside the words, never instead of them."""
    return ICONS.get(Hazard.Kind(hazard.kind), "triangle-alert")


@register.filter
def less(number: int, by: int) -> int:
    """A difference."""
    return number - by


@register.filter
def unlocal(number: float) -> str:
    """A number as SVG reads it, whatever the language."""
    return f"{number:g}"
