"""Which routes fit an outing, and what speaks against the others: a route with its points and hazards in, words out.

What nobody wrote down is a caution and never passes in silence. Numbers without a source are ours.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from practice.domain import words
from practice.models import Mode
from routes.domain import geometry, places, route_light, shape
from routes.domain.daylight import Why
from routes.domain.gpx import Point, Track
from routes.models import Hazard, Route, RoutePoint

STANDING = 0.1
"""A minute in ten is spent standing and talking (ours)."""
RUNNING_KMH = 8.0
"""Running, and talking all the while (ours)."""
SHORT = 20  # minutes outside, to begin with (ours)
FLAT_PCT = 5.0
"""1:20, the running slope that may go on for any length (US Access Board, ABA 1017.7.1)."""
OBSTACLE_CM = 5
"""2 in, the highest obstacle on a trail (ABA 1017.5)."""
REST_EVERY = 10
"""Minutes from bench to bench (ours)."""
EXIT_EVERY, FARTHEST = 5, 15
"""Minutes from exit to exit, and from anywhere back to the start, when two go for the first time (ours)."""
NOON, EVENING = 12, 17
"""The hours at which the afternoon begins, and the evening (ours)."""


class Need(StrEnum):
    """What somebody may need of a path, besides what is to be avoided."""

    FLAT = "flat"
    EVEN = "even"
    BENCHES = "benches"
    TOILETS = "toilets"
    QUIET = "quiet"
    DAYLIGHT = "daylight"
    SHORT = "short"
    FIRST = "first"
    """They go out together for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An outing: how, when on the clocks of `zone`, how long, and what it asks of a path."""

    mode: str
    starts_at: datetime
    minutes: int
    zone: str
    avoid: frozenset[str] = frozenset()
    """Kinds of hazards."""
    needs: frozenset[Need] = frozenset()
    character: str = ""

    @property
    def ends_at(self) -> datetime:
        """When everybody is back."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def day(self) -> date:
        """The day on the clocks of its zone."""
        return self.starts_at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def outside(self) -> int:
        """Minutes that can be walked."""
        return min(self.minutes, SHORT) if Need.SHORT in self.needs else self.minutes

    @property
    def is_on_foot(self) -> bool:
        """Whether they go anywhere at all."""
        return self.mode != Mode.SIT


@dataclass(frozen=True, slots=True)
class Fit:
    """What speaks against a route, and what to think of, in words."""

    against: tuple[str, ...]
    cautions: tuple[str, ...]


class Said(NamedTuple):
    """One thing that a rule found."""

    words: str
    is_against: bool = True


Found = Iterator[Said]


def fit(route: Route, wish: Wish) -> Fit:
    """How a route fits an outing. Its points and hazards should be prefetched."""
    found = [said for rule in (_standing, _light, _length, _character, _hazards) for said in rule(route, wish)]
    found += [said for need in Need if need in wish.needs and need in _NEEDS for said in _NEEDS[need](route, wish)]
    return Fit(
        against=tuple(dict.fromkeys(said.words for said in found if said.is_against)),
        cautions=tuple(dict.fromkeys(said.words for said in found if not said.is_against)),
    )


def needed(route: Route, mode: str) -> int:
    """Minutes that the whole takes with the stops to talk; nobody walks where one sits."""
    if mode == Mode.SIT:
        return 0
    pace = RUNNING_KMH if mode == Mode.RUN else geometry.TALKING_KMH
    return math.ceil(geometry.minutes(route.distance_m, route.ascent_m or 0, pace) * (1 + STANDING))


def goes_round(route: Route) -> bool:
    """A loop, or laps; not a path that comes back the way it went."""
    return route.is_loop and not shape.turns_back(_sketched(route))


def _sketched(route: Route) -> Track:
    parts = (route.sketch or {}).get("parts") or [route.line]
    return Track(parts=tuple(tuple(Point(*place[:2]) for place in part) for part in parts), name=route.name)


def _standing(route: Route, wish: Wish) -> Found:
    """May it be walked at all that day?"""
    day = wish.day
    if route.archived_at:
        yield Said(_("No longer used."))
    if route.is_closed(day):
        yield Said(_("Closed: %(why)s") % {"why": route.closed_because})
    if route.risk == Route.Risk.MISSING:
        yield Said(_("Nobody has assessed it yet."))
    elif route.risk == Route.Risk.FAILED:
        yield Said(_("It did not pass its assessment."))
    elif route.risk == Route.Risk.WAITING:
        yield Said(_("Its assessment waits for approval."), False)
    if route.look_again_on is None:
        yield Said(_("No day is set to look at it again."), False)
    elif route.look_again_on < day:
        yield Said(_("To be looked at again since %(day)s.") % {"day": words.short_day(route.look_again_on)}, False)


def _light(route: Route, wish: Wish) -> Found:
    lamps = Need.DAYLIGHT not in wish.needs
    found = route_light.over(route, wish.zone, wish.starts_at, wish.ends_at, lamps=lamps)
    if found.why == Why.LAMPS:
        yield Said(_("In the dark, on a lit path."), False)
    elif found.why == Why.BEFORE_DAWN and found.since:
        yield Said(_("Before dawn: light from %(time)s.") % {"time": words.clock(found.since, wish.zone)})
    elif found.why == Why.INTO_THE_DARK and found.until:
        yield Said(_("Into the dark: light until %(time)s.") % {"time": words.clock(found.until, wish.zone)})
    elif not found.ok:
        yield Said(_("No daylight that day."))


def _length(route: Route, wish: Wish) -> Found:
    """A loop must fit; on a path there and back one can turn round at any time."""
    takes = needed(route, wish.mode)
    if takes > wish.outside and goes_round(route):
        times = {"takes": takes, "there": wish.outside}
        yield Said(_("The whole takes about %(takes)s minutes with stops to talk; there are %(there)s.") % times)


