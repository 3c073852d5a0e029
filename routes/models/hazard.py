"""What can go wrong along a route, in words."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from routes.models.route import Route


class Hazard(models.Model):
    """One hazard, what is done about it, and who saw it last."""

    class Kind(models.TextChoices):
        """The kinds that decisions may ask to avoid, and the everyday ones."""

        WATER = "water", _("water edge")
        DROP = "drop", _("drop or cliff")
        RAIL = "rail", _("railway")
        BRIDGE = "bridge", _("bridge")
        FAST_ROAD = "fast_road", _("fast road")
        ROAD = "road", _("road crossing")
        CYCLES = "cycles", _("cycles")
        DOGS = "dogs", _("dogs off the lead")
        LIVESTOCK = "livestock", _("livestock")
        SURFACE = "surface", _("uneven or slippery ground")
        ICE = "ice", _("where ice stays")
        TREES = "trees", _("old trees, falling branches")
        TIDE = "tide", _("tide or flooding")
        TICKS = "ticks", _("ticks, insects or plants that sting")
        HUNTING = "hunting", _("hunting")
        CROWD = "crowd", _("crowds, or people one may know")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        """How things stand with it."""

        THERE = "there", _("there")
        EASED = "eased", _("dealt with for now")
        GONE = "gone", _("gone")

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="hazards")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.CharField(_("in words"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.THERE)
    until = models.DateField(_("until"), null=True, blank=True)
    seen_on = models.DateField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    photo = models.ForeignKey(
        "practice.Paper", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.words

    def is_there(self, on: date) -> bool:
        """Still to be reckoned with that day: not gone, and not over."""
        return self.state != self.State.GONE and (self.until is None or on <= self.until)
