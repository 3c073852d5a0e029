"""One client in one session."""

import uuid
from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from sessions.models.session import HOLDING, Session, TsTzRange


class Seat(models.Model):
    """One client in one session. Span and state are copies that a composite foreign key keeps equal
    (ON UPDATE CASCADE, made in the first migration), so that the database refuses one client in two places."""

    class Answer(models.TextChoices):
        """What she said from the page behind her reminder. Indoors needs no reason."""

        COMING = "coming", _("will be there")
        INDOORS = "indoors", _("indoors today, please")
        CANNOT = "cannot", _("cannot come")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="seats")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="seats")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=10)
    doubled = models.BooleanField(default=False)
    added_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    here_at = models.DateTimeField(null=True, blank=True, help_text="she said that she is at the place")
    late_at = models.DateTimeField(null=True, blank=True, help_text="she said that she comes ten minutes late")

    class Meta:
        ordering = ["client__search_name"]
        indexes = [
            models.Index(name="seat_of_client", fields=["client", "starts_at"]),
            models.Index(
                name="seat_not_as_booked", fields=["starts_at"], condition=Q(answer__in=["cannot", "indoors"])
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="seat_once", fields=["session", "client"]),
            ExclusionConstraint(
                name="seat_client_is_free",
                expressions=[
                    ("client", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=HOLDING, doubled=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="seat_keeps_its_client",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("client", "session"),
            ),
        ]

    def __str__(self) -> str:
        return f"seat in {self.session_id}"

    @classmethod
    def for_session(cls, session: Session, client: Client, **fields: Any) -> "Seat":
        """A seat with the session's span and state, not yet saved."""
        return cls(
            session=session,
            client=client,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            status=session.status,
            doubled=session.doubled,
            **fields,
        )
