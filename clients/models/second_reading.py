"""A decision that is read with a second clinician: asked for once, answered once, never changed."""

import uuid
from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from clients.models.client import Client
from clients.models.consent import changed
from clients.models.decision import Decision
from practice.domain.vault import Sealed
from practice.models import User

ASKED = ("id", "decision_id", "reader_id", "asked_by_id", "asked_at")
"""What no longer changes once somebody was asked to read."""


class SecondReadingQuerySet(models.QuerySet["SecondReading"]):
    """Readings, by whose they are and where they stand."""

    def of(self, reader: User) -> "SecondReadingQuerySet":
        """Those that this person was asked for."""
        return self.filter(reader=reader)

    def waiting(self) -> "SecondReadingQuerySet":
        """Not read yet, the longest waiting first."""
        return self.filter(read_at__isnull=True).order_by("asked_at")

    def read_since(self, moment: datetime, *, decided_by: User) -> "SecondReadingQuerySet":
        """Decisions of this person that were read since then, the last one first, while they may read the chart."""
        charted = Client.objects.charted_by(decided_by)
        found = self.filter(decision__by=decided_by, read_at__gt=moment, decision__client__in=charted)
        return found.order_by("-read_at")


class SecondReading(models.Model):
    """One decision, given to a colleague to read. It stands meanwhile; what the reader says lies beside it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="readings")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    comment_sealed = models.BinaryField(default=b"", blank=True)
    comment = Sealed("comment_sealed")

    objects = SecondReadingQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(name="second_reading_once", fields=["decision", "reader"]),
            models.CheckConstraint(name="second_reading_is_another_s", condition=~Q(reader=F("asked_by"))),
        ]
        triggers = [
            pgtrigger.Protect(name="second_reading_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="second_reading_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"(OLD.read_at IS NOT NULL OR ({changed(*ASKED)}))"),
            ),
        ]

    def __str__(self) -> str:
        return f"read with {self.reader}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.decision.client_id
