"""Where the practice has a door: offices and their rooms."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.models.practice import known_zone


class Place(models.Model):
    """An address of the practice. A session's time zone is its place's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120)
    address = models.TextField(_("address"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/London", validators=[known_zone])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room in which one session at a time can be held."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        ordering = ["place__name", "name"]
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="room_name_once_a_place")]

    def __str__(self) -> str:
        return f"{self.place.name}, {self.name}"
