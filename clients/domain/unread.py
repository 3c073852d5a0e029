"""What should not wait and nobody of the care team has opened: called for without a worker, and never passed over."""

import logging

from clients.domain import calling
from clients.models import Client, Screening
from practice.models import User

logger = logging.getLogger("alongside.calling")


def calling_for(reader: User) -> int:
    """Call for what waits among the clients whose charts this person may read, but not for what somebody else holds;
    for how many. One statement when nothing waits. One that fails keeps nobody from their page."""
    waiting = Screening.objects.calling().filter(client__in=Client.objects.charted_by(reader)).order_by("calling_since")
    called = 0
    for screening in waiting.values_list("pk", flat=True):
        try:
            called += calling.call(screening, waits=False)
        except Exception as error:  # whatever is wrong: it goes on waiting, and so do the next ones
            fields = {"screening": str(screening), "error": type(error).__name__}
            logger.exception("not called", extra={"fields": fields})
    return called
