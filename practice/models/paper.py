"""Papers: signed documents, letters and uploads, sealed in the database."""

import uuid

from django.conf import settings
from django.db import models


class Paper(models.Model):
    """The sealed bytes of one document about one subject; `practice.domain.papers` keeps and reads it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=30, unique=True, help_text="printed in the footer: AL-2026-1008-7F3K")
    media_type = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    sealed = models.BinaryField()
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-kept_at"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
