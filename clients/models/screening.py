"""Questions asked and answered: once sent or recorded, never overwritten."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.consent import changed
from practice.domain.vault import Sealed

LIES = timedelta(days=2)
"""An intake begun and left for so long asks for a ring (ours)."""
STANDS = (
    *("id", "client_id", "kind", "versions", "language", "manner", "status"),
    *("asked_by_id", "read_by_id", "asked_at", "read_until", "submitted_at", "saved_at", "answers_sealed"),
    "result_sealed",
)
"""What no longer changes once it was handed in: all but when it was first read, and who was told."""


class ScreeningQuerySet(models.QuerySet["Screening"]):
    """Screenings, by where they stand."""

    def answered(self) -> "ScreeningQuerySet":
        """Handed in, newest first."""
        return self.filter(status=Screening.Status.SUBMITTED).order_by("-submitted_at")

    def open(self) -> "ScreeningQuerySet":
        """Asked and not handed in."""
        return self.filter(status__in=[Screening.Status.ASKED, Screening.Status.STARTED])

    def calling(self) -> "ScreeningQuerySet":
        """Somebody is still to be called for something in them, whatever became of it."""
        return self.filter(calling_since__isnull=False)

    def abandoned(self, *, now: datetime) -> "ScreeningQuerySet":
        """Begun and not handed in, with nothing more said for two days; the longest left first. Never a refusal."""
        begun = self.filter(status=Screening.Status.STARTED)
        return (
            begun.annotate(left_at=Coalesce("saved_at", "asked_at")).filter(left_at__lt=now - LIES).order_by("left_at")
        )


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
    asked_at = models.DateTimeField(default=timezone.now)
    read_until = models.DateTimeField(null=True, blank=True, help_text="by when the reader promised to read it")
    submitted_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True, help_text="when a page was last kept")
    answers_sealed = models.BinaryField(default=b"", blank=True)
    told_sealed = models.BinaryField(default=b"", blank=True, help_text="who was told, after the suicide questions")
    result_sealed = models.BinaryField(default=b"", blank=True, help_text="scores and rules when it was handed in")
    calling_sealed = models.BinaryField(default=b"", blank=True, help_text="what somebody is still to be called for")
    calling_since = models.DateTimeField(null=True, blank=True)
    answers_text = Sealed("answers_sealed")
    result_text = Sealed("result_sealed")
    told_text = Sealed("told_sealed")
    calling = Sealed("calling_sealed")
    known: Any = None
    """What `asq.asked_of` knows of it beside this row."""

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        indexes = [
            models.Index(
                name="screening_calling", fields=["calling_since"], condition=models.Q(calling_since__isnull=False)
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="screening_submitted_has_a_time",
                condition=~models.Q(status="submitted") | models.Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="screening_calls_for_something",
                condition=models.Q(calling_since=None, calling_sealed=b"")
                | models.Q(models.Q(calling_since__isnull=False), ~models.Q(calling_sealed=b"")),
            ),
            models.CheckConstraint(
                name="screening_calls_before_it_is_handed_in",
                condition=models.Q(submitted_at=None) | models.Q(calling_since=None),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="screening_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="screening_answers_stand",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.submitted_at IS NOT NULL AND ({changed(*STANDS)})"),
            ),
            pgtrigger.Protect(
                name="screening_told_and_seen_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"((OLD.seen_at IS NOT NULL AND ({changed('seen_at')}))"
                    " OR (octet_length(OLD.told_sealed) > 0 AND octet_length(NEW.told_sealed) = 0))"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.get_status_display()}"

    @property
    def is_open(self) -> bool:
        """Asked, and neither handed in nor withdrawn."""
        return self.status in (self.Status.ASKED, self.Status.STARTED)

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

    def rewrite_answers(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Put what becomes of the answers in their place; the same as reading and setting them, at half the price."""
        Screening.answers_text.rewrite(self, lambda text: json.dumps(change(json.loads(text or "{}")), sort_keys=True))

    @property
    def told(self) -> list[dict[str, Any]]:
        """Who was told and whether safety is settled, each time that it was written down; the last one counts."""
        text = self.told_text
        return json.loads(text) if text else []

    @told.setter
    def told(self, value: list[dict[str, Any]]) -> None:
        self.told_text = json.dumps(value, sort_keys=True)
