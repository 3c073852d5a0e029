"""The words of an instrument that does not come with the product, loaded by the practice from its licensed copy."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone


class TextPack(models.Model):
    """One language of one instrument. Never changed; the newest one counts, unless it says that nothing is loaded."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    instrument = models.CharField(max_length=40)
    version = models.CharField(max_length=40, help_text="version of the instrument's file that it was checked against")
    language = models.CharField(max_length=12)
    words = models.JSONField(help_text="item or answer: words; empty where the practice took its copy away")
    checksum = models.CharField(max_length=64, help_text="SHA-256 of the file")
    attestation = models.CharField(max_length=1000, help_text="the sentence that was agreed to, with the licence")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        constraints = [models.CheckConstraint(name="text_pack_is_attested", condition=~models.Q(attestation=""))]
        triggers = [pgtrigger.Protect(name="text_pack_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.instrument}, {self.language}"
