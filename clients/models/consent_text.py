"""What is agreed to: one published version of one agreement in one language."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from practice.models import Scope


class ConsentText(models.Model):
    """One published version of one agreement in one language. Published means: never changed again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=40, help_text="outdoors")
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=12, default="en")
    title = models.CharField(max_length=160)
    modes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    body = models.JSONField(help_text="sentences (the plain page), clauses (key, heading, words), plan, disclosure")
    sha256 = models.CharField(max_length=64, help_text="of the canonical JSON of everything but the version")
    renews = models.BooleanField(default=True, help_text="signatures on earlier versions are to be asked for again")
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["key", "-version"]
        constraints = [models.UniqueConstraint(name="consent_text_version_once", fields=["key", "version", "language"])]
        triggers = [pgtrigger.Protect(name="consent_text_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    @property
    def is_draft(self) -> bool:
        """True for a text that came with the product and that no lawyer is known to have read."""
        return bool(self.body.get("draft"))
