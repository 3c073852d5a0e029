"""Consents, for staff: see where they stand, read what was signed, take back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.domain import (
    coming_of_age,
    consent,
    consent_papers,
    consent_texts,
    conversation,
    decision,
    happened,
    paper_standing,
    step_words,
)
from clients.forms.consent import ConversationForm, DueAgainForm, TakeBackForm
from clients.models import Client, Consent
from clients.views import finding
from clients.views.signing import deliver
from practice.domain import audit
from practice.models import Mode
from practice.rules import Permission, has
from practice.web import needs

ICONS = {Mode.SIT: "tree-deciduous", Mode.WALK: "footprints", Mode.RUN: "wind"}


def find(request: HttpRequest, pk: UUID, consent_pk: UUID) -> Consent:
    """One consent whose answers this person may read."""
    rows = Consent.objects.readable_by(request.user).select_related(
        "client", "text", "asked_by", "paper", "request", "signatory"
    )
    return get_object_or_404(rows, pk=consent_pk, client_id=pk)


def ways(client: Client, *, clinician: bool) -> list[dict[str, Any]]:
    """What is covered, for each way outdoors that is decided; the desk learns whom to ask, not why.

    Before anything is decided, a clinician sees what was asked or answered.
    """
    today = timezone.localdate()
    stood = decision.standing([client])[client.pk]
    decided = stood.decision.modes if stood.decision else ()
    found = consent.covers_many([(client, mode, today) for mode in ICONS])
    rows = []
    for mode, icon in ICONS.items():
        stands = found[client.pk, mode, today]
        if mode in decided or (clinician and not decided and stands.state != consent.State.NEVER):
            words = (
                stands.words if clinician or stands.is_covered else _("not yet, ask %(name)s") % {"name": stood.lead}
            )
            text = _("%(mode)s: %(words)s") % {"mode": mode.label.capitalize(), "words": words}
            rows.append({"mode": mode, "tone": _tone(stands, clinician=clinician), "icon": icon, "text": text})
    if rows or clinician:
        return rows
    return [{"tone": "plain", "icon": "trees", "text": _("Outdoors: not yet, ask %(name)s") % {"name": stood.lead}}]


def _tone(stands: consent.Coverage, *, clinician: bool) -> str:
    if stands.is_covered:
        return "ok"
    if not clinician:
        return "plain"
    return "stop" if stands.state in _REFUSED else "look"


_REFUSED = (consent.State.DECLINED, consent.State.WITHDRAWN)


@require_safe
@needs(Permission.SEE_DIARY)
def standing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the consents of one client stand: a page, and the fragment that her own page shows."""
    client = finding.of(request, pk)
    reads = Client.objects.charted_by(request.user).filter(pk=pk).exists()
    part = "#standing" if request.headers.get("HX-Request") else ""
    context = {
        "client": client,
        "fragment": bool(part),
        "ways": ways(client, clinician=reads),
        "reads_chart": reads,
        "may_ask": reads and has(request.user, Permission.ASK_CONSENT) and client.status == Client.Status.ACTIVE,
        "consents": _history(client) if reads else [],
        "of_age_on": coming_of_age.of(client, now=timezone.now()) if reads else None,
    }
    return render(request, f"clients/consents.html{part}", context)


def _history(client: Client) -> list[tuple[Consent, paper_standing.Stands | None]]:
    rows = paper_standing.rows().filter(client=client).exclude(status=Consent.Status.REPLACED)
    rows = rows.defer(*paper_standing.SEALED).order_by("-asked_at")
    return paper_standing.among(rows, now=timezone.now())


@require_safe
@needs(Permission.READ_CHART)
def show(request: HttpRequest, pk: UUID, consent_pk: UUID) -> HttpResponse:
    """One consent: what was shown, what was answered, what happened, and how it is known."""
    return _shown(request, find(request, pk, consent_pk))


