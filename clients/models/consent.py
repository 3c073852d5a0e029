"""Consent: the exact text that was seen, and what was answered."""

import json
import uuid
from datetime import datetime
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from clients.models.consent_request import ConsentRequest
from clients.models.consent_text import ConsentText
from clients.models.signatory import Signatory
from practice.domain.vault import Sealed
from practice.models import Paper, Scope, User

ANSWER = (
    "answered_at",
    "covers_until",
    "manner",
    "signer_sealed",
    "signature_sealed",
    "answers_sealed",
    "evidence_sealed",
)

ENDING = ("status", "withdrawn_modes", "withdrawn_times", "withdrawn_at", "withdrawn_by_id")


def changed(*columns: str) -> str:
    """SQL of a trigger's condition: an update changes one of the columns."""
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents, by where they stand."""

    def open(self) -> "ConsentQuerySet":
        """Asked, and neither signed nor declined."""
        return self.filter(status__in=[Consent.Status.ASKED, Consent.Status.TALK])

    def counting(self) -> "ConsentQuerySet":
        """Asked or answered, and not overtaken: neither asked again since nor left unanswered in time."""
        return self.exclude(status__in=[Consent.Status.REPLACED, Consent.Status.EXPIRED])

    def wanting_to_talk(self) -> "ConsentQuerySet":
        """She wants to talk it through first."""
        return self.filter(status=Consent.Status.TALK)

    def signed(self) -> "ConsentQuerySet":
        """Signed and not taken back."""
        return self.filter(status=Consent.Status.SIGNED)

    def readable_by(self, user: User) -> "ConsentQuerySet":
        """Whose answers this person may read: the care team's clients and her supervisees'."""
        return self.filter(client__in=Client.objects.charted_by(user))


@pghistory.track(exclude=["shown_sealed"])
class Consent(models.Model):
    """One asking for one agreement and its answer. Each change is kept in its history, but for the text, which
    cannot change."""

    class Status(models.TextChoices):
        """Where it stands."""

        ASKED = "asked", _("sent")
        TALK = "talk", _("wants to talk first")
        SIGNED = "signed", _("signed")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REPLACED = "replaced", _("asked again since")
        EXPIRED = "expired", _("not answered in time")

    class Meaning(models.TextChoices):
        """What the signature means."""

        CONSENT = "consent", _("agrees for herself, himself or themselves")
        ASSENT = "assent", _("is under age and wants it too")
        PERMISSION = "permission", _("agrees for a client who is under age or represented")

    class Manner(models.TextChoices):
        """How the name was put."""

        TYPED = "typed", _("typed")
        DRAWN = "drawn", _("drawn")
        PAPER = "paper", _("on paper")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="consents")
    request = models.ForeignKey(
        ConsentRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="consents"
    )
    signatory = models.ForeignKey(
        Signatory, null=True, blank=True, on_delete=models.PROTECT, related_name="consents", help_text="or the client"
    )
    meaning = models.CharField(max_length=10, choices=Meaning.choices, default=Meaning.CONSENT)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    modes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    covers_until = models.DateField(null=True, blank=True)
    manner = models.CharField(max_length=10, choices=Manner.choices, blank=True)
    due_again_on = models.DateField(null=True, blank=True, help_text="asked for anew because something happened")
    withdrawn_modes = ArrayField(
        models.CharField(max_length=10, choices=Scope.choices),
        default=list,
        blank=True,
        help_text="taken back while the rest stands",
    )
    withdrawn_times = models.JSONField(default=dict, blank=True, help_text="when each of them was taken back")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="the last time anything was")
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    paper = models.OneToOneField(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="consent")
    shown_sha256 = models.CharField(max_length=64, blank=True, help_text="of the exact text that was shown")
    shown_sealed = models.BinaryField(default=b"", blank=True)
    signer_sealed = models.BinaryField(default=b"", blank=True)
    signature_sealed = models.BinaryField(default=b"", blank=True)
    answers_sealed = models.BinaryField(default=b"", blank=True)
    evidence_sealed = models.BinaryField(default=b"", blank=True)
    shown_text = Sealed("shown_sealed")
    signer = Sealed("signer_sealed")
    signature = Sealed("signature_sealed")
    answers_text = Sealed("answers_sealed")
    evidence_text = Sealed("evidence_sealed")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        indexes = [
            models.Index(name="consent_newest", fields=["client", "-asked_at"]),
            models.Index(name="consent_open_of", fields=["request"], condition=Q(status__in=["asked", "talk"])),
        ]
        constraints = [
            models.CheckConstraint(
                name="consent_signed_is_complete",
                condition=~Q(status__in=["signed", "withdrawn"])
                | Q(answered_at__isnull=False, covers_until__isnull=False) & ~Q(manner=""),
            ),
            models.CheckConstraint(
                name="consent_signed_online_has_its_evidence",
                condition=~Q(manner__in=["typed", "drawn"])
                | ~Q(shown_sealed=b"")
                & ~Q(signer_sealed=b"")
                & ~Q(signature_sealed=b"")
                & ~Q(answers_sealed=b"")
                & ~Q(evidence_sealed=b"")
                & ~Q(shown_sha256=""),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_has_a_time",
                condition=~Q(status="withdrawn") | Q(withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_in_part_has_a_time",
                condition=Q(withdrawn_modes=[]) | Q(withdrawn_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="consent_asking_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "client",
                    "signatory",
                    "meaning",
                    "text",
                    "modes",
                    "asked_by",
                    "asked_at",
                    "shown_sealed",
                    "shown_sha256",
                ),
            ),
            pgtrigger.Protect(
                name="consent_answer_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"OLD.status IN ('signed', 'withdrawn', 'declined', 'replaced', 'expired') AND ({changed(*ANSWER)})"
                ),
            ),
            pgtrigger.Protect(
                name="consent_signed_may_only_be_withdrawn",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status="signed") & ~pgtrigger.Q(new__status__in=["signed", "withdrawn"]),
            ),
            pgtrigger.Protect(
                name="consent_ended_stays_ended",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"OLD.status IN ('withdrawn', 'declined', 'replaced', 'expired') AND ({changed(*ENDING)})"
                ),
            ),
            pgtrigger.Protect(
                name="consent_taken_back_stays_so",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NOT (NEW.withdrawn_modes @> OLD.withdrawn_modes AND NEW.withdrawn_times @> OLD.withdrawn_times)"
                ),
            ),
            pgtrigger.Protect(
                name="consent_taken_back_when_it_was",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"(({changed('withdrawn_at', 'withdrawn_by_id')}) AND (NEW.withdrawn_modes <@ OLD.withdrawn_modes "
                    "OR NEW.withdrawn_at IS NULL OR NEW.withdrawn_at < OLD.withdrawn_at))"
                ),
            ),
            pgtrigger.Protect(
                name="consent_due_again_never_later",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.due_again_on IS NOT NULL AND (NEW.due_again_on IS NULL OR NEW.due_again_on > OLD.due_again_on)"
                ),
            ),
            pgtrigger.Protect(
                name="consent_request_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.request_id IS NOT NULL AND {changed('request_id')}"),
            ),
            pgtrigger.Protect(
                name="consent_paper_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.paper_id IS NOT NULL AND {changed('paper_id')}"),
            ),
            pgtrigger.Protect(name="consent_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.text}: {self.get_status_display()}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id

    @property
    def signs(self) -> str:
        """The name of whose signature is asked for."""
        return self.signatory.name if self.signatory else self.client.name

    @property
    def is_open(self) -> bool:
        """True while she may still sign."""
        return self.status in (self.Status.ASKED, self.Status.TALK)

    def has_lapsed(self, at: datetime) -> bool:
        """True when the time of its request, which is loaded beside it, ended without a signature or a no."""
        return self.is_open and self.request is not None and self.request.expires_at <= at

    @property
    def was_signed(self) -> bool:
        """True when she signed, whether or not it was taken back later."""
        return self.status in (self.Status.SIGNED, self.Status.WITHDRAWN)

    @property
    def shown(self) -> dict[str, Any]:
        """The exact text she was shown, with every name filled in; empty for one on paper."""
        return json.loads(self.shown_text or "{}")

    @property
    def answers(self) -> dict[str, Any]:
        """What she chose and wrote."""
        return json.loads(self.answers_text or "{}")

    @property
    def evidence(self) -> dict[str, Any]:
        """How it came to the signature."""
        return json.loads(self.evidence_text or "{}")
