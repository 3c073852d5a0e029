"""What one takes along on paper: the card of a route, and the page for an emergency. For the staff alone, since both
tell the codes of gates. Printed anew each time and not kept: the record is what counts."""

from datetime import date
from typing import Any

from practice.domain import crisis, printing
from practice.models import Practice
from routes.models import Route, RoutePoint

SIZES = ("large", "middle", "small", "tight", "close")
"""The emergency card is set in the largest type in which it is one page; in the last, its longest words are cut."""
BESIDE = (5, 420)
"""So many points, in so many letters, still stand beside the map; more go below it."""
Kind = RoutePoint.Kind
ASKED_FOR = (Kind.EXIT, Kind.TOILET, Kind.WATER, Kind.BENCH, Kind.SAFE)
"""What the card tells of even when nobody wrote it down."""
TOLD = (Kind.EXIT, Kind.TURN, Kind.BENCH, Kind.TOILET, Kind.WATER, Kind.SHADE, Kind.SHELTER, Kind.SAFE, Kind.PARKING)


def route_card(route: Route, *, today: date) -> bytes:
    """The route on a page or two: map, points, what to take care of, and the emergency."""
    points = list(route.points.all())
    most, letters = BESIDE
    context = _about(route, today) | {
        "along": [
            (kind.label, found)
            for kind in TOLD
            if (found := [point for point in points if point.kind == kind]) or kind in ASKED_FOR
        ],
        "is_beside": len(points) <= most and sum(len(one.name) + len(one.words) for one in points) <= letters,
        "assessed": route.assessments.filter(signed_at__isnull=False).first(),
    }
    return printing.pdf("pdf/route_card.html", context)


def emergency_card(route: Route, *, today: date) -> bytes:
    """One page, whatever the record holds."""
    return printing.one_page("pdf/emergency_card.html", _about(route, today), sizes=SIZES)


def _about(route: Route, today: date) -> dict[str, Any]:
    practice = Practice.load()
    return {
        "practice": practice,
        "route": route,
        "today": today,
        "emergency": crisis.emergency_number(practice.country),
        "document_id": f"{route.pk.hex[:8].upper()}-{today:%Y%m%d}",
    }
