"""Times that clients asked for: the list, and one of them with yes, another time, and no."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from practice.rules import Permission
from practice.web import needs
from sessions.domain import asked, meeting, reading
from sessions.forms.asking import NoForm, OtherTimeForm
from sessions.models import Session
from sessions.views.book import refusal


@require_safe
@needs(Permission.KEEP_DIARY)
def listing(request: HttpRequest) -> HttpResponse:
    """Everything that waits for an answer."""
    found = asked.waiting(request.user, now=timezone.now())
    lines = [(session, meeting.title(session), reading.at(session)) for session in found]
    return render(request, "sessions/asked.html", {"lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_DIARY)
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of them, how ready it would be, and the three answers."""
    session = get_object_or_404(reading.changeable(request.user), pk=pk)
    said = request.POST.get("said", "")
    other = OtherTimeForm(request.POST if said == "other" else None, initial=_beginning(session), prefix="other")
    no = NoForm(request.POST if said == "no" else None, prefix="no")
    refused: dict[str, Any] = {}
    acts: dict[str, Callable[[], Session]] = {
        "yes": lambda: asked.yes(session, by=request.user),
        "other": lambda: asked.offer(session, by=request.user, **other.wanted(session)),
        "no": lambda: asked.no(session, by=request.user, words=no.cleaned_data["words"]),
    }
    form = {"other": other, "no": no}.get(said)
    if said in acts and session.status == Session.Status.REQUESTED and (form is None or form.is_valid()):
        refused, done = _try(request, acts[said])
        if done:
            messages.success(request, SAID[said]())
            return redirect("sessions:show", done.pk) if said == "yes" else redirect("sessions:asked")
    context = _page(request, session) | {"other": other, "no": no} | refused
    return render(request, "sessions/answer_asked.html", context, status=422 if request.method == "POST" else 200)


def _page(request: HttpRequest, session: Session) -> dict[str, Any]:
    return (
        {
            "session": session,
            "title": meeting.title(session),
            "how": meeting.short(session),
            "waits": session.status == Session.Status.REQUESTED,
        }
        | reading.stands(session, request.user, now=timezone.now())
        | reading.at(session)
    )


SAID: dict[str, Callable[[], str]] = {
    "yes": lambda: _("Booked, and they are told."),
    "other": lambda: _("The other time is held, and they are asked."),
    "no": lambda: _("Answered. They read your line on their page."),
}


def _beginning(session: Session) -> dict[str, Any]:
    local = timezone.localtime(session.starts_at, reading.zone(session))
    return {"day": local.date(), "starts": local.time()}


def _try(request: HttpRequest, act: Callable[[], Session]) -> tuple[dict[str, Any], Session | None]:
    return refusal(request, act, _("Somebody has answered already, or the time was taken back."))
