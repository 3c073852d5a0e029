"""The bridging period: so long after a client is carried over from paper, what is missing asks for a look only.

The day a client was carried over stands on the client, the number of days on the practice. This module says until
when; what it means for a decision, a consent or a booking is said where those are judged.
"""

from datetime import date, timedelta

from clients.models import Client
from practice.models import Practice


def bridges_until(client: Client, practice: Practice) -> date | None:
    """The last day of this client's bridging period; None for a client who was not carried over, or without a period.

    With 60 days, somebody carried over on 1 September is bridged up to and including 31 October.
    """
    if client.carried_over_on is None or practice.bridging_days == 0:
        return None
    return client.carried_over_on + timedelta(days=practice.bridging_days)


def bridges(client: Client, practice: Practice, *, on: date) -> bool:
    """Whether this day lies in the client's bridging period. A day before it began does not."""
    until = bridges_until(client, practice)
    return until is not None and client.carried_over_on is not None and client.carried_over_on <= on <= until