def _character(route: Route, wish: Wish) -> Found:
    if not wish.character or wish.character in route.character:
        return
    if route.character:
        label = {"character": Route.Character(wish.character).label}
        yield Said(_("Not what was wished for: %(character)s.") % label)
    else:
        yield Said(_("What it is like there is not written down."), False)


def _hazards(route: Route, wish: Wish) -> Found:
    met = [hazard for hazard in route.hazards.all() if hazard.kind in wish.avoid and hazard.is_there(wish.day)]
    for hazard in met:
        yield Said(f"{capfirst(Hazard.Kind(hazard.kind).label)}: {hazard.words}")
    by_water = Hazard.Kind.WATER in wish.avoid and Route.Character.WATER in route.character
    if by_water and not any(hazard.kind == Hazard.Kind.WATER for hazard in met):
        yield Said(_("It is said to be by the water, and no hazard of that kind is written down."), False)


def _flat(route: Route, wish: Wish) -> Found:
    """By what was measured, else by the estimate from heights."""
    steepest = route.steepest_pct if route.steepest_pct is not None else route.max_grade_pct
    if steepest is None:
        yield Said(_("How steep it is, nobody has measured."), False)
    elif steepest > FLAT_PCT:
        yield Said(_("Up to %(pct)s %% steep.") % {"pct": number_format(steepest)})


def _even(route: Route, wish: Wish) -> Found:
    """Heights from a satellite can rule a path out here, and never in."""
    if route.surface in (Route.Surface.GRASS, Route.Surface.EARTH):
        yield Said(_("Underfoot: %(surface)s.") % {"surface": route.get_surface_display()})
    elif route.surface in ("", Route.Surface.MIXED):
        yield Said(_("Underfoot it is mixed.") if route.surface else _("Underfoot: not written down yet."), False)
    yield from _flat(route, wish)
    if route.steepest_pct is None and route.max_grade_pct is not None and route.max_grade_pct <= FLAT_PCT:
        yield Said(_("Its slopes are an estimate, nobody has measured them."), False)
    if route.obstacle_cm is None:
        yield Said(_("Steps and roots, nobody has measured."), False)
    elif route.obstacle_cm > OBSTACLE_CM:
        yield Said(_("Steps or roots of %(cm)s cm.") % {"cm": route.obstacle_cm})


def _benches(route: Route, wish: Wish) -> Found:
    benches = [point for point in route.points.all() if point.kind == RoutePoint.Kind.BENCH]
    if route.rest_every_m is not None:
        apart = geometry.minutes(route.rest_every_m, 0)
    elif benches and all(bench.minutes is not None for bench in benches):
        apart = _longest_between(route, benches)
    else:
        said = (
            _("How far apart the benches are, is not written down.") if benches else _("No benches are written down.")
        )
        yield Said(said, False)
        return
    if apart > REST_EVERY:
        yield Said(_("Up to %(minutes)s minutes from one bench to the next.") % {"minutes": apart})


def _longest_between(route: Route, points: Iterable[RoutePoint]) -> int:
    whole = geometry.minutes(route.distance_m, route.ascent_m or 0)
    return places.between_exits([point.minutes or 0 for point in points], whole, is_loop=route.is_loop)


def _toilets(route: Route, wish: Wish) -> Found:
    if not any(point.kind == RoutePoint.Kind.TOILET for point in route.points.all()):
        yield Said(_("No toilet is written down."), False)


def _quiet(route: Route, wish: Wish) -> Found:
    about = _footfall(route, wish)
    if Route.Footfall.BUSY in about:
        yield Said(_("Busy at that time of day."))
    elif "" in about:
        yield Said(_("How busy it is at that time of day, is not written down."), False)
    if route.overheard == Route.Chance.HIGH:
        yield Said(_("One is likely to be overheard."))
    elif not route.overheard:
        yield Said(_("Whether one is overheard there, is not written down."), False)


def _footfall(route: Route, wish: Wish) -> set[str]:
    """Of every part of the day that the outing touches."""
    here = ZoneInfo(wish.zone)
    first = wish.starts_at.astimezone(here).hour
    last = (wish.ends_at - timedelta(minutes=1)).astimezone(here).hour
    return {_at_hour(route, hour) for hour in (first, last)}


def _at_hour(route: Route, hour: int) -> str:
    if hour < NOON:
        return route.footfall_morning
    return route.footfall_afternoon if hour < EVENING else route.footfall_evening


def _first(route: Route, wish: Wish) -> Found:
    """Round and back without turning, short, and soon at an exit."""
    if not wish.is_on_foot:
        return
    if not goes_round(route):
        yield Said(_("For a first time outside: not a loop."))
    whole = geometry.minutes(route.distance_m, route.ascent_m or 0)
    farthest = math.ceil(whole / 2)
    if farthest > FARTHEST:
        yield Said(_("For a first time outside: up to %(minutes)s minutes from the start.") % {"minutes": farthest})
    exits = [p for p in route.points.all() if p.kind == RoutePoint.Kind.EXIT and p.minutes is not None]
    between = _longest_between(route, exits)
    if between > EXIT_EVERY and exits:
        said = {"minutes": between}
        yield Said(_("For a first time outside: up to %(minutes)s minutes from one exit to the next.") % said)
    elif between > EXIT_EVERY:
        yield Said(_("For a first time outside: no exits are written down."), False)


_NEEDS: Mapping[Need, Callable[[Route, Wish], Found]] = MappingProxyType(
    {
        Need.FLAT: _flat,
        Need.EVEN: _even,
        Need.BENCHES: _benches,
        Need.TOILETS: _toilets,
        Need.QUIET: _quiet,
        Need.FIRST: _first,
    }
)
