"""In which order a person likes the routes."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class RouteOrder(models.Model):
    """One person's favourites, the first one first; every other route comes after them by its name."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="route_order")
    routes = ArrayField(models.UUIDField(), default=list, blank=True)

    def __str__(self) -> str:
        return f"order of {self.user_id}"
