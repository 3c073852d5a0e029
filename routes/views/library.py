"""Looking at routes."""

from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from practice.domain import crisis
from practice.models import Practice
from practice.rules import Permission
from practice.web import needs
from routes.domain import photos
from routes.forms.closing import AskAgainForm, ClosingForm
from routes.forms.search import SearchForm
from routes.models import Hazard, Route

A_PAGE = 24


@require_safe
@needs(Permission.SEE_ROUTES)
def list_(request: HttpRequest) -> HttpResponse:
    """Routes as cards, a page at a time; narrowed by what one chooses a path by. The archived ones by asking."""
    form, today = SearchForm(request.GET), timezone.localdate()
    asked = form.asked()
    found = form.filter(Route.objects.all(), today=today)
    cards = found.defer("line", "breaks").prefetch_related("points", "hazards")
    context = {
        "form": form,
        "page": Paginator(cards, A_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "query": urlencode(asked) + "&" if asked else "",
        "archived": Route.objects.archived().count(),
        "today": today,
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
        "emergency": crisis.emergency_number(Practice.load().country),
        "earlier_photos": photos.kept(pk).exclude(pk__in=filter(None, on_show)),
        "closing": ClosingForm(instance=route, today=today),
        "asking": AskAgainForm(),
    }
    return render(request, "routes/show.html", context)
