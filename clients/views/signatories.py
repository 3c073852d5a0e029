"""Who signs beside a client, and on what day she was born. Kept by whoever keeps contact points."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.domain import beside, coming_of_age, contacts, signatories, signers
from clients.forms.signatory import BirthDateForm, SignatoryForm
from clients.views import finding
from practice.domain import audit
from practice.models import Practice
from practice.rules import Permission
from practice.web import needs


@require_safe
@needs(Permission.KEEP_CLIENTS)
def listing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who signs, who did, and what is still missing before anybody can be asked."""
    client = finding.of(request, pk)
    audit.record("signatories.read", by=request.user, subject=client.pk)
    now = timezone.now()
    everybody = list(client.signatories.all())
    current = [one for one in everybody if one.ended_at is None]
    points = list(client.contact_points.all())
    values = [point.value for point in points]
    rows = []
    for one in current:
        said = [signers.refused(one)] if contacts.is_silent(points, one.email) else []
        rows.append((one, said + signatories.clashes(client, one.email, points=values, others=current, but=one.pk)))
    context = {
        "client": client,
        "rows": rows,
        "ended": [one for one in everybody if one.ended_at],
        "hindrance": signers.hindrance(client, on=Practice.load().day_of(now)),
        "of_age_on": coming_of_age.of(client, now=now),
        "documents": _documents(client.pk),
    }
    return render(request, "clients/signers.html", context)


def _documents(pk: UUID) -> str:
    """Where papers about custody are kept; "" where there is no such page."""
    try:
        return reverse("clients:documents", args=[pk])
    except NoReverseMatch:
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_CLIENTS)
def edit(request: HttpRequest, pk: UUID, signatory_pk: UUID | None = None) -> HttpResponse:
    """Name somebody who signs, or change what is known of them."""
    client = finding.of(request, pk)
    found = get_object_or_404(client.signatories.current(), pk=signatory_pk) if signatory_pk else None
    form = SignatoryForm(request.POST or None, instance=found, client=client)
    if form.is_bound and form.is_valid():
        kept = get_object_or_404(client.signatories.current(), pk=signatory_pk) if signatory_pk else None
        is_same = form.cleaned_data.get("is_same", False)
        signatories.put(client, form.said, by=request.user, signatory=kept, is_same=is_same)
        messages.success(request, _("Kept."))
        return redirect("clients:signers", client.pk)
    context = {"client": client, "form": form, "signatory": found}
    return render(request, "clients/signer.html", context, status=422 if form.is_bound else 200)


@require_POST
@needs(Permission.KEEP_CLIENTS)
def end(request: HttpRequest, pk: UUID, signatory_pk: UUID) -> HttpResponse:
    """Somebody signs no more; what they signed stays."""
    client = finding.of(request, pk)
    one = get_object_or_404(client.signatories, pk=signatory_pk)
    signatories.end(one, by=request.user)
    messages.success(request, _("%(name)s is asked no more, and their links have ended.") % {"name": one.name})
    return redirect("clients:signers", client.pk)


@require_POST
@needs(Permission.KEEP_CLIENTS)
def invite(request: HttpRequest, pk: UUID, signatory_pk: UUID) -> HttpResponse:
    """A log-in of their own for somebody who signs, by letter."""
    client = finding.of(request, pk)
    one = get_object_or_404(client.signatories.current(), pk=signatory_pk)
    try:
        beside.invite(one, by=request.user)
        messages.success(request, _("A letter is on its way to %(name)s.") % {"name": one.name})
    except beside.CannotInvite as problem:
        messages.error(request, str(problem))
    return redirect("clients:signers", client.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_CLIENTS)
def birth_date(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The day on which the client was born."""
    client = finding.of(request, pk)
    form = BirthDateForm(request.POST or None, initial={"born": client.birth_date})
    if form.is_bound and form.is_valid():
        signatories.put_birth_date(client, form.cleaned_data["born"], by=request.user)
        messages.success(request, _("Kept."))
        return redirect("clients:show", client.pk)
    context = {"client": client, "form": form}
    return render(request, "clients/birth_date.html", context, status=422 if form.is_bound else 200)
