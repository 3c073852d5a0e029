"""A chosen route that meets a limit of the decision: a look for clinicians, never a refusal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.domain.coverage import Coverage, State
from clients.domain.decision import Standing
from clients.domain.facts import Limit
from clients.models import Client, Decision
from practice.models import User
from routes.domain.matching import Wish, fit
from routes.models import Route
from sessions.domain.chip import Chip
from sessions.domain.grounds import Grounds
from sessions.domain.readiness import Asked, Readiness, judge
from sessions.domain.route_limits import left_to_think_of, narrowed
from tests.routes.paths import DAY, NOON, hazard, path
from tests.routes.test_matching import asked as wishes
from tests.routes.test_matching import routes

ANNA = User(name="Anna Reiter")
POND = hazard("water", "Open water, no rail.")


def person(*limits: str, name: str = "Ines Marlow") -> Grounds:
    until = DAY + timedelta(days=90)
    modes = ["sit", "walk", "run"]
    made = Decision(by=ANNA, at=NOON, modes=modes, limits=list(limits), look_again_on=until)
    return Grounds(Client(name=name), Standing(made, "Anna", False), Coverage(State.COVERED, until, "consent"), True)


def judged(route: Route, *people: Grounds, **fields: Any) -> Readiness:
    what = Asked("walk", NOON, NOON + timedelta(minutes=50), "Europe/London", route, "room", "Anna")
    return judge(replace(what, **fields), people)


def chips(found: Readiness) -> list[Chip]:
    return [chip for chip in found.chips if chip.key == "limits"]


@pytest.mark.parametrize(
    ("limit", "route", "said"),
    [
        (Limit.NO_WATER_EDGE, path(hazards=[POND]), "Water edge: Open water, no rail."),
        (Limit.NO_WATER_EDGE, path(hazards=[hazard("tide")]), "Tide or flooding: Look out."),
        (Limit.NO_HEIGHTS, path(hazards=[hazard("drop")]), "Drop or cliff: Look out."),
        (Limit.NO_HEIGHTS, path(hazards=[hazard("bridge")]), "Bridge: Look out."),
        (Limit.NO_HEIGHTS, path(hazards=[hazard("rail")]), "Railway: Look out."),
        (Limit.NO_HEIGHTS, path(hazards=[hazard("fast_road")]), "Fast road: Look out."),
        (Limit.NO_HILLS, path(steepest_pct=8), "Up to 8 % steep."),
        (Limit.EVEN_GROUND, path(hazards=[hazard("surface")]), "Uneven or slippery ground: Look out."),
        (Limit.EVEN_GROUND, path(surface="earth"), "Underfoot: earth path."),
        (Limit.REST_POINTS, path(rest_every_m=900), "Up to 14 minutes from one bench to the next."),
        (Limit.SHORT, path(distance_m=2000), "The whole takes about 33 minutes with stops to talk; there are 20."),
        (Limit.QUIET, path(overheard="high"), "One is likely to be overheard."),
    ],
)
def test_each_limit(limit: Limit, route: Route, said: str) -> None:
    [chip] = chips(judged(route, person(limit)))
    assert (chip.tone, chip.refuses, chip.is_personal) == ("look", False, True)
    assert chip.text == f"The route meets a limit: {limit.label}" and chip.reason == said


def test_in_daylight_lamps_do_not_count() -> None:
    late = NOON.replace(month=12, hour=17)
    fields = {"starts_at": late, "ends_at": late + timedelta(minutes=50)}
    lit = path(light="lit")
    assert [chip.text for chip in chips(judged(lit, person("daylight"), **fields))] == [
        "The route meets a limit: In daylight"
    ]
    assert not chips(judged(lit, person("no_hills"), **fields))


def test_what_is_not_known_is_a_note() -> None:
    [chip] = chips(judged(path(points=[("exit", 4)]), person("toilets")))
    assert (chip.tone, chip.text) == ("note", "To think of on this route: Toilets on the way")
    assert chip.reason == "No toilet is written down."


@pytest.mark.parametrize("limits", [[], ["no_water_edge"], ["carries_sugar"], ["an_older_name"]])
def test_no_chip_where_nothing_is_met(limits: list[str]) -> None:
    assert not chips(judged(path(), person(*limits)))


def test_the_desk_and_the_client_see_nothing_of_it() -> None:
    found = judged(path(hazards=[POND]), person("no_water_edge"))
    assert found.needs_a_look and not found.refusals
    for shown in (found.for_desk(), found.for_client()):
        assert not [chip for chip in shown if chip.key == "limits" or "imit" in chip.text or "ater" in chip.reason]


def test_of_two_the_one_it_is_about_is_named() -> None:
    found = judged(path(hazards=[POND]), person("no_water_edge"), person(name="Theo Park"))
    assert [chip.text for chip in chips(found)] == ["Ines: The route meets a limit: No water's edge"]


def test_what_no_record_of_a_route_answers_is_left_to_the_therapist() -> None:
    assert left_to_think_of(Limit.values) == [
        "Very sensitive to heat",
        "Sensitive to heat: water, shade, ask",
        "Carries a reliever inhaler",
        "Carries two injectors, in date",
        "Sugar in the pocket, for both",
        "Changing places and times; no open meeting point",
        "No distances shown to the client",
        "No running as homework",
    ]


limits = st.frozensets(st.sampled_from(Limit.values))


@settings(max_examples=200, deadline=None)
@given(routes, st.builds(Wish, **wishes), limits, limits)
def test_a_further_limit_never_makes_more_routes_fit(
    route: Route, wish: Wish, some: frozenset[str], more: frozenset[str]
) -> None:
    before, after = fit(route, narrowed(wish, some)), fit(route, narrowed(wish, some | more))
    if not after.against:
        assert not before.against
    if not after.against and not after.cautions:
        assert not before.cautions
