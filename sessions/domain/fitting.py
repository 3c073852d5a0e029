"""Which routes fit these clients, in the therapist's order: what a reader may know of why."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from clients.domain import consent, decision
from clients.domain.facts import limit_words
from clients.models import Client
from practice.domain import words
from practice.models import Place, User
from practice.rules import Permission, has
from routes.domain import matching, ordering, route_light
from routes.domain.matching import Fit, Need, Wish
from routes.models import Route
from sessions.domain import grounds, readiness, reading, route_limits
from sessions.domain.grounds import Grounds
from sessions.models import Session


@dataclass(frozen=True, slots=True)
class Line:
    """One route as a reader sees it."""

    route: Route
    minutes: int
    light: str
    against: tuple[str, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class Fitting:
    """All routes in use, and what the reader may know of the limits they were held against."""

    lines: tuple[Line, ...]
    limits: tuple[str, ...] = ()
    left_to_think_of: tuple[str, ...] = ()
    not_yet: tuple[str, ...] = ()
    is_first: bool = False

    @cached_property
    def good(self) -> list[Line]:
        """Nothing speaks against them, and nothing is to be thought of."""
        return [line for line in self.lines if not line.against and not line.cautions]

    @cached_property
    def with_care(self) -> list[Line]:
        """Nothing speaks against them."""
        return [line for line in self.lines if line.cautions and not line.against]

    @cached_property
    def others(self) -> list[Line]:
        """Something speaks against them."""
        return [line for line in self.lines if line.against]


def of(clients: Sequence[Client], wish: Wish, *, reader: User, therapist: User | None) -> Fitting:
    """Every route in use, held against the wish and the limits of these clients. A fixed number of queries."""
    found = _grounds(clients, wish)
    standing = {one.client.pk: one.standing for one in found}
    limits = sorted({limit for one in found for limit in one.standing.permits(wish.mode, wish.day).limits})
    knows, first = reading.may_know_why(reader, clients), any(_is_first(client, wish) for client in clients)
    if first:
        wish = replace(wish, needs=wish.needs | {Need.FIRST})
    return Fitting(
        lines=tuple(
            _line(route, wish, limits, ask="" if knows else _lead(standing, clients))
            for route in _routes(therapist or _whose_order(reader, clients[0]))
        ),
        limits=tuple(limit_words(limits)) if knows else (),
        left_to_think_of=tuple(route_limits.left_to_think_of(limits)) if knows else (),
        not_yet=tuple(words for one in found for words in _not_yet(one, wish, knows=knows)),
        is_first=first,
    )


def _grounds(clients: Sequence[Client], wish: Wish) -> list[Grounds]:
    kind = Session.Kind.GROUP if len(clients) > 2 else Session.Kind.INDIVIDUAL
    session = Session(mode=wish.mode, kind=kind, starts_at=wish.starts_at, place=Place(time_zone=wish.zone))
    return grounds.load([(session, clients)]).of(session, clients)


def _not_yet(one: Grounds, wish: Wish, *, knows: bool) -> Iterator[str]:
    """What of the decision and the consent would refuse the booking; for whoever may not know why, whom to ask."""
    agreed, signed = one.standing.permits(wish.mode, wish.day), readiness.consent(wish.day, one)
    said = [*(() if agreed.open else (agreed.word,)), *((signed.text,) if signed.refuses else ())]
    if said and not knows:
        said = [_("Not yet, ask %(name)s") % {"name": one.standing.lead}]
    return (f"{one.client.called_name}: {words}" for words in said)


def _lead(standing: Mapping[UUID, decision.Standing], clients: Sequence[Client]) -> str:
    return standing[clients[0].pk].lead


def _whose_order(reader: User, client: Client) -> User | None:
    return reader if has(reader, Permission.WRITE_NOTES) else consent.lead_of(client)


def _routes(therapist: User | None) -> list[Route]:
    routes = Route.objects.in_use().defer("line", "breaks").prefetch_related("points", "hazards")
    return ordering.arranged(routes, ordering.favourites(therapist))


def _is_first(client: Client, wish: Wish) -> bool:
    """Nobody has walked with them yet: not here, and not before they were carried over from paper."""
    before = Session.objects.for_client(client).outdoors().holding().filter(ends_at__lte=wish.starts_at)
    return client.carried_over_on is None and not before.exists()


def _line(route: Route, wish: Wish, limits: Collection[str], *, ask: str) -> Line:
    """`ask` names whom a reader asks who may not know why; without a name she may."""
    fit = matching.fit(route, route_limits.narrowed(wish, limits))
    if ask:
        fit = _told(matching.fit(route, wish), fit, ask)
    return Line(route, matching.needed(route, wish.mode), _light_until(route, wish), fit.against, fit.cautions)


def _light_until(route: Route, wish: Wish) -> str:
    until = route_light.until(route, wish.zone, wish.day)
    return words.clock(until, wish.zone) if until else ""


def _told(without: Fit, within: Fit, ask: str) -> Fit:
    """What stands without the limits; where they alone speak against a route, only whom to ask."""
    if within.against and not without.against:
        return Fit(against=(_("Not this one: ask %(name)s.") % {"name": ask},), cautions=())
    return without
