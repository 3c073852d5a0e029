"""The kind of ground of a path: what its record says, and that nothing unknown makes it gentle or steep."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from routes.domain.ground import Ground, kind_of_ground
from routes.models import Hazard, Route

DAY = date(2027, 3, 4)


def kind(*hazards, **fields):
    return kind_of_ground(Route(**{"surface": "paved"} | fields), hazards, DAY)


@pytest.mark.parametrize(
    ("surface", "ground"),
    [("paved", "easy"), ("firm", "easy"), ("grass", "easy"), ("earth", "rough"), ("mixed", "rough")],
)
def test_underfoot_decides(surface, ground):
    assert kind(surface=surface) == ground


@pytest.mark.parametrize(
    ("of_file", "on_the_spot", "ground"),
    [
        (None, None, "easy"),
        (Decimal("8.3"), None, "easy"),
        (Decimal("8.4"), None, "rough"),
        (Decimal("8.33"), None, "easy"),
        (Decimal("35.0"), Decimal("4.0"), "easy"),
        (Decimal("1.0"), Decimal("9.0"), "rough"),
    ],
)
def test_steeper_than_one_in_twelve_is_rough(of_file, on_the_spot, ground):
    assert kind(max_grade_pct=of_file, steepest_pct=on_the_spot) == ground


@pytest.mark.parametrize("edge", ["water", "drop", "rail", "fast_road"])
def test_an_edge_is_rough_while_it_is_there(edge):
    assert kind(Hazard(kind=edge)) == kind(Hazard(kind=edge, state="eased")) == Ground.ROUGH
    assert kind(Hazard(kind=edge, until=DAY)) == Ground.ROUGH
    assert (
        kind(Hazard(kind=edge, until=DAY - timedelta(days=1))) == kind(Hazard(kind=edge, state="gone")) == Ground.EASY
    )


def test_everyday_hazards_are_not():
    assert kind(Hazard(kind="dogs"), Hazard(kind="road"), Hazard(kind="cycles")) == Ground.EASY
