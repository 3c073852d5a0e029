"""Moving in the calendar: look first, then move, and undo."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from practice.rules import Permission
from practice.web import needs
from sessions.domain import booking, meeting, moving, reading
from sessions.forms.moving import ShiftForm
from sessions.models import Session
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
        was = moving.before(session)
        refused, moved = _tried(request, lambda: moving.shift(session, by=request.user, **form.how()))
        if moved is not None:
            undoing.remember(request, was, moved)
            return redirect(_calendar(form))
        context |= refused
    found, preview = _tried(request, lambda: moving.look(session, by=request.user, **form.where()))
    ready = {"chips": moving.chips(new, request.user, now=timezone.now()), "preview": preview}
    if preview is not None and preview.over:
        ready["over"] = preview.over.words(request.user)
    return _shown(request, found | context | ready, status=422 if request.method == "POST" else 200)


def _tried(request: HttpRequest, act: Any) -> tuple[dict[str, Any], Any]:
    try:
        return refusal(request, act)
    except booking.NotPossible as why:
        return {"refusals": [str(why) or _("This session can no longer be moved.")]}, None


def _shown(request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    template = "sessions/shift.html"
    if request.headers.get("HX-Request"):
        return render(request, f"{template}#inside", context)
    return render(request, template, context, status=status)


def _calendar(form: ShiftForm) -> str:
    """Back to the days from which it was moved."""
    return f"{reverse('sessions:calendar')}?{form.back()}"


@require_POST
@needs(Permission.KEEP_DIARY)
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Back to where it was, within three minutes, if nobody moved it since."""
    session = get_object_or_404(reading.changeable(request.user), pk=pk)
    kept = undoing.to_undo(request, now=timezone.now())
    if kept is None or kept["session"] != str(session.pk) or not undoing.is_there(session, kept):
        messages.error(request, _("That can no longer be undone. Move it instead; nothing was changed."))
        return redirect("sessions:show", session.pk)
    refused, back = _tried(request, lambda: moving.undo(session, kept, by=request.user))
    if back is None:
        for sentence in refused["refusals"]:
            messages.error(request, sentence)
        return redirect("sessions:show", session.pk)
    del request.session[undoing.KEY]
    messages.success(request, _("Undone: %(who)s is back on %(when)s.") % _words(back))
    return redirect(_week_of(back))


def _words(session: Session) -> dict[str, str]:
    return {"who": meeting.title(session), "when": moving.where(session)}


def _week_of(session: Session) -> str:
    return f"{reverse('sessions:calendar')}?week={session.starts_at.astimezone(reading.zone(session)).date()}"
