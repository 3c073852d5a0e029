"""From an enquiry to a client, and to a goodbye."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients import rules
from clients.domain import consent, enquiry, leaving
from clients.forms.person import AdmitForm, CloseForm, EndEnquiryForm, EnquiryForm
from clients.models import Client
from clients.views import finding
from practice.models import Practice
from practice.rules import Permission
from practice.web import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_CLIENTS)
def new(request: HttpRequest) -> HttpResponse:
    """Somebody asked: a name, a safe way to reach them, one line."""
    form = EnquiryForm(request.POST or None, user=request.user)
    if not form.is_bound or not form.is_valid():
        return render(request, "clients/enquiry.html", {"form": form}, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    client = enquiry.record(
        name=said["name"],
        called=said["called"],
        pronouns=said["pronouns"],
        wish=said["wish"],
        way=form.way,
        therapist=form.lead,
        by=request.user,
    )
    messages.success(request, _("%(name)s is noted down.") % {"name": client.name})
    return redirect("clients:show", client.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_CLIENTS)
def admit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make an enquiry a client, or take somebody back."""
    client = finding.of(request, pk)
    form = AdmitForm(request.POST or None, initial={"therapist": consent.lead_of(client) or request.user})
    if not form.is_bound or not form.is_valid():
        context = {"client": client, "form": form}
        return render(request, "clients/admit.html", context, status=422 if form.is_bound else 200)
    therapist = form.cleaned_data["therapist"]
    try:
        enquiry.admit(client, therapist=therapist, by=request.user)
    except enquiry.WrongMoment as error:
        messages.info(request, str(error))
    else:
        said = _("%(name)s is now a client of %(therapist)s.") % {"name": client.name, "therapist": therapist.name}
        messages.success(request, said)
    return _back(request, client)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_CLIENTS)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End an enquiry or a treatment, with the reason."""
    client = finding.of(request, pk)
    if not rules.may_close(request.user, client):
        raise Http404
    is_enquiry = client.status == Client.Status.ENQUIRY
    form = (EndEnquiryForm if is_enquiry else CloseForm)(request.POST or None)
    if not form.is_bound or not form.is_valid():
        hindrance = leaving.hindrance(client, by=request.user, on=timezone.localdate())
        context = {"client": client, "form": form, "days": Practice.load().enquiry_days, "hindrance": hindrance}
        return render(request, "clients/close.html", context, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    try:
        enquiry.close(client, reason=said["reason"], referred_to=said.get("referred_to", ""), by=request.user)
    except enquiry.WrongMoment as error:
        messages.info(request, str(error))
    else:
        words = _("The enquiry is closed.") if is_enquiry else _("%(name)s has left. Nothing was deleted.")
        messages.success(request, words % {"name": client.name})
    return _back(request, client)


def _back(request: HttpRequest, client: Client) -> HttpResponse:
    """To the client's page, or to the list when she is no longer this person's to see."""
    if Client.objects.visible_to(request.user).filter(pk=client.pk).exists():
        return redirect("clients:show", client.pk)
    return redirect("clients:list")
