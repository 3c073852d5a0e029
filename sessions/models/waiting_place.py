"""Who waits for a seat in a group, and to whom a freed one is offered until when."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from sessions.models.session import Session


class WaitingPlaceQuerySet(models.QuerySet["WaitingPlace"]):
    """Places, by where they stand."""

    def open(self) -> "WaitingPlaceQuerySet":
        """Waiting, or offered and not answered."""
        return self.filter(state__in=[WaitingPlace.State.WAITING, WaitingPlace.State.OFFERED])

    def offered(self, now: datetime) -> "WaitingPlaceQuerySet":
        """Offers that hold a seat."""
        return self.filter(state=WaitingPlace.State.OFFERED, offer_until__gt=now)

    def about(self, session: Session) -> "WaitingPlaceQuerySet":
        """For this session, or for an earlier one of its series and all later."""
        later = Q(and_later=True, session__series=session.series_id, session__occurs_on__lte=session.occurs_on)
        return self.filter(Q(session=session) | later if session.series_id else Q(session=session))


class WaitingPlace(models.Model):
    """One client's place in the row for one group session, or for it and all later ones of its series."""

    class State(models.TextChoices):
        """Where it stands. An offer holds the seat until it is taken, declined or over."""

        WAITING = "waiting", _("waits")
        OFFERED = "offered", _("offered")
        TAKEN = "taken", _("taken")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("not answered in time")
        LEFT = "left", _("no longer waits")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="waiting_places")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="waiting_places")
    and_later = models.BooleanField(default=False, help_text="and all later ones of its series")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_until = models.DateTimeField(null=True, blank=True)

    objects = WaitingPlaceQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(name="waiting_place_offers", fields=["offer_until"], condition=Q(state="offered"))]
        constraints = [
            models.UniqueConstraint(
                name="waiting_place_once", fields=["client", "session"], condition=Q(state__in=["waiting", "offered"])
            ),
            models.CheckConstraint(
                name="waiting_place_offer_has_an_end",
                condition=~Q(state="offered") | Q(offered_at__isnull=False, offer_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}, {self.asked_at:%Y-%m-%d}"
