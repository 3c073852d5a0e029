"""Readiness: one result, three renderings. Rows in, chips out; no database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from clients.domain.coverage import Coverage, State
from clients.domain.decision import Standing
from clients.models import Client, Decision
from practice.models import User
from routes.models import Route
from sessions.domain.grounds import Grounds
from sessions.domain.readiness import CONSENT_STEPS, Asked, judge
from tests.factories import LOOP

NOON = datetime(2026, 6, 4, 12, 0, tzinfo=UTC)
DAY = NOON.date()
ANNA = User(name="Anna Reiter")


def decided(*modes: str, until: date = DAY + timedelta(days=90)) -> Decision:
    return Decision(by=ANNA, at=NOON - timedelta(days=30), modes=list(modes), look_again_on=until)


def covered(state: State = State.COVERED, until: date | None = DAY + timedelta(days=90)) -> Coverage:
    return Coverage(state, until, f"consent {state}")


def person(
    name: str = "Ines Marlow",
    *,
    decision: Decision | None = None,
    coverage: Coverage | None = None,
    contact: bool = True,
    paused: bool = False,
) -> Grounds:
    made = decided("sit", "walk", "run") if decision is None else decision
    return Grounds(Client(name=name), Standing(made, "Anna", paused), coverage or covered(), contact)


def route(**fields: Any) -> Route:
    defaults = {"name": "Orchard loop", "line": LOOP, "light": Route.Light.OPEN, "look_again_on": DAY}
    defaults |= {"walked_on": DAY, "distance_m": 1000, "ascent_m": 5, "is_loop": True, "risk": Route.Risk.PASSED}
    return Route(**defaults | fields)


def asked(mode: str = "walk", *, at: datetime = NOON, path: Route | None = None, fallback: str = "room") -> Asked:
    return Asked(mode, at, at + timedelta(minutes=50), "Europe/London", path or route(), fallback, "Anna")


def test_all_is_well() -> None:
    found = judge(asked(), [person()])
    assert [chip.key for chip in found.chips] == ["decision", "consent", "contact", "route", "light", "fallback"]
    assert {chip.tone for chip in found.chips} == {"ok"}
    assert not found.refusals


NO_DECISION = Grounds(Client(name="Ines"), Standing(None, "Anna", False), covered(), True)


@pytest.mark.parametrize(
    ("grounds", "what", "key", "tone", "refuses"),
    [
        (NO_DECISION, asked(), "decision", "stop", True),
        (person(decision=decided("sit")), asked(), "decision", "stop", True),
        (person(paused=True), asked(), "decision", "stop", True),
        (person(decision=decided("walk", until=DAY - timedelta(days=9))), asked(), "decision", "look", False),
        (person(decision=decided("walk", until=DAY - timedelta(days=31))), asked(), "decision", "stop", True),
        (person(coverage=covered(State.NEVER, None)), asked(), "consent", "stop", True),
        (person(coverage=covered(State.TALK, None)), asked(), "consent", "stop", True),
        (person(coverage=covered(State.DECLINED, None)), asked(), "consent", "stop", True),
        (person(coverage=covered(State.WITHDRAWN, None)), asked(), "consent", "stop", True),
        (person(coverage=covered(State.BLOCKED, None)), asked(), "consent", "stop", True),
        (person(coverage=covered(State.RAN_OUT, DAY - timedelta(days=30))), asked(), "consent", "look", False),
        (person(coverage=covered(State.RAN_OUT, DAY - timedelta(days=31))), asked(), "consent", "stop", True),
        (person(contact=False), asked(), "contact", "stop", True),
        (person(), asked(path=route(closed_because="flood")), "route", "stop", True),
        (person(), asked(path=route(archived_at=NOON)), "route", "stop", True),
        (person(), asked(path=route(look_again_on=None)), "route", "look", False),
        (person(), asked(path=route(look_again_on=DAY - timedelta(days=1))), "route", "look", False),
        (person(), asked(path=route(look_again_on=DAY - timedelta(days=31))), "route", "stop", False),
        (person(), asked(path=route(look_again_because="a branch came down")), "route", "look", False),
        (person(), asked(path=route(risk=Route.Risk.MISSING)), "route", "stop", True),
        (person(), asked(path=route(risk=Route.Risk.FAILED)), "route", "stop", True),
        (person(), asked(path=route(risk=Route.Risk.WAITING)), "route", "stop", True),
        (person(), asked("sit", path=route(risk=Route.Risk.MISSING)), "route", "stop", True),
        (person(), asked(at=NOON.replace(hour=21)), "light", "look", False),
        (person(), asked(at=NOON.replace(hour=2)), "light", "look", False),
        (person(), asked(at=NOON.replace(hour=21), path=route(light=Route.Light.LIT)), "light", "note", False),
        (person(), asked(path=route(walked_on=None)), "route", "look", False),
        (person(), asked(path=route(permit_until=DAY)), "route", "ok", False),
        (person(), asked(path=route(permit_until=DAY - timedelta(days=1))), "route", "look", False),
        (person(), asked(path=route(distance_m=6600, ascent_m=20)), "length", "look", False),
        (person(), asked(fallback=""), "fallback", "stop", True),
    ],
)
def test_each_ground(grounds: Grounds, what: Asked, key: str, tone: str, refuses: bool) -> None:
    chip = next(chip for chip in judge(what, [grounds]).chips if chip.key == key)
    assert (chip.tone, chip.refuses) == (tone, refuses)


def test_every_state_that_is_not_covered_has_its_next_step() -> None:
    assert set(CONSENT_STEPS) == set(State) - {State.COVERED}
    assert all(step() for step in CONSENT_STEPS.values())


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"look_again_because": "a branch came down"}, "a branch came down"),
        ({"look_again_because": "works", "look_again_on": DAY - timedelta(days=10)}, "works. 20 days of grace."),
        ({"look_again_on": DAY - timedelta(days=31)}, "Its days of grace are over."),
        ({"permit_until": date(2026, 1, 1)}, "It was given until 1 Jan 2026. Ask for it again."),
        ({"closed_because": "marathon", "risk": Route.Risk.MISSING}, "marathon"),
    ],
)
def test_a_route_says_why(fields: dict[str, Any], reason: str) -> None:
    assert next(
        chip.reason for chip in judge(asked(path=route(**fields)), [person()]).chips if chip.key == "route"
    ) == (reason)


@pytest.mark.parametrize("risk", [risk for risk in Route.Risk if risk != Route.Risk.PASSED])
def test_the_desk_reads_what_the_route_lacks_for_a_route_is_about_nobody(risk: Route.Risk) -> None:
    found = judge(asked(path=route(risk=risk)), [person()])
    chip = next(chip for chip in found.for_desk() if chip.refuses)
    assert chip.text.startswith("Orchard loop") and chip.reason
    assert [chip.text for chip in found.for_client()] == ["Let's talk first"]


@pytest.mark.parametrize("mode", ["indoor", "online"])
def test_indoors_nothing_is_asked_for(mode: str) -> None:
    assert not judge(asked(mode), [NO_DECISION]).chips


@pytest.mark.parametrize("mode", ["indoor", "online"])
@pytest.mark.parametrize("state", [State.DECLINED, State.WITHDRAWN])
def test_indoors_a_no_is_heard(mode: str, state: State) -> None:
    found = judge(asked(mode), [person(coverage=covered(state, None)), person("Dan Abel")])
    assert [(chip.key, chip.tone, chip.refuses) for chip in found.chips] == [("consent", "stop", True)]
    assert [chip.text for chip in found.for_desk()] == ["Not yet, ask Anna"]


def test_the_desk_learns_no_reason() -> None:
    lacking = person(paused=True, coverage=covered(State.WITHDRAWN, None), contact=False)
    seen = judge(asked(), [lacking]).for_desk()
    assert [chip.text for chip in seen if chip.key not in ("route", "light", "fallback")] == ["Not yet, ask Anna"]
    assert not any(word in str(seen) for word in ("onsent", "uicide", "ecision", "mergency"))


def test_the_desk_does_not_even_see_that_something_ran_out() -> None:
    lapsed = person(decision=decided("walk", until=DAY - timedelta(days=9)))
    assert {chip.tone for chip in judge(asked(), [lapsed]).for_desk()} == {"ok"}


@pytest.mark.parametrize("days", [0, 30, 31])
def test_readiness_and_the_decision_agree_before_and_after_the_grace(days: int) -> None:
    lapsed = person(decision=decided("walk", until=DAY - timedelta(days=days)))
    found = judge(asked(), [lapsed])
    assert bool(found.refusals) is not lapsed.standing.permits("walk", DAY).open
    assert ("Not yet, ask Anna" in [chip.text for chip in found.for_desk()]) is bool(found.refusals)


def test_the_client_reads_lets_talk_first() -> None:
    assert [chip.text for chip in judge(asked(), [person(paused=True)]).for_client()] == ["Let's talk first"]
    assert [chip.key for chip in judge(asked(), [person()]).for_client()] == ["light"]


def test_of_two_the_one_who_is_not_ready_is_named() -> None:
    lapsed = person("Dan Abel", coverage=covered(State.RAN_OUT, DAY - timedelta(days=21)))
    chips = judge(asked(), [person("Ruth Abel"), lapsed]).chips
    assert next(chip.text for chip in chips if chip.key == "consent").startswith("Dan: ")
    assert next(chip.text for chip in chips if chip.key == "decision") == "Walking agreed, both"
