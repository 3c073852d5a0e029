"""Begun, kept, signed, approved: what a risk assessment does to its route."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from practice.models import AuditEntry, Practice, User
from routes.domain import assessing, assessment_gaps, record, risk
from routes.domain.assessing import LAST, NOTHING
from routes.domain.risk import Line
from routes.models import AssessmentApproval, Hazard, RiskAssessment, Route
from tests import factories

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
DAY = NOW.date()
WHOLE = Line("water", "Open water, no rail.", "client", 2, 5, "Walk on the land side.", 1, 5)
SOUND: dict[str, Any] = {
    "defibrillator": "At the café",
    "emergency_department": "St Mary's",
    "emergency_minutes": 8,
    "signal_found": Route.Signal.GOOD,
    "risk": Route.Risk.MISSING,
    "walked_on": None,
    "walked_by": None,
    "look_again_on": date(2026, 5, 1),
    "look_again_because": "a branch came down",
}


@pytest.fixture
def orchard(anna: User) -> Route:
    return factories.route(anna, **SOUND)


def drafted(route: Route, by: User, *told: Line, template: str = NOTHING, **said: Any) -> RiskAssessment:
    draft = assessing.begin(route, template, by=by, now=NOW)
    days = {"walked_on": DAY - timedelta(days=1), "review_on": DAY + timedelta(days=300)}
    return assessing.save(draft, told or (WHOLE,), by=by, **days | said)


def signed(route: Route, by: User, *told: Line, **said: Any) -> RiskAssessment:
    made = assessing.sign(drafted(route, by, *told, **said), by=by, now=NOW)
    route.refresh_from_db()
    return made


@pytest.fixture
def second_person(practice: Practice) -> None:
    practice.routes_need_approval = True
    practice.save(update_fields=["routes_need_approval"])


# --------------------------------------------------------------------------------------------------------- beginning


def test_the_hazards_of_the_record_come_first_with_what_the_template_suggests(orchard: Route, anna: User) -> None:
    for kind, words, more in (
        ("dogs", "Dogs from the kennel.", {}),
        ("livestock", "Cows in June.", {}),
        ("water", "A flood that is over.", {"until": DAY - timedelta(days=1)}),
        ("ice", "Shady corner.", {"state": Hazard.State.GONE}),
    ):
        Hazard.objects.create(route=orchard, kind=kind, words=words, **more)
    told = risk.lines(assessing.begin(orchard, "city_park_loop", by=anna, now=NOW).rows)
    assert [line.words for line in told[:2]] == ["Dogs from the kennel.", "Cows in June."]
    assert told[0].control and told[0].after, "suggested for its kind"
    assert (told[1].control, told[1].before) == ("", None), "nothing is suggested for cows"
    kinds = [line.kind for line in told[2:]]
    assert kinds == ["surface", "cycles", "water", "road", "crowd", "trees", "other"]


def test_two_hazards_of_a_kind_both_take_the_suggestion_and_others_are_never_merged(orchard: Route, anna: User) -> None:
    for kind, words in (("dogs", "Here."), ("dogs", "There."), ("other", "Bees.")):
        Hazard.objects.create(route=orchard, kind=kind, words=words)
    told = risk.lines(assessing.begin(orchard, "laps_of_a_field", by=anna, now=NOW).rows)
    assert [line.words for line in told[:3]] == ["Here.", "There.", "Bees."]
    assert told[0].control == told[1].control != "" and told[2].control == ""
    assert sum(line.kind == "dogs" for line in told) == 2 and sum(line.kind == "other" for line in told) == 3


def test_beginning_twice_goes_on_with_the_same_draft(orchard: Route, anna: User, ben: User) -> None:
    first = assessing.begin(orchard, "your_block", by=anna)
    assert assessing.begin(orchard, "woodland_path", by=ben) == first
    assert (first.version, first.template, first.assessed_by) == (1, "your_block", anna)


def test_it_can_begin_from_the_last_version(orchard: Route, anna: User) -> None:
    signed(orchard, anna, season="winter", group_limit=4)
    Hazard.objects.create(route=orchard, kind="water", words="Open water, no rail.")
    Hazard.objects.create(route=orchard, kind="ice", words="By the north wall.")
    again = assessing.begin(orchard, LAST, by=anna, now=NOW)
    assert (again.version, again.season, again.group_limit, again.walked_on) == (2, "winter", 4, None)
    assert [line.words for line in risk.lines(again.rows)] == ["Open water, no rail.", "By the north wall."]
    assert risk.lines(again.rows)[0] == WHOLE


def test_an_unknown_template_is_refused(orchard: Route, anna: User) -> None:
    with pytest.raises(KeyError):
        assessing.begin(orchard, "../demo/1-inner-circle", by=anna)


def test_a_draft_is_thrown_away_and_its_number_is_free_again(orchard: Route, anna: User) -> None:
    draft = drafted(orchard, anna)
    assessing.throw_away(draft)
    assert not orchard.assessments.exists()
    for act in (lambda: assessing.save(draft, [], by=anna), lambda: assessing.throw_away(draft)):
        with pytest.raises(assessing.NotADraft):
            act()
    with pytest.raises(assessing.NotADraft):
        assessing.sign(draft, by=anna, now=NOW)
    assert assessing.begin(orchard, NOTHING, by=anna).version == 1


# ----------------------------------------------------------------------------------------------------------- signing


def test_signing_passes_the_route_and_answers_why_it_was_to_be_looked_at(orchard: Route, anna: User, ben: User) -> None:
    draft = drafted(orchard, ben)
    made = assessing.sign(draft, by=anna, now=NOW)
    orchard.refresh_from_db()
    assert (made.assessed_by, made.signed_at, made.failures) == (anna, NOW, []), "whoever signs stands for it"
    assert (orchard.risk, orchard.look_again_on, orchard.look_again_because) == ("passed", made.review_on, "")
    assert (orchard.walked_on, orchard.walked_by) == (DAY - timedelta(days=1), anna)
    assert (made.approval.by, made.approval.is_own) == (anna, True)
    assert assessing.sign(draft, by=ben, now=NOW) == made, "twice is once"
    assert AuditEntry.objects.filter(body__contains='"route.assessed"').count() == 1
    assert [event.risk for event in orchard.events.order_by("pgh_id")] == ["missing", "passed"]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"words": ""}, "words"),
        ({"likelihood": None}, "likelihood"),
        ({"severity": None}, "severity"),
        ({"control": ""}, "control"),
        ({"likelihood_after": None}, "likelihood_after"),
        ({"severity_after": None}, "severity_after"),
        ({"likelihood_after": 3}, "severity_after"),
    ],
)
def test_a_line_that_is_not_whole_is_not_signed(orchard: Route, anna: User, line: dict[str, Any], field: str) -> None:
    with pytest.raises(assessing.NotWhole) as whole:
        signed(orchard, anna, WHOLE, replace(WHOLE, **line))
    assert [(gap.line, gap.field) for gap in whole.value.gaps] == [(1, field)]
    orchard.refresh_from_db()
    assert orchard.risk == "missing" and assessing.draft_of(orchard)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"walked_on": None}, "walked_on"),
        ({"walked_on": DAY + timedelta(days=1)}, "walked_on"),
        ({"review_on": None}, "review_on"),
        ({"review_on": DAY}, "review_on"),
        ({"walked_on": DAY - timedelta(days=3), "review_on": DAY - timedelta(days=1)}, "review_on"),
    ],
)
def test_the_days_have_to_be_there_and_to_fit(orchard: Route, anna: User, said: dict[str, Any], field: str) -> None:
    with pytest.raises(assessing.NotWhole) as whole:
        signed(orchard, anna, **said)
    assert [gap.field for gap in whole.value.gaps] == [field]


def test_without_any_hazard_nothing_is_signed(orchard: Route, anna: User) -> None:
    draft = drafted(orchard, anna)
    draft = assessing.save(draft, [], by=anna)
    with pytest.raises(assessing.NotWhole, match="at least one hazard"):
        assessing.sign(draft, by=anna, now=NOW)


def test_more_than_a_year_after_it_was_walked_is_a_gap_before_the_database_says_no() -> None:
    made = RiskAssessment(walked_on=DAY, review_on=DAY + timedelta(days=367), rows=risk.kept([WHOLE]))
    assert [gap.field for gap in assessment_gaps.of(made, route=Route(), hazards=[], today=DAY)] == ["review_on"]
    made.review_on = DAY + timedelta(days=366)
    assert assessment_gaps.of(made, route=Route(), hazards=[], today=DAY) == []


def test_what_a_colleague_wrote_meanwhile_is_not_signed_nor_written_away(orchard: Route, anna: User) -> None:
    read = drafted(orchard, anna)
    newer = assessing.save(read, [WHOLE, replace(WHOLE, kind="drop")], by=anna)
    for act in (lambda: assessing.sign(read, by=anna, now=NOW), lambda: assessing.save(read, [WHOLE], by=anna)):
        with pytest.raises(assessing.Changed):
            act()
    assert assessing.draft_of(orchard).rows == newer.rows  # type: ignore[union-attr]


def test_a_walk_from_before_an_incident_does_not_answer_it(orchard: Route, anna: User) -> None:
    draft = drafted(orchard, anna, walked_on=DAY - timedelta(days=1))
    record.ask_again(orchard, because="A fall.", today=DAY)
    with pytest.raises(assessing.NotWhole, match="Walk it once more") as whole:
        assessing.sign(draft, by=anna, now=NOW)
    assert [gap.field for gap in whole.value.gaps] == ["walked_on"]
    orchard.refresh_from_db()
    assert (orchard.risk, orchard.look_again_because) == ("missing", "A fall.")
    signed(orchard, anna, walked_on=DAY)
    assert (orchard.risk, orchard.look_again_because) == ("passed", "")


def test_a_hazard_of_the_record_without_a_line_is_not_signed_away(orchard: Route, anna: User) -> None:
    draft = drafted(orchard, anna)
    for kind, words, more in (
        ("water", "Open water.", {}),
        ("water", "A weir.", {}),
        ("drop", "The edge gave way.", {}),
        ("ice", "Shady corner.", {"state": Hazard.State.GONE}),
        ("tide", "Spring tide.", {"until": DAY - timedelta(days=1)}),
    ):
        Hazard.objects.create(route=orchard, kind=kind, words=words, **more)
    with pytest.raises(assessing.NotWhole) as whole:
        assessing.sign(draft, by=anna, now=NOW)
    said = [gap.words for gap in whole.value.gaps]
    assert len(said) == 2 and "A weir." in said[0] and "The edge gave way." in said[1], "other words, same hazard"
    orchard.refresh_from_db()
    assert orchard.risk == "missing"
    signed(orchard, anna, WHOLE, WHOLE, replace(WHOLE, kind="drop"))
    assert orchard.risk == "passed"


def test_the_day_is_the_one_at_the_route(anna: User) -> None:
    kiritimati = factories.route(anna, **SOUND | {"time_zone": "Pacific/Kiritimati"})
    late = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
    assert assessing.day_at(kiritimati, late) == date(2026, 5, 5)
    draft = drafted(kiritimati, anna, walked_on=date(2026, 5, 5))
    assert assessing.sign(draft, by=anna, now=late).signed_at


@pytest.mark.parametrize(
    ("record", "line", "failed"),
    [
        ({}, WHOLE, []),
        ({}, replace(WHOLE, likelihood=5, likelihood_after=4, severity_after=4), ["residual"]),
        ({}, replace(WHOLE, likelihood=5, likelihood_after=3, severity_after=5), []),
        ({"signal_found": ""}, WHOLE, ["signal"]),
        ({"signal_found": "none"}, WHOLE, ["signal"]),
        ({"signal_found": "patchy"}, WHOLE, []),
        ({"signal_found": "none", "signal_instead": "the ranger's telephone"}, WHOLE, []),
        ({"defibrillator": ""}, WHOLE, ["emergency"]),
        ({"emergency_department": ""}, WHOLE, ["emergency"]),
        ({"emergency_minutes": None}, WHOLE, ["emergency"]),
        ({"emergency_minutes": None, "signal_found": ""}, WHOLE, ["signal", "emergency"]),
    ],
)
def test_what_fails(anna: User, record: dict[str, Any], line: Line, failed: list[str]) -> None:
    route = factories.route(anna, **SOUND | record)
    made = signed(route, anna, line)
    assert made.failures == failed and route.risk == ("failed" if failed else "passed")
    assert AssessmentApproval.objects.exists() is not bool(failed), "nobody stands by what failed"


def test_what_the_record_said_then_is_kept(orchard: Route, anna: User) -> None:
    Route.objects.filter(pk=orchard.pk).update(gate_codes="4417", signal_tried_on=DAY)
    made = signed(orchard, anna)
    Route.objects.filter(pk=orchard.pk).update(gate_codes="9999", name="Renamed")
    kept = RiskAssessment.objects.get(pk=made.pk).emergency
    assert (kept["gate_codes"], kept["name"], kept["signal_tried_on"]) == ("4417", "Orchard loop", DAY.isoformat())


def test_the_newest_signed_version_counts_and_a_draft_does_not(orchard: Route, anna: User) -> None:
    first = signed(orchard, anna)
    Route.objects.filter(pk=orchard.pk).update(defibrillator="")
    second = signed(orchard, anna, template=LAST)
    assert (first.version, second.version, orchard.risk) == (1, 2, "failed")
    drafted(orchard, anna)
    orchard.refresh_from_db()
    assert orchard.risk == "failed" and assessing.newest(orchard) == second


def test_what_is_signed_stands_even_for_the_domain(orchard: Route, anna: User) -> None:
    made = signed(orchard, anna)
    with pytest.raises(assessing.NotADraft):
        assessing.save(made, [], by=anna)
    for change in (made.delete, lambda: RiskAssessment.objects.filter(pk=made.pk).update(rows=[])):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        AssessmentApproval.objects.filter(assessment=made).update(is_own=False)


# --------------------------------------------------------------------------------------------------------- approving


def test_a_second_person_lets_it_pass(second_person: None, orchard: Route, anna: User, ben: User) -> None:
    made = signed(orchard, anna)
    assert (orchard.risk, made.needs_approval) == ("waiting", True) and assessing.approval_of(made) is None
    with pytest.raises(assessing.CannotApprove, match="somebody else"):
        assessing.approve(made, by=anna)
    approval = assessing.approve(made, by=ben, words="Walked it too.")
    orchard.refresh_from_db()
    assert (orchard.risk, approval.by, approval.is_own, approval.words) == ("passed", ben, False, "Walked it too.")
    assert assessing.approve(made, by=ben) == approval, "twice is once"
    assert [event.risk for event in orchard.events.order_by("pgh_id")] == ["missing", "waiting", "passed"]


def test_whoever_wrote_in_the_draft_does_not_approve_it_when_a_colleague_signs(
    second_person: None, orchard: Route, anna: User, ben: User, sam: User, rosa: User
) -> None:
    draft = assessing.begin(orchard, NOTHING, by=anna, now=NOW)
    days = {"walked_on": DAY, "review_on": DAY + timedelta(days=300)}
    draft = assessing.save(draft, [WHOLE], by=ben, **days)
    draft = assessing.save(draft, [WHOLE], by=rosa, **days)
    made = assessing.sign(draft, by=sam, now=NOW)
    assert made.written_by == [anna.pk, ben.pk], "who kept it as it was wrote nothing"
    for by in (anna, ben, sam):
        with pytest.raises(assessing.CannotApprove, match="wrote in it"):
            assessing.approve(made, by=by)
    assert assessing.approve(made, by=rosa).by == rosa


def test_what_failed_and_what_is_old_is_not_approved(
    second_person: None, orchard: Route, anna: User, ben: User
) -> None:
    old = signed(orchard, anna)
    Route.objects.filter(pk=orchard.pk).update(defibrillator="")
    failed = signed(orchard, anna, template=LAST)
    for made, why in ((old, "newer version"), (failed, "did not pass")):
        with pytest.raises(assessing.CannotApprove, match=why):
            assessing.approve(made, by=ben)
    orchard.refresh_from_db()
    assert orchard.risk == "failed"


def test_a_draft_is_not_approved(orchard: Route, anna: User, ben: User) -> None:
    with pytest.raises(assessing.CannotApprove, match="not signed"):
        assessing.approve(drafted(orchard, anna), by=ben)


def test_when_the_practice_no_longer_asks_the_assessor_may_stand_by_it_alone(
    second_person: None, orchard: Route, anna: User
) -> None:
    made = signed(orchard, anna)
    Practice.objects.update(routes_need_approval=False)
    assert assessing.approve(made, by=anna).is_own
