"""A route: a safety record of a path. Distance and ascent belong to it, never to a person."""

import uuid
from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.models.practice import known_zone


class RouteQuerySet(models.QuerySet["Route"]):
    """Routes, by what can be done with them."""

    def in_use(self) -> "RouteQuerySet":
        """Not archived."""
        return self.filter(archived_at__isnull=True)

    def archived(self) -> "RouteQuerySet":
        """Kept, and no longer chosen."""
        return self.filter(archived_at__isnull=False)

    def open_on(self, day: date) -> "RouteQuerySet":
        """Not closed that day, as `Route.is_closed` says it of one."""
        begun = models.Q(closed_from__isnull=True) | models.Q(closed_from__lte=day)
        lasts = models.Q(closed_until__isnull=True) | models.Q(closed_until__gte=day)
        return self.exclude(~models.Q(closed_because="") & begun & lasts)


@pghistory.track(exclude=["line", "sketch"])
class Route(models.Model):
    """One path with its meeting point. `line` is [[lat, lon, ele or null], …] in WGS84 degrees and metres.

    `breaks` are the indices in `line` at which a new piece begins; the gap before it is unknown and not measured.
    `sketch` is the same path in few points, for lists: {"parts": [[[lat, lon], …], …], "heights": [[m, height], …]}.
    """

    class Light(models.TextChoices):
        """How dark it gets: the light rule of `routes.domain.daylight` reads this."""

        OPEN = "open", _("open ground, no lamps")
        WOODLAND = "woodland", _("under trees, no lamps")
        LIT = "lit", _("lit, with people about")

    class Shade(models.TextChoices):
        """How much of the path lies in the sun: the heat rule reads this."""

        OPEN = "open", _("open to the sun")
        PARTLY = "partly", _("partly shaded")
        SHADED = "shaded", _("shaded")

    class Footfall(models.TextChoices):
        """How many people one meets."""

        QUIET = "quiet", _("quiet")
        SOME = "some", _("some people")
        BUSY = "busy", _("busy")

    class Chance(models.TextChoices):
        """How likely it is to be overheard, or to meet somebody one knows."""

        LOW = "low", _("unlikely")
        SOME = "some", _("possible")
        HIGH = "high", _("likely")

    class Signal(models.TextChoices):
        """What a telephone found when somebody tried."""

        GOOD = "good", _("good all the way")
        PATCHY = "patchy", _("with gaps")
        NONE = "none", _("none")

    class Character(models.TextChoices):
        """What it is like to be there."""

        QUIET = "quiet", _("quiet")
        BUSY = "busy", _("busy")
        WOODLAND = "woodland", _("woodland")
        WATER = "water", _("by the water")
        OPEN = "open", _("wide and open")
        GARDEN = "garden", _("garden or park")

    class Risk(models.TextChoices):
        """Where the newest signed risk assessment left it; `routes.domain.assessing` writes this."""

        MISSING = "missing", _("not assessed yet")
        WAITING = "waiting", _("waits for approval")
        PASSED = "passed", _("assessed")
        FAILED = "failed", _("did not pass")

    class Surface(models.TextChoices):
        """Underfoot."""

        PAVED = "paved", _("paved")
        FIRM = "firm", _("firm gravel")
        GRASS = "grass", _("grass")
        EARTH = "earth", _("earth path")
        MIXED = "mixed", _("mixed")

    STEP_FREE = ((None, _("not written down yet")), (True, _("yes, all along")), (False, _("not all along")))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    alias = models.CharField(
        _("name shown to clients"), max_length=120, help_text=_("Says where to meet without saying what for.")
    )
    meeting_point = models.TextField(_("meeting point in words"))
    time_zone = models.CharField(max_length=60, default="Europe/London", validators=[known_zone])
    line = models.JSONField()
    breaks = models.JSONField(default=list)
    sketch = models.JSONField(default=dict)
    distance_m = models.PositiveIntegerField()
    ascent_m = models.PositiveIntegerField(null=True)
    descent_m = models.PositiveIntegerField(null=True)
    max_grade_pct = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    is_loop = models.BooleanField()
    surface = models.CharField(_("surface"), max_length=10, choices=Surface.choices)
    light = models.CharField(_("light"), max_length=10, choices=Light.choices, default=Light.OPEN)
    lamps_off_from = models.TimeField(_("lamps go off at"), null=True, blank=True)
    lamps_off_until = models.TimeField(_("and on again at"), null=True, blank=True)
    shade = models.CharField(_("shade"), max_length=10, choices=Shade.choices)
    step_free = models.BooleanField(_("step-free"), null=True, blank=True, choices=STEP_FREE)
    parking = models.CharField(_("step-free parking"), max_length=200, blank=True)
    photo = models.ForeignKey(
        "practice.Paper", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    footfall_morning = models.CharField(_("before noon"), max_length=10, choices=Footfall.choices, blank=True)
    footfall_afternoon = models.CharField(_("in the afternoon"), max_length=10, choices=Footfall.choices, blank=True)
    footfall_evening = models.CharField(_("in the evening"), max_length=10, choices=Footfall.choices, blank=True)
    overheard = models.CharField(_("to be overheard is"), max_length=10, choices=Chance.choices, blank=True)
    acquaintances = models.CharField(
        _("to meet somebody one knows is"), max_length=10, choices=Chance.choices, blank=True
    )
    privacy = models.CharField(_("about privacy"), max_length=200, blank=True)
    character = ArrayField(
        models.CharField(max_length=10, choices=Character.choices),
        verbose_name=_("character"),
        default=list,
        blank=True,
    )
    width_cm = models.PositiveSmallIntegerField(_("narrowest width, cm"), null=True, blank=True)
    cross_slope_pct = models.DecimalField(_("cross slope, %"), max_digits=3, decimal_places=1, null=True, blank=True)
    steepest_pct = models.DecimalField(_("steepest piece, %"), max_digits=3, decimal_places=1, null=True, blank=True)
    steepest_m = models.PositiveSmallIntegerField(_("its length, m"), null=True, blank=True)
    obstacle_cm = models.PositiveSmallIntegerField(_("highest edge or root, cm"), null=True, blank=True)
    rest_every_m = models.PositiveSmallIntegerField(_("a place to sit every … m"), null=True, blank=True)
    measured_on = models.DateField(_("measured on"), null=True, blank=True)
    emergency_access = models.TextField(_("how an ambulance gets in"), blank=True)
    gate_codes = models.CharField(_("codes of gates and barriers"), max_length=120, blank=True)
    defibrillator = models.CharField(_("nearest defibrillator"), max_length=200, blank=True)
    emergency_department = models.CharField(_("nearest emergency department"), max_length=200, blank=True)
    emergency_minutes = models.PositiveSmallIntegerField(
        _("minutes to it by road"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    signal_found = models.CharField(_("telephone signal"), max_length=10, choices=Signal.choices, blank=True)
    signal = models.CharField(_("which networks, and where not"), max_length=120, blank=True)
    signal_tried_on = models.DateField(_("tried on"), null=True, blank=True)
    signal_instead = models.CharField(_("where there is no signal"), max_length=200, blank=True)
    permit = models.CharField(_("permission of the landowner"), max_length=200, blank=True)
    permit_until = models.DateField(_("permission ends"), null=True, blank=True)
    fallback = models.CharField(_("indoors instead"), max_length=200, blank=True)
    walked_on = models.DateField(_("last walked on"), null=True, blank=True)
    walked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    look_again_on = models.DateField(_("look again by"), null=True, blank=True)
    look_again_because = models.CharField(_("look again because"), max_length=160, blank=True)
    risk = models.CharField(max_length=10, choices=Risk.choices, default=Risk.MISSING, editable=False)
    closed_because = models.CharField(_("closed because"), max_length=160, blank=True)
    closed_from = models.DateField(_("closed from"), null=True, blank=True)
    closed_until = models.DateField(_("closed until"), null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = RouteQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="route_closed_in_order",
                condition=models.Q(closed_from__isnull=True)
                | models.Q(closed_until__isnull=True)
                | models.Q(closed_from__lte=models.F("closed_until")),
            ),
            models.CheckConstraint(
                name="route_lamps_off_and_on",
                condition=models.Q(lamps_off_from__isnull=True, lamps_off_until__isnull=True)
                | models.Q(lamps_off_from__isnull=False, lamps_off_until__isnull=False),
            ),
        ]
        triggers = [pgtrigger.Protect(name="a_route_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    def is_closed(self, on: date) -> bool:
        """Closed that day, both ends included; a closure without an end lasts until somebody opens it."""
        started = self.closed_from is None or self.closed_from <= on
        return bool(self.closed_because) and started and (self.closed_until is None or on <= self.closed_until)

    @property
    def is_dated_by_hand(self) -> bool:
        """Whoever keeps the record tells when it was walked and when to look again. Once an assessment is signed or
        asked for, an assessment alone does."""
        return self.risk == self.Risk.MISSING and not self.look_again_because

    @property
    def start(self) -> tuple[float, float]:
        """Latitude and longitude of the first point, degrees."""
        return self.line[0][0], self.line[0][1]
