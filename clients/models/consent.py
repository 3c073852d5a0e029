"""Consent: the exact text that was seen, and what was answered."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from practice.domain.vault import Sealed
from practice.models import Mode


class ConsentText(models.Model):
    """One published version of one agreement in one language. Published means: never changed again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=40, help_text="outdoors")
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=12, default="en")
    title = models.CharField(max_length=160)
    modes = ArrayField(models.CharField(max_length=10, choices=Mode.choices))
    body = models.JSONField(help_text="sentences (the plain page), clauses (key, heading, words), plan, disclosure")
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key", "-version"]
        constraints = [models.UniqueConstraint(name="consent_text_version_once", fields=["key", "version", "language"])]
        triggers = [pgtrigger.Protect(name="consent_text_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"


@pghistory.track()
class Consent(models.Model):
    """One asking for one agreement and its answer. Each change is kept in its history."""

    class Status(models.TextChoices):
        """Where it stands."""

        ASKED = "asked", _("sent")
        TALK = "talk", _("wants to talk first")
        SIGNED = "signed", _("signed")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Manner(models.TextChoices):
        """How the name was put."""

        TYPED = "typed", _("typed")
        DRAWN = "drawn", _("drawn")
        PAPER = "paper", _("on paper")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    modes = ArrayField(models.CharField(max_length=10, choices=Mode.choices))
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    covers_until = models.DateField(null=True, blank=True)
    manner = models.CharField(max_length=10, choices=Manner.choices, blank=True)
    shown_sha256 = models.CharField(max_length=64, blank=True, help_text="of the exact text that was shown")
    signer_sealed = models.BinaryField(default=b"", blank=True)
    signature_sealed = models.BinaryField(default=b"", blank=True)
    answers_sealed = models.BinaryField(default=b"", blank=True)
    evidence_sealed = models.BinaryField(default=b"", blank=True)
    signer = Sealed("signer_sealed")
    signature = Sealed("signature_sealed")
    answers_text = Sealed("answers_sealed")
    evidence_text = Sealed("evidence_sealed")

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="consent_signed_is_complete",
                condition=~models.Q(status="signed")
                | models.Q(answered_at__isnull=False, covers_until__isnull=False) & ~models.Q(manner=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="consent_signed_may_only_be_withdrawn",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status="signed") & ~pgtrigger.Q(new__status="withdrawn"),
            ),
            pgtrigger.Protect(name="consent_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.text}: {self.get_status_display()}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id
