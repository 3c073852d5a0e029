"""The cover list: who answers, in order, when a worrying answer arrives and its reader is not there."""

from django.db import transaction
from django.db.models import Max

from practice.domain import audit
from practice.models import CoverPerson, Role, User

READS_CHARTS = (Role.THERAPIST, Role.TRAINEE, Role.SUPERVISOR)
"""Roles whose people can be asked to cover: a letter that asks to ring about answers goes to clinicians."""


def people() -> list[User]:
    """Everybody who covers and still works here, in order."""
    rows = CoverPerson.objects.filter(user__is_active=True).select_related("user").order_by("position")
    return [row.user for row in rows]


def is_named() -> bool:
    """Whether there is anybody; without, questions whose answers may not wait are not sent by link."""
    return CoverPerson.objects.filter(user__is_active=True).exists()


def is_alone(user: User) -> bool:
    """Whether this person is the only one who covers."""
    return people() == [user]


def candidates() -> list[User]:
    """Clinicians and supervisors who are not on the list."""
    working = User.objects.working().filter(memberships__role__in=READS_CHARTS, cover__isnull=True)
    return list(working.distinct().order_by("name"))


@transaction.atomic
def add(user: User, *, by: User) -> CoverPerson:
    """Put somebody at the end of the list; who is on it already stays where they are."""
    rows = _locked()
    last = max((row.position for row in rows), default=0)
    made, is_new = CoverPerson.objects.get_or_create(user=user, defaults={"position": last + 1})
    if is_new:
        audit.record("cover.added", by=by, detail={"user": str(user.pk)})
    return made


@transaction.atomic
def remove(user: User, *, by: User) -> None:
    """Take somebody off the list; the others keep their order."""
    _locked()
    gone, _ = CoverPerson.objects.filter(user=user).delete()
    if gone:
        audit.record("cover.removed", by=by, detail={"user": str(user.pk)})


@transaction.atomic
def earlier(user: User, *, by: User) -> None:
    """Let somebody be asked one place earlier; who is first stays first."""
    rows = _locked()
    place = next((number for number, row in enumerate(rows) if row.user_id == user.pk), 0)
    if place == 0:
        return
    before, row = rows[place - 1], rows[place]
    low, high = before.position, row.position
    _put(before, _end() + 1)
    _put(row, low)
    _put(before, high)
    audit.record("cover.moved", by=by, detail={"user": str(user.pk)})


def _locked() -> list[CoverPerson]:
    return list(CoverPerson.objects.select_for_update().order_by("position"))


def _end() -> int:
    return int(CoverPerson.objects.aggregate(end=Max("position"))["end"] or 0)


def _put(row: CoverPerson, position: int) -> None:
    row.position = position
    row.save(update_fields=["position"])
