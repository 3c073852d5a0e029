"""When somebody may be in danger: what was assessed, the plan made together, and the call of the next day."""

import json
import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.consent import changed
from clients.models.screening import Screening
from practice.domain.vault import Sealed
from practice.models import Paper

STANDS = pgtrigger.Update | pgtrigger.Delete
PROMISED = ("id", "client_id", "kind", "due_on", "assessment_id", "made_by_id", "made_at")
"""What no longer changes in a task; that it was done, by whom and how, is written once."""


class Thoughts(models.TextChoices):
    """Ideation."""

    NONE = "none", _("None at the moment")
    WISH = "wish", _("Wishing not to live, or not to wake up")
    SUICIDE = "suicide", _("Thoughts of ending their life")
    UNSAID = "unsaid", _("Would not say")


class Intent(models.TextChoices):
    """Whether they mean to act."""

    NONE = "none", _("Does not mean to act")
    MIXED = "mixed", _("Unsure, or pulled both ways")
    YES = "yes", _("Means to act")
    UNSAID = "unsaid", _("Would not say")


class Method(models.TextChoices):
    """How far thoughts have become a plan."""

    NONE = "none", _("No plan")
    VAGUE = "vague", _("Has thought of how")
    MADE = "made", _("A plan with how, when or where")
    UNSAID = "unsaid", _("Would not say")


class Means(models.TextChoices):
    """What could be used, and how near it is."""

    NONE = "none", _("Nothing within reach")
    COULD = "could", _("Could get hold of something")
    NEAR = "near", _("Within reach")
    UNSAID = "unsaid", _("Would not say")


class Contact(models.TextChoices):
    """How two people spoke."""

    ROOM = "room", _("in the room")
    PHONE = "phone", _("on the telephone")
    VIDEO = "video", _("by video")
    OUTSIDE = "outside", _("outdoors")


class SafetyAssessmentQuerySet(models.QuerySet["SafetyAssessment"]):
    """Safety assessments, by how they ended."""

    def with_ending(self) -> "SafetyAssessmentQuerySet":
        """Each with `is_settled`. "With a plan made together" settles once there is a plan of that client's."""
        planned = models.Exists(SafetyPlan.objects.filter(client=models.OuterRef("client")))
        outcomes = SafetyAssessment.Outcome
        ends = models.Q(outcome=outcomes.CONTACT) | models.Q(planned, outcome=outcomes.WITH_PLAN)
        return self.annotate(is_settled=models.ExpressionWrapper(ends, models.BooleanField()))

    def newest_ending(self) -> models.Subquery:
        """Whether the newest of these settles it."""
        found: models.QuerySet[Any, Any] = self.with_ending().order_by("-at")
        return models.Subquery(found.values("is_settled")[:1])

    def unsettled(self) -> "SafetyAssessmentQuerySet":
        """Each client's newest one, where it left something open."""
        newest = self.order_by("client_id", "-at").distinct("client_id")
        return self.with_ending().filter(pk__in=newest.values("pk"), is_settled=False)


class SafetyAssessment(models.Model):
    """What a clinician asked and heard, decided and told. Written once; the next one follows it."""

    append_only = True

    class Outcome(models.TextChoices):
        """How it ended."""

        WITH_PLAN = "with_plan", _("Safe for now, with a plan made together")
        CONTACT = "contact", _("Safe for now, with more contact until we meet again")
        EVALUATION = "evaluation", _("Handed over for a full assessment")
        EMERGENCY = "emergency", _("Emergency services took over")
        OPEN = "open", _("Still open")

    SETTLES = (Outcome.WITH_PLAN, Outcome.CONTACT)
    """With these it is settled, the first once its plan is written. Whoever was handed over is assessed again first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="safety_assessments")
    screening = models.ForeignKey(
        Screening, null=True, blank=True, on_delete=models.PROTECT, related_name="safety_assessments",
        help_text="the asking that it answers",
    )  # fmt: skip
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    manner = models.CharField(max_length=10, choices=Contact.choices)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    words_sealed = models.BinaryField()
    words_text = Sealed("words_sealed")

    objects = SafetyAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(name="safety_assessment_newest", fields=["client", "-at"])]
        triggers = [pgtrigger.Protect(name="safety_assessment_stands", operation=STANDS)]

    def __str__(self) -> str:
        return f"safety assessment of {self.at:%Y-%m-%d}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id

    @property
    def words(self) -> dict[str, str]:
        """What was found, by question."""
        return json.loads(self.words_text or "{}")

    def settles(self, plan: "SafetyPlan | None") -> bool:
        """True when what keeps the client safe is settled by it, with the plan that there is."""
        return self.outcome in self.SETTLES and not self.waits_for(plan)

    def waits_for(self, plan: "SafetyPlan | None") -> bool:
        """True when it was left with a plan made together, and there is none."""
        return self.outcome == self.Outcome.WITH_PLAN and plan is None


class SafetyPlan(models.Model):
    """One page for harder days, made with the client. Each change is a new version; the older ones stay readable."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="safety_plans")
    version = models.PositiveIntegerField()
    manner = models.CharField(max_length=10, choices=Contact.choices, help_text="how it was made together")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text="the clinician who signs it off"
    )
    at = models.DateTimeField(default=timezone.now)
    look_again_on = models.DateField()
    words_sealed = models.BinaryField()
    words_text = Sealed("words_sealed")

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(name="safety_plan_version_once", fields=["client", "version"])]
        triggers = [pgtrigger.Protect(name="safety_plan_stands", operation=STANDS)]

    def __str__(self) -> str:
        return f"safety plan, version {self.version}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id

    @property
    def words(self) -> dict[str, str]:
        """What was written, by part."""
        return json.loads(self.words_text or "{}")


class PlanGiven(models.Model):
    """That one version of a plan was given to the client: on paper, or as a letter with a link."""

    append_only = True

    class Way(models.TextChoices):
        """How."""

        PAPER = "paper", _("on paper")
        PHONE = "phone", _("to the telephone")

    plan = models.ForeignKey(SafetyPlan, on_delete=models.CASCADE, related_name="given")
    way = models.CharField(max_length=10, choices=Way.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    paper = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at"]
        triggers = [pgtrigger.Protect(name="plan_given_stands", operation=STANDS)]

    def __str__(self) -> str:
        return f"{self.plan} {self.get_way_display()}"


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Tasks, by whether they wait."""

    def open(self) -> "FollowUpQuerySet":
        """Not done yet, the longest due first."""
        return self.filter(done_at__isnull=True).order_by("due_on", "made_at")


class FollowUp(models.Model):
    """What was promised after an assessment, and waits until somebody has done it."""

    class Kind(models.TextChoices):
        """What is to be done."""

        CALL = "call", _("the call of the next day")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="follow_ups")
    assessment = models.ForeignKey(SafetyAssessment, on_delete=models.CASCADE, related_name="follow_ups")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CALL)
    due_on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    words_sealed = models.BinaryField(default=b"", blank=True, help_text="how it went")
    words = Sealed("words_sealed")

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["-due_on"]
        indexes = [
            models.Index(name="follow_up_waiting", fields=["client", "due_on"], condition=models.Q(done_at=None))
        ]
        constraints = [
            models.CheckConstraint(
                name="follow_up_done_says_by_whom",
                condition=models.Q(done_at__isnull=True, done_by__isnull=True)
                | models.Q(done_at__isnull=False, done_by__isnull=False) & ~models.Q(words_sealed=b""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="follow_up_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="follow_up_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.done_at IS NOT NULL OR {changed(*PROMISED)}"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.due_on:%Y-%m-%d}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id
