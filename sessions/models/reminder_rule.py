"""When clients are reminded, and how: for everybody, for one service, or for one client."""

import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from practice.domain.local_time import instant
from practice.models import Letter, Service
from sessions.models.session import Session

MOST_DAYS = 14


class ReminderRule(models.Model):
    """One reminder: so long before the start, or at an hour of an earlier day on the clocks of the place.

    A client's own rules count in place of those of the service, and those in place of the practice's. A rule is never
    changed: another one takes its place, so that a letter always names the rule that it was written by.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, null=True, blank=True, on_delete=models.CASCADE, related_name="reminder_rules")
    service = models.ForeignKey(
        Service, verbose_name=_("service"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    channel = models.CharField(_("how"), max_length=10, choices=Letter.Channel.choices, default=Letter.Channel.EMAIL)
    minutes_before = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(15), MaxValueValidator(MOST_DAYS * 24 * 60)]
    )
    days_before = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(MOST_DAYS)])
    at = models.TimeField(null=True, blank=True)
    is_off = models.BooleanField(default=False, help_text="no reminders at all")

    class Meta:
        ordering = ["-days_before", "-minutes_before", "channel"]
        constraints = [
            models.CheckConstraint(
                name="reminder_rule_is_for_one", condition=Q(client__isnull=True) | Q(service__isnull=True)
            ),
            models.CheckConstraint(
                name="reminder_rule_says_when",
                condition=Q(is_off=True, minutes_before__isnull=True, days_before__isnull=True, at__isnull=True)
                | Q(is_off=False, minutes_before__isnull=False, days_before__isnull=True, at__isnull=True)
                | Q(is_off=False, minutes_before__isnull=True, days_before__isnull=False, at__isnull=False),
            ),
            models.UniqueConstraint(
                name="reminder_rule_once",
                fields=["client", "service", "channel", "minutes_before", "days_before", "at", "is_off"],
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.minutes_before or self.at}"

    @classmethod
    def standard(cls) -> "ReminderRule":
        """What holds where nobody made a rule: by e-mail, the day before at 18:00."""
        return cls(days_before=1, at=time(18))

    @property
    def code(self) -> str:
        """Its part of the key of a letter."""
        return "standard" if self._state.adding else self.pk.hex

    def due_at(self, session: Session) -> datetime:
        """When it reminds of a session, before anybody's quiet hours are looked at."""
        if self.minutes_before is not None:
            return session.starts_at - timedelta(minutes=self.minutes_before)
        zone = ZoneInfo(session.place.time_zone)
        day = session.starts_at.astimezone(zone).date() - timedelta(days=self.days_before or 0)
        return instant(day, self.at or time(18), zone)
