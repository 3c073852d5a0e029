"""What the limits of a decision ask of a route."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from clients.domain.facts import Limit, limit_words
from routes.domain.matching import Fit, Need, Wish, fit
from routes.models import Hazard, Route

AVOIDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        Limit.NO_WATER_EDGE: frozenset({Hazard.Kind.WATER, Hazard.Kind.TIDE}),
        Limit.NO_HEIGHTS: frozenset({Hazard.Kind.DROP, Hazard.Kind.BRIDGE, Hazard.Kind.RAIL, Hazard.Kind.FAST_ROAD}),
        Limit.EVEN_GROUND: frozenset({Hazard.Kind.SURFACE}),
    }
)
NEEDS: Mapping[str, Need] = MappingProxyType(
    {
        Limit.NO_HILLS: Need.FLAT,
        Limit.EVEN_GROUND: Need.EVEN,
        Limit.REST_POINTS: Need.BENCHES,
        Limit.SHORT: Need.SHORT,
        Limit.DAYLIGHT: Need.DAYLIGHT,
        Limit.TOILETS: Need.TOILETS,
        Limit.QUIET: Need.QUIET,
    }
)


def narrowed(wish: Wish, limits: Collection[str]) -> Wish:
    """An outing within these limits as well."""
    avoid = [AVOIDS[limit] for limit in limits if limit in AVOIDS]
    needs = {NEEDS[limit] for limit in limits if limit in NEEDS}
    return replace(wish, avoid=wish.avoid.union(*avoid), needs=wish.needs | needs)


def left_to_think_of(limits: Collection[str]) -> list[str]:
    """In words, the limits that no record of a route can answer."""
    return limit_words([limit for limit in limits if limit not in AVOIDS and limit not in NEEDS])


def added(route: Route, wish: Wish, limits: Collection[str]) -> Fit:
    """What these limits alone speak against, and what they alone ask to think of."""
    without, within = fit(route, wish), fit(route, narrowed(wish, limits))
    return Fit(
        against=tuple(words for words in within.against if words not in without.against),
        cautions=tuple(words for words in within.cautions if words not in without.cautions),
    )


def met(route: Route, wish: Wish, limits: Collection[str]) -> dict[str, Fit]:
    """The limits that say something about this route, with what they say."""
    found = {limit: added(route, wish, [limit]) for limit in limits}
    return {limit: said for limit, said in found.items() if said.against or said.cautions}
