"""The light over a route."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from practice.rules import Permission
from practice.web import needs
from routes.domain import route_light
from routes.forms.weekly import WeeklyForm
from routes.models import Route


@require_safe
@needs(Permission.SEE_ROUTES)
def year(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The light through the year, and when a weekly walk gets dark."""
    route = get_object_or_404(Route, pk=pk)
    today = timezone.localdate()
    usual = {"weekday": today.weekday(), "clock": time(17, 30), "minutes": 50}
    form = WeeklyForm(request.GET if "weekday" in request.GET else None, initial=usual)
    weekly = form.cleaned_data if form.is_bound and form.is_valid() else None if form.is_bound else usual
    context = {
        "route": route,
        "form": form,
        "year": route_light.year(route, route.time_zone, today.year),
        "suns": [route_light.sun_over(route, route.time_zone, date(today.year, month, 15)) for month in range(1, 13)],
        "hour_marks": [(f"{hour}:00", hour * 10) for hour in (6, 12, 18)],
        "weekly": weekly and _weekly(route, today, **weekly),
    }
    return render(request, "routes/year.html", context, status=422 if form.errors else 200)


def _weekly(route: Route, today: date, *, weekday: int, clock: time, minutes: int) -> dict[str, Any]:
    """A year of a weekly walk from its next day on: when it is dark, and where it stands on the drawing."""
    first = today + timedelta(days=(weekday - today.weekday()) % 7)
    dark = route_light.dark_weeks(route, route.time_zone, start=first, clock=clock, minutes=minutes)
    top = (clock.hour + clock.minute / 60) * route_light.Year.HEIGHT / 24
    tall = minutes / 60 * route_light.Year.HEIGHT / 24
    edges = {"first": first, "last": first + route_light.WEEK * (route_light.A_YEAR - 1)}
    return edges | {"clock": clock, "minutes": minutes, "dark": dark, "top": top, "tall": tall}
