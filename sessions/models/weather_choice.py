"""What the therapist chose to do about the weather of one session, and what she saw when she did."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practice.domain.vault import Sealed
from sessions.models.session import Session


class WeatherChoiceQuerySet(models.QuerySet["WeatherChoice"]):
    """Choices, by what they were made for."""

    def newest(self) -> "WeatherChoiceQuerySet":
        """The last one of each session."""
        return self.order_by("session_id", "-at").distinct("session_id")


class WeatherChoice(models.Model):
    """One choice; the newest counts, as long as the session has not been moved. What was shown is frozen with it."""

    append_only = True

    class Choice(models.TextChoices):
        """What is done."""

        GO = "go", _("go")
        MODIFY = "modify", _("go, with changes")
        INDOORS = "indoors", _("indoors")

    class Said(models.TextChoices):
        """What the limits said (`routes.domain.limits.Level`)."""

        GO = "go", _("within the limits")
        MODIFY = "modify", _("change something")
        UNKNOWN = "unknown", _("not known")
        INDOORS = "indoors", _("indoors")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="weather_choices")
    starts_at = models.DateTimeField(help_text="when the session was to start")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    choice = models.CharField(max_length=10, choices=Choice.choices)
    said = models.CharField(max_length=10, choices=Said.choices)
    shown = models.JSONField(help_text="level, figures and limits, source and when it was fetched")
    subject = models.UUIDField(help_text="whose key seals the words: a client of the session")
    words_sealed = models.BinaryField(default=b"", blank=True)
    words = Sealed("words_sealed")

    objects = WeatherChoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(name="weather_choice_newest", fields=["session", "-at"])]
        constraints = [
            models.CheckConstraint(
                name="weather_choice_against_a_limit_has_words",
                condition=~Q(words_sealed=b"")
                | Q(choice="indoors")
                | Q(said="go")
                | (Q(choice="modify") & ~Q(said="indoors")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="weather_choice_stands", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_choice_display()}, {self.at:%Y-%m-%d %H:%M}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the key of a client of the session."""
        return self.subject
