"""Six digits that were mailed, so that whoever signs afar is known to read that address."""

import uuid

from django.db import models
from django.utils import timezone

from clients.models.consent_request import ConsentRequest


class SigningCode(models.Model):
    """One mailed code for signing what one request lays before one person; only the newest of a request counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(ConsentRequest, on_delete=models.CASCADE, related_name="codes")
    hashed = models.CharField(max_length=64, help_text="keyed, over purpose, request and digits; they are kept nowhere")
    sent_to = models.EmailField(max_length=254)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0, help_text="how often something else was typed")
    used_at = models.DateTimeField(null=True, blank=True, help_text="when it was first typed rightly")

    class Meta:
        indexes = [models.Index(name="signing_code_newest", fields=["request", "-made_at"])]

    def __str__(self) -> str:
        return f"code until {self.expires_at:%Y-%m-%d %H:%M}"
