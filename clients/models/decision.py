"""The clinical decision: in a clinician's own words, never changed, followed by the next one."""

import uuid
from datetime import date, datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from clients.models.client import Client
from practice.domain.vault import Sealed
from practice.models import OUTDOOR, Mode


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions, by where they stand."""

    def newest(self) -> "DecisionQuerySet":
        """Followed by no other, of clients in treatment."""
        later = Decision.objects.filter(client=OuterRef("client"), at__gt=OuterRef("at"))
        return self.filter(~Exists(later), client__status=Client.Status.ACTIVE)

    def ending(self, since: date, until: date) -> "DecisionQuerySet":
        """For outdoors, and to be looked at again on a day between these two. The first one first."""
        due = self.filter(modes__overlap=sorted(OUTDOOR), look_again_on__gte=since, look_again_on__lte=until)
        return due.order_by("look_again_on")


@pghistory.track()
class Decision(models.Model):
    """Which ways of meeting are agreed, why, and until when. The newest one stands until it runs out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="decisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField(default=timezone.now)
    modes = ArrayField(models.CharField(max_length=10, choices=Mode.choices), default=list)
    limits = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    look_again_on = models.DateField(help_text="the decision counts up to and including this day")
    carries_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="the full decision that this one lets go on, because nothing had changed",
    )  # fmt: skip
    rule_set = models.CharField(max_length=40, blank=True, help_text="version of the rules that were looked at")
    screenings = ArrayField(models.UUIDField(), default=list, blank=True)
    reasoning_sealed = models.BinaryField(default=b"")
    considered_sealed = models.BinaryField(default=b"", blank=True)
    reasoning = Sealed("reasoning_sealed")
    considered = Sealed("considered_sealed")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(name="decision_newest", fields=["client", "-at"])]
        triggers = [pgtrigger.Protect(name="decision_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"decision of {self.at:%Y-%m-%d}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id

    @property
    def full(self) -> "Decision":
        """The last one for which everything was looked at: itself, unless nothing had changed since an earlier one."""
        return self.carries_on or self

    @property
    def fully_at(self) -> datetime:
        """When everything was looked at for the last time."""
        return self.full.at
