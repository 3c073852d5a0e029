"""Who must not meet here: written in the chart of the one who said so, and known to whoever reads that chart alone.

Somebody is found by their whole name as it stands in their file, in whoever's care they are: of two who once were a
couple, each may well come to another therapist. Whose they are and where they stand is not said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, KeepApart
from clients.models.client import folded
from practice.domain import audit
from practice.models import User


class NotKept(Exception):
    """Nothing was kept; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One pair as it stands in one chart. Name and words only for who may know them; lifted where it was written."""

    pair: KeepApart
    name: str
    words: str
    is_ours: bool


@transaction.atomic
def keep(client: Client, *, name: str, words: str, by: User) -> list[KeepApart]:
    """Keep a client apart from whoever has this name, all of them when there are several. Twice is once. Raises
    `NotKept` when nobody has it, or when it is kept already from the other side."""
    wanted = Client.objects.exclude(status=Client.Status.CLOSED).filter(search_name=folded(name)[:200])
    others = list(wanted.exclude(pk=client.pk))
    if not others:
        raise NotKept(_("No client here has exactly this name in their file."))
    keys = [client.pk, *(one.pk for one in others)]
    list(Client.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    return [_keep(client, other, words, by) for other in others]


def _keep(client: Client, other: Client, words: str, by: User) -> KeepApart:
    before = KeepApart.objects.current().of([client.pk]).of([other.pk]).first()
    if before and before.client_id != client.pk:
        raise NotKept(_("The two are kept apart already; it was written in the other chart."))
    if before:
        return before
    made = KeepApart(client=client, other=other, by=by)
    made.words = words
    made.save(force_insert=True)
    audit.record("apart.kept", by=by, subject=client.pk, detail={"pair": str(made.pk)})
    return made


@transaction.atomic
def lift(pair: KeepApart, *, by: User) -> None:
    """They may meet again; what was written stays. Twice is once."""
    pair = KeepApart.objects.select_for_update().get(pk=pair.pk)
    if pair.lifted_at is None:
        pair.lifted_at, pair.lifted_by = timezone.now(), by
        pair.save(update_fields=["lifted_at", "lifted_by"])
        audit.record("apart.lifted", by=by, subject=pair.client_id, detail={"pair": str(pair.pk)})


def lines(client: Client, reader: User) -> Sequence[Line]:
    """What stands in this chart. From whom is said to who may read that chart as well, or wrote it here."""
    pairs = list(KeepApart.objects.current().of([client.pk]).select_related("client", "other", "by"))
    people = {pk for pair in pairs for pk in (pair.client_id, pair.other_id)}
    known = set(Client.objects.charted_by(reader).filter(pk__in=people).values_list("pk", flat=True))
    return [_line(pair, client, known) for pair in pairs]


def _line(pair: KeepApart, client: Client, known: set[UUID]) -> Line:
    ours = pair.client_id == client.pk
    another = pair.other if ours else pair.client
    return Line(pair, another.name if ours or another.pk in known else "", pair.words if ours else "", ours)
