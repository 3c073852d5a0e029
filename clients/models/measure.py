"""What a client is asked over time, and whether the lines drawn from it are hers to see."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client

MOST = 20
"""A questionnaire before every twentieth session is as rare as it gets (ours)."""


class MeasurePlanQuerySet(models.QuerySet["MeasurePlan"]):
    """Plans, by client."""

    def newest(self) -> "MeasurePlanQuerySet":
        """The one plan of each client that counts."""
        return self.order_by("client_id", "-at").distinct("client_id")


class MeasurePlan(models.Model):
    """Which questionnaires, before every how many sessions, and how. Never changed, followed by the next one; one
    without questionnaires says that nothing is asked from then on."""

    class How(models.TextChoices):
        """How the answers come."""

        LINK = "link", _("by link, two days before")
        ROOM = "room", _("in the room")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="measure_plans")
    kinds = ArrayField(models.CharField(max_length=40), help_text="keys of instruments; empty where it was stopped")
    every = models.PositiveSmallIntegerField(default=4, help_text="before each session of this number")
    how = models.CharField(max_length=10, choices=How.choices)
    at = models.DateTimeField(default=timezone.now, help_text="sessions are counted from here on")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = MeasurePlanQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(name="measure_plan_newest", fields=["client", "-at"])]
        constraints = [
            models.CheckConstraint(
                name="measure_plan_counts_to_twenty", condition=models.Q(every__gte=1, every__lte=MOST)
            ),
        ]
        triggers = [pgtrigger.Protect(name="measure_plan_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"every {self.every}, {self.get_how_display()}"

    @property
    def is_running(self) -> bool:
        """False for one that says that nothing is asked."""
        return bool(self.kinds)


class ChartAgreement(models.Model):
    """That the two agreed that the client sees her own lines, or took it back. Never changed; the newest counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="chart_agreements")
    agreed = models.BooleanField(help_text="false where it was taken back")
    on = models.DateField(help_text="the day on which they spoke about it")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(name="chart_agreement_newest", fields=["client", "-at"])]
        triggers = [pgtrigger.Protect(name="chart_agreement_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return "agreed" if self.agreed else "taken back"
