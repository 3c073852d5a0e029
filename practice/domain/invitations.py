"""How a real practice begins, and how people come to it: by an invitation with which they set their own password."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from practice.domain import audit, seal
from practice.models import Membership, Place, Practice, Role, User


class AlreadyBegun(Exception):
    """The database holds a practice."""


class AlreadyHere(Exception):
    """A person with this address works here."""


@transaction.atomic
def begin(*, name: str, owner: str, email: str) -> str:
    """Make the practice's row, its seal, its first place and its owner; returns the owner's link.

    Raises `AlreadyBegun`.
    """
    if Practice.objects.exists():
        raise AlreadyBegun(_("This database already holds a practice."))
    practice = Practice.objects.create(name=name, email=email)
    seal.certificate()
    Place.objects.create(name=name, time_zone=practice.time_zone)
    return invite(email=email, name=owner, roles=[Role.OWNER], by=None)


@transaction.atomic
def invite(*, email: str, name: str, roles: list[str], by: User | None) -> str:
    """Make a person with her roles and no password; returns the link with which she sets one."""
    if User.objects.filter(email=email.lower()).exists():
        raise AlreadyHere(_("%(email)s has a log-in here already.") % {"email": email})
    user = User.objects.create_user(email, name=name)
    Membership.objects.bulk_create([Membership(user=user, role=role) for role in roles])
    audit.record("invite", by=by, detail={"user": str(user.pk), "roles": ",".join(roles)})
    return password_link(user)


def password_link(user: User) -> str:
    """The address at which a person sets a new password; it works until she has signed in or set one."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    path = reverse(
        "account_reset_password_from_key", kwargs=dict(zip(("uidb36", "key"), key.split("-", 1), strict=True))
    )
    return f"{settings.BASE_URL}{path}"
