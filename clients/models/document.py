"""A document that somebody put into a client's file: a custody paper, a doctor's letter, a report."""

import uuid

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

ADDED = ("id", "client_id", "paper_id", "kind", "title_sealed", "added_by_id", "added_at")
"""What no longer changes once it was added."""


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents, by who may do what with them."""

    def in_force(self) -> "DocumentQuerySet":
        """Those that nobody put aside."""
        return self.filter(archived_at__isnull=True)

    def openable_by(self, user: User) -> "DocumentQuerySet":
        """Those of the clients whose chart this person may read; what belongs to somebody else is opened by nobody."""
        return self.filter(client__in=Client.objects.charted_by(user), is_misfiled=False)

    def known_to(self, user: User) -> "DocumentQuerySet":
        """Those of whom this person may know that they are here: the care team of each, and the desk of its own."""
        return self.filter(Q(client__in=Client.objects.charted_by(user)) | Q(added_by=user))


class Document(models.Model):
    """One document from outside. It is put aside with a reason and never deleted. Who consents for a child and who
    may see what stands in custody papers; like every other kind, they are read by the client's care team alone."""

    class Kind(models.TextChoices):
        """What it is."""

        CUSTODY = "custody", _("custody paper")
        DOCTOR = "doctor", _("doctor’s letter")
        REPORT = "report", _("report")
        SIGNED = "signed", _("signed on paper")
        OTHER = "other", _("something else")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="documents")
    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="document")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title_sealed = models.BinaryField(help_text="in somebody's own words, which may say something clinical")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason_sealed = models.BinaryField(default=b"", blank=True, help_text="why it was put aside")
    is_misfiled = models.BooleanField(default=False, help_text="it belongs to somebody else: nobody opens it here")
    title = Sealed("title_sealed")
    reason = Sealed("reason_sealed")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at"]
        indexes = [models.Index(name="document_newest", fields=["client", "-added_at"])]
        constraints = [
            models.CheckConstraint(
                name="document_kind_is_known",
                condition=Q(kind__in=["custody", "doctor", "report", "signed", "other"]),
            ),
            models.CheckConstraint(name="document_has_a_title", condition=~Q(title_sealed=b"")),
            models.CheckConstraint(
                name="document_archived_says_by_whom_and_why",
                condition=Q(archived_at__isnull=True, archived_by__isnull=True, reason_sealed=b"", is_misfiled=False)
                | Q(archived_at__isnull=False, archived_by__isnull=False) & ~Q(reason_sealed=b""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="document_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="document_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"(OLD.archived_at IS NOT NULL OR ({changed(*ADDED)}))"),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id
