"""That a questionnaire was asked before one seat of a session: once, whoever looked and however often."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Screening
from sessions.models.seat import Seat


class MeasureDueQuerySet(models.QuerySet["MeasureDue"]):
    """What was asked, by whether it was answered since, by whatever way."""

    def judged(self) -> "MeasureDueQuerySet":
        """With `is_answered` beside each."""
        return self.annotate(is_answered=_answered())

    def unanswered(self) -> "MeasureDueQuerySet":
        """What still waits."""
        return self.filter(~_answered())


def _answered() -> Exists:
    return Exists(
        Screening.objects.answered().filter(
            client=OuterRef("seat__client"), kind=OuterRef("kind"), submitted_at__gte=OuterRef("asked_at")
        )
    )


class MeasureDue(models.Model):
    """One questionnaire before one seat: mailed, or waiting to be asked in the room."""

    class How(models.TextChoices):
        """How it is asked."""

        LINK = "link", _("sent by link")
        ROOM = "room", _("to be asked in the room")
        INSTEAD = "instead", _("to be asked in the room, as it could not go by link")

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="measures")
    kind = models.CharField(max_length=40, help_text="key of the instrument")
    how = models.CharField(max_length=10, choices=How.choices)
    screening = models.OneToOneField(
        Screening, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="what was sent"
    )
    asked_at = models.DateTimeField(default=timezone.now)

    objects = MeasureDueQuerySet.as_manager()

    class Meta:
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(name="measure_due_once", fields=["seat", "kind"]),
            models.CheckConstraint(
                name="measure_due_sent_has_its_screening",
                condition=Q(how="link", screening__isnull=False) | (~Q(how="link") & Q(screening__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.get_how_display()}"
