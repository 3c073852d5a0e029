"""What the database and the rows promise about a route and its risk assessments."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from practice.models import User
from routes.models import AssessmentApproval, Hazard, RiskAssessment, Route, WeatherLimits
from tests import factories

MAY = date(2026, 5, 3)


@pytest.fixture
def orchard(anna: User) -> Route:
    return factories.route(anna)


def assessment(route: Route, by: User, version: int = 1, **fields: object) -> RiskAssessment:
    return RiskAssessment.objects.create(route=route, version=version, assessed_by=by, **fields)


def signed(route: Route, by: User, version: int = 1) -> RiskAssessment:
    day = {"walked_on": MAY, "review_on": MAY + timedelta(days=300), "signed_at": timezone.now()}
    return assessment(route, by, version, **day)


@pytest.mark.parametrize(
    ("fields", "day", "closed"),
    [
        ({}, MAY, False),
        ({"closed_because": "flood"}, MAY, True),
        ({"closed_because": "marathon", "closed_from": MAY, "closed_until": MAY}, MAY - timedelta(days=1), False),
        ({"closed_because": "marathon", "closed_from": MAY, "closed_until": MAY}, MAY, True),
        ({"closed_because": "marathon", "closed_from": MAY, "closed_until": MAY}, MAY + timedelta(days=1), False),
        ({"closed_because": "works", "closed_from": MAY}, MAY + timedelta(days=900), True),
        ({"closed_from": MAY}, MAY, False),
    ],
)
def test_a_closure_holds_on_its_days(fields: dict[str, object], day: date, closed: bool) -> None:
    assert Route(**fields).is_closed(day) is closed


@pytest.mark.parametrize(
    ("fields", "there"),
    [
        ({}, True),
        ({"state": Hazard.State.EASED}, True),
        ({"state": Hazard.State.GONE}, False),
        ({"until": MAY}, True),
        ({"until": MAY - timedelta(days=1)}, False),
    ],
)
def test_a_hazard_is_there_until_it_is_gone_or_over(fields: dict[str, object], there: bool) -> None:
    assert Hazard(**fields).is_there(MAY) is there


@pytest.mark.parametrize(
    "fields",
    [
        {"closed_from": MAY, "closed_until": MAY - timedelta(days=1)},
        {"lamps_off_from": "23:00"},
    ],
)
def test_the_database_refuses_half_a_route(orchard: Route, fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Route.objects.filter(pk=orchard.pk).update(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"signed_at": timezone.now()},
        {"walked_on": MAY, "review_on": MAY + timedelta(days=367)},
        {"walked_on": MAY, "review_on": MAY},
    ],
)
def test_the_database_refuses_half_an_assessment(orchard: Route, anna: User, fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        assessment(orchard, anna, **fields)


def test_one_draft_at_a_time_and_each_version_once(orchard: Route, anna: User) -> None:
    signed(orchard, anna)
    assessment(orchard, anna, 2)
    for version in (2, 3):
        with pytest.raises(IntegrityError), transaction.atomic():
            assessment(orchard, anna, version)


def test_a_route_stays_even_when_nothing_hangs_on_it(orchard: Route) -> None:
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        orchard.delete()
    assert Route.objects.filter(pk=orchard.pk).exists()


def test_what_was_signed_stands(orchard: Route, anna: User) -> None:
    draft = assessment(orchard, anna)
    RiskAssessment.objects.filter(pk=draft.pk).update(hours="mornings")
    draft.delete()
    kept = signed(orchard, anna)
    approval = AssessmentApproval.objects.create(assessment=kept, by=anna, is_own=True)
    limits = WeatherLimits.objects.create(by=anna, words="as in the shipped ones")
    for row in (kept, approval, limits):
        rows = type(row).objects.filter(pk=row.pk)  # type: ignore[attr-defined]
        for change in (rows.delete, lambda rows=rows: rows.update(words="other")):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
