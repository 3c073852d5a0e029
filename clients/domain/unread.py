"""What should not wait and nobody of the care team has opened: called for without a worker, and never passed over."""

import logging
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from clients.domain import calling
from clients.models import Alert, Client, Screening
from clients.models.screening import ScreeningQuerySet
from practice.models import User

logger = logging.getLogger("alongside.calling")


def calling_for(reader: User) -> int:
    """Call for what waits among the clients whose charts this person may read, but not for what somebody else holds;
    for how many. One statement when nothing waits. One that fails keeps nobody from their page."""
    called = 0
    for screening in waiting_for(reader).order_by("calling_since").values_list("pk", flat=True):
        try:
            called += calling.call(screening, waits=False)
        except Exception as error:  # whatever is wrong: it goes on waiting, and so do the next ones
            fields = {"screening": str(screening), "error": type(error).__name__}
            logger.exception("not called", extra={"fields": fields})
    return called


def waiting_for(reader: User) -> ScreeningQuerySet:
    """What nobody was called for yet, among the clients whose charts this person may read."""
    return Screening.objects.calling().filter(client__in=Client.objects.charted_by(reader))


def of(client: UUID) -> ScreeningQuerySet:
    """What somebody was called for, or is still to be, and nobody of this client's care team has opened since."""
    unseen = Alert.objects.filter(screening=OuterRef("pk"), seen_at__isnull=True)
    return Screening.objects.filter(Exists(unseen) | Q(calling_since__isnull=False), client=client)


def hindrance(client: UUID) -> str:
    """Why nothing is settled over these answers, in a sentence; "" once everything was opened."""
    if of(client).exists():
        return _("There are answers that should not wait, and nobody has opened them. Please read them first.")
    return ""
