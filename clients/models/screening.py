"""Questions asked and answered: once sent or recorded, never overwritten."""

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from practice.domain.vault import Sealed


class ScreeningQuerySet(models.QuerySet["Screening"]):
    """Screenings, by where they stand."""

    def answered(self) -> "ScreeningQuerySet":
        """Handed in, newest first."""
        return self.filter(status=Screening.Status.SUBMITTED).order_by("-submitted_at")

    def open(self) -> "ScreeningQuerySet":
        """Asked and not handed in."""
        return self.filter(status__in=[Screening.Status.ASKED, Screening.Status.STARTED])


class Screening(models.Model):
    """One asking of one set of questions (`kind`), answered by link, together, or recorded by the therapist."""

    class Status(models.TextChoices):
        """How far it is. Abandoned half-way is not refused: someone rings."""

        ASKED = "asked", _("sent")
        STARTED = "started", _("begun")
        SUBMITTED = "submitted", _("answered")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Manner(models.TextChoices):
        """How the answers came."""

        LINK = "link", _("by link")
        ROOM = "room", _("in the room")
        PHONE = "phone", _("on the telephone")
        VIDEO = "video", _("by video")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="screenings")
    kind = models.CharField(max_length=40, help_text="intake, or an instrument's key such as asq")
    versions = models.JSONField(default=dict, help_text="instrument key: version of its file")
    language = models.CharField(max_length=12, default="en")
    manner = models.CharField(max_length=10, choices=Manner.choices, default=Manner.LINK)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    read_until = models.DateTimeField(null=True, blank=True, help_text="by when the reader promised to read it")
    submitted_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    answers_sealed = models.BinaryField(default=b"", blank=True)
    answers_text = Sealed("answers_sealed")

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="screening_submitted_has_a_time",
                condition=~models.Q(status="submitted") | models.Q(submitted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.get_status_display()}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id

    @property
    def answers(self) -> dict[str, Any]:
        """The answers by item key; empty before the first."""
        text = self.answers_text
        return json.loads(text) if text else {}

    @answers.setter
    def answers(self, value: dict[str, Any]) -> None:
        self.answers_text = json.dumps(value, sort_keys=True)
