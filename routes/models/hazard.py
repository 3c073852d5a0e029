"""What can go wrong along a route, in words."""

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
        ROAD = "road", _("road crossing")
        CYCLES = "cycles", _("cycles")
        DOGS = "dogs", _("dogs off the lead")
        LIVESTOCK = "livestock", _("livestock")
        SURFACE = "surface", _("uneven or slippery ground")
        CROWD = "crowd", _("crowds, or people one may know")
        OTHER = "other", _("other")

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="hazards")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.CharField(_("in words"), max_length=200)
    seen_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.words
