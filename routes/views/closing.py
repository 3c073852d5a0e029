"""Closing a route for some days, opening it again, and asking for a new assessment."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from practice.rules import Permission
from practice.web import needs
from routes.domain import record
from routes.forms.closing import AskAgainForm, ClosingForm
from routes.models import Route


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_ROUTES)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Closed on these days, and why."""
    route = get_object_or_404(Route, pk=pk)
    form = ClosingForm(request.POST if request.method == "POST" else None, instance=route, today=timezone.localdate())
    if not form.is_valid():
        return render(request, "routes/close.html", {"closing": form, "route": route}, status=_status(request))
    told = form.cleaned_data
    record.close(route, because=told["closed_because"], first=told["closed_from"], last=told["closed_until"])
    messages.success(request, _("Kept. It cannot be booked for these days; look at what is booked already."))
    return redirect("routes:show", route.pk)


@require_POST
@needs(Permission.KEEP_ROUTES)
def open_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open as before."""
    route = get_object_or_404(Route, pk=pk)
    record.open_again(route)
    messages.success(request, _("%(name)s is open again.") % {"name": route.name})
    return redirect("routes:show", route.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_ROUTES)
def ask_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new assessment is asked for, because something happened."""
    route = get_object_or_404(Route, pk=pk)
    form = AskAgainForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "routes/ask_again.html", {"asking": form, "route": route}, status=_status(request))
    record.ask_again(route, because=form.cleaned_data["because"], today=timezone.localdate())
    messages.success(request, _("A new assessment is asked for, from today."))
    return redirect("routes:show", route.pk)


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200
