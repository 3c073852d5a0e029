"""Already my client: somebody mid-treatment comes in from paper, in two short steps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients import rules
from clients.domain import bridging, carrying_over, consent_texts, on_paper
from clients.forms.arrival import AlreadyForm, OnPaperForm
from clients.forms.decision import STARTERS
from clients.models import Client
from clients.views import finding
from practice.models import Practice
from practice.rules import Permission
from practice.web import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def already(request: HttpRequest) -> HttpResponse:
    """Who they are, and one safe way to reach them; the paper comes next."""
    form = AlreadyForm(request.POST or None)
    if not form.is_bound or not form.is_valid():
        return render(request, "clients/already.html", {"form": form}, status=422 if form.is_bound else 200)
    client = on_paper.arrive(therapist=request.user, by=request.user, today=timezone.localdate(), **form.said())
    messages.success(request, _("%(name)s is in your care here from today.") % {"name": client.called_name})
    return redirect("clients:on_paper", client.pk)


@require_POST
@needs(Permission.DECIDE)
def carry_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody who came in with a list was the therapist's client before."""
    client = finding.to_decide_about(request, pk)
    try:
        carrying_over.confirm(client, by=request.user, today=timezone.localdate())
        messages.success(request, _("%(name)s is in your care here from today.") % {"name": client.called_name})
    except carrying_over.TooLate as error:
        messages.error(request, str(error))
    return redirect("clients:show", client.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ASK_CONSENT)
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was signed on paper, by whom and when, and the decision as it was made, dated then."""
    client = finding.active(request, pk)
    may_decide, hindrance = rules.may_decide(request.user, client), on_paper.hindrance(client)
    decides = may_decide and not hindrance
    posted: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    texts = consent_texts.current(client.language[:2])
    form = OnPaperForm(*posted, client=client, texts=texts, today=timezone.localdate(), with_decision=decides)
    if form.is_bound and form.is_valid():
        try:
            _keep(request, client, form)
        except on_paper.NoScan as error:
            form.add_error(f"scan_{error.text.key}", str(error))
        except on_paper.NotFromPaper as error:
            hindrance = str(error)
            form.add_error(None, hindrance)
        else:
            return _kept(request, client, hindrance)
    context = {
        "client": client,
        "form": form,
        "with_decision": decides,
        "hindrance": hindrance if may_decide else "",
        "starters": STARTERS,
        "training": rules.is_in_training(request.user),
        "bridged": bridging.bridges_until(client, Practice.load()),
        "lost": bool(request.FILES),
    }
    return render(request, "clients/on_paper.html", context, status=422 if form.is_bound else 200)


def _kept(request: HttpRequest, client: Client, hindrance: str) -> HttpResponse:
    messages.success(request, _("Kept, as it stands on paper."))
    # Pressed twice, the decision was kept the first time.
    if hindrance and request.POST.get("decided_on") and not client.decisions.exists():
        messages.error(request, _("The decision was not kept. %(why)s") % {"why": hindrance})
    return redirect("clients:show", client.pk)


@transaction.atomic
def _keep(request: HttpRequest, client: Client, form: OnPaperForm) -> None:
    """All of it, or nothing."""
    for text, signed_on, scan, signatory in form.consents():
        on_paper.keep_consent(client, text, signed_on=signed_on, scan=scan, by=request.user, signatory=signatory)
    if form.decides:
        on_paper.keep_decision(client, by=request.user, **form.decision())
