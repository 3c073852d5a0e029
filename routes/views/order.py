"""My order of routes."""

import contextlib
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from practice.models import User
from practice.rules import Permission
from practice.web import needs
from routes.domain import ordering
from routes.models import Route


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.WRITE_NOTES)
def order(request: HttpRequest) -> HttpResponse:
    """One's favourites in one's own order, and the others; a POST moves one of them."""
    by, routes = cast(User, request.user), Route.objects.in_use()
    if request.method == "POST":
        with contextlib.suppress(ValueError, Route.DoesNotExist):  # it may have been archived meanwhile
            chosen = routes.get(pk=UUID(request.POST.get("route", "")))
            ordering.arrange(chosen, request.POST.get("way", ""), by=by)
        return redirect("routes:order")
    liked = ordering.favourites(by)
    found = ordering.arranged(routes.defer("line", "breaks"), liked)
    context = {
        "liked": [route for route in found if route.pk in liked],
        "others": [route for route in found if route.pk not in liked],
    }
    return render(request, "routes/order.html", context)
