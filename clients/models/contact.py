"""Safe ways to reach the person, and whom to ring in an emergency."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client
from practice.domain.vault import Sealed


class ContactPoint(models.Model):
    """One way to reach a client: whose it is, whether it is safe, when, and what may be said there."""

    class Kind(models.TextChoices):
        """The channel."""

        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("telephone")
        TEXT = "text", _("text message")
        POST = "post", _("post")

    class Whose(models.TextChoices):
        """Who else reads or hears it."""

        OWN = "own", _("their own")
        SHARED = "shared", _("shared with someone")
        OTHER = "other", _("someone else's")

    class MaySay(models.TextChoices):
        """How much a message may give away."""

        EVERYTHING = "everything", _("who we are and why we call")
        NAME_ONLY = "name_only", _("a first name and a number only")
        NOTHING = "nothing", _("nothing: do not leave a message")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("way"), max_length=10, choices=Kind.choices)
    value = models.CharField(_("address or number"), max_length=254)
    whose = models.CharField(_("whose"), max_length=10, choices=Whose.choices, default=Whose.OWN)
    is_safe = models.BooleanField(_("safe to use"), default=True)
    hours = models.CharField(_("when"), max_length=80, blank=True)
    may_say = models.CharField(_("what may be said"), max_length=12, choices=MaySay.choices, default=MaySay.EVERYTHING)
    sender = models.CharField(
        _("discreet sender"), max_length=60, blank=True, help_text=_("Shown instead of the practice's name.")
    )
    is_preferred = models.BooleanField(_("try this first"), default=False)
    safe_from = models.TimeField(_("messages from"), null=True, blank=True)
    safe_until = models.TimeField(_("messages until"), null=True, blank=True)
    wants_invitations = models.BooleanField(_("wants calendar invitations"), default=False)
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="a stop word, or unsubscribed")
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="what was sent came back")
    suspended_because = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        ordering = ["-is_preferred", "kind", "value"]

    def __str__(self) -> str:
        return self.value


class EmergencyContact(models.Model):
    """Whom to ring if something happens, and what may be said. Needed before any outdoor session."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.OneToOneField(Client, on_delete=models.CASCADE, related_name="emergency_contact")
    name = models.CharField(_("name"), max_length=160)
    relation = models.CharField(_("who that is to the client"), max_length=80)
    phone = models.CharField(_("telephone"), max_length=40)
    may_say_sealed = models.BinaryField(default=b"", blank=True)
    may_say = Sealed("may_say_sealed")

    def __str__(self) -> str:
        return self.name

    @property
    def vault_subject(self) -> uuid.UUID:
        """Sealed with the client's key."""
        return self.client_id
