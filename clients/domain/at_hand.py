"""What there is for the page of one client, in one statement; what there is nothing of is not loaded."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clients.domain import alert_words, asq, glance, safety, sheets, unread
from clients.domain.glance import Glance
from clients.models import Client
from clients.models.window import WindowQuerySet
from practice.models import User


def looking(found: QuerySet[Client], pk: UUID, reader: User, *, now: datetime) -> QuerySet[Client]:
    """One of these clients, with what there is of them."""
    return glance.looking(found.filter(pk=pk), also=_rows(Client(pk=pk), reader, now))


def of(client: Client, reader: User, *, reads_chart: bool, now: datetime) -> Glance:
    """Of a client from `looking`. What nobody was called for yet is called for before anybody reads the chart."""
    rows = _rows(client, reader, now)
    found = glance.read([client], rows)
    if reads_chart and "calls" in found.also and unread.calling_for(reader):
        return glance.of([client.pk], also=rows)
    return found


def windows(client: Client, *, now: datetime) -> WindowQuerySet:
    """Hours to come in which somebody watches for what she answers."""
    return client.windows.filter(ended_at__isnull=True, screening__isnull=True, closes_at__gt=now)


def _rows(client: Client, reader: User, now: datetime) -> dict[str, QuerySet[Any]]:
    return sheets.of(client) | {
        "calls": unread.waiting_for(reader),
        "messages": client.replies.unread(),
        "signatories": client.signatories.current(),
        "promised": safety.promised(client),
        "alerts": alert_words.about(client, now=now),
        "in_person": asq.in_person().filter(client=client),
        "baseline": client.baselines.all(),
        "windows": windows(client, now=now),
    }
