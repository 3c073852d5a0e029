"""Go, modify or indoors: what light, weather and air ask for on one outing. The therapist decides; this tells her."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from practice.models.modes import Mode
from routes.domain import daylight
from routes.domain.condition_words import words_of
from routes.domain.daylight import BUFFER, Light, SunTimes, Why
from routes.domain.forecast import HOUR, Forecast, Hour
from routes.domain.hazards import Figure, Sight, figures
from routes.domain.limits import Basis, Hazard, Level, Limit, Limits, shipped
from routes.domain.outing import Finding, Outing, Person

LIGHT_SOURCE = "over a quarter of an hour before the light goes"
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an outing is judged by: a forecast with its air, fresh enough to count (empty where there is none), the sun
    of the day it is on, and the limits that hold. Other hours are offered from `now` on; None: all of the day."""

    forecast: Forecast
    sun: SunTimes
    limits: Limits = field(default_factory=shipped)
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The worst of all findings. As long as something is unknown and nothing says indoors, all is unknown."""

    level: Level
    findings: tuple[Finding, ...]
    light: Light


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way that the same forecast leaves."""

    kind: str
    """walk, another_hour or indoors"""
    mode: Mode
    start: datetime
    level: Level


def judge(outing: Outing, person: Person, around: Surroundings) -> Decision:
    """Every hour from the one in which the outing starts to the one in which it ends is looked at, and the worst
    counts. go < unknown = modify < indoors: a missing hour or value is unknown, and unknown is never "go"."""
    lit = outing.lit and not person.by_day
    light = daylight.light(around.sun, outing.start, outing.end, under_trees=outing.under_trees, lit=lit)
    start, end = outing.start.astimezone(UTC), outing.end.astimezone(UTC)
    past = around.forecast.between(start - DAY, end)
    sights = [
        Sight(hour, past, around.sun, outing.exposure, around.limits) for hour in around.forecast.between(start, end)
    ]
    whole = around.forecast.covers(start, end)
    findings = [_of_light(light, outing)]
    for hazard in Hazard:
        if hazard is not Hazard.LIGHT:
            findings.append(_worst(hazard, around.limits.of(hazard, outing.mode, person.who), sights, whole))
    said = tuple(replace(finding, words=words_of(finding, outing, person, around.limits)) for finding in findings)
    return Decision(max((finding.level for finding in said), key=_order), said, light)


def _order(level: Level) -> tuple[int, bool]:
    return level.rank, level is Level.UNKNOWN


def _worst(hazard: Hazard, rows: Sequence[Limit], sights: Sequence[Sight], whole: bool) -> Finding:
    """A hazard at the hour that asks for most; among equals at the worst figure."""
    found = [] if whole else [_finding(hazard, Figure(None), None, rows)]
    for sight in sights:
        found += [_finding(hazard, figure, sight.hour, rows) for figure in figures(hazard, sight)]
    return max(found, key=lambda finding: (*_order(finding.level), not finding.in_the_sun, finding.badness))


def _finding(hazard: Hazard, figure: Figure, hour: Hour | None, rows: Sequence[Limit]) -> Finding:
    reached = [row for row in rows if figure.value is not None and row.met_by(figure.value)]
    level = min(max((row.level for row in reached), key=_order, default=Level.GO), figure.cap, key=_order)
    row = next((row for row in reached if row.level is level), rows[0])
    idle = level is not Level.GO and figure.applies is False
    doubtful = level is not Level.GO and figure.applies is None
    if idle:
        level = Level.GO
    if figure.value is None or doubtful or (not figure.whole and level is not Level.INDOORS):
        level = Level.UNKNOWN
    value = None if level is Level.UNKNOWN else figure.value
    return Finding(
        hazard=hazard,
        level=level,
        value=value,
        unit=row.unit,
        limit=None if idle else row.at,
        basis=row.basis,
        source=row.source,
        at=hour.at if hour else None,
        in_the_sun=figure.in_the_sun,
        badness=float("-inf") if value is None else row.badness(value),
    )


def _of_light(light: Light, outing: Outing) -> Finding:
    """The value is the minutes to spare: from the end to where the light that counts ends; before dawn, less than 0."""
    level = {Why.LIGHT: Level.GO, Why.LAMPS: Level.MODIFY}.get(light.why, Level.INDOORS)
    start, end = outing.start.astimezone(UTC), outing.end.astimezone(UTC)
    early = light.since is not None and start < light.since
    spare = start - light.since if early and light.since else light.until - end if light.until else None
    value = None if spare is None else round(spare / timedelta(minutes=1), 1)
    needed = 0.0 if early else BUFFER / timedelta(minutes=1)
    return Finding(Hazard.LIGHT, level, value, "min", needed, Basis.OURS, LIGHT_SOURCE, outing.end)


def other_ways(outing: Outing, person: Person, around: Surroundings, *, than: Decision) -> Iterator[Alternative]:
    """When it is not "go": a walk instead of a run, where that asks for less; the nearest hour of the same day that is
    "go"; the room."""
    if than.level is Level.GO:
        return
    if outing.mode is Mode.RUN:
        walk = judge(replace(outing, mode=Mode.WALK), person, around)
        if walk.level.rank < than.level.rank:
            yield Alternative("walk", Mode.WALK, outing.start, walk.level)
    for moved in _other_hours(outing, around):
        if judge(moved, person, around).level is Level.GO:
            start = moved.start.astimezone(outing.start.tzinfo)
            yield Alternative("another_hour", outing.mode, start, Level.GO)
            break
    yield Alternative("indoors", Mode.INDOOR, outing.start, Level.GO)


def _other_hours(outing: Outing, around: Surroundings) -> Iterator[Outing]:
    """The same on the same day at the place, by whole hours, the nearest first, none in the past."""
    start, end = outing.start.astimezone(UTC), outing.end.astimezone(UTC)
    for shift in sorted((n * HOUR for n in range(-23, 24) if n), key=lambda by: (abs(by), -by)):
        today = (start + shift).astimezone(around.sun.noon.tzinfo).date() == around.sun.day
        if today and (around.now is None or start + shift > around.now):
            yield replace(outing, start=start + shift, end=end + shift)
