"""The letters about signing: no clinical word in them, and no name of ours where the address may not have it."""

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from clients.domain import consent, identity, signers
from clients.models import Client, Consent, ConsentRequest
from practice.domain import crisis, links
from practice.domain.post import LetterKind, Rendered
from practice.models import OUTDOOR, Letter, Practice


def still_wanted(letter: Letter) -> bool:
    """As for a code; and nobody has said since it was written that they want to talk first."""
    talks = Consent.objects.wanting_to_talk().filter(request=letter.about, answered_at__gt=letter.created_at)
    return code_is_wanted(letter) and not talks.exists()


def code_is_wanted(letter: Letter) -> bool:
    """Not all answered yet, about somebody in treatment, and the address is still theirs and a safe one."""
    open_ones = Consent.objects.open().filter(request=OuterRef("pk"))
    requests = ConsentRequest.objects.filter(Exists(open_ones), pk=letter.about, client__status=Client.Status.ACTIVE)
    request = requests.select_related("signatory").first()
    return request is not None and signers.may_write(letter.client, request.signatory, letter.to)


def render(letter: Letter) -> Rendered:
    """The words, with a link made for this letter alone."""
    request = ConsentRequest.objects.select_related("client", "asked_by", "signatory").get(pk=letter.about)
    first, practice = request.consents.open().select_related("text").first(), Practice.load()
    who = signers.addressee(request.client, request.signatory, letter.to)
    lasts = request.expires_at - timezone.now()
    token = links.make(consent.PURPOSE, subject=request.pk, lasts=lasts, by=request.asked_by)
    with override(first.text.language if first else request.client.language):
        context = {
            "hello": who.hello,
            "therapist": consent.lead_of(request.client) or request.asked_by,
            "practice": practice,
            "discreet": not who.may_name_us,
            "beside": request.signatory is not None,
            "outdoors": any(set(one.modes) & OUTDOOR for one in request.consents.all()),
            "again": request.reminders > 0,
            "crisis_lines": crisis.lines(practice.country),
            "url": settings.BASE_URL + reverse("sign_consent", args=[token]),
            "days": max(1, lasts.days + (lasts.seconds > 43200)),
        }
        subject = _subject(request) if who.may_name_us else _("A message for you")
        return Rendered(
            subject=subject,
            text=render_to_string("mail/consent_request.txt", context),
            html=render_to_string("mail/consent_request.html", context),
            sender=who.sender,
        )


def _subject(request: ConsentRequest) -> str:
    return _("Something to read and to sign") if request.signatory else _("Something to read before we meet")


def always(letter: Letter) -> bool:
    """What was taken back was taken back."""
    return True


def render_taken_back(letter: Letter) -> Rendered:
    """To the therapist: somebody took back a consent. Not whose, and not which."""
    taken = Consent.objects.only("client_id").get(pk=letter.about)
    subject = _("Please look at what is booked outdoors")
    url = settings.BASE_URL + reverse("clients:consents", args=[taken.client_id])
    context = {"subject": subject, "url": url, "practice": Practice.load()}
    return Rendered(
        subject=subject,
        text=render_to_string("mail/consent_taken_back.txt", context),
        html=render_to_string("mail/consent_taken_back.html", context),
    )


def render_code(letter: Letter) -> Rendered:
    """Six digits, made for this letter alone: they are kept nowhere."""
    request = ConsentRequest.objects.select_related("client", "signatory").get(pk=letter.about)
    first, practice = request.consents.open().select_related("text").first(), Practice.load()
    who = signers.addressee(request.client, request.signatory, letter.to)
    digits = identity.make_code(request, to=letter.to)
    with override(first.text.language if first else request.client.language):
        context = {
            "hello": who.hello,
            "practice": practice,
            "discreet": not who.may_name_us,
            "crisis_lines": crisis.lines(practice.country),
            "code": f"{digits[:3]}\N{NO-BREAK SPACE}{digits[3:]}",
            "minutes": identity.LASTS.seconds // 60,
        }
        return Rendered(
            subject=_("A code for you"),
            text=render_to_string("mail/signing_code.txt", context),
            html=render_to_string("mail/signing_code.html", context),
            sender=who.sender,
        )


KINDS = {
    consent.KIND: LetterKind(still_wanted, render, gettext_lazy("Asked for consent")),
    consent.TAKEN_BACK: LetterKind(always, render_taken_back),
    identity.KIND: LetterKind(code_is_wanted, render_code, gettext_lazy("A code to sign with")),
}
