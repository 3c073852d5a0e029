"""Moving in the calendar: look first, then move."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from practice.rules import Permission
from practice.web import needs
from sessions.domain import meeting, moving, reading, taking_back
from sessions.forms.moving import ShiftForm
from sessions.views import undoing
from sessions.views.book import refusal


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_DIARY)
def shift(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What would follow from a move to `to` for `minutes`, as a fragment for the calendar's dialog or as a page of its
    own; a POST moves."""
    session = get_object_or_404(reading.changeable(request.user), pk=pk)
    form = ShiftForm(request.POST if request.method == "POST" else request.GET, by=request.user, session=session)
    context: dict[str, Any] = {"session": session, "title": meeting.title(session), "form": form}
    if not form.is_valid():
        return _shown(request, context, status=422)
    new = moving.at(session, **form.where())
    context |= {"new": new, "was": moving.where(session), "will_be": moving.where(new)}
    if request.method == "POST":
        was = taking_back.before(session)
        refused, moved = refusal(request, lambda: moving.shift(session, by=request.user, **form.how()))
        if moved is not None:
            undoing.remember_one(request, undoing.MOVED, was, moved)
            return redirect(_calendar(form))
        context |= refused
    found, preview = refusal(request, lambda: moving.look(session, by=request.user, **form.where()))
    ready = {"chips": moving.chips(new, request.user, now=timezone.now()), "preview": preview}
    if preview is not None and preview.over:
        ready["over"] = preview.over.words(request.user)
    return _shown(request, found | context | ready, status=422 if request.method == "POST" else 200)


def _shown(request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    template = "sessions/shift.html"
    if request.headers.get("HX-Request"):
        return render(request, f"{template}#inside", context)
    return render(request, template, context, status=status)


def _calendar(form: ShiftForm) -> str:
    """Back to the days from which it was moved."""
    return f"{reverse('sessions:calendar')}?{form.back()}"
