"""The sky over sessions outdoors: what the weather of their hours is judged by, and for whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from clients.domain.facts import Limit
from practice.models import Mode, Practice
from routes.domain import conditions, own_limits, route_light, weather
from routes.domain.condition_figures import IN_FAHRENHEIT
from routes.domain.forecast import Forecast, Hour
from routes.domain.outing import Exposure, Heat, Outing, Person
from routes.models import Route
from sessions.domain.grounds import Grounds
from sessions.models import Session, WeatherChoice

AHEAD = timedelta(hours=48)
"""So long before a start the weather is looked up (ours)."""
ANYBODY = Person()
"""A healthy person. Whoever may not know the clients sees what is true of her, and so learns nothing of them."""


@dataclass(frozen=True, slots=True)
class Sky:
    """The outing of one session, what it is judged by, and what its therapist chose last."""

    outing: Outing
    around: conditions.Surroundings
    weather: weather.Weather
    zone: str
    fahrenheit: bool = False
    choice: WeatherChoice | None = None
    words: str = ""
    """Those of the choice; for whoever may read the charts of its clients."""

    def decide(self, person: Person) -> conditions.Decision:
        """What light, weather and air ask for."""
        return conditions.judge(self.outing, person, self.around)

    def other_ways(self, person: Person) -> tuple[conditions.Alternative, ...]:
        """What else the same forecast leaves."""
        than = self.decide(person)
        return tuple(conditions.other_ways(self.outing, person, self.around, than=than))

    @property
    def hours(self) -> tuple[Hour, ...]:
        """What is forecast for the outing."""
        return self.around.forecast.between(self.outing.start, self.outing.end)


def person(grounds: Iterable[Grounds]) -> Person:
    """One person as careful as the most careful of these, by what their decisions carry."""
    carried = {limit for one in grounds if one.standing.decision for limit in one.standing.decision.limits}
    heat = Heat.STRICT if Limit.HEAT_STRICT in carried else Heat.MILD if Limit.HEAT_MILD in carried else Heat.STANDARD
    return Person(heat, lungs=Limit.CARRIES_INHALER in carried, by_day=Limit.DAYLIGHT in carried)


def load(sessions: Iterable[Session], *, now: datetime) -> dict[UUID, Sky]:
    """The skies of those that are outdoors on a route, not over, and start before the weather is looked up no further.
    Of all others nothing is said. As many queries for one as for many; places and routes are loaded."""
    soon = [(one, one.route) for one in sessions if one.route and one.is_outdoors and _is_soon(one, now)]
    if not soon:
        return {}
    found = weather.at_many([route_light.start_of(route) for _session, route in soon], now=now)
    limits, practice = own_limits.in_force(), Practice.known()
    chosen = _chosen([session for session, _route in soon])
    skies = {}
    for session, route in soon:
        zone, told = session.place.time_zone, found[route_light.start_of(route)]
        start = session.starts_at.astimezone(ZoneInfo(zone))
        sun = route_light.sun_over(route, zone, start.date())
        choice, words = chosen.get(session.pk, (None, ""))
        skies[session.pk] = Sky(
            outing=_outing(session, route, zone),
            around=conditions.Surroundings(told.forecast or Forecast(), sun, limits, now),
            weather=told,
            zone=zone,
            fahrenheit=bool(practice and practice.country in IN_FAHRENHEIT),
            choice=choice,
            words=words,
        )
    return skies


def known_from(session: Session, now: datetime) -> datetime | None:
    """When the weather of a session outdoors on a route will be looked up, unless it is already or never is."""
    begins = session.starts_at - AHEAD
    is_asked = settings.WEATHER.source != weather.OFF and session.route and session.is_outdoors
    return begins if is_asked and begins > now else None


def _is_soon(session: Session, now: datetime) -> bool:
    return session.ends_at > now and session.starts_at <= now + AHEAD


def _outing(session: Session, route: Route, zone: str) -> Outing:
    start, end = (at.astimezone(ZoneInfo(zone)) for at in (session.starts_at, session.ends_at))
    return Outing(
        start=start,
        end=end,
        mode=Mode(session.mode),
        exposure=Exposure(route.shade or Exposure.OPEN),
        under_trees=route.light == Route.Light.WOODLAND,
        lit=route_light.is_lit(route, zone, start, end),
    )


def _chosen(sessions: Sequence[Session]) -> Mapping[UUID, tuple[WeatherChoice, str]]:
    """What was chosen last for each that was not moved since, with its words."""
    starts = {session.pk: session.starts_at for session in sessions}
    newest = WeatherChoice.objects.newest().filter(session__in=starts).select_related("by")
    standing = [one for one in newest if one.starts_at == starts[one.session_id]]
    opened = WeatherChoice.words.read_each(standing)
    return {one.session_id: (one, words) for one, words in zip(standing, opened, strict=True)}
