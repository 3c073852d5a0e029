"""A log-in of their own for somebody who signs beside a client: their papers, and times where that was agreed."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.domain import signers
from clients.domain.contacts import TWICE
from clients.models import Client, Consent, Signatory
from practice.domain import audit, invitations, post
from practice.domain.post import LetterKind, Rendered
from practice.models import Letter, Membership, Practice, Role, User

KIND = "login_invitation"


class CannotInvite(Exception):
    """Why they get no log-in; the message is a sentence for the screen."""


@transaction.atomic
def invite(signatory: Signatory, *, by: User) -> Letter:
    """Give somebody a log-in of their own; a letter to their address leads to where they set a password.

    Somebody who signs beside two clients has one log-in. Raises CannotInvite.
    """
    one = Signatory.objects.select_for_update().get(pk=signatory.pk)
    if one.ended_at or not one.email:
        raise CannotInvite(_("A log-in needs an e-mail address of their own. Add one first."))
    if not signers.may_reach(one, one.email):
        raise CannotInvite(signers.refused(one))
    if one.user_id is None:
        one.user = _login(one)
        one.save(update_fields=["user"])
        audit.record("signatory.invited", by=by, subject=one.client_id, detail={"signatory": str(one.pk)})
    sent = Letter.objects.filter(kind=KIND, about=one.pk)
    if twice := sent.filter(to=one.email, created_at__gt=timezone.now() - TWICE).first():
        return twice
    return post.write(KIND, key=f"{KIND}:{one.pk}:{sent.count() + 1}", to=one.email, about=one.pk)


def _login(one: Signatory) -> User:
    user = User.objects.filter(email=one.email.lower()).first()
    if user is None:
        user = User.objects.create_user(one.email, name=one.name)
        Membership.objects.create(user=user, role=Role.CLIENT)
        return user
    if not Signatory.objects.filter(user=user).exists() or Client.objects.filter(user=user).exists():
        raise CannotInvite(_("This address has a log-in here already, for something else. They need one of their own."))
    return user


def of(user: User, *, now: datetime) -> list[Signatory]:
    """For whom this log-in still signs. Parents of whoever is of age do not, from the first moment of the birthday."""
    rows = Signatory.objects.current().filter(user=user).select_related("client")
    return [one for one in rows if not signers.is_over(one, at=now)]


def papers(one: Signatory, *, now: datetime) -> list[Consent]:
    """What was laid before them and neither asked again since nor left lying, the newest first; never what anybody else
    signed."""
    unsealed = ("shown_sealed", "signer_sealed", "signature_sealed", "answers_sealed", "evidence_sealed")
    laid = Consent.objects.counting().filter(signatory=one, client=one.client_id)
    rows = laid.select_related("text", "request").defer(*unsealed).order_by("-asked_at")
    return [row for row in rows if not row.has_lapsed(now)]


def still_wanted(letter: Letter) -> bool:
    """They still sign, at that address, and have not set a password yet."""
    one = Signatory.objects.current().select_related("user").filter(pk=letter.about).first()
    return bool(one and one.user and one.user.last_login is None and signers.may_reach(one, letter.to))


def render(letter: Letter) -> Rendered:
    """The words, with an address that works until a password is set. Not about whom."""
    one = Signatory.objects.select_related("user").get(pk=letter.about)
    practice, subject = Practice.load(), _("A log-in for you")
    context = {
        "hello": one.name,
        "subject": subject,
        "practice": practice,
        "url": invitations.password_link(one.user) if one.user else settings.BASE_URL + reverse("home"),
    }
    return Rendered(
        subject=subject,
        text=render_to_string("mail/login_invitation.txt", context),
        html=render_to_string("mail/login_invitation.html", context),
        sender=practice.name,
    )


KINDS = {KIND: LetterKind(still_wanted, render, gettext_lazy("A log-in"))}
