"""The storm morning board: look, read the messages, send once."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from practice.rules import Permission
from practice.web import needs
from sessions.domain import reading, storm, storm_send
from sessions.domain.storm_send import Outcome
from sessions.forms.storm import BoardForm
from sessions.views import undoing


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_DIARY)
def storm_board(request: HttpRequest) -> HttpResponse:
    """Today's and tomorrow's sessions outdoors. A POST shows the messages; with `send` it sends them."""
    now = timezone.now()
    form = BoardForm(request.POST if request.method == "POST" else None, storm.of(request.user, now=now))
    if request.method != "POST" or "back" in request.POST:
        return _page(request, form)
    orders = form.orders() if form.is_valid() else []
    if form.refusals:
        return _page(request, form, status=422)
    if "send" not in request.POST and orders:
        return render(request, "sessions/storm_preview.html", {"form": form, "lines": _lines(orders)})
    if "send" not in request.POST:
        messages.info(request, _("Everything stays as planned: there is nothing to send."))
        return redirect("sessions:storm")
    outcomes = storm_send.send(orders, by=request.user, now=now)
    return _sent(request, outcomes)


def _lines(orders: list[storm_send.Order]) -> list[tuple[storm_send.Order, list[storm_send.Message]]]:
    """What is shown is what stands now, and is sent only while that is so."""
    fresh = [replace(order, saw=storm.seen(order.session)) for order in orders]
    return [(order, storm_send.preview(order)) for order in fresh]


def refused(request: HttpRequest, why: list[str]) -> HttpResponse:
    """The board as it is now, with what could not be taken back and why."""
    form = BoardForm(None, storm.of(request.user, now=timezone.now()))
    form.refusals = why
    return _page(request, form, status=409)


def _page(request: HttpRequest, form: BoardForm, *, status: int = 200) -> HttpResponse:
    days = [
        (day, [one for one in form.cards if any(one.card is card for card in day.cards)]) for day in form.board.days
    ]
    undo = undoing.to_undo(request, now=timezone.now(), what=undoing.SENT)
    context = {"board": form.board, "form": form, "days": days, "undo": undo}
    return render(request, "sessions/storm.html", context, status=status)


def _sent(request: HttpRequest, outcomes: list[Outcome]) -> HttpResponse:
    """What was done is said and stands on the board; what could not be done stands above it, with its card."""
    done = sum(not one.why_not for one in outcomes)
    _remember(request, outcomes)
    if done:
        text = ngettext("Done for %(n)s session. ", "Done for %(n)s sessions. ", done) % {"n": done}
        messages.success(request, text + _("The letters leave in three minutes."))
    if not outcomes:
        messages.info(request, _("Nothing was left to send: it was done before."))
    failed = [f"{one.order.title}: {one.why_not}" for one in outcomes if one.why_not]
    if not failed:
        return redirect("sessions:storm")
    form = BoardForm(request.POST, storm.of(request.user, now=timezone.now()))
    form.is_valid()
    form.refusals = failed
    return _page(request, form, status=422)


def _remember(request: HttpRequest, outcomes: list[Outcome]) -> None:
    titles, done = [one.order.title for one in outcomes if one.was], [one.was for one in outcomes if one.was]
    many = ngettext("%(n)s session", "%(n)s sessions", len(done)) % {"n": len(done)}
    undoing.remember(request, undoing.SENT, done, many if len(done) > 2 else "; ".join(titles))


@require_POST
@needs(Permission.KEEP_DIARY)
def indoors(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whoever asked to be indoors today gets a room, or video, and hears of it."""
    session = get_object_or_404(reading.changeable(request.user), pk=pk)
    order = storm_send.as_she_asked(session, request.POST.get("room", ""))
    outcomes = storm_send.send([order] if order else [], by=request.user, now=timezone.now())
    _remember(request, outcomes)
    outcome = outcomes[0] if outcomes else None
    if outcome is None:
        messages.error(request, _("No room is free then, and no video room is kept. Nothing was changed."))
    elif outcome.why_not:
        messages.error(request, f"{outcome.order.title}: {outcome.why_not}")
    else:
        messages.success(
            request, _("Done: %(who)s. The letter about it leaves in three minutes.") % {"who": outcome.order.title}
        )
    return redirect("sessions:today")
