"""The practice's own limits for weather."""

import pgtrigger
from django.conf import settings
from django.db import models


class WeatherLimits(models.Model):
    """What the practice changed of the shipped limits (`routes/conditions/*.toml`), all of it; the newest counts."""

    append_only = True

    values = models.JSONField(default=dict, help_text="limit by name, only those that differ from the shipped ones")
    words = models.CharField(max_length=300, help_text="why")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]
        get_latest_by = "at"
        triggers = [pgtrigger.Protect(name="limits_stand", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"limits of {self.at:%Y-%m-%d}"
