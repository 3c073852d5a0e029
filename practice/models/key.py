"""Data keys: one for each client, wrapped by the practice's key, which is never in the database."""

import uuid

from django.db import models


class DataKey(models.Model):
    """The wrapped AES-256 key of one subject. Without this row her sealed text is unreadable for ever."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.UUIDField(unique=True)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"key {self.pk}"
