"""A route: a safety record of a path. Distance and ascent belong to it, never to a person."""

import uuid

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.models.practice import known_zone


class RouteQuerySet(models.QuerySet["Route"]):
    """Routes, by what can be done with them."""

    def walkable(self) -> "RouteQuerySet":
        """Not archived and not closed."""
        return self.filter(archived_at__isnull=True, closed_because="")


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

    class Surface(models.TextChoices):
        """Underfoot."""

        PAVED = "paved", _("paved")
        FIRM = "firm", _("firm gravel")
        GRASS = "grass", _("grass")
        EARTH = "earth", _("earth path")
        MIXED = "mixed", _("mixed")

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
    surface = models.CharField(_("surface"), max_length=10, choices=Surface.choices, default=Surface.MIXED)
    light = models.CharField(_("light"), max_length=10, choices=Light.choices, default=Light.OPEN)
    step_free = models.BooleanField(_("step-free"), default=False)
    emergency_access = models.TextField(_("how an ambulance gets in"), blank=True)
    defibrillator = models.CharField(_("nearest defibrillator"), max_length=200, blank=True)
    emergency_department = models.CharField(_("nearest emergency department"), max_length=200, blank=True)
    signal = models.CharField(_("telephone signal, when tried"), max_length=120, blank=True)
    fallback = models.CharField(_("indoors instead"), max_length=200, blank=True)
    walked_on = models.DateField(_("last walked on"), null=True, blank=True)
    walked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    look_again_on = models.DateField(_("look again by"), null=True, blank=True)
    closed_because = models.CharField(_("closed because"), max_length=160, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = RouteQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def start(self) -> tuple[float, float]:
        """Latitude and longitude of the first point, degrees."""
        return self.line[0][0], self.line[0][1]
