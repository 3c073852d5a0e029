"""Calendars elsewhere: the page on which one makes and ends them, and what they read."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sessions.domain import calendar_feed
from sessions.forms.feeds import FeedForm


@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """One's own calendars elsewhere, and a new one. Its address stands on the answer to the form and nowhere else."""
    if calendar_feed.own_sessions(request.user) is None:
        raise Http404
    form = FeedForm(request.POST or None, user=request.user)
    address = ""
    if form.is_bound and form.is_valid():
        address = calendar_feed.make(request.user, **form.cleaned_data)
    context = {
        "form": form,
        "address": address,
        "webcal": "webcal" + address.removeprefix("https").removeprefix("http"),
        "feeds": request.user.calendar_feeds.filter(ended_at__isnull=True),
    }
    page = "sessions/feeds_own.html" if request.user.is_client else "sessions/feeds.html"
    return render(request, page, context, status=422 if form.is_bound and not address else 200)


@require_POST
def end_feed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """That calendar gets nothing any more."""
    found = get_object_or_404(request.user.calendar_feeds.filter(ended_at__isnull=True), pk=pk)
    calendar_feed.end(found, by=request.user)
    messages.success(request, _("Ended. What that calendar has already read, it may keep until you remove it there."))
    return redirect("sessions:feeds")


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar elsewhere reads, without a log-in; 404 when the address is wrong, ended, or nobody's any more."""
    found = calendar_feed.read(token, now=timezone.now())
    if found is None:
        raise Http404
    answer = HttpResponse(found.body, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = found.etag
    answer["Last-Modified"] = http_date(found.changed_at.timestamp())
    answer["Cache-Control"] = "private, no-cache"
    answer["Content-Disposition"] = 'inline; filename="appointments.ics"'
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return get_conditional_response(request, found.etag, int(found.changed_at.timestamp()), answer) or answer


feed.is_reached_by_link = True  # type: ignore[attr-defined]
