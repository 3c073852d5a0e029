"""What a practice offers: how long, where, for how many, and what is held beside it."""

import uuid

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from practice.models.modes import Mode


@pghistory.track()
class Service(models.Model):
    """One offer. A session that was booked by it keeps what it was booked with, whatever the offer becomes."""

    class Kind(models.TextChoices):
        """For whom: a first talk, one person, two, or a group."""

        INTAKE = "intake", _("first talk")
        INDIVIDUAL = "individual", _("individual")
        COUPLE = "couple", _("couple")
        GROUP = "group", _("group")

    class Colour(models.TextChoices):
        """Tones of the calendar; a word stands beside each, for whoever does not see it."""

        MOSS = "moss", _("moss")
        SKY = "sky", _("sky")
        DAWN = "dawn", _("dawn")
        DUSK = "dusk", _("dusk")
        CLAY = "clay", _("clay")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("for whom"), max_length=10, choices=Kind.choices, default=Kind.INDIVIDUAL)
    modes = ArrayField(models.CharField(max_length=10, choices=Mode.choices), verbose_name=_("ways to meet"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=50, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    indoor_minutes = models.PositiveSmallIntegerField(
        _("minutes in the room before going out"), default=0, validators=[MaxValueValidator(240)]
    )
    travel_minutes = models.PositiveSmallIntegerField(
        _("minutes for the way, before and after"), default=0, validators=[MaxValueValidator(120)]
    )
    note_minutes = models.PositiveSmallIntegerField(
        _("minutes for the note, after"), default=10, validators=[MaxValueValidator(120)]
    )
    seats = models.PositiveSmallIntegerField(
        _("seats"), default=1, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    fee = models.DecimalField(_("fee"), max_digits=8, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="GBP")
    colour = models.CharField(_("colour"), max_length=10, choices=Colour.choices, default=Colour.MOSS)
    clients_may_ask = models.BooleanField(_("clients may ask for it on their pages"), default=False)
    is_offered = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering = ["-is_offered", "name"]
        constraints = [
            models.CheckConstraint(name="service_is_met_somehow", condition=~Q(modes=[])),
            models.CheckConstraint(
                name="service_goes_out_before_it_ends", condition=Q(indoor_minutes__lt=models.F("minutes"))
            ),
            models.CheckConstraint(
                name="service_seats_fit_its_kind",
                condition=Q(kind="group", seats__gte=2)
                | Q(kind="couple", seats=2)
                | Q(kind__in=["intake", "individual"], seats=1),
            ),
        ]

    def __str__(self) -> str:
        return self.name
