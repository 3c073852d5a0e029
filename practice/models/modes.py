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


class Scope(models.TextChoices):
    """What an agreement can be about: the five ways to meet, and three things beside them."""

    INDOOR = Mode.INDOOR.value, Mode.INDOOR.label
    ONLINE = Mode.ONLINE.value, Mode.ONLINE.label
    SIT = Mode.SIT.value, Mode.SIT.label
    WALK = Mode.WALK.value, Mode.WALK.label
    RUN = Mode.RUN.value, Mode.RUN.label
    GROUP = "group", _("being in a group")
    E_DELIVERY = "e_delivery", _("papers by e-mail")
    DATA = "data", _("what is kept, and who sees it")


OUTDOOR = frozenset({Mode.SIT, Mode.WALK, Mode.RUN})
