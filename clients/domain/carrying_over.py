"""Whoever came in with a list that their therapist did not bring in is carried over once the therapist says so.

Only then the bridging period begins: the front desk can bring in names, and with them opens no way outdoors.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from practice.domain import audit
from practice.models import User


class TooLate(Exception):
    """They did not come with a list, or something was decided already; the message is a sentence for the screen."""


def is_to_confirm(client: Client) -> bool:
    """Whether a therapist is still to say that this client, who came in with a list, was theirs before."""
    return client.status == Client.Status.ACTIVE and client.came_with_id is not None and client.carried_over_on is None


@transaction.atomic
def confirm(client: Client, *, by: User, today: date) -> Client:
    """The client was in treatment with this therapist already: bridged from today. A second time changes nothing."""
    locked = Client.objects.select_for_update().get(pk=client.pk)
    if locked.carried_over_on:
        return locked
    if not is_to_confirm(locked) or locked.decisions.exists():
        raise TooLate(_("Only somebody who came in with a list, and without a decision here, can be carried over."))
    locked.carried_over_on = today
    locked.save(update_fields=["carried_over_on"])
    audit.record("client.carried_over", by=by, subject=client.pk, detail={"therapist": str(by.pk)})
    return locked
