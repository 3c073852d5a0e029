"""When somebody works: a week that repeats, and the days on which it is otherwise."""

import uuid
from datetime import date

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from practice.models.place import Place


class ClockRange(models.Func):
    """PostgreSQL's range of two times on one wall."""

    template = "tsrange(DATE '2000-01-01' + %(expressions)s)"
    arg_joiner = ", DATE '2000-01-01' + "
    output_field = models.TextField()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class WorkingHours(models.Model):
    """From when to when a therapist works on a weekday, on the clocks of a place. None at all is not known."""

    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="working_hours")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=list(WEEKDAYS.items()))
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(name="hours_end_after_they_start", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(name="hours_are_of_a_weekday", condition=Q(weekday__lte=6)),
            ExclusionConstraint(
                name="hours_are_in_one_place",
                expressions=[
                    ("therapist", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (ClockRange("starts", "ends"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}-{self.ends:%H:%M}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["words"])
class HoursChange(models.Model):
    """Days on which it is otherwise: for one therapist, or without one for the whole practice."""

    class Kind(models.TextChoices):
        """Less, more, or open although it is a public holiday."""

        AWAY = "away", _("away")
        EXTRA = "extra", _("extra hours")
        OPEN = "open", _("open on a public holiday")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("what"), max_length=5, choices=Kind.choices, default=Kind.AWAY)
    therapist = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="hours_changes"
    )
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    starts = models.TimeField(_("from"), null=True, blank=True)
    ends = models.TimeField(_("to"), null=True, blank=True)
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(_("for us alone"), max_length=120, blank=True)

    class Meta:
        ordering = ["first_on", "starts"]
        indexes = [models.Index(name="hours_change_until", fields=["last_on"])]
        constraints = [
            models.CheckConstraint(name="hours_change_ends_after_it_begins", condition=Q(last_on__gte=F("first_on"))),
            models.CheckConstraint(
                name="hours_change_has_both_times_or_none",
                condition=Q(starts__isnull=True, ends__isnull=True)
                | Q(starts__isnull=False, ends__isnull=False, ends__gt=F("starts")),
            ),
            models.CheckConstraint(
                name="hours_change_fits_its_kind",
                condition=Q(kind="away", place__isnull=True)
                | Q(kind="extra", therapist__isnull=False, place__isnull=False, starts__isnull=False)
                | Q(kind="open", therapist__isnull=True, place__isnull=True, starts__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.first_on:%Y-%m-%d} to {self.last_on:%Y-%m-%d}"

    def counts_on(self, day: date) -> bool:
        """Whether a day is one of these."""
        return self.first_on <= day <= self.last_on
