"""What of the therapist herself a session needs: her licence and insurance, outdoors her first aid and training, and
that it lies within her hours and caps.

None of it is about a client, so that the desk reads it as it is. Licence or insurance over on the day refuses; first
aid and training refuse only outdoors and only after the practice's days of grace; what nobody recorded is a look.
"""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from practice.domain import words
from practice.models import ClinicianRecord
from sessions.domain.chip import LOOK, STOP, Chip, of_grace
from sessions.domain.grounds import AtWork

NEEDED = ("licence_until", "insurance_until")
OUTDOORS_TOO = ("first_aid_until", "outdoor_training_until")


def of(record: ClinicianRecord | None, called: str, day: date, *, outdoors: bool, grace: int) -> Iterator[Chip]:
    """What of her papers is over on a day; nothing for whoever has it all. `grace` in days."""
    for name in NEEDED:
        if record and (until := getattr(record, name)) and until < day:
            why = _("In date until %(day)s. Nothing after it can be booked before the new day is recorded.")
            text = _over(name) % {"name": called}
            yield Chip("therapist", STOP, "id-card", text, why % {"day": words.short_day(until)}, refuses=True,
                       record=record.pk)  # fmt: skip
    for name in OUTDOORS_TOO if outdoors else ():
        if record and (until := getattr(record, name)) and until < day:
            tone, rest = of_grace(grace - (day - until).days)
            why = _("In date until %(day)s. In the room and by video nothing changes. %(rest)s")
            text, reason = _over(name) % {"name": called}, why % {"day": words.short_day(until), "rest": rest}
            yield Chip("therapist", tone, "id-card", text, reason, refuses=tone == STOP, record=record.pk)


def beside(at_work: AtWork) -> Iterator[Chip]:
    """What of the session lies outside, and what of her papers was never recorded: one look each, none refuses."""
    session, frame = at_work.session, at_work.look()
    if outside := frame.outside(session):
        rest = "; ".join(outside[1:])
        yield Chip("hours", LOOK, "clock", outside[0], f"{rest}." if rest else "")
    record = frame.records.get(session.therapist_id)
    needed = (*NEEDED, *OUTDOORS_TOO) if session.is_outdoors else NEEDED
    if unrecorded := [str(_label(name)) for name in needed if getattr(record, name, None) is None]:
        said = {"name": session.therapist.called, "what": ", ".join(unrecorded)}
        text, why = _("Not recorded for %(name)s: %(what)s"), _("Whoever keeps the practice’s settings enters it.")
        yield Chip("unrecorded", LOOK, "id-card", text % said, why, record=session.therapist_id)


def _label(name: str) -> str:
    labels = {
        "licence_until": _("licence"),
        "insurance_until": _("insurance"),
        "first_aid_until": _("first aid"),
        "outdoor_training_until": _("outdoor training"),
    }
    return labels[name]


def _over(name: str) -> str:
    texts = {
        "licence_until": _("Licence of %(name)s ran out"),
        "insurance_until": _("Insurance of %(name)s ran out"),
        "first_aid_until": _("First aid of %(name)s ran out"),
        "outdoor_training_until": _("Outdoor training of %(name)s ran out"),
    }
    return texts[name]
