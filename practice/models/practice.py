"""The practice's own row: what stands on its letterhead, and its settings."""

import uuid
from zoneinfo import available_timezones

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


def known_zone(value: str) -> None:
    """Refuse a time zone that this machine does not know."""
    if value not in available_timezones():
        raise ValidationError(_("“%(zone)s” is not a time zone, such as Europe/London."), params={"zone": value})


@pghistory.track()
class Practice(models.Model):
    """One practice, one database: the table holds exactly one row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    only = models.BooleanField(default=True, editable=False, unique=True)
    name = models.CharField(_("name"), max_length=120)
    tagline = models.CharField(_("line under the name"), max_length=120, blank=True)
    address = models.TextField(_("address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    reply_hours = models.CharField(_("when messages are read"), max_length=120, default="weekdays until 17:00")
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/London", validators=[known_zone])
    country = models.CharField(_("country"), max_length=2, default="GB")
    bridging_days = models.PositiveSmallIntegerField(
        _("days to bring in what clients carried over have on paper"), default=60, validators=[MaxValueValidator(366)]
    )
    enquiry_days = models.PositiveSmallIntegerField(
        _("days until an enquiry that came to nothing is deleted"),
        default=90,
        validators=[MinValueValidator(7), MaxValueValidator(366)],
    )
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(name="practice_is_one_row", condition=models.Q(only=True))]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load(cls) -> "Practice":
        """The one row. Raises `Practice.DoesNotExist` on a database that has not begun."""
        return cls.objects.get()
