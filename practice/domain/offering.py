"""What the practice offers, and what its clinicians hold: changed here, kept in history and in the audit chain."""

from collections.abc import Collection

from django.db import transaction

from practice.domain import audit
from practice.models import ClinicianRecord, Service, User


@transaction.atomic
def keep(service: Service, *, by: User) -> Service:
    """A new offer, or one that changed. What was booked by it stays as it was booked."""
    is_new = service._state.adding
    names = [field.name for field in Service._meta.concrete_fields if not field.primary_key]
    service.save(**{"force_insert": True} if is_new else {"update_fields": names})
    audit.record("service.added" if is_new else "service.changed", by=by, detail={"service": str(service.pk)})
    return service


@transaction.atomic
def offer(service: Service, *, offered: bool, by: User) -> None:
    """Offer it, or no longer; what is booked stays booked."""
    service.is_offered = offered
    service.save(update_fields=["is_offered"])
    audit.record("service.offered" if offered else "service.ended", by=by, detail={"service": str(service.pk)})


@transaction.atomic
def record(kept: ClinicianRecord, fields: Collection[str], *, by: User) -> None:
    """Until when a clinician's papers are in date, her video room and her caps."""
    standing, _is_new = ClinicianRecord.objects.select_for_update().get_or_create(user=kept.user)
    for name in fields:
        setattr(standing, name, getattr(kept, name))
    standing.save(update_fields=list(fields))
    audit.record("clinician.recorded", by=by, detail={"user": str(kept.user_id)})
