"""What there is to read about each of some clients, in one statement: only what there is is loaded then."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from clients.domain import asq, danger, news
from clients.models import CareTeamMember, Client, EmergencyContact, SafetyAssessment, Signatory
from practice.models import User


@dataclass(frozen=True, slots=True)
class Glance:
    """Of which clients there is something, by what it is. It may be more than counts in the end, never less."""

    leads: dict[UUID, str]
    """How whoever leads is called."""
    left_open: set[UUID]
    """Whose newest safety assessment left something open."""
    asked: set[UUID]
    """Who was asked the suicide questions."""
    heard: set[UUID]
    """Who answered anything since the newest decision."""
    called: set[UUID]
    """About whom somebody was called since the newest decision."""
    calling: set[UUID]
    """About whom somebody is still to be called."""
    changed: set[UUID]
    """For whom something has changed since the newest decision."""
    replied: set[UUID]
    """About whom a doctor has replied."""
    reachable: set[UUID]
    """Who named somebody to ring."""
    beside: set[UUID]
    """For whom somebody else has to sign."""
    also: frozenset[str]
    """What else there is, of what was asked for."""


def of(clients: Collection[UUID], *, also: Mapping[str, QuerySet[Any]] | None = None) -> Glance:
    """Of all of these. `also`: rows of any kind, by name, of which it is to be known whether there are any."""
    more = also or {}
    client = OuterRef("pk")
    there = {
        "asked": asq.asked().filter(client=client),
        "heard": danger.heard().filter(client=client),
        "called": danger.called().filter(screening__client=client),
        "calling": danger.calling().filter(client=client),
        "changed": news.events().filter(client=client),
        "replied": news.replies().filter(client=client),
        "reachable": EmergencyContact.objects.filter(client=client),
        "beside": Signatory.objects.current().filter(client=client, must_sign=True),
    }
    lead = CareTeamMember.objects.current().filter(client=client, is_lead=True)
    rows = list(
        Client.objects.filter(pk__in=clients)
        .annotate(
            lead_name=Subquery(lead.values("user__name")[:1]),
            lead_short=Subquery(lead.values("user__short_name")[:1]),
            ending=SafetyAssessment.objects.filter(client=client).newest_ending(),
            **{f"has_{name}": Exists(found) for name, found in there.items()},
            **{f"also_{name}": Exists(found) for name, found in more.items()},
        )
        .order_by()
        .values("pk", "lead_name", "lead_short", "ending", *_columns(there, more))
    )
    return Glance(
        leads={
            row["pk"]: User(name=row["lead_name"], short_name=row["lead_short"]).called
            for row in rows
            if row["lead_name"]
        },
        left_open={row["pk"] for row in rows if row["ending"] is False},
        also=frozenset(name for name in more if any(row[f"also_{name}"] for row in rows)),
        **{name: {row["pk"] for row in rows if row[f"has_{name}"]} for name in there},
    )


def _columns(there: Iterable[str], more: Iterable[str]) -> list[str]:
    return [*(f"has_{name}" for name in there), *(f"also_{name}" for name in more)]
