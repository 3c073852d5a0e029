"""A client says by which clocks she lives."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.domain import own_clocks
from clients.forms.clocks import ClocksForm
from clients.models import Client
from practice.rules import Permission
from practice.web import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.OWN_PAGES)
def mine(request: HttpRequest) -> HttpResponse:
    """One zone, or the practice's."""
    client = get_object_or_404(Client, user=request.user)
    form = ClocksForm(request.POST or None, initial={"zone": client.own_zone})
    if form.is_valid():
        own_clocks.keep(client, form.cleaned_data["zone"], by=request.user)
        messages.success(request, _("Kept. Times are named by your clocks too."))
        return redirect("sessions:mine")
    return render(request, "clients/clocks.html", {"form": form}, status=422 if form.is_bound else 200)
