"""The page on which anybody who has a signed paper checks it. Nobody logs in here, and nothing is kept."""

from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clients.domain import checking
from clients.forms.checking import CheckForm


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Ask for a file, and say what it is. Without one the page says nothing about anything.

    A file of more than 12 MB lies on the disk while it is looked at, and goes with the request.
    """
    if too_often := ratelimit.consume_or_429(request, action="verify"):
        return too_often
    posted: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CheckForm(*posted)
    checked = checking.check(form.data_of_file) if form.is_bound and form.is_valid() else None
    if checked and not checked.is_usable:
        form.add_error("file", checked.said)
    context = {"form": form, "checked": checked if checked and checked.is_usable else None}
    return render(request, "clients/check.html", context, status=422 if form.errors else 200)
