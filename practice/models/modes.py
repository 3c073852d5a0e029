"""How two people can meet. One list for decisions, consents, routes and sessions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    """The five ways to meet; walking is worth as much as running, and sitting outside as much as either."""

    INDOOR = "indoor", _("in the room")
    ONLINE = "online", _("by video")
    SIT = "sit", _("sitting outside")
    WALK = "walk", _("walking")
    RUN = "run", _("running")


OUTDOOR = frozenset({Mode.SIT, Mode.WALK, Mode.RUN})
