"""What happened to one asking, step by step."""

import json
import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.consent import Consent
from practice.domain.vault import Sealed


class ConsentStep(models.Model):
    """One thing that happened to one asking, from its letter to its end. Appended, never changed."""

    append_only = True

    class Kind(models.TextChoices):
        """What happened."""

        ASKED = "asked", _("asked")
        SENT = "sent", _("letter written")
        OPENED = "opened", _("opened")
        CODE = "code", _("code written")
        IDENTIFIED = "identified", _("known to be who they say")
        DISCLOSED = "disclosed", _("agreed to read and sign on a screen")
        TALK = "talk", _("wants to talk first")
        CONVERSATION = "conversation", _("talked through")
        SIGNED = "signed", _("signed")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("taken back")
        REMINDED = "reminded", _("reminded")
        COPIED = "copied", _("copy sent")
        ON_PAPER = "on_paper", _("kept from paper")
        DUE_AGAIN = "due_again", _("to be asked again")
        REPLACED = "replaced", _("asked again since")
        EXPIRED = "expired", _("not answered in time")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    detail_sealed = models.BinaryField(default=b"", blank=True)
    detail_text = Sealed("detail_sealed")

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(name="consent_step_of", fields=["consent", "at"])]
        triggers = [pgtrigger.Protect(name="consent_step_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d %H:%M}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.consent.client_id

    @property
    def detail(self) -> dict[str, Any]:
        """What belongs to it: an address, a fingerprint, words."""
        return json.loads(self.detail_text or "{}")
