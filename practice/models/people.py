"""Who works here, in which roles, who supervises whom, and who answers when it matters."""

import uuid

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


def changes() -> tuple[pghistory.Tracker, ...]:
    """Every change of a right is kept, taking it away too."""
    return pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()


class Role(models.TextChoices):
    """What a person is here. What each role may do stands in `practice.rules`."""

    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    THERAPIST = "therapist", _("therapist")
    SUPERVISOR = "supervisor", _("supervisor")
    TRAINEE = "trainee", _("trainee")
    FRONT_DESK = "front_desk", _("front desk")
    BILLER = "biller", _("biller")
    CLIENT = "client", _("client")


class UserManager(BaseUserManager["User"]):
    """Makes people by their e-mail address; there are no usernames."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A person with a log-in; without a password she can only be invited."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Log-in ignores the case of an address."""
        return self.get(email=(username or "").lower())


class UserQuerySet(models.QuerySet["User"]):
    """People, by what they are here."""

    def working(self) -> "UserQuerySet":
        """Everyone who can log in and is not a client."""
        return self.filter(is_active=True).exclude(memberships__role=Role.CLIENT).distinct()

    def clinicians(self) -> "UserQuerySet":
        """People who see clients: therapists and trainees."""
        return self.filter(is_active=True, memberships__role__in=[Role.THERAPIST, Role.TRAINEE]).distinct()


class User(AbstractBaseUser):
    """A person with a log-in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("what clients call her or him"), max_length=60, blank=True)
    title = models.CharField(_("profession and registration"), max_length=160, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="user_email_is_lower_case", condition=models.Q(email=Lower("email"))),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """One spelling of an address."""
        super().clean()
        self.email = self.email.lower()

    @property
    def called(self) -> str:
        """The name clients know."""
        return self.short_name or self.name.split(" ")[0]

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held now; one query, kept on this object."""
        return frozenset(self.memberships.values_list("role", flat=True))

    @property
    def is_client(self) -> bool:
        """True for a person who is only a client here."""
        return self.roles <= {Role.CLIENT}


@pghistory.track(*changes())
class Membership(models.Model):
    """One role of one person; a person may hold several."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="membership_once"),
            models.CheckConstraint(name="membership_role_is_known", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


@pghistory.track(*changes())
class Supervision(models.Model):
    """Who supervises whom: the standing, logged reading of a supervisee's charts rests on this row."""

    supervisor = models.ForeignKey(User, on_delete=models.CASCADE, related_name="supervisees")
    supervisee = models.ForeignKey(User, on_delete=models.CASCADE, related_name="supervisors")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supervisor", "supervisee"], name="supervision_once"),
            models.CheckConstraint(
                name="supervision_is_of_another", condition=~models.Q(supervisor=models.F("supervisee"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supervisor} supervises {self.supervisee}"


@pghistory.track(*changes())
class CoverPerson(models.Model):
    """The cover list: who answers, in order, when a worrying answer arrives."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="cover")
    position = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position}. {self.user}"
