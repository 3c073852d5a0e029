"""Writing down when somebody works, and when it is otherwise. What is written replaces what stood; history has both."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from practice.domain import audit
from practice.models import HoursChange, User, WorkingHours


@transaction.atomic
def keep_week(therapist: User, rows: Sequence[WorkingHours], *, by: User) -> None:
    """These are her hours from now on, and no others."""
    list(User.objects.select_for_update().filter(pk=therapist.pk))
    WorkingHours.objects.filter(therapist=therapist).delete()
    for row in rows:
        row.therapist = therapist
        row.save(force_insert=True)
    audit.record("hours.kept", by=by, detail={"user": str(therapist.pk)})


@transaction.atomic
def change(made: HoursChange, *, by: User) -> HoursChange:
    """From one day to another it is otherwise."""
    made.save(force_insert=True)
    audit.record("hours.changed", by=by, detail=_detail(made))
    return made


@transaction.atomic
def take_back(made: HoursChange, *, by: User) -> None:
    """It is as in every week again."""
    audit.record("hours.taken_back", by=by, detail=_detail(made))
    made.delete()


@transaction.atomic
def open_on(day: date, *, by: User) -> None:
    """The practice is open although it is a holiday; twice is once."""
    if not HoursChange.objects.filter(kind=HoursChange.Kind.OPEN, first_on=day).exists():
        change(HoursChange(kind=HoursChange.Kind.OPEN, first_on=day, last_on=day), by=by)


@transaction.atomic
def close_on(day: date, *, by: User) -> None:
    """It is closed that day again."""
    for made in HoursChange.objects.filter(kind=HoursChange.Kind.OPEN, first_on=day):
        take_back(made, by=by)


def _detail(made: HoursChange) -> dict[str, str | int | None]:
    whose = str(made.therapist_id) if made.therapist_id else "practice"
    return {"user": whose, "kind": made.kind, "first": str(made.first_on), "last": str(made.last_on)}
