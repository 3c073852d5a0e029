"""Asking for consent, for staff: choose texts and people, send, or hand the device over from one to the next."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.domain import consent, consent_texts, to_sign
from clients.forms.consent import AskForm
from clients.models import Client, ConsentRequest
from clients.views import finding, knowing
from clients.views.consent import find, ways
from practice.domain import links
from practice.domain.words import short_day
from practice.models import Practice
from practice.rules import Permission
from practice.web import needs

HANDED_OVER_LASTS = timedelta(hours=2)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ASK_CONSENT)
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose texts and people; send to all of them, or sign together here."""
    client, today = finding.active(request, pk), Practice.load().day_of(timezone.now())
    language = request.GET.get("language", "") or client.language[:2]
    texts, people, hindrance = consent_texts.current(language), list[to_sign.Person](), ""
    try:
        people = to_sign.people(client, texts, on=today)
    except consent.CannotAsk as error:
        hindrance = str(error)
    due = to_sign.due(client, texts, now=timezone.now())
    form = AskForm(request.POST if request.method == "POST" else None, texts=texts, people=people, due=due)
    if form.is_valid() and (answer := _asked(request, client, form)):
        return answer
    open_ones = client.consents.open().select_related("text", "signatory").defer("shown_sealed")
    context = {
        "client": client,
        "form": form,
        "texts": [(text, [one for one in open_ones if one.text.key == text.key]) for text in texts],
        "people": people,
        "hindrance": hindrance,
        "languages": consent_texts.languages(),
        "language": language,
        "ways": ways(client, clinician=True),
    }
    return render(request, "clients/consent_ask.html", context, status=422 if form.is_bound else 200)


def _asked(request: HttpRequest, client: Client, form: AskForm) -> HttpResponse | None:
    """Ask all of them, or none: what hinders it stands on the form."""
    texts, chosen = list(form.cleaned_data["text"]), form.signers
    here = form.cleaned_data["how"] == AskForm.HERE
    try:
        made = consent.ask_all(client, texts, chosen, by=request.user, send=not here)
    except consent.CannotAsk as error:
        form.add_error(None, str(error))
        return None
    if left := to_sign.left_out(client, chosen, texts, on=Practice.load().day_of(timezone.now())):
        words = _("Not asked yet: %(names)s. Nothing is agreed before they have signed too.")
        messages.info(request, words % {"names": ", ".join(left)})
    if not here:
        return _sent(request, made)
    return _hand_over(request, made[0]) if len(made) == 1 else redirect("clients:sign_here", client.pk)


def _sent(request: HttpRequest, made: list[ConsentRequest]) -> HttpResponse:
    names = [one.signatory.name if one.signatory else one.client.called_name for one in made]
    until = short_day(Practice.load().day_of(min(one.expires_at for one in made)))
    words = _("On its way to %(names)s. The link in the letter works until %(day)s.")
    messages.success(request, words % {"names": ", ".join(names), "day": until})
    return redirect("clients:consents", made[0].client_id)


def _hand_over(request: HttpRequest, asked: ConsentRequest) -> HttpResponse:
    """Open one person's signing page on this device, for two hours and no longer than they may sign."""
    lasts = min(HANDED_OVER_LASTS, asked.expires_at - timezone.now())
    token = links.make(consent.PURPOSE, subject=asked.pk, lasts=lasts, by=request.user)
    knowing.hand_over(request, token, back_to=reverse("clients:sign_here", args=[asked.client_id]))
    return redirect("sign_consent", token)


@require_safe
@needs(Permission.ASK_CONSENT)
def here(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign together: everybody before whom something lies open, to hand the device to one after the other."""
    client = finding.active(request, pk)
    context = {"client": client, "people": to_sign.open_before(client, at=timezone.now())}
    return render(request, "clients/sign_here.html", context)


@require_POST
@needs(Permission.ASK_CONSENT)
def again(request: HttpRequest, pk: UUID, consent_pk: UUID) -> HttpResponse:
    """An asking that is still open: send the letter once more, or sign together here."""
    one = find(request, pk, consent_pk)
    if not one.is_open or one.request is None:
        raise Http404
    if one.request.expires_at <= timezone.now():
        messages.info(request, _("The time to answer is over. Please ask anew."))
        return redirect("clients:ask_consent", pk)
    if consent_texts.is_overtaken(one.text, at=timezone.now()):
        messages.info(request, _("There is a newer version of this text. Please ask anew."))
        return redirect("clients:ask_consent", pk)
    if request.POST.get("how") == AskForm.HERE:
        return _hand_over(request, one.request)
    try:
        consent.post_request(one.request, by=request.user)
    except consent.CannotAsk as error:
        messages.error(request, str(error))
        return redirect("clients:consents", pk)
    return _sent(request, [one.request])


@require_POST
@needs(Permission.ASK_CONSENT)
def stop(request: HttpRequest, pk: UUID, consent_pk: UUID) -> HttpResponse:
    """Ask for it no more."""
    try:
        asked = consent.stop(find(request, pk, consent_pk), by=request.user)
        messages.success(request, _("%(name)s is asked for it no more.") % {"name": asked.signs})
    except consent.NotOpen:
        messages.info(request, _("It was answered meanwhile; this is how it stands."))
        return redirect("clients:consent", pk, consent_pk)
    return redirect("clients:consents", pk)
