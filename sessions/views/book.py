"""Booking, moving, cancelling."""

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients.models import Client
from practice.models import User
from practice.rules import Permission
from practice.web import needs
from sessions.domain import booking, meeting, moving, notices, reading, refusals, reminders, taking_back
from sessions.domain.taking_back import Was
from sessions.forms import BookForm, MoveForm
from sessions.forms.fitting import carried
from sessions.forms.free import FreeForm
from sessions.forms.service import filled
from sessions.models import Session
from sessions.views import undoing


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_DIARY)
def book(request: HttpRequest) -> HttpResponse:
    """The form; a POST books. With `look` it only says how ready it would be, with `fit` it looks for a route, with
    `fill` it takes over what the service says, and with `free` it shows when there is time."""
    if request.method != "POST":
        form = BookForm(by=request.user, initial=_beginning(request))
        return render(request, "sessions/book.html", {"form": form} | _free(request, request.GET))
    if {"fill", "free"} & set(request.POST):
        typed = filled(request.POST) if "fill" in request.POST else request.POST.dict()
        form = BookForm(by=request.user, initial=typed | {"others": request.POST.getlist("others")})
        return render(request, "sessions/book.html", {"form": form} | _free(request, request.POST))
    if "fit" in request.POST:
        return redirect(f"{reverse('sessions:fitting')}?{carried(request.POST).urlencode()}")
    form = BookForm(request.POST, by=request.user)
    if not form.is_valid() or ("look" not in request.POST and form.goes_into_the_dark()):
        return _again(request, form, status=422)
    if "look" in request.POST:
        chips = reading.before_booking(form.wanted(), request.user, now=timezone.now())
        return _again(request, form, chips=chips, lacks_a_room=form.lacks_a_room)
    wanted = form.wanted()
    refused, session = refusal(request, lambda: booking.book(by=request.user, **wanted))
    if session is None:
        if refused.pop("is_used", False):
            form.renew()
        return _again(request, form, status=422, **refused)
    people = [one.name for one in sorted(wanted["clients"], key=lambda one: one.search_name)]
    who = meeting.titled(session.kind, session.name, people)
    at = {"who": who, "when": f"{meeting.day_name(session)}, {meeting.span(session)}"}
    messages.success(request, _("Booked: %(who)s, %(when)s.") % at)
    if form.lacks_a_room:
        messages.info(request, _("No room is chosen yet."))
    return redirect("sessions:show", session.pk)


def _free(request: HttpRequest, asked: QueryDict) -> dict[str, Any]:
    """When there is time, where that was asked for; None where it cannot be said yet."""
    if "free" not in asked:
        return {}
    form = FreeForm(asked, by=request.user)
    return {"free": form.days(now=timezone.now()) if form.is_valid() else None, "is_free_asked": True}


def _beginning(request: HttpRequest) -> dict[str, Any]:
    """From `?client=` and `?day=`, as other pages ask, and from what went along while a route was chosen."""
    client = None
    with contextlib.suppress(ValueError):
        client = Client.objects.visible_to(request.user).filter(pk=UUID(request.GET.get("client", ""))).first()
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        day = None
    along = carried(request.GET)
    for name in ("client", "day", "others"):
        along.pop(name, None)
    more = {"others": request.GET.getlist("others"), "route": request.GET.get("route", "")}
    return BookForm.beginning(request.user, client=client, day=day) | along.dict() | more


