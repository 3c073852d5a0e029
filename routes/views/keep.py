"""Adding and changing routes."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from practice.models import Practice, User
from practice.rules import Permission
from practice.web import needs
from routes.domain import record
from routes.forms.file import FileForm, read_draft
from routes.forms.rows import RoutePages
from routes.models import Route


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_ROUTES)
def import_(request: HttpRequest) -> HttpResponse:
    """A file in; out comes a page that shows what is in it and asks for what no file knows."""
    if request.method != "POST":
        return render(request, "routes/import.html", {"form": FileForm()})
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "routes/import.html", {"form": form}, status=422)
    seen = Route(**form.geometry)
    context = {
        "pages": RoutePages(route=seen, today=timezone.localdate(), name=form.track.name),
        "draft": form.draft(request.user.pk),
        "seen": seen,
        "warnings": form.track.warnings,
    }
    return render(request, "routes/preview.html", context)


@require_POST
@needs(Permission.KEEP_ROUTES)
def add(request: HttpRequest) -> HttpResponse:
    """The path of a draft with its words becomes a route."""
    draft = request.POST.get("draft", "")
    geometry = read_draft(draft, request.user.pk)
    if geometry is None:
        messages.error(request, _("The file was read too long ago. Please choose it again."))
        return redirect("routes:import")
    seen = Route(**geometry)
    pages = RoutePages(request.POST, route=seen, today=timezone.localdate())
    if not pages.is_valid():
        context = {"pages": pages, "draft": draft, "seen": seen, "drawn": request.POST.get("coordinates", "")}
        return render(request, "routes/preview.html", context, status=422)
    zone = Practice.load().time_zone
    by = cast(User, request.user)
    route = record.make(pages.words.said(), geometry, **pages.told(), zone=zone, by=by)
    messages.success(request, _("%(name)s is in the library.") % {"name": route.name})
    return redirect("routes:show", route.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_ROUTES)
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """New words for a route; its path stays."""
    route = get_object_or_404(Route, pk=pk)
    pages = RoutePages(request.POST if request.method == "POST" else None, route=route, today=timezone.localdate())
    if request.method != "POST":
        return render(request, "routes/edit.html", {"pages": pages, "route": route})
    if not pages.is_valid():
        return render(request, "routes/edit.html", {"pages": pages, "route": route}, status=422)
    removed = pages.points.removed()
    record.change(route, pages.words.said(), **pages.told(), removed=removed, by=cast(User, request.user))
    messages.success(request, _("%(name)s is kept as you wrote it.") % {"name": route.name})
    return redirect("routes:show", route.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_ROUTES)
def archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Asks, then takes the route out of use. Nothing is deleted."""
    route = get_object_or_404(Route, pk=pk)
    if request.method != "POST":
        return render(request, "routes/archive.html", {"route": route})
    record.archive(route, at=timezone.now())
    messages.success(request, _("%(name)s is archived. Its record stays, and you can bring it back.") % {"name": route})
    return redirect("routes:show", route.pk)


@require_POST
@needs(Permission.KEEP_ROUTES)
def bring_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An archived route is in use again."""
    route = get_object_or_404(Route, pk=pk)
    record.bring_back(route)
    messages.success(request, _("%(name)s is in use again.") % {"name": route.name})
    return redirect("routes:show", route.pk)
