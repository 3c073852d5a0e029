"""What was laid before one person at once."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from clients.models.client import Client
from clients.models.signatory import Signatory


class ConsentRequest(models.Model):
    """One or several agreements laid before one person at once: one letter, one link, one last day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="consent_requests")
    signatory = models.ForeignKey(
        Signatory, null=True, blank=True, on_delete=models.PROTECT, related_name="requests", help_text="or the client"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    reminders = models.PositiveSmallIntegerField(default=0, help_text="how many were sent")
    last_sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(name="consent_request_ends", fields=["expires_at"])]

    def __str__(self) -> str:
        return f"asked {self.asked_at:%Y-%m-%d}"
