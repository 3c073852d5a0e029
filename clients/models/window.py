"""A time in which somebody answers the suicide questions by link while a named person sits at the screen."""

import uuid
from datetime import datetime, timedelta

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from clients.models.client import CareTeamMember, Client
from clients.models.consent import changed
from clients.models.screening import Screening
from practice.models import CoverPerson, User

LONGEST = timedelta(hours=2)
"""Nobody watches a screen for longer (ours)."""


def still_watched() -> Q:
    """About windows whose watcher still works here, and cares for the client or covers."""
    works = User.objects.clinicians().filter(pk=OuterRef("watcher"))
    cares = CareTeamMember.objects.current().filter(client=OuterRef("client"), user=OuterRef("watcher"))
    covers = CoverPerson.objects.filter(user=OuterRef("watcher"))
    return Q(Exists(works)) & (Q(Exists(cares)) | Q(Exists(covers)))


class WindowQuerySet(models.QuerySet["Window"]):
    """Windows, by where they stand."""

    def waiting(self, *, now: datetime) -> "WindowQuerySet":
        """Not accepted, not called off, and not over."""
        return self.filter(accepted_at__isnull=True, ended_at__isnull=True, closes_at__gt=now)

    def accepted(self) -> "WindowQuerySet":
        """Somebody said that they will be there, and nobody called it off."""
        return self.filter(accepted_at__isnull=False, ended_at__isnull=True)

    def calling(self, *, now: datetime) -> "WindowQuerySet":
        """Waiting for a yes, watched now or soon, or over with nothing handed in, which is no refusal: ring."""
        to_come = Q(closes_at__gt=now)
        passed = Q(accepted_at__isnull=False, rang_at__isnull=True)
        return self.filter(to_come | passed, ended_at__isnull=True, screening__isnull=True)

    def watched(self) -> "WindowQuerySet":
        """Those whose watcher may still watch."""
        return self.filter(still_watched())

    def with_watched(self) -> "WindowQuerySet":
        """Each with `is_watched`: whether its watcher may still watch."""
        return self.annotate(is_watched=still_watched())


class Window(models.Model):
    """From when to when, who watches, and what came of it."""

    is_watched: bool
    """Only after `with_watched`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="windows")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    watcher = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="windows")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when it was called off")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="when the client first looked inside it")
    screening = models.OneToOneField(Screening, null=True, blank=True, on_delete=models.PROTECT, related_name="window")
    joined = models.OneToOneField(
        CareTeamMember, null=True, blank=True, on_delete=models.SET_NULL, related_name="window_of"
    )
    rang_at = models.DateTimeField(null=True, blank=True)
    rang_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = WindowQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at"]
        constraints = [
            models.CheckConstraint(name="window_opens_before_it_closes", condition=Q(closes_at__gt=F("opens_at"))),
            models.CheckConstraint(
                name="window_is_short", condition=Q(closes_at__lte=F("opens_at") + timedelta(hours=2))
            ),
            models.CheckConstraint(
                name="window_answers_need_a_watcher",
                condition=Q(screening__isnull=True) | Q(accepted_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="window_accepted_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.accepted_at IS NOT NULL AND ("
                    + changed("client_id", "watcher_id", "opens_at", "closes_at", "accepted_at")
                    + ")"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"window of {self.opens_at:%Y-%m-%d %H:%M}"

    def is_open(self, now: datetime) -> bool:
        """Whether answers are taken at this moment."""
        watched = self.accepted_at is not None and self.ended_at is None
        return watched and self.screening_id is None and self.opens_at <= now < self.closes_at
