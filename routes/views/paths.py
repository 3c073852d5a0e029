"""Drawing a path, changing it, and taking it along as a file."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from practice.rules import Permission
from practice.web import needs
from routes.domain import gpx_out, record
from routes.domain.gpx import Point
from routes.forms.file import draft_of
from routes.forms.path import MEANWHILE, PathForm
from routes.forms.rows import RoutePages
from routes.models import Route, RoutePoint

SHOWN = 40
"""Other routes that are drawn faintly, so that one knows where one is."""


MAY_SHOW = {"img-src": [settings.TILES.origin]} if settings.TILES.address else {}
"""What the page of the map may fetch beside our own: pictures of the one host that the practice named, if any."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_ROUTES)
@csp_update(MAY_SHOW)
def draw(request: HttpRequest) -> HttpResponse:
    """A path from nothing; then the page that asks for what no map knows, as after a file. From there `again` leads
    back to the drawing."""
    form = PathForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and form.geometry and "again" not in request.POST:
        seen, drawn = Route(**form.geometry), form.cleaned_data["coordinates"]
        pages = RoutePages(route=seen, today=timezone.localdate())
        context = {"pages": pages, "draft": draft_of(form.geometry, request.user.pk), "seen": seen, "drawn": drawn}
        return render(request, "routes/preview.html", context)
    return _map(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_ROUTES)
@csp_update(MAY_SHOW)
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Points of a path moved, added or taken away."""
    route = get_object_or_404(Route, pk=pk)
    form = PathForm(request.POST if request.method == "POST" else None, route=route)
    if not form.is_bound or not form.is_valid() or not _keep(request, route, form):
        return _map(request, form, route=route, pieces=len(route.breaks) + 1)
    return redirect("routes:show", route.pk)


def _keep(request: HttpRequest, route: Route, form: PathForm) -> bool:
    """Keeps the path of a valid form; false, with a word in the form, when somebody was quicker."""
    if form.geometry is None:
        messages.info(request, _("The path is as it was."))
        return True
    try:
        record.change_path(route, form.geometry, because=_("the path was changed"), today=timezone.localdate())
    except record.PathMoved:
        form.add_error(None, MEANWHILE)
        return False
    was_assessed = route.risk != Route.Risk.MISSING
    told = _("The path is changed. The route asks to be assessed again.") if was_assessed else _("The path is changed.")
    messages.success(request, told)
    return True


def _map(request: HttpRequest, form: PathForm, **more: Any) -> HttpResponse:
    sketches = Route.objects.in_use().order_by("-made_at").values_list("sketch", flat=True)[:SHOWN]
    others = [part for sketch in sketches for part in sketch.get("parts", ())]
    context = {"form": form, "tiles": settings.TILES, "others": json.dumps(others)}
    return render(request, "routes/path.html", context | more, status=422 if form.errors else 200)


@require_safe
@needs(Permission.SEE_ROUTES)
def gpx(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The route for a watch or a walking app, under the name that says nothing about why one walks there."""
    route = get_object_or_404(Route.objects.prefetch_related("points"), pk=pk)
    data = gpx_out.write(replace(record.track_of(route), name=route.alias), _places(route))
    answer = HttpResponse(data, content_type="application/gpx+xml")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(route.alias) or "route"}.gpx"'
    return answer


def _places(route: Route) -> list[gpx_out.Place]:
    start = gpx_out.Place(Point(*route.start), route.alias, route.meeting_point, "start")
    along = [point for point in route.points.all() if point.kind != RoutePoint.Kind.START]
    return [start, *(gpx_out.Place(Point(one.lat, one.lon), one.name, one.words, one.kind) for one in along)]
