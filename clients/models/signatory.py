"""Somebody besides the client whose signature an agreement needs: a parent, a guardian, the partner of a couple."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.client import Client


class SignatoryQuerySet(models.QuerySet["Signatory"]):
    """Signatories, by whether they still count."""

    def current(self) -> "SignatoryQuerySet":
        """Nobody ended it."""
        return self.filter(ended_at__isnull=True)

    def until_of_age(self) -> "SignatoryQuerySet":
        """Parents and guardians, who sign and may see no longer than until the client comes of age."""
        return self.filter(relation__in=Signatory.UNTIL_OF_AGE)


class Signatory(models.Model):
    """One person who signs beside or for a client, with an address of their own. They never read what she answers."""

    class Relation(models.TextChoices):
        """Who that is to the client."""

        PARENT = "parent", _("parent")
        GUARDIAN = "guardian", _("guardian")
        REPRESENTATIVE = "representative", _("legal representative")
        PARTNER = "partner", _("partner, in therapy together")

    class MaySee(models.TextChoices):
        """What they are told of the client beside the papers they sign. Answers and notes are never among it."""

        NOTHING = "nothing", _("only what they sign")
        TIMES = "times", _("what they sign, and when and where sessions take place")

    UNTIL_OF_AGE = (Relation.PARENT, Relation.GUARDIAN)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="signatories")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="signs_for"
    )
    name = models.CharField(_("name"), max_length=160)
    relation = models.CharField(_("who that is to the client"), max_length=16, choices=Relation.choices)
    email = models.EmailField(_("their own e-mail address"), blank=True)
    must_sign = models.BooleanField(_("nothing is agreed without this signature"), default=True)
    may_see = models.CharField(_("what they may see"), max_length=10, choices=MaySee.choices, default=MaySee.NOTHING)
    authority_seen_on = models.DateField(
        _("the paper that shows they may sign was seen on"), null=True, blank=True,
        help_text=_("A court order, a birth certificate, an agreement on custody."),
    )  # fmt: skip
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SignatoryQuerySet.as_manager()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(
                name="signatory_relation_is_known",
                condition=Q(relation__in=["parent", "guardian", "representative", "partner"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def signs_for_a_minor(self) -> bool:
        """Their signature counts until the client is of age."""
        return self.relation in self.UNTIL_OF_AGE
