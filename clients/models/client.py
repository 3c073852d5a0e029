"""The person, from her first enquiry on."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from practice.domain.vault import Sealed
from practice.models import Role, Supervision, User
from practice.rules import Permission, has


def folded(name: str) -> str:
    """A name as it is searched: lower case, without accents, single spaces."""
    import unicodedata

    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


class ClientQuerySet(models.QuerySet["Client"]):
    """Clients, by who may see them and where they stand."""

    def visible_to(self, user: User) -> "ClientQuerySet":
        """Whom this person may know of at all. The desk and the owner know everyone's name and diary;
        a clinician knows her own clients and her supervisees'; a client knows herself."""
        if has(user, Permission.SEE_ALL_CLIENTS):
            return self
        mine = Q(user=user) if Role.CLIENT in user.roles else Q(pk=None)
        if has(user, Permission.SEE_OWN_CLIENTS):
            mine |= Q(Exists(CareTeamMember.objects.of(user).filter(client=OuterRef("pk"))))
        return self.filter(mine)

    def charted_by(self, user: User) -> "ClientQuerySet":
        """Whose answers, decisions and notes this person may read: her care team's and her supervisees'."""
        if not has(user, Permission.READ_CHART):
            return self.none()
        return self.filter(Exists(CareTeamMember.objects.of(user).filter(client=OuterRef("pk"))))

    def named(self, beginning: str) -> "ClientQuerySet":
        """Clients with a name whose first or any later word begins so."""
        text = folded(beginning)
        return self.filter(Q(search_name__startswith=text) | Q(search_name__contains=f" {text}")) if text else self

    def enquiring(self) -> "ClientQuerySet":
        """People who asked and are not clients yet."""
        return self.filter(status=Client.Status.ENQUIRY)

    def unanswered(self) -> "ClientQuerySet":
        """Enquiries to which nobody has replied yet."""
        return self.enquiring().filter(first_reply_at__isnull=True, waiting_since__isnull=True)

    def talking(self) -> "ClientQuerySet":
        """Enquiries that were answered and are neither begun, nor waiting, nor ended."""
        return self.enquiring().filter(first_reply_at__isnull=False, waiting_since__isnull=True)

    def waiting(self) -> "ClientQuerySet":
        """Enquiries on the waiting list, who came first first."""
        return self.enquiring().filter(waiting_since__isnull=False).order_by("waiting_since", "pk")

    def never_admitted(self) -> "ClientQuerySet":
        """People who asked and never were clients."""
        return self.filter(admitted_at__isnull=True).exclude(status=Client.Status.ACTIVE)

    def gone_elsewhere(self) -> "ClientQuerySet":
        """Enquiries that ended without a treatment here."""
        return self.never_admitted().filter(status=Client.Status.CLOSED)

    def carried_over(self) -> "ClientQuerySet":
        """People who came in mid-treatment, from paper or a list."""
        return self.filter(carried_over_on__isnull=False)

    def brought_in(self) -> "ClientQuerySet":
        """People who never enquired here: carried over, or in a list whose people are still to be confirmed."""
        return self.filter(Q(carried_over_on__isnull=False) | Q(came_with__isnull=False))

    def active(self) -> "ClientQuerySet":
        """People in treatment."""
        return self.filter(status=Client.Status.ACTIVE)


