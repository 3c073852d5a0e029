"""The table of limits, and a practice's own over it."""

import math

import pytest

from practice.models.modes import OUTDOOR, Mode
from routes.domain import limits
from routes.domain.condition_words import _WORDS
from routes.domain.conditions import judge
from routes.domain.limits import Basis, Hazard, Level, LimitProblem, Who, shipped
from tests.routes.test_conditions import STANDARD, around, found, outing, warm


def test_every_number_says_whose_it_is():
    rows = [*shipped().rows, *shipped().settings.values()]
    assert all(row.source.strip() for row in rows)
    assert {row.basis for row in rows} == set(Basis)


def test_every_hazard_has_limits_in_every_mode_and_words_for_each_level():
    for hazard in Hazard:
        if hazard is not Hazard.LIGHT:
            assert all(shipped().of(hazard, mode, {Who.EVERYONE}) for mode in OUTDOOR)
    assert all((row.hazard, row.level) in _WORDS for row in shipped().rows)


def test_the_defaults_can_be_set_to_themselves_and_lie_within_their_bounds():
    same = {row.key: row.at for row in shipped().rows if row.between}
    same |= {key: setting.at for key, setting in shipped().settings.items()}
    assert shipped().changed(same) == shipped().changed({}) == shipped()


def test_a_practice_has_its_own_and_it_says_so():
    own = shipped().changed({"heat_walk_modify": 85, "sun_partly": 5})
    finding = found(Hazard.HEAT, judge(outing(), STANDARD, around(warm(86), limits=own)))
    assert (finding.level, finding.limit, finding.basis) == (Level.MODIFY, 85, "ours")
    assert finding.source == "set by this practice" and own.number("sun_partly") == 5
    assert found(Hazard.HEAT, judge(outing(), STANDARD, around(warm(86)))).level is Level.GO


@pytest.mark.parametrize(
    ("own", "word"),
    [
        ({"heat_walk": 85}, "no limit of that name"),
        ({"heat_walk_modify": "85"}, "number"),
        ({"heat_walk_modify": None}, "number"),
        ({"heat_walk_modify": True}, "number"),
        ({"heat_walk_modify": math.nan}, "number"),
        ({"heat_walk_modify": math.inf}, "number"),
        ({"heat_walk_modify": 200}, "between 60.0 and 130.0 °F"),
        ({"sun_open": 16}, "between"),
        ({"thunder_indoors": 96}, "cannot be moved"),
        ({"freezing_rain_indoors": 66}, "cannot be moved"),
        ({"heat_walk_modify": 104}, "indoors before"),
        ({"heat_walk_indoors": 89}, "indoors before"),
        ({"visibility_modify": 50}, "indoors before"),
        ({"cold_walk_modify": -12}, "indoors before"),
    ],
)
def test_what_cannot_be_set_is_refused_in_words_by_its_name(own, word):
    with pytest.raises(LimitProblem) as told:
        shipped().changed(own)
    assert list(told.value.sentences) == list(own) and word in str(told.value)


def test_moving_two_together_is_looked_at_together():
    own = shipped().changed({"heat_walk_modify": 105, "heat_walk_indoors": 110})
    assert [row.at for row in own.of(Hazard.HEAT, Mode.WALK, {Who.EVERYONE})] == [105, 110]


def test_every_wrong_one_is_told():
    with pytest.raises(LimitProblem) as told:
        shipped().changed({"nothing": 1, "uv_modify": "x", "uv_indoors": 12})
    assert set(told.value.sentences) == {"nothing", "uv_modify"}


def test_the_level_of_not_knowing_is_that_of_having_to_change_something():
    assert [level.rank for level in (Level.GO, Level.UNKNOWN, Level.MODIFY, Level.INDOORS)] == [0, 1, 1, 2]
    assert limits.FILE.exists()