def _shown(request: HttpRequest, one: Consent, *, status: int = 200, **forms: Any) -> HttpResponse:
    audit.record("consent.read", by=request.user, subject=one.client_id, detail={"consent": str(one.pk)})
    shown, answers, may_ask = one.shown, one.answers, has(request.user, Permission.ASK_CONSENT)
    signed = bool(one.was_signed and shown)
    context = {
        "client": one.client,
        "consent": one,
        "shown": shown,
        "sections": consent_texts.sections(shown) if shown else [],
        "plan": consent_texts.plan_said(shown, answers.get("plan", {})) if signed else [],
        "initials": consent_papers.initials(one) if signed else [],
        "words": answers.get("declined") or answers.get("talk", ""),
        "drawing": consent_papers.drawing(one),
        "stands": paper_standing.among(paper_standing.rows().filter(pk=one.pk), now=timezone.now())[0][1],
        "happened": happened.all_of(one),
        "conversations": happened.asked_in(one),
        "on_paper": consent_papers.on_paper(one),
        "may_ask": may_ask,
        "may_talk": may_ask and one.status not in (Consent.Status.REPLACED, Consent.Status.EXPIRED),
        "take_back": TakeBackForm(signed=one),
        "conversation": _conversation(one),
        "due_again": DueAgainForm(),
    }
    return render(request, "clients/consent.html", context | forms, status=status)


def _conversation(one: Consent, data: Any = None) -> ConversationForm:
    today = timezone.localdate()
    about = {"day": today, "who": one.signs, "language": get_language_info(one.text.language)["name_translated"]}
    return ConversationForm(data, initial=about, today=today)


@require_POST
@needs(Permission.ASK_CONSENT)
def talked(request: HttpRequest, pk: UUID, consent_pk: UUID) -> HttpResponse:
    """It was talked through: keep when, with whom and what was asked."""
    one = find(request, pk, consent_pk)
    form = _conversation(one, request.POST)
    if not form.is_valid():
        return _shown(request, one, status=422, conversation=form)
    try:
        conversation.record(one, conversation.Talked(**form.cleaned_data), by=request.user)
        messages.success(request, _("The conversation is recorded."))
    except consent.NotOpen:
        messages.info(request, _("This was asked again since; record it there."))
    return redirect("clients:consent", pk, consent_pk)


@require_POST
@needs(Permission.ASK_CONSENT)
def withdraw(request: HttpRequest, pk: UUID, consent_pk: UUID) -> HttpResponse:
    """Somebody was told that it is taken back, all of it or a part; it counts at once."""
    one = find(request, pk, consent_pk)
    form = TakeBackForm(request.POST, signed=one)
    if not form.is_valid() and one.status == Consent.Status.SIGNED:
        return _shown(request, one, status=422, take_back=form)
    if form.asks_first and one.status == Consent.Status.SIGNED:
        context = {"client": one.client, "consent": one, "what": step_words.ways(form.standing)}
        return render(request, "clients/take_back_told.html", context)
    try:
        row = consent.withdraw(one, by=request.user, modes=form.modes if form.is_valid() else None)
        what = step_words.ways([mode for mode in row.withdrawn_modes if mode not in one.withdrawn_modes])
        messages.success(request, _("Taken back: %(what)s. It counts from now on; therapy goes on.") % {"what": what})
    except consent.NotOpen:
        messages.info(request, _("There was nothing to take back any more."))
    return redirect("clients:consents", pk)


@require_POST
@needs(Permission.ASK_CONSENT)
def due_again(request: HttpRequest, pk: UUID, consent_pk: UUID) -> HttpResponse:
    """Something happened that asks for this signature anew: what was signed has run out, and is asked for."""
    one = find(request, pk, consent_pk)
    form = DueAgainForm(request.POST)
    if not form.is_valid():
        return _shown(request, one, status=422, due_again=form)
    try:
        consent.due_again(one, because=form.cleaned_data["because"], by=request.user, on=timezone.localdate())
        messages.success(request, _("Kept. What is booked stays, and asks for a look. Ask for the signature here."))
    except consent.NotOpen:
        messages.info(request, _("This does not stand any more, so there is nothing to ask for anew."))
    return redirect("clients:ask_consent", pk)


@require_safe
@needs(Permission.READ_CHART)
def paper(request: HttpRequest, pk: UUID, consent_pk: UUID) -> HttpResponse:
    """The signed paper, as a file."""
    return deliver(request, find(request, pk, consent_pk))