def _again(request: HttpRequest, form: BookForm, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The form once more; a request by htmx gets the readiness alone."""
    template = "sessions/book.html"
    if request.headers.get("HX-Request") and "look" in request.POST:
        template, status = "sessions/book.html#ready", 200
    return render(request, template, {"form": form} | extra, status=status)


def refusal(request: HttpRequest, act: Any, otherwise: str = "") -> tuple[dict[str, Any], Any]:
    """Do it, or say in this reader's words why not; `otherwise` as in `refusals.words`."""
    try:
        return {}, act()
    except booking.UsedAlready:
        return {"refusals": [_("This form was used already. Look at it again, then book.")], "is_used": True}, None
    except refusals.Refusal as cause:
        said: dict[str, Any] = {"refusals": refusals.words(cause, request.user, otherwise)}
        if isinstance(cause, booking.NotYet):
            said["chips"] = reading.rendered(cause.readiness, cause.clients, request.user)
        return said, None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_DIARY)
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another day or time; everything is looked at again."""
    session = get_object_or_404(reading.changeable(request.user), pk=pk)
    local = timezone.localtime(session.starts_at, reading.zone(session))
    asked = {"day": local.date(), "starts": local.time(), "to_fallback": "instead" in request.GET}
    form = MoveForm(request.POST or None, initial=asked, session=session)
    context = {"session": session, "title": meeting.title(session), "form": form}
    if request.method != "POST":
        return render(request, "sessions/move.html", context)
    if not form.is_valid() or form.goes_into_the_dark(session):
        return render(request, "sessions/move.html", context, status=422)
    wanted, was = form.wanted(session), taking_back.before(session)
    how = {"by": request.user, "tell": "tell" in request.POST}
    refused, moved = refusal(request, lambda: moving.change(session, **how, **wanted))
    if moved is None:
        return render(request, "sessions/move.html", context | refused, status=422)
    undoing.remember_one(request, undoing.MOVED, was, moved)
    messages.success(request, _("Moved to %(day)s, %(span)s.") % reading.at(moved))
    if "tell" in request.POST:
        messages.info(request, _they_are_told(moved))
    elif reminders.has_left(moved):
        messages.info(request, _("A reminder of the old time has left already: ring or write, so that nobody waits."))
    return redirect("sessions:show", session.pk)


def _they_are_told(session: Session) -> str:
    """Whom the letter about it does not reach."""
    if names := notices.unreached(session):
        return _("No letter can go to %(names)s: please ring.") % {"names": ", ".join(names)}
    return _("The letter about it leaves in three minutes.")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_DIARY)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, then free the slot."""
    session = get_object_or_404(reading.changeable(request.user), pk=pk)
    if request.method != "POST":
        context = {
            "session": session,
            "title": meeting.title(session),
            "has_left": reminders.has_left(session),
            "waivers": Session.Waived.choices if booking.is_late(session) else (),
        }
        return render(request, "sessions/cancel.html", context | reading.at(session))
    said, was = request.POST.get("waived", ""), taking_back.before(session)
    waived = said if said in Session.Waived.values else ""
    tells = "tell" in request.POST
    act, words = (_cancel_and_tell, _cancelled_and_told) if tells else (booking.cancel, _cancelled)
    return _change(request, session, partial(act, waived=waived), words, was)


@transaction.atomic
def _cancel_and_tell(session: Session, *, by: User, waived: str) -> Session:
    done = booking.cancel(session, by=by, waived=waived)
    notices.tell(done, what=notices.What.CANCELLED, by=by)
    return done


def _cancelled_and_told(session: Session) -> str:
    return _("Cancelled.") + " " + _they_are_told(session)


def _cancelled(session: Session) -> str:
    if session.starts_at > timezone.now() and reminders.has_left(session):
        return _("Cancelled. A reminder has left already: ring or write, so that nobody comes in vain.")
    return _("Cancelled. No reminder will leave any more.")


@require_POST
@needs(Permission.KEEP_DIARY)
def missed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nobody came."""
    session = get_object_or_404(reading.changeable(request.user), pk=pk)
    return _change(request, session, booking.mark_missed, lambda _done: _("Marked as missed."))


@require_POST
@needs(Permission.KEEP_DIARY)
def kept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It took place."""
    session = get_object_or_404(reading.changeable(request.user), pk=pk)
    return _change(request, session, booking.mark_kept, lambda _done: _("Marked as taken place."))


def _change(
    request: HttpRequest, session: Session, act: Any, said: Callable[[Session], str], was: Was | None = None
) -> HttpResponse:
    """With `was` it can be undone."""
    try:
        moving.refuse_asked_for(session)
        done = act(session, by=request.user)
    except booking.NotPossible as why:
        messages.error(request, str(why) or _("That does not fit where this session stands now. Nothing was changed."))
    else:
        if was:
            undoing.remember_one(request, undoing.CANCELLED, was, done)
        messages.success(request, said(done))
    return redirect("sessions:show", session.pk)
