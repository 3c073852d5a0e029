"""Looking at routes."""

from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from practice.rules import Permission
from practice.web import needs
from routes.domain import photos
from routes.forms.closing import AskAgainForm, ClosingForm
from routes.models import Hazard, Route


@require_safe
@needs(Permission.SEE_ROUTES)
def list_(request: HttpRequest) -> HttpResponse:
    """Every route as a card, the archived ones folded away."""
    routes = Route.objects.defer("line", "breaks").prefetch_related("points", "hazards")
    context = {
        "routes": [route for route in routes if not route.archived_at],
        "archived": [route for route in routes if route.archived_at],
        "today": timezone.localdate(),
    }
    return render(request, "routes/list.html", context)


@require_safe
@needs(Permission.SEE_ROUTES)
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One route: facts, map, heights, hazards, today's light, and what to do in an emergency."""
    hazards = Prefetch("hazards", Hazard.objects.select_related("seen_by"))
    routes = Route.objects.select_related("walked_by").prefetch_related("points", hazards)
    route, today = get_object_or_404(routes, pk=pk), timezone.localdate()
    on_show = [route.photo_id, *(hazard.photo_id for hazard in route.hazards.all())]
    context = {
        "route": route,
        "today": today,
        "earlier_photos": photos.kept(pk).exclude(pk__in=filter(None, on_show)),
        "closing": ClosingForm(instance=route, today=today),
        "asking": AskAgainForm(),
    }
    return render(request, "routes/show.html", context)
