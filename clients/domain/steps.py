"""What happened to an asking, step by step: appended when it happens, printed with the signature."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from clients.models import Consent, ConsentStep
from practice.domain.audit import canonical
from practice.models import User


def add(consent: Consent, kind: str, *, at: datetime | None = None, by: User | None = None, **detail: Any) -> None:
    """Append one step; `detail` lies sealed beside it."""
    made = ConsentStep(consent=consent, kind=kind, at=at or timezone.now(), by=by)
    if detail:
        made.detail_text = canonical(detail)
    made.save(force_insert=True)


def once(consent: Consent, kind: str, *, at: datetime | None = None, by: User | None = None, **detail: Any) -> None:
    """Append a step of which only the first time counts, such as opening the page. Two at once append one."""
    if consent.steps.filter(kind=kind).exists():
        return
    with transaction.atomic():
        Consent.objects.select_for_update(of=("self",)).only("pk").get(pk=consent.pk)
        if not consent.steps.filter(kind=kind).exists():
            add(consent, kind, at=at, by=by, **detail)


def of(consent: Consent) -> list[ConsentStep]:
    """All of them, oldest first; of one moment in the order of the kinds, in which one leads to the next."""
    kinds = ConsentStep.Kind.values
    found = consent.steps.select_related("by", "consent")
    return sorted(found, key=lambda step: (step.at, kinds.index(step.kind)))
