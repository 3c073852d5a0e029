"""Whether anything has changed since a decision: asked before it runs out, or written down when something happens."""

import uuid
from datetime import datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.consent import changed
from clients.models.decision import Decision
from practice.domain.vault import Sealed


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews, by where they stand."""

    def open(self) -> "ReviewQuerySet":
        """Not answered yet, or answered with “nothing has changed” and not confirmed yet."""
        return self.filter(status__in=[Review.Status.ASKED, Review.Status.NOTHING])

    def standing(self) -> "ReviewQuerySet":
        """About the newest decision of a client in treatment."""
        later = Decision.objects.filter(client=OuterRef("client"), at__gt=OuterRef("decision__at"))
        return self.filter(~Exists(later), client__status=Client.Status.ACTIVE)

    def changed(self) -> "ReviewQuerySet":
        """Something has changed, and nobody has decided anew since. The newest first."""
        later = Decision.objects.filter(client=OuterRef("client"), at__gt=OuterRef("answered_at"))
        return self.filter(~Exists(later), status=Review.Status.CHANGED).order_by("-answered_at")


@pghistory.track()
class Review(models.Model):
    """One asking whether a decision still fits, or one event that asks to look again. Closes nothing by itself."""

    class Status(models.TextChoices):
        """Where it stands. What was said, confirmed or overtaken stays so."""

        ASKED = "asked", _("asked")
        NOTHING = "nothing_changed", _("nothing has changed")
        CHANGED = "something_changed", _("something has changed")
        CONFIRMED = "confirmed", _("nothing has changed, confirmed")
        LAPSED = "lapsed", _("decided anew before it was answered")

    class Manner(models.TextChoices):
        """How it is looked at."""

        LINK = "link", _("by link")
        ROOM = "room", _("in person")
        FULL = "full", _("with all the questions")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="reviews")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reviews")
    manner = models.CharField(max_length=10, choices=Manner.choices)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="empty when the nightly look asked",
    )  # fmt: skip
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="who wrote it down; empty when the client said it on a page of their own",
    )  # fmt: skip
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made = models.OneToOneField(Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="review")
    words_sealed = models.BinaryField(default=b"", blank=True)
    words = Sealed("words_sealed")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(name="review_newest", fields=["client", "-asked_at"])]
        constraints = [
            models.UniqueConstraint(
                name="review_asked_once_by_night", fields=["decision"], condition=Q(asked_by__isnull=True)
            ),
            models.CheckConstraint(
                name="review_answer_has_a_time",
                condition=~Q(status__in=["nothing_changed", "something_changed", "confirmed"])
                | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="review_confirmed_is_complete",
                condition=~Q(status="confirmed")
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, made__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="review_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="review_asking_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(changed("client_id", "decision_id", "manner", "asked_at", "asked_by_id")),
            ),
            pgtrigger.Protect(
                name="review_said_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=["something_changed", "confirmed", "lapsed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"review, {self.get_status_display()}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id

    @property
    def is_open(self) -> bool:
        """True while something may still be said."""
        return self.status in (self.Status.ASKED, self.Status.NOTHING)

    @property
    def said_at(self) -> datetime:
        """When it was answered, or else asked."""
        return self.answered_at or self.asked_at
