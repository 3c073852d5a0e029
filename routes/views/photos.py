"""Photographs of a route: looking at one, keeping one, taking one down."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from practice.models import User
from practice.rules import Permission
from practice.web import needs, shown
from routes.domain import photos
from routes.forms.photo import PhotoForm
from routes.models import Route


@require_safe
@needs(Permission.SEE_ROUTES)
def photo(request: HttpRequest, pk: UUID, paper_pk: UUID) -> HttpResponse:
    """The picture itself, for a page of the route."""
    return shown(get_object_or_404(photos.kept(pk).defer(None), pk=paper_pk))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_ROUTES)
def take(request: HttpRequest, pk: UUID, hazard_pk: int | None = None) -> HttpResponse:
    """A photograph of the meeting spot, or of a hazard: a new one, or none any more."""
    route = get_object_or_404(Route.objects.select_related("photo"), pk=pk)
    hazard = get_object_or_404(route.hazards.select_related("photo"), pk=hazard_pk) if hazard_pk else None
    of, by = hazard or route, cast(User, request.user)
    form = PhotoForm(request.POST, request.FILES) if request.method == "POST" else PhotoForm()
    if request.method == "POST" and "remove" in request.POST:
        photos.take_down(of=of, by=by)
        messages.success(request, _("The photograph is taken down. It stays kept with the record."))
        return redirect("routes:show", route.pk)
    if request.method == "POST" and form.is_valid():
        photos.keep(form.cleaned_data["photo"], of=of, by=by)
        messages.success(request, _("The photograph is kept."))
        return redirect("routes:show", route.pk)
    context = {"form": form, "route": route, "hazard": hazard, "photo": of.photo}
    return render(request, "routes/photo.html", context, status=422 if request.method == "POST" else 200)
