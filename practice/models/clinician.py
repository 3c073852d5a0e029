"""What a clinician has to hold to work here, how she is met by video, and how much she does in a day."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


@pghistory.track()
class ClinicianRecord(models.Model):
    """One row a clinician. A day that is not recorded is not known, which is neither in date nor over."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="clinician"
    )
    licence_until = models.DateField(_("licence or registration until"), null=True, blank=True)
    insurance_until = models.DateField(_("insurance, for outdoors too, until"), null=True, blank=True)
    first_aid_until = models.DateField(_("first aid until"), null=True, blank=True)
    outdoor_training_until = models.DateField(_("outdoor training until"), null=True, blank=True)
    video_link = models.URLField(_("video room"), blank=True)
    sessions_a_day = models.PositiveSmallIntegerField(_("sessions a day, at most"), null=True, blank=True)
    outdoor_minutes_a_day = models.PositiveSmallIntegerField(
        _("minutes outdoors a day, at most"), null=True, blank=True
    )

    def __str__(self) -> str:
        return str(self.user)
