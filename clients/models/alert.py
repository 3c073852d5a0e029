"""A worrying answer, and who has heard of it: sent, reached, seen, acted. Facts with times; nothing is taken back."""

import uuid
from datetime import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.consent import changed
from clients.models.screening import Screening
from practice.domain.vault import Sealed
from practice.models import Letter, User

LETTERS = ("answers_came_in", "please_make_sure", "please_ring")
"""The kinds of letters that an alert sends; they are about its screening and call a colleague, not a client."""


FACTS = (
    ("reached_at", "reached_by_id"),
    ("seen_at", "seen_by_id"),
    ("acted_at", "acted_by_id", "acted_sealed"),
)
"""What no longer changes once its time (the first of each) is written down."""


def _stays(at: str, *others: str) -> str:
    return f"(OLD.{at} IS NOT NULL AND ({changed(at, *others)}))"


def unattended() -> Q:
    """About answers whose reader was not there: given by link, or written down by somebody else.

    Where the reader asked in person, what was done stands beside the answers.
    """
    return Q(screening__manner=Screening.Manner.LINK) | ~Q(screening__read_by=F("screening__asked_by"))


class AlertQuerySet(models.QuerySet["Alert"]):
    """Alerts, by who still has to hear of them."""

    def unheard(self) -> "AlertQuerySet":
        """Nobody has opened the answers, and nobody who covers has reached the colleague."""
        return self.filter(seen_at__isnull=True, reached_at__isnull=True)

    def unacted(self) -> "AlertQuerySet":
        """Nobody has written down what was done."""
        return self.filter(acted_at__isnull=True)

    def told(self, user: User) -> "AlertQuerySet":
        """Somebody who covers was written to, or everybody was and nobody has heard."""
        return self.filter(Q(told__contains=[user.pk]) | Q(exhausted_at__isnull=False))

    def unattended(self) -> "AlertQuerySet":
        """Their reader was not there."""
        return self.filter(unattended())

    def outside(self, clients: models.QuerySet[Client]) -> "AlertQuerySet":
        """About nobody of these clients."""
        return self.filter(~Exists(clients.filter(pk=OuterRef("screening__client"))))

    def with_sent(self) -> "AlertQuerySet":
        """Each with `sent_at`: when the first of its letters truly left, or None."""
        left = Letter.objects.filter(about=OuterRef("screening"), kind__in=LETTERS, state=Letter.State.SENT)
        left = left.filter(created_at__gte=OuterRef("created_at")).order_by("sent_at")
        return self.annotate(sent_at=Subquery(left.values("sent_at")[:1]))


class Alert(models.Model):
    """One worrying answer that came in, begun or handed in, and what became of it."""

    class Moment(models.TextChoices):
        """When it was noticed."""

        BEGUN = "begun", _("begun")
        HANDED_IN = "handed_in", _("handed in")

    sent_at: datetime | None
    """Only after `with_sent`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="alerts")
    number = models.PositiveSmallIntegerField(default=1, help_text="which call of its moment: worse calls again")
    moment = models.CharField(max_length=10, choices=Moment.choices)
    created_at = models.DateTimeField(default=timezone.now)
    told = ArrayField(models.UUIDField(), default=list, blank=True, help_text="who covers and was written to, in order")
    told_at = models.DateTimeField(default=timezone.now, help_text="when the last of them was")
    exhausted_at = models.DateTimeField(null=True, blank=True, help_text="when the cover list had come to its end")
    reached_at = models.DateTimeField(null=True, blank=True)
    reached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acted_at = models.DateTimeField(null=True, blank=True)
    acted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acted_sealed = models.BinaryField(default=b"", blank=True)
    acted = Sealed("acted_sealed")
    raised_sealed = models.BinaryField(default=b"", blank=True, help_text="what somebody was called for")
    raised = Sealed("raised_sealed")

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(name="alert_unheard", fields=["told_at"], condition=Q(seen_at=None, reached_at=None))]
        constraints = [
            models.UniqueConstraint(name="alert_once_a_moment", fields=["screening", "moment", "number"]),
            *(
                models.CheckConstraint(
                    name=f"alert_{what}_by_somebody",
                    condition=Q(**{f"{what}_at": None, f"{what}_by": None})
                    | Q(**{f"{what}_at__isnull": False, f"{what}_by__isnull": False}),
                )
                for what in ("reached", "seen", "acted")
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="alert_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="alert_facts_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"({' OR '.join(_stays(*fact) for fact in FACTS)})"),
            ),
        ]

    def __str__(self) -> str:
        return f"alert of {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.screening.client_id

    @property
    def was_in_person(self) -> bool:
        """The reader asked, and was there."""
        asked = self.screening
        return asked.manner != Screening.Manner.LINK and asked.read_by_id == asked.asked_by_id

    @property
    def colleague(self) -> User:
        """Whose answers these are to read, and whom somebody who covers is asked to ring."""
        return self.screening.read_by or self.screening.asked_by
