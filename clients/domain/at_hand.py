"""What there is for the page of one client, in one statement; what there is nothing of is not loaded."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from clients.domain import alert_words, asq, glance, safety, sheets, unread
from clients.domain.glance import Glance
from clients.models import Client
from clients.models.window import WindowQuerySet
from practice.models import User


def of(client: Client, reader: User, *, reads_chart: bool, now: datetime) -> Glance:
    """For whoever reads the chart, or not. What nobody was called for yet is called for first."""
    found = glance.of([client.pk], also=_rows(client, reader, now) if reads_chart else _plain(client))
    if "calls" in found.also and unread.calling_for(reader):
        return glance.of([client.pk], also=_rows(client, reader, now))
    return found


def windows(client: Client, *, now: datetime) -> WindowQuerySet:
    """Hours to come in which somebody watches for what she answers."""
    return client.windows.filter(ended_at__isnull=True, screening__isnull=True, closes_at__gt=now)


def _plain(client: Client) -> dict[str, QuerySet[Any]]:
    return {"messages": client.replies.unread(), "signatories": client.signatories.current()}


def _rows(client: Client, reader: User, now: datetime) -> dict[str, QuerySet[Any]]:
    return (
        _plain(client)
        | sheets.of(client)
        | {
            "calls": unread.waiting_for(reader),
            "promised": safety.promised(client),
            "alerts": alert_words.about(client, now=now),
            "in_person": asq.in_person().filter(client=client),
            "baseline": client.baselines.all(),
            "windows": windows(client, now=now),
        }
    )
