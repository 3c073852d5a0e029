"""What the record of a route says about the ground, as facts: what was measured, and what is estimated from GPS."""

from django.utils.text import format_lazy
from django.utils.translation import ngettext_lazy

from routes.domain.access import Facts, Firmness, Source, told
from routes.domain.effort import Talk, talk_along
from routes.domain.geometry import Segment, grades, minutes
from routes.domain.gpx import Words
from routes.domain.record import track_of
from routes.models import Route, RoutePoint

FIRM: dict[str, Firmness] = {Route.Surface.PAVED: Firmness.FIRM, Route.Surface.FIRM: Firmness.FIRM}
"""Surfaces that say by themselves how firm they are."""


def facts(route: Route) -> tuple[Words, ...]:
    """Sentences about slopes along the whole path (estimates), and about what somebody measured in one place."""
    slopes = grades(track_of(route))
    return (*_told(route, slopes), *_talk(slopes))


def _told(route: Route, slopes: tuple[Segment, ...]) -> tuple[Words, ...]:
    """Rests are the benches of the record, by the minutes at which one comes by; where somebody measured how far apart
    one can sit, that is told instead."""
    benches = [p.minutes for p in route.points.all() if p.kind == RoutePoint.Kind.BENCH and p.minutes is not None]
    whole = max(minutes(route.distance_m, route.ascent_m or 0), 1)
    sentences = told(
        Facts(
            length_m=route.distance_m,
            source=Source.GPS,
            slopes=slopes,
            width_cm=route.width_cm,
            cross_slope_pct=None if route.cross_slope_pct is None else float(route.cross_slope_pct),
            firmness=FIRM.get(route.surface),
            obstacle_cm=route.obstacle_cm,
            rests_m=tuple(route.distance_m * min(at / whole, 1.0) for at in benches) or None,
        )
    )
    return sentences if route.rest_every_m is None else sentences[:-1]


def _talk(slopes: tuple[Segment, ...]) -> tuple[Words, ...]:
    """Where the conversation may pause, for the therapist who plans."""
    halting = [stretch for stretch in talk_along(slopes) if stretch.talk != Talk.FLOWS]
    if not halting:
        return ()
    sentence = ngettext_lazy(
        "The conversation may pause on about {metres} m of slope, {start} m after the start (an estimate).",
        "The conversation may pause on about {metres} m of slope in {count} places, the first {start} m after the start"
        " (an estimate).",
        len(halting),
    )
    metres = sum(stretch.metres for stretch in halting)
    return (format_lazy(sentence, metres=_tens(metres), count=len(halting), start=_tens(halting[0].start_m)),)


def _tens(metres: float) -> int:
    return round(metres / 10) * 10
