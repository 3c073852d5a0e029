"""“Weather and air” on the page of a session: what is known, against which limits, and what would change it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from practice.domain import words
from practice.models import User
from routes.domain import condition_figures, conditions
from routes.domain.limits import Basis, Hazard, Level
from routes.domain.outing import Finding, Person
from routes.domain.weather import CREDIT_URL, Weather
from sessions.domain import weather_choice
from sessions.domain.booking import INSTEAD
from sessions.domain.chip import Chip
from sessions.domain.outlook import ANYBODY, Sky
from sessions.domain.weather_chip import ICONS, TONES
from sessions.models import Session, WeatherChoice


@dataclass(frozen=True, slots=True)
class Line:
    """One hazard in words."""

    name: str
    chip: Chip
    figure: str
    on_the_way: str
    """At the start, in the middle, at the end."""
    limit: str
    basis: str
    source: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice as a reader may see it. What the limits said of this person, and the words, are the care team's."""

    choice: WeatherChoice
    words: str
    said: str


@dataclass(frozen=True, slots=True)
class Page:
    """The whole section. `lines` the worst first; what is within its limits is in `fine`."""

    level: Level
    weather: Weather
    why_unknown: str
    lines: tuple[Line, ...]
    fine: tuple[Line, ...]
    ways: tuple[str, ...]
    fetched: str
    saw: str
    chosen: tuple[Chosen, ...]
    may_choose: bool
    nobody_told: bool
    """Something else than going as agreed was chosen, and the session stands as its client knows it."""
    instead: str
    """Where it was agreed to be instead, when it can be moved there."""
    credit_url: str = CREDIT_URL

    @property
    def fine_in_a_line(self) -> str:
        """“Light, heat, cold and wind, air, …”."""
        first, *rest = (line.name for line in self.fine)
        return ", ".join([first, *(name[:1].lower() + name[1:] for name in rest)])


def of(session: Session, sky: Sky, person: Person, reader: User, *, knows: bool) -> Page:
    """What a reader sees: who may not read the charts sees what is true of anybody, and no words."""
    person = person if knows else ANYBODY
    decision = sky.decide(person)
    told = sorted(decision.findings, key=lambda one: (-one.level.rank, one.level is not Level.UNKNOWN))
    moments = [(when, _findings(sky, person, at)) for when, at in _moments(sky)]
    lines = [(finding, _line(sky, decision, finding, moments)) for finding in told]
    known = sky.weather.forecast is not None
    shown = [(one, line) for one, line in lines if known or one.hazard is Hazard.LIGHT]
    return Page(
        level=decision.level,
        weather=sky.weather,
        why_unknown=sky.weather.why_unknown(sky.zone),
        lines=tuple(line for one, line in shown if one.level is not Level.GO or one.words),
        fine=tuple(line for one, line in shown if one.level is Level.GO and not one.words),
        ways=tuple(_ways(session, sky, person)),
        fetched=words.when(sky.weather.fetched_at, sky.zone) if sky.weather.fetched_at else "",
        saw=weather_choice.seen(weather_choice.shown(sky, decision)),
        chosen=_chosen(session, knows),
        may_choose=knows and weather_choice.may_choose(reader, session),
        nobody_told=sky.choice is not None and sky.choice.choice != WeatherChoice.Choice.GO,
        instead=str(session.get_fallback_display()) if session.fallback in INSTEAD else "",
    )


def _moments(sky: Sky) -> Iterator[tuple[str, datetime]]:
    start, end = sky.outing.start, sky.outing.end
    yield _("at the start"), start
    yield _("in the middle"), start + (end - start) / 2
    yield _("at the end"), end


def _findings(sky: Sky, person: Person, at: datetime) -> dict[Hazard, Finding]:
    moment = replace(sky.outing, start=at, end=at)
    return {one.hazard: one for one in conditions.judge(moment, person, sky.around).findings}


