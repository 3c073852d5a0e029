"""Two clients who must not meet here."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from clients.models.client import Client
from practice.domain.vault import Sealed


class KeepApartQuerySet(models.QuerySet["KeepApart"]):
    """Pairs, by whom they are about."""

    def current(self) -> "KeepApartQuerySet":
        """Those that were not lifted."""
        return self.filter(lifted_at__isnull=True)

    def of(self, clients: object) -> "KeepApartQuerySet":
        """With one of these clients, or both."""
        return self.filter(Q(client__in=clients) | Q(other__in=clients))


class KeepApart(models.Model):
    """A pair, once whatever the order. Why is sealed with the key of the client in whose chart it was written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="kept_apart")
    other = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    words_sealed = models.BinaryField(default=b"", blank=True)
    words = Sealed("words_sealed")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = KeepApartQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(name="keep_apart_is_of_two", condition=~Q(client=F("other"))),
            models.UniqueConstraint(
                Least("client", "other"),
                Greatest("client", "other"),
                condition=Q(lifted_at__isnull=True),
                name="keep_apart_once",
            ),
            models.CheckConstraint(
                name="keep_apart_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"pair of {self.at:%Y-%m-%d}"

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the key of the client in whose chart it stands."""
        return self.client_id