class Client(models.Model):
    """A person who enquired or is in treatment. Her name lies plain; what she said lies sealed."""

    class Status(models.TextChoices):
        """Where she stands with the practice."""

        ENQUIRY = "enquiry", _("enquiry")
        ACTIVE = "active", _("client")
        CLOSED = "closed", _("closed")

    class Outcome(models.TextChoices):
        """How an enquiry ended that did not become a treatment."""

        REFERRED = "referred", _("referred on")
        CLOSED = "closed", _("closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="client"
    )
    name = models.CharField(_("name"), max_length=160)
    called = models.CharField(_("likes to be called"), max_length=80, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    own_zone = models.CharField(
        _("own clocks"), max_length=60, blank=True, default="", help_text="a time zone, where it is another than ours"
    )
    search_name = models.CharField(max_length=200, editable=False, db_collation="C")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ENQUIRY)
    enquired_at = models.DateTimeField(auto_now_add=True)
    admitted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    carried_over_on = models.DateField(null=True, blank=True, help_text="came in mid-treatment, from paper or a list")
    came_with = models.ForeignKey(
        "clients.ClientImport", null=True, blank=True, on_delete=models.SET_NULL, related_name="clients"
    )
    first_reply_at = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    stepped_at = models.DateTimeField(null=True, blank=True, help_text="when something last happened to the enquiry")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    wish_sealed = models.BinaryField(default=b"", blank=True)
    closing_sealed = models.BinaryField(default=b"", blank=True)
    referred_sealed = models.BinaryField(default=b"", blank=True)
    wish = Sealed("wish_sealed")
    closing_reason = Sealed("closing_sealed")
    referred_to = Sealed("referred_sealed")

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ["search_name"]
        indexes = [models.Index(name="client_search", fields=["search_name"])]
        constraints = [
            models.CheckConstraint(
                name="client_status_is_known", condition=Q(status__in=["enquiry", "active", "closed"])
            ),
            models.CheckConstraint(
                name="client_waits_while_enquiring", condition=Q(waiting_since__isnull=True) | Q(status="enquiry")
            ),
            models.CheckConstraint(
                name="client_outcome_is_of_a_closed_enquiry",
                condition=Q(outcome="") | Q(outcome__in=["referred", "closed"], status="closed"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the searched form of the name beside the name."""
        self.search_name = folded(self.name)[:200]  # ligatures grow when folded
        if kwargs.get("update_fields") and "name" in kwargs["update_fields"]:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_name"}
        super().save(*args, **kwargs)

    @property
    def vault_subject(self) -> uuid.UUID:
        """Her own key seals what she said."""
        return self.id

    @property
    def was_admitted(self) -> bool:
        """True for whoever is or was a client here, and not for an enquiry."""
        return self.status == self.Status.ACTIVE or self.admitted_at is not None

    @property
    def called_name(self) -> str:
        """How to speak to her."""
        return self.called or self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        """For screens that others can see."""
        return "".join(word[0] for word in self.name.split()[:2]).upper()


class CareTeamQuerySet(models.QuerySet["CareTeamMember"]):
    """Care teams, by person."""

    def current(self) -> "CareTeamQuerySet":
        """Memberships that have not ended."""
        return self.filter(until__isnull=True)

    def caring(self) -> "CareTeamQuerySet":
        """Memberships of those who care for the client, without whoever is there for a window alone."""
        return self.current().filter(watching=False)

    def told_whose(self, user: User) -> "CareTeamQuerySet":
        """Each with `is_theirs`: whether it is this person's own, or of somebody whom she supervises."""
        supervised = Exists(Supervision.objects.filter(supervisor=user, supervisee=OuterRef("user")))
        return self.annotate(is_theirs=ExpressionWrapper(Q(user=user) | supervised, BooleanField()))

    def of(self, user: User) -> "CareTeamQuerySet":
        """Her own memberships and those of the people she supervises."""
        return self.current().filter(Q(user=user) | Q(user__supervisors__supervisor=user))


class CareTeamMember(models.Model):
    """Who cares for a client; the lead is the therapist whose client she is."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="care_team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="caseload")
    is_lead = models.BooleanField(default=True)
    watching = models.BooleanField(
        default=False, help_text="joined for a window alone: reads and screens, and does not decide"
    )
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True)

    objects = CareTeamQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="care_team_member_once", fields=["client", "user"], condition=Q(until__isnull=True)
            ),
            models.UniqueConstraint(
                name="care_team_one_lead", fields=["client"], condition=Q(until__isnull=True, is_lead=True)
            ),
            models.CheckConstraint(
                name="care_team_lead_does_not_only_watch", condition=Q(is_lead=False) | Q(watching=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} with {self.client}"
