"""Assessing the risks of a route: begun from a template, signed by whoever walked it, approved where a second person is
asked for.

The newest signed version says where the route stands. It fails (domain rule, ours) when a hazard stays unacceptable
with everything done about it, when there is no telephone signal and nothing instead, or when no defibrillator or no
emergency department with its minutes is written down. Every verb holds the row of the route, so that two at once wait.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import TypedDict, Unpack
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.domain import audit
from practice.models import Practice, User
from routes.domain import assessment_gaps, assessment_templates, emergency_facts, risk, worse
from routes.domain.assessment_gaps import Gap
from routes.domain.risk import Line
from routes.models import AssessmentApproval, Hazard, RiskAssessment, Route

NOTHING, LAST = "nothing", "last"
"""Besides the templates one can begin from nothing but the route's own hazards, or from the last signed version."""


class NotADraft(Exception):
    """It was signed or thrown away meanwhile: it can no longer be changed."""


class Changed(Exception):
    """Somebody wrote in the draft since it was read: what is told about it is told about another one."""


class CannotApprove(Exception):
    """This assessment is not approved by this person; the message is a sentence."""


class NotWhole(Exception):
    """Something is missing before this can be signed; `gaps` says what."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        self.gaps = gaps
        super().__init__("; ".join(gap.words for gap in gaps))


class Said(TypedDict, total=False):
    """What stands beside the lines: see `routes.models.RiskAssessment`."""

    walked_on: date | None
    season: str
    hours: str
    group_limit: int | None
    alone: str
    words: str
    review_on: date | None


def _held(route_id: UUID) -> Route:
    return Route.objects.select_for_update(of=("self",)).get(pk=route_id)


def _held_draft(made: RiskAssessment) -> RiskAssessment:
    """The draft as it is now. Called with the route held."""
    draft = RiskAssessment.objects.filter(pk=made.pk, signed_at__isnull=True).first()
    if draft is None:
        raise NotADraft
    return draft


def mark(draft: RiskAssessment) -> str:
    """What stands in a draft, in few letters: another mark is another draft."""
    said = [draft.rows, *(getattr(draft, name) for name in Said.__annotations__)]
    return sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


def _held_as_read(read: RiskAssessment) -> RiskAssessment:
    """The draft, when it still says what it said as it was read. Called with the route held."""
    draft = _held_draft(read)
    if mark(draft) != mark(read):
        raise Changed
    return draft


def day_at(route: Route, now: datetime) -> date:
    """The day it is on the clocks of a route."""
    return now.astimezone(ZoneInfo(route.time_zone)).date()


@transaction.atomic
def begin(route: Route, template: str, *, by: User, now: datetime | None = None) -> RiskAssessment:
    """A draft from a template (its key, `NOTHING` or `LAST`); the one that is open already, when there is one.

    Raises KeyError when there is no such template.
    """
    route = _held(route.pk)
    if draft := route.assessments.filter(signed_at__isnull=True).first():
        return draft
    begun = assessment_templates.shipped()[template] if template not in (NOTHING, LAST) else None
    last = newest(route) if template == LAST else None
    suggested = begun.lines if begun else risk.lines(last.rows) if last else []
    said = Said(season=begun.season, hours=_(begun.hours), alone=_(begun.alone)) if begun else Said()
    if last:
        said = Said(season=last.season, hours=last.hours, alone=last.alone, group_limit=last.group_limit)
    hazards = [one for one in route.hazards.all() if one.is_there(day_at(route, now or timezone.now()))]
    version = (route.assessments.aggregate(last=Max("version"))["last"] or 0) + 1
    return RiskAssessment.objects.create(
        route=route,
        version=version,
        template=template,
        assessed_by=by,
        written_by=[by.pk],
        rows=risk.kept(together(hazards, suggested)),
        **said,
    )


def together(hazards: Sequence[Hazard], suggested: Sequence[Line]) -> list[Line]:
    """The hazards of the record first, each with what is suggested for its kind; then what is suggested besides."""
    by_words = {(line.kind, line.words): line for line in reversed(suggested)}
    by_kind = {line.kind: line for line in reversed(suggested) if line.kind != Hazard.Kind.OTHER}
    own, used = [], set()
    for hazard in hazards:
        like = by_words.get((hazard.kind, hazard.words)) or by_kind.get(hazard.kind) or Line(hazard.kind, "")
        used.add((like.kind, like.words))
        own.append(replace(like, words=hazard.words))
    return [*own, *(line for line in suggested if (line.kind, line.words) not in used)]


@transaction.atomic
def save(draft: RiskAssessment, told: Sequence[Line], *, by: User, **said: Unpack[Said]) -> RiskAssessment:
    """Keep a draft as it stands, gaps and all; whoever changes something in it wrote it too.

    Raises `NotADraft`, or `Changed`.
    """
    _held(draft.route_id)
    draft = _held_as_read(draft)
    before = mark(draft)
    draft.rows = risk.kept(told)
    for name, value in said.items():
        setattr(draft, name, value)
    if mark(draft) != before and by.pk not in draft.written_by:
        draft.written_by.append(by.pk)
    draft.save(update_fields=["rows", "written_by", *said])
    return draft


@transaction.atomic
def throw_away(draft: RiskAssessment) -> None:
    """A draft is dropped, and its number is free again. Raises `NotADraft`."""
    _held(draft.route_id)
    _held_draft(draft).delete()


@transaction.atomic
def sign(draft: RiskAssessment, *, by: User, now: datetime) -> RiskAssessment:
    """Sign it as it stands, freeze what the record says for an emergency, and say where the route is left.

    Twice is once. Raises `NotWhole`, `Changed`, or `NotADraft` when it was thrown away.
    """
    route = _held(draft.route_id)
    if already := RiskAssessment.objects.filter(pk=draft.pk, signed_at__isnull=False).first():
        return already
    made = _held_as_read(draft)
    today = day_at(route, now)
    hazards = [one for one in route.hazards.all() if one.is_there(today)]
    if gaps := assessment_gaps.of(made, route=route, hazards=hazards, today=today):
        raise NotWhole(gaps)
    made.emergency = emergency_facts.of(route)
    made.failures = failures(route, risk.lines(made.rows))
    made.needs_approval = Practice.load().routes_need_approval
    made.assessed_by, made.signed_at = by, now
    made.save(update_fields=["emergency", "failures", "needs_approval", "assessed_by", "signed_at"])
    if not made.failures and not made.needs_approval:
        AssessmentApproval.objects.create(assessment=made, by=by, is_own=True)
    _leave(route, made)
    audit.record("route.assessed", by=by, subject=route.pk, detail={"version": made.version, "risk": route.risk})
    return made


def _leave(route: Route, made: RiskAssessment) -> None:
    """The route stands where its newest signed version leaves it."""
    if made.failures:
        route.risk = Route.Risk.FAILED
    else:
        route.risk = Route.Risk.WAITING if made.needs_approval else Route.Risk.PASSED
    route.look_again_on, route.look_again_because = made.review_on, ""
    route.walked_on, route.walked_by = made.walked_on, made.assessed_by
    route.save(update_fields=["risk", "look_again_on", "look_again_because", "walked_on", "walked_by"])


def failures(route: Route, told: Sequence[Line]) -> list[str]:
    """Why a route does not pass; empty when it does."""
    failure, found = RiskAssessment.Failure, []
    if any(line.stays_unacceptable for line in told):
        found.append(failure.RESIDUAL)
    if not worse.can_call(route):
        found.append(failure.SIGNAL)
    if not route.defibrillator or not route.emergency_department or route.emergency_minutes is None:
        found.append(failure.EMERGENCY)
    return [str(one) for one in found]


@transaction.atomic
def approve(made: RiskAssessment, *, by: User, words: str = "") -> AssessmentApproval:
    """Somebody who keeps routes read it and stands by it; the route can be walked. Twice is once.

    Where the practice asks for a second person, whoever assessed or wrote in the draft is not the one.
    Raises `CannotApprove`.
    """
    route = _held(made.route_id)
    made = RiskAssessment.objects.get(pk=made.pk)
    if before := AssessmentApproval.objects.filter(assessment=made).first():
        return before
    if refused := not_approved_because(made, by=by):
        raise CannotApprove(refused)
    approval = AssessmentApproval.objects.create(
        assessment=made, by=by, is_own=by.pk == made.assessed_by_id, words=words
    )
    route.risk = Route.Risk.PASSED
    route.save(update_fields=["risk"])
    audit.record("route.approved", by=by, subject=route.pk, detail={"version": made.version})
    return approval


def not_approved_because(made: RiskAssessment, *, by: User) -> str:
    """Why this person does not approve it, as a sentence; empty when she may. It is signed and not approved yet."""
    if made.signed_at is None:
        return _("It is not signed yet.")
    if made.failures:
        return _("It did not pass. Put right what is missing, then assess the route again.")
    if newest(made.route) != made:
        return _("A newer version is signed: that one counts.")
    if by.pk in (made.assessed_by_id, *made.written_by) and Practice.load().routes_need_approval:
        return _("You assessed it, or wrote in it: somebody else approves it.")
    return ""


def newest(route: Route) -> RiskAssessment | None:
    """The signed version that counts."""
    return route.assessments.filter(signed_at__isnull=False).first()


def draft_of(route: Route) -> RiskAssessment | None:
    """The draft that is open, by whoever began it."""
    return route.assessments.filter(signed_at__isnull=True).select_related("assessed_by").first()


def signed_of(route: Route) -> list[RiskAssessment]:
    """Every signed version with who stands by it, the newest first. One query."""
    signed = route.assessments.filter(signed_at__isnull=False).defer("rows", "emergency")
    return list(signed.select_related("assessed_by", "approval__by"))


def failure_words(codes: Sequence[str]) -> list[str]:
    """Why it does not pass, as sentences."""
    return [str(RiskAssessment.Failure(one).label) for one in codes]


def approval_of(made: RiskAssessment) -> AssessmentApproval | None:
    """Who stands by it besides, or alone; loaded with it by `select_related`."""
    return getattr(made, "approval", None)
