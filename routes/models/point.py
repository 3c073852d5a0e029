"""What lies along a route: exits, benches, where to turn."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from routes.models.route import Route


class RoutePoint(models.Model):
    """One numbered point on a route, with words and the minutes from the start, walking and talking."""

    class Kind(models.TextChoices):
        """What the point is for."""

        START = "start", _("start")
        EXIT = "exit", _("exit")
        TURN = "turn", _("turning point")
        BENCH = "bench", _("bench")
        TOILET = "toilet", _("toilet")
        WATER = "water", _("drinking water")
        SHADE = "shade", _("shade")
        SHELTER = "shelter", _("shelter from rain")
        SAFE = "safe", _("safe in a thunderstorm: a building or a car")
        PARKING = "parking", _("parking")
        GATE = "gate", _("gate for an ambulance")
        OTHER = "other", _("landmark")

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="points")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80)
    words = models.CharField(_("in words"), max_length=200, blank=True)
    lat = models.FloatField()
    lon = models.FloatField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="route_point_position_once", fields=["route", "position"])]

    def __str__(self) -> str:
        return self.name
