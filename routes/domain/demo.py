"""The six routes of the demo practice, on public paths in London; data in `routes/demo/*.toml`."""

import math
import tomllib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from practice.models import User
from routes.domain import assessing, record, risk
from routes.domain.geometry import along, measure
from routes.domain.gpx import Point, Track
from routes.models import Route

FOLDER = Path(__file__).resolve().parent.parent / "demo"
WALKED_DAYS_AGO = (12, 40, 75, 351, 372, 26)
"""One path has not been looked at for more than a year, and one is due within a fortnight. The last one is walked and
not assessed yet."""
CLOSED_DAYS = 4
BETWEEN = 8


def make(by: User, today: date) -> list[Route]:
    """The six routes, always the same for the same day; `by` walked and wrote them."""
    files = sorted(FOLDER.glob("*.toml"))
    return [_route(tomllib.loads(f.read_text()), by, today, ago) for f, ago in zip(files, WALKED_DAYS_AGO, strict=True)]


def _route(told: dict[str, Any], by: User, today: date, days_ago: int) -> Route:
    track = loop(told.pop("line"))
    geometry = record.geometry_of(track)
    points = [_point(place, track) for place in told.pop("places")]
    walked, template = today - timedelta(days=days_ago), told.pop("assessed_from", "")
    hazards = [record.HazardWords(**hazard, seen_on=walked) for hazard in told.pop("hazards")]
    fields = {**told, "walked_on": walked, "look_again_on": walked + timedelta(days=365), "signal_tried_on": walked}
    fields |= {"measured_on": walked} if "width_cm" in told else {}
    if "closed_because" in told:
        fields |= {"closed_from": today, "closed_until": today + timedelta(days=CLOSED_DAYS)}
    route = record.make(fields, geometry, points=points, hazards=hazards, zone="Europe/London", by=by)
    return _assessed(route, template, by, walked) if template else route


def _assessed(route: Route, template: str, by: User, walked: date) -> Route:
    """Signed at noon of the day on which it was walked, as the template and the record's hazards suggest."""
    noon = datetime.combine(walked, time(12), ZoneInfo(route.time_zone))
    draft = assessing.begin(route, template, by=by, now=noon)
    review = walked + timedelta(days=365)
    draft = assessing.save(draft, risk.lines(draft.rows), by=by, walked_on=walked, review_on=review, group_limit=6)
    assessing.sign(draft, by=by, now=noon)
    route.refresh_from_db()
    return route


def _point(place: dict[str, Any], track: Track) -> record.PointWords:
    """A place stands at a corner of the line; its minutes are worked out as for any route."""
    metres = along(track.parts)
    share = metres[place.pop("at") * BETWEEN] / metres[-1]
    return record.PointWords(**place, minutes=round(share * measure(track).minutes))


def loop(corners: Sequence[Sequence[float]]) -> Track:
    """A closed, rounded path through the corners (a Catmull-Rom curve), as a person walks and a pencil draws."""
    count = len(corners)
    line = [
        Point(*(_curve([corners[(n + shift) % count][axis] for shift in (-1, 0, 1, 2)], step) for axis in range(3)))
        for n in range(count)
        for step in (k / BETWEEN for k in range(BETWEEN))
    ]
    return Track(parts=((*line, line[0]),))


def _curve(at: Sequence[float], t: float) -> float:
    before, start, end, after = at
    value = math.fsum(
        (
            2 * start,
            (end - before) * t,
            (2 * before - 5 * start + 4 * end - after) * t**2,
            (3 * start - before - 3 * end + after) * t**3,
        )
    )
    return value / 2
