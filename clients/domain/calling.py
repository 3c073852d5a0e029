"""From an answer that should not wait to the call: a row first, then a hint, then a worker.

The statement that keeps the answer also says that somebody is to be called, so that neither a crash nor a lost hint
loses it, and an answer costs the same whatever it says. Until the call is made, whatever reads alerts counts it too.
"""

import logging
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Value, When
from django.utils import timezone

from clients.domain import alerts, consent, worry
from clients.models import CareTeamMember, Client, Screening
from practice.domain import hints
from practice.models import User

logger = logging.getLogger("alongside.calling")


def columns(asked: Screening, found: worry.Signs, *, by: User | None) -> dict[str, Any]:
    """What the statement that keeps these signs writes beside them; what waited already still waits.

    Filled in together, the therapist is called for all but her own words; where there is none, the cover list is.
    """
    row = Screening(pk=asked.pk, client_id=asked.client_id)
    row.calling = worry.written(worry.together([worry.read(asked.calling), found]))
    values = {"calling_sealed": row.calling_sealed, "calling_since": asked.calling_since or timezone.now()}
    if by is None:
        return values
    own = CareTeamMember.objects.current().filter(client=OuterRef("client"), is_lead=True, user=by)
    return {name: Case(When(Exists(own), then=F(name)), default=Value(value)) for name, value in values.items()}


def hint(screening: UUID) -> None:
    """Ask a worker to call now. While Valkey is away, it is done here and at once."""
    if not hints.send("clients.tasks.call", screening):
        _safely(screening, waits=True)


@transaction.atomic
def call(screening: UUID, *, waits: bool = True) -> bool:
    """Call somebody for what waits here; whether anything did. Safe to run twice and by several at once.

    The client is held first: a decision that is being written comes before the alert, or sees what it is raised for.
    Without `waits`, what somebody else holds is left for the next time.
    """
    clients = Client.objects.select_for_update(of=("self",), skip_locked=not waits)
    client = clients.filter(screenings__in=Screening.objects.calling().filter(pk=screening)).first()
    if client is None:
        return False
    rows = Screening.objects.calling().select_for_update(of=("self",), skip_locked=not waits)
    asked = rows.select_related("read_by").filter(pk=screening).first()
    if asked is None:
        return False
    together = asked.manner != Screening.Manner.LINK
    alerts.came_in(asked, begun=True, reader=consent.lead_of(client) if together else None)
    asked.calling, asked.calling_since = "", None
    asked.save(update_fields=["calling_sealed", "calling_since"])
    return True


def settle(asked: Screening) -> None:
    """Whoever shows or writes what comes after the call does not wait for a worker."""
    if asked.calling_since:
        call(asked.pk)
        asked.refresh_from_db(fields=["calling_sealed", "calling_since"])


def sweep() -> int:
    """Call for whatever still waits, the longest first; for how many. One that fails keeps no other from its call."""
    waiting = list(Screening.objects.calling().order_by("calling_since").values_list("pk", flat=True))
    return sum(_safely(screening, waits=False) for screening in waiting)


def _safely(screening: UUID, *, waits: bool) -> bool:
    try:
        return call(screening, waits=waits)
    except Exception as error:  # whatever is wrong: the answer is kept, it waits here, and so do the next ones
        logger.exception("not called", extra={"fields": {"screening": str(screening), "error": type(error).__name__}})
        return False
