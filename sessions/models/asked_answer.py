"""What the practice answered to somebody who asked for a time."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practice.domain.vault import Sealed
from sessions.models.session import Session


class AskedAnswer(models.Model):
    """One answer, with words for the person who asked. The newest counts; what was answered stands."""

    append_only = True

    class Said(models.TextChoices):
        """Yes, another time, or no."""

        YES = "yes", _("yes")
        OTHER = "other", _("another time")
        NO = "no", _("not this time")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="asked_answers")
    said = models.CharField(max_length=10, choices=Said.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    subject = models.UUIDField(help_text="whose key seals the words: the client who asked")
    words_sealed = models.BinaryField(default=b"", blank=True)
    words = Sealed("words_sealed")

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(name="asked_answer_newest", fields=["session", "-at"])]
        triggers = [
            pgtrigger.Protect(name="asked_answer_stands", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_said_display()}, {self.at:%Y-%m-%d %H:%M}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the key of the client who asked."""
        return self.subject
