"""Questionnaires before every so many sessions: which are due, and asking each of them once.

Rows decide. The task may run twice, late or in parallel: it asks under the client's lock, and the database holds that
a questionnaire is asked once for a seat.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clients.domain import consent, contacts, measure_asking, measure_plans
from clients.models import Client, MeasurePlan, Screening
from practice.domain import post
from practice.models import Letter
from sessions.models import MeasureDue, Seat, Session

AHEAD = timedelta(hours=48)
APART = timedelta(days=7)
"""Nobody is asked the same twice within a week (ours)."""
EARLIER = timedelta(hours=12)
"""So much less than a week after the last answers counts as one: answers are kept after the hour at which they are
asked for, and perhaps past midnight (ours)."""
COUNTED = (Session.Status.BOOKED, Session.Status.ARRIVED, Session.Status.KEPT)
LETTER = "measures_before_session"


@dataclass(frozen=True, slots=True)
class Due:
    """One seat, and what is asked before it."""

    seat: Seat
    plan: MeasurePlan
    kinds: tuple[str, ...]


def ask(*, now: datetime | None = None) -> int:
    """Ask what is due before the sessions of the next 48 hours; returns how many questionnaires that were."""
    now = now or timezone.now()
    _put_aside_what_is_over(now)
    return sum(_ask(one.seat, now) for one in due(now=now))


def due(*, now: datetime, only: Seat | None = None) -> list[Due]:
    """What is due now, in the order of sessions, in a fixed number of queries."""
    seats = Seat.objects.filter(
        status=Session.Status.BOOKED, starts_at__gt=now, starts_at__lte=now + AHEAD, client__status=Client.Status.ACTIVE
    ).select_related("client", "session__place", "session__therapist")
    ahead = list((seats.filter(pk=only.pk) if only else seats).order_by("starts_at"))
    plans = measure_plans.of_each({seat.client_id for seat in ahead})
    planned = [seat for seat in ahead if seat.client_id in plans]
    if not planned:
        return []
    starts, lately = _starts(plans.values()), _Lately.of([seat.client_id for seat in planned], now)
    asked = set(MeasureDue.objects.filter(seat__in=planned).values_list("seat_id", "kind"))
    found = []
    for seat in planned:
        plan = plans[seat.client_id]
        if number_of(seat, plan, starts[seat.client_id]) % plan.every:
            continue
        kinds = tuple(
            kind for kind in plan.kinds if (seat.pk, kind) not in asked and lately.allows(seat, kind, now=now)
        )
        found += [Due(seat, plan, kinds)] if kinds else []
    return found


def number_of(seat: Seat, plan: MeasurePlan, starts: Iterable[datetime]) -> int:
    """Which session since the plan began this one is: those that took place or are booked, in order."""
    return sum(plan.at < start <= seat.starts_at for start in starts)


def _starts(plans: Iterable[MeasurePlan]) -> dict[UUID, list[datetime]]:
    since = {plan.client_id: plan.at for plan in plans}
    counted = Seat.objects.filter(client__in=since, status__in=COUNTED, starts_at__gt=min(since.values()))
    starts: dict[UUID, list[datetime]] = {pk: [] for pk in since}
    for pk, start in counted.values_list("client_id", "starts_at"):
        starts[pk].append(start)
    return starts


@dataclass(frozen=True, slots=True)
class _Lately:
    """When each questionnaire was last mailed to (a day, in UTC), or answered by, each client."""

    mailed: dict[tuple[UUID, str], date]
    answered: dict[tuple[UUID, str], datetime]

    @classmethod
    def of(cls, clients: Collection[UUID], now: datetime) -> "_Lately":
        since = now - APART - timedelta(days=2)
        recent = Screening.objects.filter(Q(asked_at__gt=since) | Q(submitted_at__gt=since), client__in=clients)
        mailed: dict[tuple[UUID, str], date] = {}
        answered: dict[tuple[UUID, str], datetime] = {}
        for pk, kind, manner, at, answered_at in recent.order_by("asked_at").values_list(
            "client_id", "kind", "manner", "asked_at", "submitted_at"
        ):
            if manner == Screening.Manner.LINK:
                mailed[pk, kind] = at.date()
            if answered_at:
                answered[pk, kind] = max(answered_at, answered.get((pk, kind), answered_at))
        return cls(mailed, answered)

    def allows(self, seat: Seat, kind: str, *, now: datetime) -> bool:
        """A week since the last letter, and a week between the last answers and the session."""
        key = (seat.client_id, kind)
        mailed, answered = self.mailed.get(key, date.min), self.answered.get(key)
        is_long_ago = answered is None or seat.starts_at - answered >= APART - EARLIER
        return now.date() - mailed >= APART and is_long_ago


@transaction.atomic
def _ask(seat: Seat, now: datetime) -> int:
    """Ask under the client's lock, looking again at what is due: somebody else may have asked meanwhile."""
    Client.objects.select_for_update().get(pk=seat.client_id)
    asked = [_write(one, kind, now) for one in due(now=now, only=seat) for kind in one.kinds]
    if sent := [one for one in asked if one.how == MeasureDue.How.LINK]:
        _mail(seat, sent)
    return len(asked)


def _write(one: Due, kind: str, now: datetime) -> MeasureDue:
    seat, how, screening = one.seat, MeasureDue.How.ROOM, None
    if one.plan.how == MeasurePlan.How.LINK:
        reader = consent.lead_of(seat.client) or seat.session.therapist
        try:
            screening = measure_asking.ask_by_link(
                seat.client, kind, by=one.plan.by, reader=reader, until=seat.starts_at, now=now
            )
            how = MeasureDue.How.LINK
        except measure_asking.NotByLink:
            how = MeasureDue.How.INSTEAD
    return MeasureDue.objects.create(seat=seat, kind=kind, how=how, screening=screening, asked_at=now)


def _mail(seat: Seat, sent: Sequence[MeasureDue]) -> None:
    """One letter for all that is asked before this seat at this time."""
    point = contacts.best(seat.client, Letter.Channel.EMAIL)
    if point:
        key = f"{LETTER}:{seat.pk}:{'+'.join(sorted(one.kind for one in sent))}"
        post.write(
            LETTER, key=key, to=point.value, about=seat.pk, client=seat.client_id, not_after=seat.starts_at
        )  # fmt: skip


def _put_aside_what_is_over(now: datetime) -> None:
    """What was mailed before a session that is over, and never begun, is asked no more: nobody is nagged."""
    over = MeasureDue.objects.filter(seat__ends_at__lte=now).values("screening")
    for asked in Screening.objects.filter(pk__in=over, status=Screening.Status.ASKED):
        measure_asking.put_aside(asked)
