"""A short form of `make bench-conditions`: limits that speak up all the time are switched off."""

from functools import cache
from statistics import fmean

import pytest

from routes.domain.limits import Hazard, Level
from tests.bench.climate import YEAR, climates, year
from tests.bench.conditions import AT_MOST, TEMPERATE, WALKERS, tell

PLACES = {climate.key: climate for climate in climates()}
HEALTHY, _, MILD, _ = WALKERS


@cache
def hours_of(place):
    return year(PLACES[place])


@pytest.mark.parametrize("place", TEMPERATE)
def test_a_healthy_walker_in_a_temperate_climate_hears_nothing_in_three_of_four_hours(place):
    told = tell(PLACES[place], hours_of(place), HEALTHY, every=2)
    assert told.levels[Level.UNKNOWN] == 0 and told.levels.total() > 1900
    assert told.share(Level.MODIFY, Level.INDOORS) <= AT_MOST
    assert told.share(Level.INDOORS) <= 0.05


def test_mild_hears_no_more_than_everyone():
    mild, healthy = (tell(PLACES["phoenix"], hours_of("phoenix"), walker, every=30) for walker in (MILD, HEALTHY))
    assert mild == healthy


def test_a_hot_summer_and_a_hard_winter_are_heard():
    hot, cold = (tell(PLACES[place], hours_of(place), HEALTHY, every=10) for place in ("phoenix", "minneapolis"))
    assert hot.why.most_common(1)[0][0] is Hazard.HEAT and cold.why.most_common(1)[0][0] is Hazard.COLD
    assert hot.share(Level.MODIFY, Level.INDOORS) > AT_MOST


@pytest.mark.parametrize("place", ["london", "phoenix", "minneapolis"])
def test_the_generated_hours_keep_to_the_normals_they_are_made_from(place):
    for month in (1, 7):
        mean = fmean(h.temperature_c for h in hours_of(place).hours if (h.at.year, h.at.month) == (YEAR, month))
        normal = (PLACES[place].of["highs"][month - 1] + PLACES[place].of["lows"][month - 1]) / 2
        assert mean == pytest.approx(normal, abs=1.0)


def test_the_same_seed_makes_the_same_year():
    assert year(PLACES["london"]) == hours_of("london")
