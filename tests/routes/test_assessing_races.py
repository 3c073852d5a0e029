"""Twice at the same moment, on committed rows: one draft, one signature, one approval, one paper."""

from typing import Any

from practice.models import Paper, Practice, Role
from routes.domain import assessing, assessment_paper
from routes.models import AssessmentApproval, RiskAssessment, Route
from tests import factories
from tests.clients.test_consent_races import _at_once
from tests.routes.test_assessing import NOW, SOUND, drafted


def _begin() -> tuple[Any, Any, Route]:
    factories.practice()
    anna, ben = factories.user("Anna Reiter", Role.THERAPIST), factories.user("Ben Castle", Role.THERAPIST)
    return anna, ben, factories.route(anna, **SOUND)


def test_two_who_begin_at_once_share_one_draft(fresh_db: Any) -> None:
    anna, ben, route = _begin()
    made = _at_once(2, lambda number: assessing.begin(route, "your_block", by=(anna, ben)[number]).pk)
    assert len(set(made)) == 1 and RiskAssessment.objects.count() == 1


def test_two_who_sign_at_once_leave_one_signature(fresh_db: Any) -> None:
    anna, ben, route = _begin()
    draft = drafted(route, anna)
    made = _at_once(2, lambda number: assessing.sign(draft, by=(anna, ben)[number], now=NOW).assessed_by_id)
    assert len(set(made)) == 1 and AssessmentApproval.objects.count() == 1
    route.refresh_from_db()
    assert route.risk == "passed" and route.walked_by_id == made[0]
    assert route.events.filter(risk="passed").count() == 1


def test_signed_and_thrown_away_at_once_is_one_of_both(fresh_db: Any) -> None:
    anna, _ben, route = _begin()
    draft = drafted(route, anna)

    def act(number: int) -> str:
        try:
            if number:
                assessing.throw_away(draft)
                return "gone"
            return str(assessing.sign(draft, by=anna, now=NOW).version)
        except assessing.NotADraft:
            return ""

    assert sorted(_at_once(2, act)) in (["", "1"], ["", "gone"])
    route.refresh_from_db()
    assert route.risk == ("passed" if route.assessments.exists() else "missing")


def test_two_who_approve_at_once_are_one_approval_and_two_who_print_keep_one_paper(fresh_db: Any) -> None:
    anna, ben, route = _begin()
    Practice.objects.update(routes_need_approval=True)
    made = assessing.sign(drafted(route, anna), by=anna, now=NOW)
    assert len(set(_at_once(3, lambda number: assessing.approve(made, by=ben).pk))) == 1
    assert len(set(_at_once(2, lambda number: assessment_paper.paper_of(made).pk))) == 1
    assert Paper.objects.filter(subject=route.pk).count() == 1
