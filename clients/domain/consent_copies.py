"""The copy of what was signed: a letter with a link to it, to whoever signed, where a letter may go."""

from datetime import datetime, timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from clients.domain import consent, signers, steps
from clients.models import Consent, ConsentStep
from practice.domain import links, post
from practice.domain.post import LetterKind, Rendered
from practice.models import Letter, Practice

KIND = "consent_copy"
LASTS = timedelta(days=90)
"""How long the link to the copy works (ours); later it is asked for."""


def write(signed: Consent) -> Letter | None:
    """Put the letter in the outbox, in the transaction of the signature; None without an address that is safe."""
    address = signers.address_of(signed.client, signed.signatory)
    if not address:
        return None
    steps.add(signed, ConsentStep.Kind.COPIED, at=signed.answered_at, to=address)
    return post.write(KIND, key=f"{KIND}:{signed.pk}", to=address, about=signed.pk, client=signed.client_id)


def still_wanted(letter: Letter) -> bool:
    """The address is still theirs and a safe one."""
    signed = Consent.objects.select_related("signatory").get(pk=letter.about)
    return signers.may_write(letter.client, signed.signatory, letter.to)


def render(letter: Letter) -> Rendered:
    """The words, with a link to the signed page, where the paper lies."""
    signed = Consent.objects.select_related("client", "signatory", "text").get(pk=letter.about)
    who = signers.addressee(signed.client, signed.signatory, letter.to)
    token = links.make(consent.PURPOSE, subject=signed.pk, lasts=_lasts(signed, timezone.now()), by=None)
    with override(signed.text.language):
        subject = _("Your copy of what you signed") if who.may_name_us else _("A message for you")
        context = {
            "hello": who.hello,
            "practice": Practice.load(),
            "discreet": not who.may_name_us,
            "subject": subject,
            "days": max(1, _lasts(signed, timezone.now()).days),
            "url": settings.BASE_URL + reverse("sign_consent", args=[token]),
        }
        return Rendered(
            subject=subject,
            text=render_to_string("mail/consent_copy.txt", context),
            html=render_to_string("mail/consent_copy.html", context),
            sender=who.sender,
        )


def _lasts(signed: Consent, now: datetime) -> timedelta:
    """For a parent or guardian no longer than until the client comes of age."""
    return signers.at_most(signed.client, signed.signatory, now + LASTS) - now


KINDS = {KIND: LetterKind(still_wanted, render, gettext_lazy("A copy of what was signed"))}
