"""A doctor's word: the letter that asks for it, what came back, and the PAR-Q+ that was filled in on its own site."""

import uuid
from datetime import date
from functools import cached_property

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.consent import changed
from practice.domain.vault import Sealed
from practice.models import Paper, User

ASKED = (
    *("id", "client_id", "doctor_name", "doctor_address", "text_sealed", "client_agreed_on"),
    *("asked_by_id", "asked_at", "paper_id"),
)
"""What no longer changes once the letter was made."""
REPLY = (
    "said_sealed",
    "doctor_wrote_on",
    "expires_on",
    "reply_sealed",
    "reply_paper_id",
    "answered_at",
    "answered_by_id",
)
"""What no longer changes once the reply was written down."""


class MedicalLetterQuerySet(models.QuerySet["MedicalLetter"]):
    """Letters, by where they stand."""

    def waiting(self) -> "MedicalLetterQuerySet":
        """Asked, with no reply yet; the longest waiting first."""
        waits = [MedicalLetter.Status.REQUESTED, MedicalLetter.Status.REMINDED]
        return self.filter(status__in=waits).order_by("asked_at")

    def to_chase(self) -> "MedicalLetterQuerySet":
        """Without a reply for a fortnight, and the doctor was not asked again since it was put on Today."""
        again = Q(asked_again_at__isnull=True) | Q(asked_again_at__lt=models.F("reminded_at"))
        return self.filter(again, status=MedicalLetter.Status.REMINDED).order_by("asked_at")

    def readable_by(self, user: User) -> "MedicalLetterQuerySet":
        """Of the clients whose chart this person may read."""
        return self.filter(client__in=Client.objects.charted_by(user))


@pghistory.track(exclude=["doctor_name", "doctor_address", "text_sealed"])
class MedicalLetter(models.Model):
    """One request to one doctor, with what the client agreed to say and nothing else, and the answer to it."""

    class Status(models.TextChoices):
        """Where it stands. That a reply has run out is read from its date and stored nowhere."""

        REQUESTED = "requested", _("asked")
        REMINDED = "reminded", _("no reply yet")
        REPLIED = "replied", _("answered")
        EXPIRED = "expired", _("ran out")
        WITHDRAWN = "withdrawn", _("put aside")

    class Said(models.TextChoices):
        """What the doctor said, in one of four."""

        AGREED = "agreed", _("Activity agreed")
        WALKING_ONLY = "walking_only", _("Walking only")
        NOT_NOW = "not_now", _("Not now")
        ASK_AGAIN = "ask_again", _("Ask again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="medical_letters")
    doctor_name = models.CharField(max_length=160)
    doctor_address = models.TextField(max_length=400, blank=True)
    text_sealed = models.BinaryField(default=b"")
    client_agreed_on = models.DateField(help_text="the client agreed to this request on this day")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)
    reminded_at = models.DateTimeField(null=True, blank=True, help_text="last put on Today for want of a reply")
    asked_again_at = models.DateTimeField(null=True, blank=True, help_text="the doctor was last asked again")
    said_sealed = models.BinaryField(default=b"", blank=True, help_text="one of Said")
    doctor_wrote_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True, help_text="the reply counts up to and including this day")
    reply_sealed = models.BinaryField(default=b"", blank=True)
    reply_paper = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True, help_text="when the reply was written down")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    text = Sealed("text_sealed")
    said_text = Sealed("said_sealed")
    reply = Sealed("reply_sealed")

    objects = MedicalLetterQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(name="medical_letter_waiting", fields=["status", "asked_at"])]
        constraints = [
            models.CheckConstraint(
                name="medical_letter_replied_has_all",
                condition=~Q(status="replied")
                | Q(
                    ~Q(said_sealed=b""),
                    doctor_wrote_on__isnull=False,
                    expires_on__isnull=False,
                    answered_at__isnull=False,
                ),
            ),
            models.CheckConstraint(name="medical_letter_expiry_is_read", condition=~Q(status="expired")),
        ]
        triggers = [
            pgtrigger.Protect(name="medical_letter_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="medical_letter_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"(({changed(*ASKED)}) OR (OLD.answered_at IS NOT NULL AND ({changed(*REPLY)}))"
                    " OR OLD.status = 'withdrawn')"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"letter to {self.doctor_name}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id

    @cached_property
    def doctor_said(self) -> str:
        """What the doctor said, one of `Said`; opened once. "" before there is a reply."""
        return self.said_text

    def get_doctor_said_display(self) -> str:
        """The same in words."""
        return str(self.Said(self.doctor_said).label) if self.doctor_said else ""

    @property
    def is_waiting(self) -> bool:
        """Asked, and no reply yet."""
        return self.status in (self.Status.REQUESTED, self.Status.REMINDED)

    def status_on(self, day: date) -> "MedicalLetter.Status":
        """Where it stands on a day: a reply counts up to and including its last day."""
        if self.status == self.Status.REPLIED and self.expires_on and day > self.expires_on:
            return self.Status.EXPIRED
        return self.Status(self.status)


class ParQ(models.Model):
    """The result of one PAR-Q+, filled in on its own site. Its text is not ours to show; the newest one counts."""

    class Result(models.TextChoices):
        """What the form led to."""

        ALL_NO = "all_no", _("No to every question")
        ANY_YES = "any_yes", _("Yes to at least one question")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="parqs")
    result_sealed = models.BinaryField(help_text="one of Result")
    form_year = models.PositiveSmallIntegerField(help_text="the year that stands on the form")
    done_on = models.DateField()
    expires_on = models.DateField(help_text="it counts up to and including this day")
    paper = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(default=timezone.now)
    result_text = Sealed("result_sealed")

    class Meta:
        ordering = ["-kept_at"]
        constraints = [
            models.CheckConstraint(name="parq_has_a_result", condition=~Q(result_sealed=b"")),
            models.CheckConstraint(name="parq_expires_later", condition=Q(expires_on__gt=models.F("done_on"))),
        ]
        triggers = [pgtrigger.Protect(name="parq_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"PAR-Q+ of {self.done_on:%Y-%m-%d}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id

    @cached_property
    def result(self) -> str:
        """What the form led to, one of `Result`; opened once."""
        return self.result_text

    def get_result_display(self) -> str:
        """The same in words."""
        return str(self.Result(self.result).label)
