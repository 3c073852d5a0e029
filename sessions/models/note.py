"""The note of a session: a draft while it is written, locked when it is signed."""

import json
import uuid
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from practice.domain.vault import Sealed
from sessions.models.seat import Seat


@pghistory.track(
    pghistory.InsertEvent(condition=pgtrigger.Q(new__status="signed")),
    pghistory.UpdateEvent(condition=pgtrigger.Q(new__status="signed")),
)
class Note(models.Model):
    """One note a client and session. Signing locks it, here and in the database; drafts keep no history."""

    class Status(models.TextChoices):
        """Draft or signed; there is no way back."""

        DRAFT = "draft", _("draft")
        SIGNED = "signed", _("signed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="note")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    started_at = models.DateTimeField(null=True, blank=True, help_text="when the talking began")
    stopped_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(auto_now=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0, help_text="counts saves, so that two windows cannot overwrite")
    content_sealed = models.BinaryField(default=b"", blank=True)
    content_text = Sealed("content_sealed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="note_signed_has_a_time", condition=~Q(status="signed") | Q(signed_at__isnull=False)
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="note_signed_is_locked",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="signed"),
            ),
        ]

    def __str__(self) -> str:
        return f"note, {self.get_status_display()}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.seat.client_id

    @property
    def is_locked(self) -> bool:
        """True when it is signed."""
        return self.status == self.Status.SIGNED

    @property
    def content(self) -> dict[str, Any]:
        """The note by section: focus, interventions, response, risk, plan, for_client."""
        text = self.content_text
        return json.loads(text) if text else {}

    @content.setter
    def content(self, value: dict[str, Any]) -> None:
        self.content_text = json.dumps(value, sort_keys=True, ensure_ascii=False)
