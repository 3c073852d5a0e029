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
    return read(looking(Client.objects.filter(pk__in=clients).only("pk").order_by(), also=also), also or ())


def looking(found: QuerySet[Client], *, also: Mapping[str, QuerySet[Any]] | None = None) -> QuerySet[Client]:
    """Clients with what `read` reads of them, for who loads them anyway."""
    lead = CareTeamMember.objects.current().filter(client=OuterRef("pk"), is_lead=True)
    return found.annotate(
        lead_name=Subquery(lead.values("user__name")[:1]),
        lead_short=Subquery(lead.values("user__short_name")[:1]),
        ending=SafetyAssessment.objects.filter(client=OuterRef("pk")).newest_ending(),
        **{f"has_{name}": Exists(rows) for name, rows in _there().items()},
        **{f"also_{name}": Exists(rows) for name, rows in (also or {}).items()},
    )


def read(found: Iterable[Any], also: Iterable[str]) -> Glance:
    """What there is of clients from `looking`."""
    rows = list(found)
    return Glance(
        leads={one.pk: User(name=one.lead_name, short_name=one.lead_short).called for one in rows if one.lead_name},
        left_open={one.pk for one in rows if one.ending is False},
        also=frozenset(name for name in also if any(getattr(one, f"also_{name}") for one in rows)),
        **{name: {one.pk for one in rows if getattr(one, f"has_{name}")} for name in _there()},
    )


def _there() -> dict[str, QuerySet[Any]]:
    client = OuterRef("pk")
    return {
        "asked": asq.asked().filter(client=client),
        "heard": danger.heard().filter(client=client),
        "called": danger.called().filter(screening__client=client),
        "calling": danger.calling().filter(client=client),
        "changed": news.events().filter(client=client),
        "replied": news.replies().filter(client=client),
        "reachable": EmergencyContact.objects.filter(client=client),
        "beside": Signatory.objects.current().filter(client=client, must_sign=True),
    }
