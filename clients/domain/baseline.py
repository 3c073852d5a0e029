"""The known baseline: a clinician writes down what is known and planned for, and until when that counts."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from clients.domain.contacts import TWICE
from clients.domain.worry import NOTHING_KNOWN, Known
from clients.models import Baseline, Client
from practice.domain import audit, vault
from practice.models import User

USUAL = timedelta(days=30)
LONGEST = timedelta(days=180)
"""What is known about somebody's safety is looked at again within half a year (ours)."""


@transaction.atomic
def write(client: Client, *, words: str, known: Known, review_by: date, by: User) -> Baseline:
    """Keep the words, what belongs to it, and when it is looked at again. Pressed twice, it is written once."""
    Client.objects.select_for_update().get(pk=client.pk)
    before = newest(client)
    if before and _is_the_same(before, words, known, review_by, by):
        return before
    made = Baseline(client=client, by=by, review_by=review_by)
    made.words = words
    made.known = {"item9": known.item9, "asq": sorted(known.asq), "hurt": known.hurt}
    made.save(force_insert=True)
    audit.record("baseline.written", by=by, subject=client.pk, detail={"baseline": str(made.pk)})
    return made


def _is_the_same(before: Baseline, words: str, known: Known, review_by: date, by: User) -> bool:
    said = (before.words, known_in(before), before.review_by, before.by_id)
    return before.at > timezone.now() - TWICE and said == (words, known, review_by, by.pk)


def newest(client: Client | UUID) -> Baseline | None:
    """The one that counts, lapsed or not."""
    return Baseline.objects.select_related("by").filter(client=client).order_by("-at").first()


def known_in(one: Baseline) -> Known:
    """What a baseline holds, whether or not its review has lapsed."""
    kept = one.known
    return Known(item9=kept.get("item9", 0), asq=frozenset(kept.get("asq", ())), hurt=kept.get("hurt", "no"))


def known(client: Client | UUID, *, on: date) -> Known:
    """What counts as known on a day; nothing when no baseline was written or its review has lapsed."""
    one = newest(client)
    return known_in(one) if one and not one.lapsed(on) else NOTHING_KNOWN


def known_of(clients: Collection[UUID], *, on: date) -> dict[UUID, Known]:
    """The same of several, by client; those of whom nothing is known are left out. Two queries, none for nobody."""
    if not clients:
        return {}
    newest_ones = Baseline.objects.filter(client__in=clients).order_by("client_id", "-at").distinct("client_id")
    counting = [one for one in newest_ones if not one.lapsed(on)]
    with vault.keys_at_hand([one.client_id for one in counting]):
        return {one.client_id: known_in(one) for one in counting}
