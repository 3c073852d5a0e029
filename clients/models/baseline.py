"""What is already known and planned for, so that an alert speaks of what is new."""

import json
import uuid
from datetime import date
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone

from clients.models.client import Client
from practice.domain.vault import Sealed


class Baseline(models.Model):
    """A clinician's words on what is known of somebody, and until when it counts. Never changed; the newest counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="baselines")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    review_by = models.DateField(help_text="it counts up to and including this day")
    words_sealed = models.BinaryField(default=b"")
    known_sealed = models.BinaryField(default=b"")
    words = Sealed("words_sealed")
    known_text = Sealed("known_sealed")

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(name="baseline_newest", fields=["client", "-at"])]
        triggers = [pgtrigger.Protect(name="baseline_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"baseline of {self.at:%Y-%m-%d}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id

    def lapsed(self, on: date) -> bool:
        """Whether its review is overdue; then nothing counts as known."""
        return on > self.review_by

    @property
    def known(self) -> dict[str, Any]:
        """The answers that belong to it: `item9`, `asq` (items) and `hurt`."""
        text = self.known_text
        return json.loads(text) if text else {}

    @known.setter
    def known(self, value: dict[str, Any]) -> None:
        self.known_text = json.dumps(value, sort_keys=True)
