"""Mailed links: a secret of 256 bits, kept only as a hash."""

import uuid

from django.conf import settings
from django.db import models


class Link(models.Model):
    """One link for one purpose about one subject. Looking never consumes it; an act may."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.BinaryField(unique=True, editable=False)
    purpose = models.CharField(max_length=40)
    subject = models.UUIDField()
    letter = models.UUIDField(null=True, blank=True, help_text="in which it was mailed, where that is known")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(name="link_subject", fields=["subject", "purpose"]),
            models.Index(name="link_letter", fields=["letter"], condition=models.Q(letter__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} until {self.expires_at:%Y-%m-%d}"
