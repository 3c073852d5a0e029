"""Who must not meet here, in the chart of one client."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients import rules
from clients.domain import keeping_apart
from clients.forms.apart import ApartForm
from clients.models import Client, KeepApart
from clients.views import finding
from practice.domain import audit
from practice.rules import Permission
from practice.web import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.READ_CHART)
def apart(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The list; who decides about her adds to it."""
    if request.method == "POST":
        client = finding.to_decide_about(request, pk)
    else:
        client = get_object_or_404(Client.objects.charted_by(request.user), pk=pk)
    form = ApartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keeping_apart.keep(client, by=request.user, **form.cleaned_data)
        except keeping_apart.NotKept as problem:
            form.add_error("name", str(problem))
        else:
            messages.success(request, _("Kept. Whoever books is only told that the time cannot be had."))
            return redirect("clients:apart", client.pk)
    audit.record("apart.read", by=request.user, subject=client.pk)
    may_write = client.status == Client.Status.ACTIVE and rules.may_decide(request.user, client)
    lines = keeping_apart.lines(client, request.user)
    context = {"client": client, "form": form, "lines": lines, "may_write": may_write}
    return render(request, "clients/apart.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@needs(Permission.DECIDE)
def lift(request: HttpRequest, pk: UUID) -> HttpResponse:
    """They may meet again."""
    pair = get_object_or_404(KeepApart.objects.select_related("client"), pk=pk)
    finding.to_decide_about(request, pair.client_id)
    keeping_apart.lift(pair, by=request.user)
    messages.success(request, _("Taken off. Times near each other can be booked again."))
    return redirect("clients:apart", pair.client_id)
