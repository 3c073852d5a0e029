"""A family for tests: Mina, 16, in Anna's care, with her parents Ada and Bob."""

from datetime import date
from typing import Any

from django.utils import timezone

from clients.domain import signatories
from clients.domain.signatories import Named
from clients.models import Client, Signatory
from practice.models import Practice, User
from tests import factories

BORN = date(2010, 3, 9)
"""Of age on 9 March 2028, for tests that say what day it is."""


def of_age_from(age: int | None = 18, **fields: Any) -> None:
    """What the practice has settled."""
    Practice.objects.update(majority_age=age, **fields)


def mina(lead: User, **fields: Any) -> Client:
    """Somebody under age: sixteen on whatever day the test runs, unless it says when she was born."""
    fields.setdefault("birth_date", date(timezone.localdate().year - 16, 1, 1))
    return factories.client("Mina Brook", lead, called="Mo", **fields)


def parent(client: Client, name: str, *, by: User, **said: Any) -> Signatory:
    """One of the parents, with an address of their own."""
    given = {"relation": "parent", "email": f"{name.split()[0].lower()}@example.net"} | said
    return signatories.put(client, Named(name=name, **given), by=by)
