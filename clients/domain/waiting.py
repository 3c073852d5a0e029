"""Who waits for a decision: every client in one's care about whom something is to be decided, the most urgent first.

Nothing here says what was answered; neutral words, since when, and where to go next.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.domain import asq, decision
from clients.domain.decision import Standing
from clients.models import Alert, Client, Decision, Screening
from clients.models.screening import ScreeningQuerySet
from practice.domain import vault
from practice.models import User

SOON = timedelta(days=30)
"""A decision that runs out within these days is looked at again in good time (ours)."""


class Why(IntEnum):
    """What waits, in the order in which it is looked at."""

    CRISIS = 0
    SAFETY = 1
    ASQ_LEFT = 2
    CALLED = 3
    FIRST = 4
    NEW_ANSWERS = 5
    RAN_OUT = 6
    HALF_WAY = 7
    RUNS_OUT = 8

    @property
    def label(self) -> Promise:
        return WORDS[self]


WORDS: dict[Why, Promise] = {
    Why.CRISIS: _("Safety to be settled now"),
    Why.SAFETY: _("Safety to be settled"),
    Why.ASQ_LEFT: _("Questions about safety were left"),
    Why.CALLED: _("Answers that should not wait"),
    Why.FIRST: _("A first decision"),
    Why.NEW_ANSWERS: _("New answers since the decision"),
    Why.RAN_OUT: _("The decision ran out"),
    Why.HALF_WAY: _("Questions left half-way, please ring"),
    Why.RUNS_OUT: _("The decision runs out soon"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that waits for one client. `since` is when it began to wait, or when a decision will have run out."""

    why: Why
    since: datetime
    screening: UUID | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One client and everything that waits about them, the most urgent first."""

    client: Client
    reasons: tuple[Reason, ...]

    @property
    def first(self) -> Reason:
        return self.reasons[0]

    @property
    def order(self) -> tuple[int, datetime, str]:
        """Whose safety is open comes first, or was not asked about when it should have been; and answers that nobody
        has opened and somebody was called for. Then who has waited longest; what only runs out soon comes last."""
        why = self.first.why
        group = why if why <= Why.CALLED else Why.RUNS_OUT if why == Why.RUNS_OUT else Why.FIRST
        return group, min(one.since for one in self.reasons if one.why == why), self.client.search_name


def in_care(reader: User) -> dict[Client, Standing]:
    """Where everyone in this person's care stands, in a fixed number of queries."""
    clients = list(Client.objects.charted_by(reader).active().defer("wish_sealed", "closing_sealed"))
    standing = decision.standing(clients)
    return {client: standing[client.pk] for client in clients}


def rows(ids: Collection[UUID], *, now: datetime) -> dict[str, QuerySet[Any]]:
    """What of these clients is looked at, by name."""
    return {
        "answers": _undecided(ids),
        "left": Screening.objects.abandoned(now=now).filter(client__in=ids),
        "called": Alert.objects.filter(seen_at__isnull=True, screening__client__in=ids),
        "in_person": asq.in_person().filter(client__in=ids),
    }


def of(
    stood: Mapping[Client, Standing], *, now: datetime, today: date, there: Collection[str] | None = None
) -> list[Waiting]:
    """Who waits of those `in_care`, in a fixed number of queries. `there`: of which `rows` there are any, when that was
    looked at already."""
    ids = [client.pk for client in stood]
    some = {name: found for name, found in rows(ids, now=now).items() if there is None or name in there}
    answers, left = _first_of(some.get("answers")), _since(some.get("left"))
    asked = ids if "in_person" in some else []
    with vault.keys_at_hand(asked):
        urgent = [_called(some.get("called")), _asq_left(asked, today)]
        found = [
            Waiting(client, reasons)
            for client, stands in stood.items()
            if (reasons := _sorted(urgent, _reasons(stands, answers, left, client.pk, today), client.pk))
        ]
    return sorted(found, key=lambda one: one.order)


def _called(rows: QuerySet[Any] | None) -> dict[UUID, Reason]:
    """Answers that somebody was called for and nobody of the care team has opened, by client: the first of them."""
    if rows is None:
        return {}
    told = rows.order_by("-created_at").values_list("screening__client", "created_at", "screening")
    return {pk: Reason(Why.CALLED, at, asked) for pk, at, asked in told}


def _asq_left(ids: list[UUID], today: date) -> dict[UUID, Reason]:
    """Where an answer called for the suicide questions and they did not follow, by client."""
    found = asq.left_out(ids, on=today)
    return {pk: Reason(Why.ASQ_LEFT, made.submitted_at, made.pk) for pk, made in found.items() if made.submitted_at}


def _sorted(urgent: list[dict[UUID, Reason]], others: Iterable[Reason], pk: UUID) -> tuple[Reason, ...]:
    return tuple(sorted([*others, *(by_client[pk] for by_client in urgent if pk in by_client)], key=_order))


def _order(reason: Reason) -> tuple[Why, datetime]:
    return reason.why, reason.since


def _undecided(ids: Collection[UUID]) -> ScreeningQuerySet:
    """Answers that no decision followed."""
    decided = Decision.objects.filter(client=OuterRef("client"), at__gte=OuterRef("submitted_at"))
    return Screening.objects.answered().filter(~Exists(decided), client__in=ids)


def _first_of(rows: QuerySet[Any] | None) -> dict[UUID, datetime]:
    """When the first of them came, by client."""
    return {pk: at for pk, at in rows.values_list("client_id", "submitted_at") if at} if rows is not None else {}


def _since(rows: QuerySet[Any] | None) -> dict[UUID, datetime]:
    """Since when an intake lies half-way, by client."""
    left = rows.defer("answers_sealed", "told_sealed") if rows is not None else ()
    return {one.client_id: one.saved_at or one.asked_at for one in reversed(left)}


def _reasons(
    stands: Standing, answers: dict[UUID, datetime], left: dict[UUID, datetime], pk: UUID, today: date
) -> Iterable[Reason]:
    if (unsettled := asq.open_one(stands.asked, on=today)) and unsettled.submitted_at:
        acute = asq.acute_unsettled(stands.asked)
        yield Reason(Why.CRISIS if acute else Why.SAFETY, unsettled.submitted_at, unsettled.pk)
    made = stands.decision
    if pk in answers and (made is None or stands.news):  # a questionnaire that raised nothing new asks for nothing
        yield Reason(Why.NEW_ANSWERS if made else Why.FIRST, answers[pk])
    if pk in left:
        yield Reason(Why.HALF_WAY, left[pk])
    if made and made.look_again_on < today + SOON:
        ran_out = made.look_again_on < today
        yield Reason(Why.RAN_OUT if ran_out else Why.RUNS_OUT, _start_of(made.look_again_on))


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
