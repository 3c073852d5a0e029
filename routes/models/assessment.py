"""Risk assessments of a route: what could happen, to whom, what is done about it, and who says so."""

import uuid
from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from routes.models.route import Route

LONGEST = timedelta(days=366)
"""A route is looked at again after a year at the most (ours)."""


class RiskAssessment(models.Model):
    """One version for one route. A draft until it is signed; what was signed stands as it is.

    `rows` is [{"kind", "words", "who", "likelihood", "severity", "control", "likelihood_after", "severity_after"}, …]
    with likelihood and severity from 1 to 5. `emergency` holds what the route's record said when it was signed.
    `written_by` are the users who began or changed the draft.
    """

    class Season(models.TextChoices):
        """When in the year it holds."""

        ALL = "all", _("all year")
        SPRING = "spring", _("spring")
        SUMMER = "summer", _("summer")
        AUTUMN = "autumn", _("autumn")
        WINTER = "winter", _("winter")

    class Failure(models.TextChoices):
        """Why it did not pass (domain rule: any of these)."""

        RESIDUAL = "residual", _("A hazard stays unacceptable with everything done about it.")
        SIGNAL = "signal", _("There is no telephone signal, and nothing instead.")
        EMERGENCY = "emergency", _("No defibrillator, or no emergency department with its minutes, is written down.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="assessments")
    version = models.PositiveSmallIntegerField()
    template = models.CharField(max_length=40, blank=True)
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_by = ArrayField(models.UUIDField(), default=list, blank=True)
    begun_at = models.DateTimeField(auto_now_add=True)
    walked_on = models.DateField(_("walked on"), null=True, blank=True)
    season = models.CharField(_("season"), max_length=10, choices=Season.choices, default=Season.ALL)
    hours = models.CharField(_("hours of the day"), max_length=80, blank=True)
    rows = models.JSONField(default=list)
    emergency = models.JSONField(default=dict)
    group_limit = models.PositiveSmallIntegerField(_("most people in a group"), null=True, blank=True)
    alone = models.CharField(_("working alone"), max_length=300, blank=True)
    words = models.TextField(_("in your own words"), blank=True)
    review_on = models.DateField(_("look again by"), null=True, blank=True)
    failures = ArrayField(models.CharField(max_length=10, choices=Failure.choices), default=list, blank=True)
    needs_approval = models.BooleanField(default=False)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(name="assessment_version_once", fields=["route", "version"]),
            models.UniqueConstraint(name="assessment_one_draft", fields=["route"], condition=Q(signed_at__isnull=True)),
            models.CheckConstraint(
                name="assessment_signed_is_whole",
                condition=Q(signed_at__isnull=True) | Q(walked_on__isnull=False, review_on__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_within_a_year",
                condition=Q(review_on__isnull=True)
                | Q(walked_on__isnull=True)
                | Q(review_on__gt=F("walked_on"), review_on__lte=F("walked_on") + LONGEST),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="assessment_signed_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"assessment {self.version} of {self.route_id}"


class AssessmentApproval(models.Model):
    """Somebody read a signed assessment and stands by it; noted when it was the assessor herself."""

    append_only = True

    assessment = models.OneToOneField(RiskAssessment, on_delete=models.PROTECT, related_name="approval")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    is_own = models.BooleanField()
    words = models.CharField(_("in words"), max_length=300, blank=True)

    class Meta:
        ordering = ["at"]
        triggers = [pgtrigger.Protect(name="approval_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"approval of {self.assessment_id}"