def _line(
    sky: Sky, decision: conditions.Decision, one: Finding, moments: Sequence[tuple[str, dict[Hazard, Finding]]]
) -> Line:
    is_light = one.hazard is Hazard.LIGHT
    figure = _light(sky, decision) if is_light else _figure(sky, one)
    on_the_way = _on_the_way(sky, one, moments)
    matters = bool(on_the_way) or (one.level is not Level.GO and one.value is not None and not is_light)
    hour = words.clock(one.at, sky.zone) if one.at and matters else ""
    basis = _("published") if one.basis is Basis.PUBLISHED else _("ours")
    icon = "sun" if is_light else ICONS.get(one.hazard, "cloud-sun")
    return Line(
        name=str(condition_figures.NAMES[one.hazard]),
        chip=Chip(str(one.hazard), TONES[one.level], icon, str(_level_words(one.level))),
        figure=_("%(figure)s at %(time)s") % {"figure": figure, "time": hour} if hour else figure,
        on_the_way=on_the_way,
        limit=_limit(sky, one),
        basis=basis,
        source=one.source,
        words=tuple(str(said) for said in one.words),
    )


def _level_words(level: Level) -> str:
    return {
        Level.GO: _("within the limits"),
        Level.MODIFY: _("change something"),
        Level.UNKNOWN: _("not known"),
        Level.INDOORS: _("better indoors"),
    }[level]


def _figure(sky: Sky, one: Finding) -> str:
    if one.value is not None and one.hazard in condition_figures.BY_CODE:
        return _("not expected") if one.level is Level.GO else _("expected")
    return condition_figures.said(one.value, one.unit, fahrenheit=sky.fahrenheit)


def _limit(sky: Sky, one: Finding) -> str:
    if one.limit is None or one.hazard in condition_figures.BY_CODE:
        return ""
    if one.hazard is Hazard.LIGHT:
        return _("%(n)s min to spare") % {"n": number_format(one.limit, 0)}
    return condition_figures.said(one.limit, one.unit, fahrenheit=sky.fahrenheit)


def _on_the_way(sky: Sky, one: Finding, moments: Sequence[tuple[str, dict[Hazard, Finding]]]) -> str:
    """Only where it differs."""
    if one.hazard is Hazard.LIGHT or one.level is Level.UNKNOWN:
        return ""
    said = [(when, _figure(sky, found[one.hazard])) for when, found in moments]
    if len({figure for _when, figure in said}) == 1:
        return ""
    return ", ".join(f"{when} {figure}" for when, figure in said)


def _light(sky: Sky, decision: conditions.Decision) -> str:
    light, start = decision.light, sky.outing.start
    if light.since and start < light.since:
        return _("light from %(time)s") % {"time": words.clock(light.since, sky.zone)}
    if light.until:
        return _("until %(time)s") % {"time": words.clock(light.until, sky.zone)}
    return _("light all day") if light.ok else _("no daylight that day")


def _ways(session: Session, sky: Sky, person: Person) -> Iterator[str]:
    for way in sky.other_ways(person):
        if way.kind == "walk":
            yield _("A walk instead of a run asks for less.")
        elif way.kind == "another_hour":
            yield _("At %(time)s that day nothing speaks against it.") % {"time": words.clock(way.start, sky.zone)}
        else:
            where = capfirst(str(session.get_fallback_display()))
            yield _("%(where)s, as was agreed when it was booked.") % {"where": where}
            if session.route and session.route.fallback:
                yield _("Indoors near the route: %(where)s.") % {"where": session.route.fallback.rstrip(".")}


def _chosen(session: Session, knows: bool) -> tuple[Chosen, ...]:
    made = weather_choice.earlier(session)
    if not knows:
        return tuple(Chosen(one, "", "") for one in made)
    opened = WeatherChoice.words.read_each(made)
    return tuple(Chosen(one, text, one.get_said_display()) for one, text in zip(made, opened, strict=True))
