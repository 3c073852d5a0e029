"""Taking a route along: its card, and the page for an emergency, on paper and on a telephone."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from practice.domain import crisis
from practice.models import Practice
from practice.rules import Permission
from practice.web import needs
from routes.domain import cards
from routes.models import Route


@require_safe
@needs(Permission.SEE_ROUTES)
def route_card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The route on a page or two."""
    route = _route(pk)
    return _file(cards.route_card(route, today=timezone.localdate()), _("route card"), route)


@require_safe
@needs(Permission.SEE_ROUTES)
def emergency_card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What to say and do, on one page."""
    route = _route(pk)
    return _file(cards.emergency_card(route, today=timezone.localdate()), _("emergency card"), route)


@require_safe
@needs(Permission.SEE_ROUTES)
def emergency(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same on a telephone, in type that can be read out loud."""
    context = {"route": _route(pk), "emergency": crisis.emergency_number(Practice.load().country)}
    return render(request, "routes/emergency_page.html", context)


def _route(pk: UUID) -> Route:
    return get_object_or_404(Route.objects.select_related("walked_by").prefetch_related("points", "hazards"), pk=pk)


def _file(data: bytes, kind: str, route: Route) -> HttpResponse:
    """Under the name that says nothing about why one walks there."""
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(f"{route.alias} {kind}") or "route"}.pdf"'
    return answer
