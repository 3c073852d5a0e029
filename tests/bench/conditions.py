"""`make bench-conditions`: how many daytime hours of a generated year our limits change or send indoors.

Ours is the promise that in temperate climates a healthy walker hears "modify" or "indoors" in at most a quarter of the
hours: limits that speak up more often are switched off, and then miss the real day.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from practice.models.modes import Mode
from routes.domain.conditions import Surroundings, judge
from routes.domain.forecast import Forecast
from routes.domain.limits import Hazard, Level
from routes.domain.outing import Exposure, Heat, Outing, Person
from tests.bench.climate import YEAR, Climate, climates, year

AT_MOST = 0.25
TEMPERATE = ("london", "new_york")
FIRST, LAST = 7, 19
"""Sessions start on the hour, from 7:00 to 19:00 on the wall, and are over by 20:00."""
LENGTH = timedelta(minutes=50)


@dataclass(frozen=True)
class Walker:
    """Who goes how."""

    title: str
    person: Person
    mode: Mode


WALKERS = (
    Walker("healthy, walks", Person(), Mode.WALK),
    Walker("healthy, runs", Person(), Mode.RUN),
    Walker("mild, walks", Person(Heat.MILD), Mode.WALK),
    Walker("strict, walks", Person(Heat.STRICT), Mode.WALK),
)


@dataclass
class Told:
    """How often each level, and by which hazards what is not go."""

    levels: Counter[Level]
    why: Counter[Hazard]

    def share(self, *levels: Level) -> float:
        return sum(self.levels[level] for level in levels) / self.levels.total()


def tell(climate: Climate, hours: Forecast, walker: Walker, *, every: int = 1) -> Told:
    """The daytime hours of every so-manyth day of the year, on an open path."""
    told = Told(Counter(), Counter())
    for outing, around in _outings(climate, hours, walker.mode, every):
        decision = judge(outing, walker.person, around)
        if decision.light.ok:
            told.levels[decision.level] += 1
            told.why.update(finding.hazard for finding in decision.findings if finding.level is not Level.GO)
    return told


def _outings(climate: Climate, hours: Forecast, mode: Mode, every: int) -> Iterator[tuple[Outing, Surroundings]]:
    for number in range(0, 365, every):
        day = date(YEAR, 1, 1) + timedelta(days=number)
        around = Surroundings(hours, climate.sun(day))
        for hour in range(FIRST, LAST + 1):
            start = datetime(day.year, day.month, day.day, hour, tzinfo=climate.zone).astimezone(UTC)
            yield Outing(start, start + LENGTH, mode, Exposure.OPEN), around


def main() -> None:
    """The table, as it stands in docs/decisions/0016-conditions.md."""
    print("| climate (generated hours) | who | modify | indoors | together | most often by |")
    print("|---|---|---|---|---|---|")
    for climate in climates():
        hours = year(climate)
        for walker in WALKERS:
            told = tell(climate, hours, walker)
            both = told.share(Level.MODIFY, Level.INDOORS, Level.UNKNOWN)
            over = climate.key in TEMPERATE and walker is WALKERS[0] and both > AT_MOST
            total = told.levels.total()
            why = ", ".join(f"{name} {count / total:.0%}" for name, count in told.why.most_common(3))
            print(
                f"| {climate.of['title']} | {walker.title} | {told.share(Level.MODIFY):.0%} | "
                f"{told.share(Level.INDOORS):.0%} | {both:.0%}{' TOO MUCH' * over} | {why} |",
                flush=True,
            )
