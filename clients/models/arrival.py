"""A list of clients that was uploaded: its rows lie sealed until they are imported, and are dropped then."""

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practice.domain.vault import Sealed
from practice.models import User
from practice.rules import Permission, has


class ClientImportQuerySet(models.QuerySet["ClientImport"]):
    """Imports, by who may see them and how far they are."""

    def visible_to(self, user: User) -> "ClientImportQuerySet":
        """Her own; for whoever sees every client, everybody's."""
        if not has(user, Permission.KEEP_CLIENTS):
            return self.none()
        return self if has(user, Permission.SEE_ALL_CLIENTS) else self.filter(by=user)

    def begun(self) -> "ClientImportQuerySet":
        """Uploaded and not imported."""
        return self.filter(state=ClientImport.State.BEGUN)

    def done(self) -> "ClientImportQuerySet":
        """Imported and not undone."""
        return self.filter(state=ClientImport.State.DONE)


class ClientImport(models.Model):
    """One uploaded list. What it holds of people is sealed under a key of its own."""

    class State(models.TextChoices):
        """How far it is."""

        BEGUN = "begun", _("not imported yet")
        DONE = "done", _("imported")
        UNDONE = "undone", _("undone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.BEGUN)
    uploaded_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    columns = models.JSONField(default=list, help_text="what each column holds, in order; '' is left out")
    month_first = models.BooleanField(default=False)
    made = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=list, help_text="[row, why] of what was not made; no word of the file")
    left = models.JSONField(default=dict, help_text="client: why an undo left them")
    kept_sealed = models.BinaryField(default=b"", blank=True, help_text="the rows; once imported, how each was made")
    kept_text = Sealed("kept_sealed")

    objects = ClientImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                name="client_import_done_has_a_time",
                condition=~models.Q(state__in=["done", "undone"]) | models.Q(done_at__isnull=False),
            ),
            models.CheckConstraint(
                name="client_import_state_is_known", condition=models.Q(state__in=["begun", "done", "undone"])
            ),
        ]

    def __str__(self) -> str:
        return f"import of {self.uploaded_at:%Y-%m-%d}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """It has a key of its own, which goes with its rows."""
        return self.id

    @property
    def kept(self) -> Any:
        """Before the import the table, as a list of rows; afterwards, by client, how each was made."""
        return json.loads(self.kept_text or "[]")

    @kept.setter
    def kept(self, value: Any) -> None:
        self.kept_text = json.dumps(value, ensure_ascii=False) if value else ""
