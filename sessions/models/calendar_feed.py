"""A feed: one person's own sessions for a calendar elsewhere, at an address that holds a secret."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarFeed(models.Model):
    """One address that one calendar reads. Of its secret only a hash is kept, so it is shown once."""

    class Shows(models.TextChoices):
        """What an entry says. Initials are for staff, `appointment` and `named` for clients."""

        BUSY = "busy", _("only “Busy”")
        INITIALS = "initials", _("initials")
        APPOINTMENT = "appointment", _("only “Appointment”")
        NAMED = "named", _("“Appointment”, and with whom")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds")
    token_hash = models.BinaryField(unique=True, editable=False)
    called = models.CharField(_("where it is for"), max_length=60, help_text=_("Such as: my phone."))
    shows = models.CharField(_("what others may read there"), max_length=12, choices=Shows.choices, default=Shows.BUSY)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    last_read_on = models.DateField(null=True, blank=True, help_text="the day, and no more")

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.called
