"""A text as the practice has it on its desk, before it is a version."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from clients.models.consent_text import ConsentText
from practice.models import Scope


class ConsentDraft(models.Model):
    """The one draft of a text in one language. Until somebody changes it, the newest version or the file stands for it.

    It may be unfinished; the newest words are kept, and not the ones before. What was published never changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=40, help_text="outdoors")
    language = models.CharField(max_length=12, default="en")
    title = models.CharField(max_length=160, blank=True)
    modes = ArrayField(models.CharField(max_length=10, choices=Scope.choices), default=list, blank=True)
    body = models.JSONField(help_text="as in ConsentText.body; a clause may be a heading alone")
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(default=timezone.now)
    based_on = models.ForeignKey(
        ConsentText, null=True, blank=True, on_delete=models.PROTECT, related_name="drafts",
        help_text="the newest version when it was begun, or the version it became",
    )  # fmt: skip

    class Meta:
        ordering = ["key", "language"]
        constraints = [models.UniqueConstraint(name="consent_draft_once", fields=["key", "language"])]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"
