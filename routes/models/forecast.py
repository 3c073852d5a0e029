"""What a weather service said about a cell of the map, as it came."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Forecast(models.Model):
    """The newest answer of one source for one cell, 0.1 degrees wide: nobody can read from it where somebody walks.

    `forecast` and `air` are the two responses as they came, each with when; null is "not answered yet". Neither says
    when it was issued, so when it was fetched stands for it. `failures` counts the tries since both last answered, with
    the one that is under way.
    """

    class Source(models.TextChoices):
        """Who said it, in the words that stand beside it."""

        OPEN_METEO = "open-meteo", "Weather data by Open-Meteo.com"
        SAMPLE = "sample", _("A sample made up for the demo, not real weather")

    lat = models.DecimalField(max_digits=3, decimal_places=1)
    lon = models.DecimalField(max_digits=4, decimal_places=1)
    source = models.CharField(max_length=10, choices=Source.choices)
    forecast = models.JSONField(null=True)
    fetched_at = models.DateTimeField(null=True)
    air = models.JSONField(null=True)
    air_fetched_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="forecast_once_a_cell", fields=["source", "lat", "lon"]),
            models.CheckConstraint(name="forecast_source_is_known", condition=Q(source__in=["open-meteo", "sample"])),
            models.CheckConstraint(
                name="forecast_is_on_the_globe",
                condition=Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lt=180),
            ),
            models.CheckConstraint(
                name="forecast_has_its_hour",
                condition=Q(forecast__isnull=True, fetched_at__isnull=True)
                | Q(forecast__isnull=False, fetched_at__isnull=False),
            ),
            models.CheckConstraint(
                name="forecast_air_has_its_hour",
                condition=Q(air__isnull=True, air_fetched_at__isnull=True)
                | Q(air__isnull=False, air_fetched_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.tried_at:%Y-%m-%d %H:%M}"
