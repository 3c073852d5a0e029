"""What the practice changed about a rule: who, when and why. The newest change of a rule counts."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RuleChangeQuerySet(models.QuerySet["RuleChange"]):
    """Changes, by rule."""

    def newest(self) -> "RuleChangeQuerySet":
        """The one change of each rule that counts."""
        return self.order_by("rule", "-at").distinct("rule")


class RuleChange(models.Model):
    """A rule tightened, loosened, switched off or put back as it came. Never changed, followed by the next one."""

    class To(models.TextChoices):
        """What the rule asks for from then on."""

        AS_SHIPPED = "as_shipped", _("as it came")
        OFF = "off", _("switched off")
        CLEAR = "CLEAR", _("good to know")
        WALK_ONLY = "WALK_ONLY", _("walking before running")
        THERAPIST_REVIEW = "THERAPIST_REVIEW", _("talk about it first")
        MEDICAL_CLEARANCE = "MEDICAL_CLEARANCE", _("a doctor's word first")
        NOT_SUITABLE_NOW = "NOT_SUITABLE_NOW", _("indoors for now")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rule = models.CharField(max_length=40, help_text="key of a line of considerations.toml")
    to = models.CharField(max_length=20, choices=To.choices)
    why = models.CharField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = RuleChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(name="rule_change_newest", fields=["rule", "-at"])]
        constraints = [models.CheckConstraint(name="rule_change_says_why", condition=~models.Q(why=""))]
        triggers = [pgtrigger.Protect(name="rule_change_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.rule}: {self.get_to_display()}"
