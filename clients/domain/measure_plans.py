"""What a client is asked over time, as her care team planned it, and whether her lines are hers to see."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from clients.domain import reading, recording
from clients.domain.instruments import Instrument, Status
from clients.models import ChartAgreement, Client, MeasurePlan
from practice.domain import audit
from practice.models import User

FIRST = ("phq9", "gad7")


def kinds() -> tuple[Instrument, ...]:
    """What can be asked over time: what clients answer for themselves and what comes to a figure or a flag."""
    found = [one for one in recording.kinds() if one.self_completed and (one.scoring.sums or one.scoring.flags)]
    return tuple(sorted((one for one in found if one.key != reading.DAY_OF), key=_place))


def _place(one: Instrument) -> tuple[int, bool, str]:
    """The two that are asked most, then what comes with its words, then what is asked from a copy."""
    return FIRST.index(one.key) if one.key in FIRST else len(FIRST), one.status != Status.BUNDLED, one.key


def of(client: Client) -> MeasurePlan | None:
    """The plan that counts for a client; None where nothing is asked."""
    return of_each([client.pk]).get(client.pk)


def of_each(clients: Iterable[UUID]) -> dict[UUID, MeasurePlan]:
    """The plans that count, by client. One query."""
    rows = MeasurePlan.objects.filter(client__in=list(clients)).newest().select_related("by")
    return {one.client_id: one for one in rows if one.is_running}


@transaction.atomic
def write(client: Client, *, kinds: Collection[str], every: int, how: str, by: User) -> MeasurePlan:
    """Plan what is asked from now on. The same as it stands already is written once, whoever wrote it."""
    Client.objects.select_for_update().get(pk=client.pk)
    wanted, before = sorted(kinds), of(client)
    if before and (before.kinds, before.every, before.how) == (wanted, every, how):
        return before
    made = MeasurePlan.objects.create(client=client, kinds=wanted, every=every, how=how, by=by)
    audit.record("measures.planned", by=by, subject=client.pk, detail={"plan": str(made.pk)})
    return made


@transaction.atomic
def stop(client: Client, *, by: User) -> None:
    """From now on nothing is asked. What was answered stays."""
    Client.objects.select_for_update().get(pk=client.pk)
    if before := of(client):
        MeasurePlan.objects.create(client=client, kinds=[], every=before.every, how=before.how, by=by)
        audit.record("measures.stopped", by=by, subject=client.pk)


def agreement(client: Client) -> ChartAgreement | None:
    """That the client sees her own lines, and since when; None where it was never agreed or taken back."""
    newest = ChartAgreement.objects.filter(client=client).select_related("by").order_by("-at").first()
    return newest if newest and newest.agreed else None


@transaction.atomic
def agree(client: Client, *, on: date, by: User) -> ChartAgreement:
    """The two agreed on a day that the client sees her own lines. Agreed already, it is written once."""
    Client.objects.select_for_update().get(pk=client.pk)
    if before := agreement(client):
        return before
    made = ChartAgreement.objects.create(client=client, agreed=True, on=on, by=by)
    audit.record("measures.charts_agreed", by=by, subject=client.pk, detail={"on": on.isoformat()})
    return made


@transaction.atomic
def take_back(client: Client, *, on: date, by: User) -> None:
    """From now on the client sees no line any more."""
    Client.objects.select_for_update().get(pk=client.pk)
    if agreement(client):
        ChartAgreement.objects.create(client=client, agreed=False, on=on, by=by)
        audit.record("measures.charts_taken_back", by=by, subject=client.pk)
