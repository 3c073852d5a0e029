"""The letter that asks for a consent: no clinical word in it, and no name of ours where the address may not have it."""

from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from clients.domain import consent, contacts
from clients.models import Client, Consent
from practice.domain import crisis, links
from practice.domain.post import LetterKind, Rendered
from practice.models import Letter, Practice

LASTS = timedelta(days=30)


def still_wanted(letter: Letter) -> bool:
    """Not answered yet by somebody in treatment, and the address is still a safe one."""
    asked = Consent.objects.open().filter(pk=letter.about, client__status=Client.Status.ACTIVE)
    return asked.exists() and contacts.recipient(letter.client, letter.to) is not None


def render(letter: Letter) -> Rendered:
    """The words, with a link made for this letter alone."""
    asked = Consent.objects.select_related("client", "asked_by", "text").get(pk=letter.about)
    point, practice = contacts.recipient(letter.client, letter.to), Practice.load()
    named = point is not None and contacts.may_name_us(point)
    token = links.make(consent.PURPOSE, subject=asked.pk, lasts=LASTS, by=asked.asked_by)
    with override(asked.text.language):
        context = {
            "client": asked.client,
            "therapist": consent.lead_of(asked.client) or asked.asked_by,
            "practice": practice,
            "discreet": not named,
            "crisis_lines": crisis.lines(practice.country),
            "url": settings.BASE_URL + reverse("sign_consent", args=[token]),
            "days": LASTS.days,
        }
        subject = _("Something to read before we meet") if named else _("A message for you")
        return Rendered(
            subject=subject,
            text=render_to_string("mail/consent_request.txt", context),
            html=render_to_string("mail/consent_request.html", context),
            sender=(point.sender if point else "") or (practice.name if named else ""),
        )


KINDS = {consent.KIND: LetterKind(still_wanted, render, gettext_lazy("Asked for consent"))}
