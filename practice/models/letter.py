"""The outbox: every message that the practice sends is a row here first."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Letter(models.Model):
    """One message to one address. `practice.domain.post` moves it through its states."""

    class Channel(models.TextChoices):
        """How it goes."""

        EMAIL = "email", _("e-mail")
        TEXT = "text", _("text message")

    class State(models.TextChoices):
        """Where a letter is; `uncertain` means that it may have left and is never sent again by itself."""

        DUE = "due", _("waiting")
        LEASED = "leased", _("being sent")
        SENT = "sent", _("sent")
        RETRY = "retry", _("will be tried again")
        UNCERTAIN = "uncertain", _("may not have arrived")
        DEAD = "dead", _("refused by the mail server")
        BOUNCED = "bounced", _("came back")
        CANCELLED = "cancelled", _("no longer wanted")
        EXPIRED = "expired", _("too late to send")

    class Settled(models.TextChoices):
        """What a person did about a letter that may not have arrived."""

        ARRIVED = "arrived", _("it arrived")
        AGAIN = "again", _("sent again")
        RANG = "rang", _("rang instead")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    to = models.CharField(max_length=254, help_text="an address, or a number for a text message")
    about = models.UUIDField(help_text="what the letter is about: a session, a screening, a consent")
    client = models.UUIDField(null=True, blank=True, help_text="whose chart it belongs to")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    why_not = models.CharField(max_length=200, blank=True, help_text="why it was not sent, for the log of letters")
    provider_id = models.CharField(max_length=80, blank=True, help_text="what a provider calls a text message")
    created_at = models.DateTimeField(auto_now_add=True)
    folded_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="folded", help_text="late, it went with"
    )
    settled_as = models.CharField(max_length=10, choices=Settled.choices, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="letter_settled_by_somebody",
                condition=models.Q(settled_as="") | models.Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_state_is_known",
                condition=models.Q(
                    state__in=["due", "leased", "sent", "retry", "uncertain", "dead", "bounced", "cancelled", "expired"]
                ),
            ),
            models.CheckConstraint(
                name="letter_leased_has_a_lease",
                condition=~models.Q(state="leased") | models.Q(lease__isnull=False, lease_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="letter_waiting", fields=["due_at"], condition=models.Q(state__in=["due", "retry", "leased"])
            ),
            models.Index(name="letter_about", fields=["about"]),
            models.Index(name="letter_of_client", fields=["client"]),
            models.Index(name="letter_sent", fields=["sent_at"], condition=models.Q(sent_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def message_id(self) -> str:
        """The same Message-ID however often it is tried."""
        return f"<{self.id}@alongside>"
