"""What of the therapist herself a session needs: her licence and insurance, outdoors her first aid and training, and
that it lies within her hours and caps.

None of it is about a client, so that the desk reads it as it is. Licence or insurance over on the day refuses; first
aid and training refuse only outdoors and only after the practice's days of grace; what nobody recorded is a look.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from practice.domain import words
from practice.models import ClinicianRecord
from sessions.domain.chip import LOOK, STOP, Chip, of_grace
from sessions.domain.grounds import AtWork, day_of

NEEDED = ("licence_until", "insurance_until")
OUTDOORS_TOO = ("first_aid_until", "outdoor_training_until")


def of(at_work: AtWork) -> Iterator[Chip]:
    """What is over, what lies outside, and in one chip what was never recorded; nothing when all is well."""
    yield from over(at_work)
    session, frame = at_work.session, at_work.look()
    if outside := frame.outside(session):
        rest = "; ".join(outside[1:])
        yield Chip("hours", LOOK, "clock", outside[0], f"{rest}." if rest else "")
    record = _record(at_work)
    needed = (*NEEDED, *OUTDOORS_TOO) if session.is_outdoors else NEEDED
    if unrecorded := [str(_label(name)) for name in needed if getattr(record, name) is None]:
        text = _("Not recorded of %(name)s: %(what)s")
        why = _("Whoever keeps the practice’s settings enters until when.")
        said = text % {"name": session.therapist.called, "what": ", ".join(unrecorded)}
        yield Chip("unrecorded", LOOK, "id-card", said, why, record=record.pk)


def over(at_work: AtWork) -> Iterator[Chip]:
    """What of her papers is over on the day of the session."""
    session, practice, record = at_work.session, at_work.look().hours.practice, _record(at_work)
    day, who = day_of(session), session.therapist.called
    for name in NEEDED:
        if (until := getattr(record, name)) and until < day:
            yield _over(name, until, who, record)
    for name in OUTDOORS_TOO if session.is_outdoors else ():
        if (until := getattr(record, name)) and until < day:
            grace = timedelta(days=practice.grace_days if practice else 0)
            yield _lapsed(name, until, who, record, left=(until + grace - day).days)


def _record(at_work: AtWork) -> ClinicianRecord:
    pk = at_work.session.therapist_id
    return at_work.look().records.get(pk) or ClinicianRecord(user_id=pk)


def _label(name: str) -> str:
    labels = {
        "licence_until": _("licence"),
        "insurance_until": _("insurance"),
        "first_aid_until": _("first aid"),
        "outdoor_training_until": _("outdoor training"),
    }
    return labels[name]


def _text(name: str, who: str) -> str:
    texts = {
        "licence_until": _("Licence of %(name)s ran out"),
        "insurance_until": _("Insurance of %(name)s ran out"),
        "first_aid_until": _("First aid of %(name)s ran out"),
        "outdoor_training_until": _("Outdoor training of %(name)s ran out"),
    }
    return texts[name] % {"name": who}


def _over(name: str, until: date, who: str, record: ClinicianRecord) -> Chip:
    why = _("In date until %(day)s. Nothing after it can be booked before the new day is recorded.")
    return Chip(name, STOP, "id-card", _text(name, who), why % {"day": words.short_day(until)}, refuses=True,
                record=record.pk)  # fmt: skip


def _lapsed(name: str, until: date, who: str, record: ClinicianRecord, *, left: int) -> Chip:
    tone, rest = of_grace(left)
    why = _("In date until %(day)s. In the room and by video nothing changes. %(rest)s")
    reason = why % {"day": words.short_day(until), "rest": rest}
    return Chip(name, tone, "id-card", _text(name, who), reason, refuses=tone == STOP, record=record.pk)
