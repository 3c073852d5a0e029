"""What a therapist has to hold on the day of a session, as chips. Nothing about any client.

A licence or an insurance that is over refuses, in the room and by video too: nobody works without. First aid and the
training for outdoors merely run out: a look for the practice's days of grace, outdoors alone. A day that is not
recorded is not known: it is neither in date nor over, and says nothing.
"""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from practice.domain import words
from practice.models import ClinicianRecord
from sessions.domain.chip import STOP, Chip, of_grace


def of(record: ClinicianRecord | None, called: str, day: date, *, outdoors: bool, grace: int) -> Iterable[Chip]:
    """What is over on that day; nothing for whoever has it all."""
    if record is None:
        return
    must = ((record.licence_until, _("%(name)s’s licence")), (record.insurance_until, _("%(name)s’s insurance")))
    for until, what in must:
        if until and until < day:
            why = _("Nobody meets without it. Put in its new day as soon as it is renewed.")
            yield Chip("therapist", STOP, "file-clock", _text(what % {"name": called}, until), why, refuses=True)
    should = (
        (record.first_aid_until, _("%(name)s’s first aid")),
        (record.outdoor_training_until, _("%(name)s’s training for outdoors")),
    )
    for until, what in should if outdoors else ():
        if until and until < day:
            tone, rest = of_grace(grace - (day - until).days)
            yield Chip(
                "therapist", tone, "file-clock", _text(what % {"name": called}, until), rest, refuses=tone == STOP
            )


def _text(what: str, until: date) -> str:
    return _("%(what)s only until %(day)s") % {"what": what, "day": words.short_day(until)}
