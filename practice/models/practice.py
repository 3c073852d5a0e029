"""The practice's own row: what stands on its letterhead, and its settings."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def known_zone(value: str) -> None:
    """Refuse a time zone that this machine does not know."""
    if value not in available_timezones():
        raise ValidationError(_("“%(zone)s” is not a time zone, such as Europe/London."), params={"zone": value})


_at_hand: ContextVar[list["Practice | None"] | None] = ContextVar("practice_at_hand", default=None)


@contextmanager
def at_hand() -> Iterator[None]:
    """Look up the practice's row once for everything within, such as one request; each asker gets a copy of it."""
    if _at_hand.get() is not None:
        yield
        return
    token = _at_hand.set([])
    try:
        yield
    finally:
        _at_hand.reset(token)


@contextmanager
def here() -> Iterator[None]:
    """Within it, such as one task, the day and the hour are those of the practice."""
    found = Practice.known()
    with timezone.override(found.zone if found else None):
        yield


class Guardians(models.TextChoices):
    """How many of the guardians of a young person have to sign."""

    ALL = "all", _("every guardian who is named")
    ONE = "one", _("one of the guardians who are named")


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
    grace_days = models.PositiveSmallIntegerField(
        _("days in which what merely ran out is only a look"), default=30, validators=[MaxValueValidator(90)]
    )
    consent_days = models.PositiveSmallIntegerField(
        _("days to answer when asked to sign"), default=30, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    consent_reminders = models.PositiveSmallIntegerField(
        _("reminders to sign, at most"), default=2, validators=[MaxValueValidator(5)]
    )
    majority_age = models.PositiveSmallIntegerField(
        _("from this age a person agrees alone to everything"),
        null=True,
        blank=True,
        validators=[MinValueValidator(14), MaxValueValidator(21)],
        help_text=_("It differs from place to place; nobody under 21 can be asked to sign before it is set."),
    )
    minor_age = models.PositiveSmallIntegerField(
        _("from this age a young person may agree to therapy alone"),
        null=True,
        blank=True,
        validators=[MinValueValidator(10), MaxValueValidator(21)],
        help_text=_("Leave it empty where a guardian always has to agree."),
    )
    guardians = models.CharField(
        _("whose signature a young person needs"), max_length=3, choices=Guardians.choices, default=Guardians.ALL
    )
    routes_need_approval = models.BooleanField(
        _("a second person approves each risk assessment of a route"), default=False
    )
    region = models.CharField(
        _("region, for its holidays"), max_length=8, blank=True, help_text=_("Such as SCT for Scotland or NY.")
    )
    closed_on_holidays = models.BooleanField(_("closed on public holidays"), default=True)
    clients_ask = models.BooleanField(_("clients may ask for a time on their pages"), default=False)
    asks_need_approval = models.BooleanField(_("what clients ask for waits for our yes"), default=True)
    ask_notice_hours = models.PositiveSmallIntegerField(
        _("hours before a start until which clients may ask"), default=24, validators=[MaxValueValidator(336)]
    )
    ask_ahead_days = models.PositiveSmallIntegerField(
        _("days ahead that clients may ask for"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
    )
    cancel_notice_hours = models.PositiveSmallIntegerField(
        _("hours before a start from which a cancellation is late"), default=24, validators=[MaxValueValidator(336)]
    )
    hold_hours = models.PositiveSmallIntegerField(
        _("hours for which an asked-for time is held"),
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(336)],
    )
    final_word_at = models.TimeField(_("final word on the weather at"), default=time(20, 0))
    final_word_before = models.TimeField(_("the evening before, for starts before"), default=time(10, 0))
    quiet_from = models.TimeField(_("no messages from"), default=time(21, 0))
    quiet_until = models.TimeField(_("until"), default=time(8, 0))
    late_a_minute = models.PositiveSmallIntegerField(
        _("late messages a minute after an outage, at most"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="practice_is_one_row", condition=models.Q(only=True)),
            models.CheckConstraint(
                name="practice_agrees_to_therapy_before_everything",
                condition=models.Q(minor_age__isnull=True) | models.Q(minor_age__lte=models.F("majority_age")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What a request has at hand is looked up anew after it was changed."""
        super().save(*args, **kwargs)
        if (kept := _at_hand.get()) is not None:
            kept.clear()

    @classmethod
    def known(cls) -> "Practice | None":
        """The one row; None on a database that has not begun. Within `at_hand` it is looked up once."""
        kept = _at_hand.get()
        if kept is None:
            return cls.objects.first()
        if not kept:
            kept.append(cls.objects.first())
        return copy(kept[0])

    @classmethod
    def load(cls) -> "Practice":
        """The one row. Raises `Practice.DoesNotExist` on a database that has not begun."""
        found = cls.known()
        if found is None:
            raise cls.DoesNotExist
        return found

    @property
    def zone(self) -> ZoneInfo:
        """By whose clock a day begins here."""
        return ZoneInfo(self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """The day it is here at a moment."""
        return moment.astimezone(self.zone).date()
