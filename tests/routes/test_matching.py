"""Which routes fit an outing: rows in, words out. No database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routes.domain.matching import Need, Wish, fit, goes_round, needed
from routes.models import Hazard, Route
from tests.routes.paths import DAY, NOON, hazard, path

WALK = Wish(mode="walk", starts_at=NOON, minutes=50, zone="Europe/London")
DARK = datetime(2026, 12, 3, 17, 0, tzinfo=UTC)
OUT_AND_BACK = [[51.50 + n * 0.001, -0.15 + (n % 3) * 0.0004, None] for n in range(12)]
THERE_AND_BACK = OUT_AND_BACK + OUT_AND_BACK[-2::-1]


def wish(*needs: Need, **fields: Any) -> Wish:
    return replace(WALK, needs=frozenset(needs), **fields)


def test_nothing_speaks_against_a_path_of_which_everything_is_known() -> None:
    everything = wish(*Need, avoid=frozenset(Hazard.Kind.values), character="garden")
    found = fit(path(), everything)
    assert found.against == () and found.cautions == ()


@pytest.mark.parametrize(
    ("route", "asked", "said"),
    [
        (path(archived_at=NOON), WALK, "No longer used."),
        (path(closed_because="marathon", closed_from=DAY, closed_until=DAY), WALK, "Closed: marathon"),
        (path(risk=Route.Risk.MISSING), WALK, "Nobody has assessed it yet."),
        (path(risk=Route.Risk.FAILED), WALK, "It did not pass its assessment."),
        (path(), wish(starts_at=DARK), "Into the dark: light until 16:33."),
        (path(), wish(starts_at=datetime(2026, 12, 3, 6, 0, tzinfo=UTC)), "Before dawn: light from 07:07."),
        (path(light="lit"), wish(Need.DAYLIGHT, starts_at=DARK), "Into the dark: light until 16:33."),
        (path(distance_m=3100), WALK, "The whole takes about 51 minutes with stops to talk; there are 50."),
        (path(distance_m=6300), replace(WALK, mode="run"),
         "The whole takes about 52 minutes with stops to talk; there are 50."),
        (path(distance_m=1300), wish(Need.SHORT), "The whole takes about 22 minutes with stops to talk; there are 20."),
        (path(), wish(character="woodland"), "Not what was wished for: woodland."),
        (path(hazards=[hazard("rail", "Line 3.")]), wish(avoid=frozenset({"rail"})), "Railway: Line 3."),
        (path(hazards=[hazard("rail", state="eased")]), wish(avoid=frozenset({"rail"})), "Railway: Look out."),
        (path(hazards=[hazard("rail", until=DAY)]), wish(avoid=frozenset({"rail"})), "Railway: Look out."),
        (path(steepest_pct=6), wish(Need.FLAT), "Up to 6 % steep."),
        (path(steepest_pct=None, max_grade_pct=7), wish(Need.FLAT), "Up to 7 % steep."),
        (path(steepest_pct=6), wish(Need.EVEN), "Up to 6 % steep."),
        (path(surface="grass"), wish(Need.EVEN), "Underfoot: grass."),
        (path(obstacle_cm=6), wish(Need.EVEN), "Steps or roots of 6 cm."),
        (path(rest_every_m=800), wish(Need.BENCHES), "Up to 12 minutes from one bench to the next."),
        (path(rest_every_m=None, points=[("bench", 3)]), wish(Need.BENCHES),
         "Up to 12 minutes from one bench to the next."),
        (path(footfall_afternoon="busy"), wish(Need.QUIET), "Busy at that time of day."),
        (path(overheard="high"), wish(Need.QUIET), "One is likely to be overheard."),
        (path(is_loop=False), wish(Need.FIRST), "For a first time outside: not a loop."),
        (path(line=THERE_AND_BACK), wish(Need.FIRST), "For a first time outside: not a loop."),
        (path(points=[("exit", 6)]), wish(Need.FIRST),
         "For a first time outside: up to 9 minutes from one exit to the next."),
        (path(distance_m=2100), wish(Need.FIRST), "For a first time outside: up to 16 minutes from the start."),
    ],
)  # fmt: skip
def test_each_reason_against(route: Route, asked: Wish, said: str) -> None:
    assert said in fit(route, asked).against


@pytest.mark.parametrize(
    ("route", "asked", "said"),
    [
        (path(risk=Route.Risk.WAITING), WALK, "Its assessment waits for approval."),
        (path(look_again_on=None), WALK, "No day is set to look at it again."),
        (path(look_again_on=DAY - timedelta(days=1)), WALK, "To be looked at again since 3 Jun 2026."),
        (path(light="lit"), wish(starts_at=DARK), "In the dark, on a lit path."),
        (path(character=[]), wish(character="garden"), "What it is like there is not written down."),
        (path(character=["water"]), wish(avoid=frozenset({"water"})),
         "It is said to be by the water, and no hazard of that kind is written down."),
        (path(steepest_pct=None, max_grade_pct=None), wish(Need.FLAT), "How steep it is, nobody has measured."),
        (path(steepest_pct=None), wish(Need.EVEN), "Its slopes are an estimate, nobody has measured them."),
        (path(surface="mixed"), wish(Need.EVEN), "Underfoot it is mixed."),
        (path(surface=""), wish(Need.EVEN), "Underfoot: not written down yet."),
        (path(obstacle_cm=None), wish(Need.EVEN), "Steps and roots, nobody has measured."),
        (path(rest_every_m=None), wish(Need.BENCHES), "No benches are written down."),
        (path(rest_every_m=None, points=[("bench", None)]), wish(Need.BENCHES),
         "How far apart the benches are, is not written down."),
        (path(points=[("exit", 5)]), wish(Need.TOILETS), "No toilet is written down."),
        (path(footfall_afternoon=""), wish(Need.QUIET), "How busy it is at that time of day, is not written down."),
        (path(overheard=""), wish(Need.QUIET), "Whether one is overheard there, is not written down."),
        (path(points=[("exit", None)]), wish(Need.FIRST), "For a first time outside: no exits are written down."),
    ],
)  # fmt: skip
def test_what_nobody_wrote_down_is_a_caution(route: Route, asked: Wish, said: str) -> None:
    found = fit(route, asked)
    assert found.cautions == (said,) and not found.against


@pytest.mark.parametrize(
    ("route", "asked"),
    [
        (path(hazards=[hazard("water", state="gone")]), wish(avoid=frozenset({"water"}))),
        (path(hazards=[hazard("water", until=DAY - timedelta(days=1))]), wish(avoid=frozenset({"water"}))),
        (path(hazards=[hazard("water")]), wish(avoid=frozenset({"rail"}))),
        (path(distance_m=9000, is_loop=False), WALK),
        (path(distance_m=9000, line=THERE_AND_BACK), WALK),
        (path(distance_m=9000), replace(WALK, mode="sit")),
        (path(is_loop=False), wish(Need.FIRST, mode="sit")),
        (path(closed_because="marathon", closed_from=DAY + timedelta(days=1)), WALK),
        (path(look_again_on=DAY), WALK),
        (path(footfall_morning="busy", footfall_evening="busy"), wish(Need.QUIET)),
        (path(steepest_pct=5, max_grade_pct=9), wish(Need.FLAT)),
    ],
)
def test_what_does_not_count(route: Route, asked: Wish) -> None:
    found = fit(route, asked)
    assert found.against == () and found.cautions == ()


def test_every_part_of_the_day_that_is_touched_counts() -> None:
    late = wish(Need.QUIET, starts_at=NOON + timedelta(hours=3, minutes=30))
    assert fit(path(footfall_evening="busy"), late).against == ("Busy at that time of day.",)
    ends_at_five = wish(Need.QUIET, starts_at=NOON + timedelta(hours=3, minutes=10))
    assert fit(path(footfall_evening="busy"), ends_at_five).against == ()


def test_the_day_is_that_of_the_place() -> None:
    """Half past one in London in summer is the day before in UTC."""
    route = path(light="lit", closed_because="marathon", closed_from=DAY, closed_until=DAY)
    night = wish(starts_at=datetime(2026, 6, 3, 23, 30, tzinfo=UTC))
    assert "Closed: marathon" in fit(route, night).against


def test_a_loop_goes_round_and_a_path_there_and_back_does_not() -> None:
    assert goes_round(path())
    assert not goes_round(path(line=THERE_AND_BACK))
    assert not goes_round(path(is_loop=False))


def test_the_stops_to_talk_are_counted() -> None:
    assert (needed(path(distance_m=2000), "walk"), needed(path(distance_m=2000), "sit")) == (33, 0)


SOME = st.sampled_from
routes = st.builds(
    path,
    distance_m=st.integers(200, 9000),
    is_loop=st.booleans(),
    steepest_pct=SOME([None, 2, 8]),
    max_grade_pct=SOME([None, 3, 9]),
    surface=SOME(Route.Surface.values),
    obstacle_cm=SOME([None, 0, 9]),
    rest_every_m=SOME([None, 200, 900]),
    light=SOME(Route.Light.values),
    footfall_morning=SOME(["", "quiet", "busy"]),
    footfall_evening=SOME(["", "quiet", "busy"]),
    overheard=SOME(["", "low", "high"]),
    character=st.lists(SOME(Route.Character.values), max_size=2),
    points=st.lists(st.tuples(SOME(["exit", "bench", "toilet"]), SOME([None, 3, 9, 30])), min_size=1, max_size=4),
    hazards=st.lists(st.builds(hazard, SOME(Hazard.Kind.values), state=SOME(Hazard.State.values)), max_size=3),
)  # fmt: skip
asked = {
    "mode": SOME(["sit", "walk", "run"]),
    "starts_at": st.integers(0, 23).map(lambda hour: NOON.replace(hour=hour)),
    "minutes": SOME([25, 50, 90]),
    "zone": st.just("Europe/London"),
    "character": SOME(["", "water"]),
}
kinds, wants = st.frozensets(SOME(Hazard.Kind.values)), st.frozensets(SOME(list(Need)))


@settings(max_examples=300, deadline=None)
@given(routes, st.builds(Wish, **asked, avoid=kinds, needs=wants), kinds, wants)
def test_asking_for_more_never_makes_a_route_fit(
    route: Route, before: Wish, avoid: frozenset[str], needs: frozenset[Need]
) -> None:
    after = replace(before, avoid=before.avoid | avoid, needs=before.needs | needs)
    was, became = fit(route, before), fit(route, after)
    if not became.against:
        assert not was.against
    if not became.against and not became.cautions:
        assert not was.against and not was.cautions
