"""Reading a decision with a second clinician. The decision stands once it is written; this holds up nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from clients.models import Decision, SecondReading
from practice.domain import audit
from practice.models import Role, User

READERS = (Role.THERAPIST, Role.SUPERVISOR)


class AlreadyRead(Exception):
    """What was said about it stands."""


def readers(by: User) -> QuerySet[User]:
    """Who may be asked: the practice's therapists and supervisors, but for the one who decides."""
    return User.objects.filter(is_active=True, memberships__role__in=READERS).exclude(pk=by.pk).distinct()


def supervisor_of(by: User) -> User | None:
    """Whom a decision written in training is read with, unless somebody else is chosen."""
    if Role.TRAINEE not in by.roles:
        return None
    return readers(by).filter(supervisees__supervisee=by).first()


@transaction.atomic
def ask(made: Decision, *, reader: User, by: User) -> SecondReading:
    """Ask a colleague to read it; asked twice, there is one."""
    reading, is_new = SecondReading.objects.get_or_create(decision=made, reader=reader, defaults={"asked_by": by})
    if is_new:
        detail: dict[str, str | int | None] = {"decision": str(made.pk), "reader": str(reader.pk)}
        audit.record("decision.given_to_read", by=by, subject=made.client_id, detail=detail)
    return reading


@transaction.atomic
def read(reading: SecondReading, *, comment: str, by: User) -> SecondReading:
    """Say that it was read, with a comment or without one; once. Pressed twice with the same words, it is one act."""
    locked = SecondReading.objects.select_for_update(of=("self",)).select_related("decision").get(pk=reading.pk)
    if locked.read_at:
        if locked.comment == comment:
            return locked
        raise AlreadyRead
    locked.read_at, locked.comment = timezone.now(), comment
    locked.save(update_fields=["read_at", "comment_sealed"])
    audit.record("decision.read_with", by=by, subject=locked.decision.client_id, detail={"reading": str(locked.pk)})
    return locked


def of(made: Decision) -> list[SecondReading]:
    """Everyone it is read with, in the order in which they were asked."""
    return list(made.readings.select_related("reader", "decision"))


@dataclass(frozen=True, slots=True)
class Said:
    """What one reader said, for the care team's page."""

    reader: User
    read_at: datetime | None
    comment: str


def said(made: Decision) -> list[Said]:
    """Everyone it is read with and what they said, with one look at the client's key."""
    rows = of(made)
    comments = SecondReading.comment.read_each(rows)
    return [Said(row.reader, row.read_at, comment) for row, comment in zip(rows, comments, strict=True)]
