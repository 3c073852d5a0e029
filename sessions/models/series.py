"""A series: the rule by which its sessions were written, on the clocks of its place."""

import uuid

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from practice.models.practice import known_zone


@pghistory.track()
class Series(models.Model):
    """Local date, local time and zone are the truth. Its sessions are rows of their own, each named by `occurs_on`, the
    day that the rule gives it, also after it was moved."""

    class Every(models.TextChoices):
        """How often. Monthly is by weekday: the second Thursday, or the last one where it began with a fifth."""

        WEEK = "week", _("every week")
        FORTNIGHT = "fortnight", _("every two weeks")
        MONTH = "month", _("every month, on the same weekday")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_on = models.DateField(_("first day"))
    starts = models.TimeField(_("from"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    zone = models.CharField(max_length=60, validators=[known_zone])
    every = models.CharField(_("how often"), max_length=10, choices=Every.choices, default=Every.WEEK)
    until = models.DateField(_("last day"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["first_on", "starts"]
        constraints = [
            models.CheckConstraint(name="series_ends_after_it_begins", condition=Q(until__gte=models.F("first_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.get_every_display()}, {self.first_on:%Y-%m-%d} {self.starts:%H:%M}"
