"""Routes for sums, with their points and hazards at hand; no database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from routes.models import Hazard, Route, RoutePoint
from tests.factories import LOOP

NOON = datetime(2026, 6, 4, 12, 0, tzinfo=UTC)
"""A Thursday in London, 13:00 on its clocks."""
DAY = NOON.date()


def path(*, points: list[tuple[str, int | None]] = [], hazards: list[Hazard] = [], **fields: Any) -> Route:  # noqa: B006
    """A flat loop of a kilometre of which everything is known and nothing speaks against it."""
    known: dict[str, Any] = {
        "name": "Orchard loop",
        "line": LOOP,
        "distance_m": 1000,
        "ascent_m": 0,
        "is_loop": True,
        "max_grade_pct": 2,
        "steepest_pct": 2,
        "obstacle_cm": 0,
        "rest_every_m": 300,
        "surface": Route.Surface.PAVED,
        "light": Route.Light.OPEN,
        "footfall_morning": "quiet",
        "footfall_afternoon": "some",
        "footfall_evening": "some",
        "overheard": "low",
        "character": ["garden"],
        "look_again_on": DAY + timedelta(days=300),
        "risk": Route.Risk.PASSED,
    }
    route = Route(**known | fields)
    places = points or [("toilet", 2), ("exit", 5), ("exit", 10)]
    route._prefetched_objects_cache = {  # type: ignore[attr-defined]
        "points": [RoutePoint(kind=kind, name=kind, minutes=minutes) for kind, minutes in places],
        "hazards": hazards,
    }
    return route


def hazard(kind: str, words: str = "Look out.", *, state: str = "there", until: date | None = None) -> Hazard:
    """Something that can go wrong there."""
    return Hazard(kind=kind, words=words, state=state, until=until)
