"""Why a verb of booking refused, in words that this reader may know; and how verbs that change many dates refuse."""

from datetime import date

from django.utils.translation import gettext as _

from practice.models import User
from sessions.domain import booking, reading

Refusal = (booking.Clash, booking.NotYet, booking.NotInHerCare, booking.NotInTreatment, booking.NotPossible)
"""Everything by which a verb of booking says that it is not possible."""


class Refused(Exception):
    """One date is no longer possible, and so nothing was written. `cause` says why, as a single booking would."""

    def __init__(self, day: date, cause: Exception) -> None:
        self.day, self.cause = day, cause
        super().__init__(f"{day}: {cause}")


class OtherDates(Exception):
    """What was ticked are no dates of this series, or none at all: it is to be looked at again."""


def words(cause: Exception, reader: User, otherwise: str = "") -> list[str]:
    """A sentence for each thing that is in the way; `otherwise` where it came without words."""
    if isinstance(cause, booking.Clash):
        return [cause.words(reader)]
    if isinstance(cause, booking.NotInHerCare):
        named = {"names": ", ".join(client.name for client in cause.clients)}
        return [_("%(names)s: not in this therapist’s care yet.") % named]
    if isinstance(cause, booking.NotInTreatment):
        named = {"names": ", ".join(client.name for client in cause.clients)}
        return [_("%(names)s: not in treatment here now. Open the file again first.") % named]
    if isinstance(cause, booking.NotYet):
        chips = reading.rendered(cause.readiness, cause.clients, reader)
        return [reading.sentence(chip) for chip in chips if chip.refuses]
    return [str(cause) or otherwise or _("That does not fit where this session stands now.")]
