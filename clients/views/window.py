"""The suicide questions in a window that somebody watches: asked for, accepted, answered by link."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clients.domain import asq, asq_window, contacts, intake, signatories
from clients.forms.watching import OwnAsqForm, WindowForm
from clients.models import Client, Window
from clients.views import finding
from practice.domain import audit, links
from practice.models import Link, Practice
from practice.rules import Permission
from practice.web import needs, with_link


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From when to when, and who watches. Nobody named on the cover list, no safe address: it says so."""
    client, now = finding.active(request, pk), timezone.now()
    zone = ZoneInfo(Practice.load().time_zone)
    people = list(asq_window.watchers(client))
    form = WindowForm(request.POST or None, people=people, by=request.user, zone=zone, now=now)
    if request.method == "POST" and form.is_valid():
        said = {"watcher": form.chosen, "opens_at": form.opens_at, "closes_at": form.closes_at}
        try:
            window = asq_window.ask(client, by=request.user, **said)
        except asq_window.CannotOpen as error:
            form.add_error(None, str(error))
        else:
            return redirect("clients:watch", window.pk)
    context = {"client": client, "form": form, "why_not": intake.may_go_by_link(client)}
    return render(request, "clients/window_ask.html", context, status=422 if request.method == "POST" else 200)


ACTS = {
    "accept": (asq_window.accept, _("Thank you. The letter with the link is on its way.")),
    "call_off": (asq_window.call_off, _("Called off. The link no longer works.")),
    "rang": (asq_window.rang, _("Written down.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def watch(request: HttpRequest, window_pk: UUID) -> HttpResponse:
    """The watcher's page: say yes, wait, and see at once that something was handed in."""
    mine = Q(watcher=request.user) | Q(client__in=Client.objects.charted_by(request.user))
    people = ("client", "watcher", "asked_by", "screening", "rang_by")
    rows = Window.objects.with_watched().select_related(*people)
    window = get_object_or_404(rows.filter(mine), pk=window_pk)
    cares = Client.objects.charted_by(request.user).filter(pk=window.client_id).exists()
    if request.method == "POST" and (act := ACTS.get(request.POST.get("way", ""))):
        try:
            act[0](window, by=request.user)
            messages.success(request, act[1])
        except asq_window.CannotOpen as error:
            messages.error(request, str(error))
        return redirect("clients:watch", window.pk)
    context = {
        "window": window,
        "client": window.client if cares else None,
        "state": _state(window, timezone.now()),
        "numbers": contacts.own_numbers(window.client) if cares else [],
    }
    return render(request, "clients/window_watch.html", context, status=422 if request.method == "POST" else 200)


def _state(window: Window, now: datetime) -> str:
    if window.screening_id:
        return "handed_in"
    if window.ended_at or (window.accepted_at is None and window.closes_at <= now):
        return "ended"
    if now >= window.closes_at:
        return "rung" if window.rang_at else "passed_by"
    if not window.is_watched:
        return "gone"
    if window.accepted_at is None:
        return "asked"
    return "open" if now >= window.opens_at else "before"


@require_http_methods(["GET", "HEAD", "POST"])
@with_link(asq_window.LINK)
def answer(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """The client's page: when it opens, the questions while somebody is there, and afterwards what happens now."""
    rows = Window.objects.with_watched().select_related("client", "watcher", "screening")
    window, now = get_object_or_404(rows, pk=link.subject), timezone.now()
    if window.screening:
        return _done(request, window)
    if not (window.is_open(now) and window.is_watched) or window.client.status != Client.Status.ACTIVE:
        return _not_now(request, window, now)
    form = OwnAsqForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asq_window.hand_in(window, form.answers)
        except asq_window.NotNow:
            return _not_now(request, window, timezone.now())
        links.use(link)
        return redirect("asq_window", token)
    asq_window.look(window, now=now)
    audit.record("asq_window.opened", by=None, subject=window.client_id, detail={"window": str(window.pk)})
    context = {"window": window, "client": window.client, "form": form, "not_seen": signatories.not_seen(window.client)}
    return render(request, "clients/window_questions.html", context, status=422 if request.method == "POST" else 200)


def _not_now(request: HttpRequest, window: Window, now: datetime) -> HttpResponse:
    """Calm words and the numbers. What was typed went nowhere, and the page says so."""
    context = {
        "window": window,
        "client": window.client,
        "is_over": window.ended_at is not None or now >= window.closes_at or not window.is_watched,
        "typed": request.method == "POST",
    }
    return render(request, "clients/window_closed.html", context, status=409 if request.method == "POST" else 200)


def _done(request: HttpRequest, window: Window) -> HttpResponse:
    """What happens now: after anything but four times no, stay, ring, and who is reading."""
    made = window.screening
    audit.record("asq_window.done_shown", by=None, subject=window.client_id, detail={"window": str(window.pk)})
    alert = made.alerts.order_by("-created_at").first()
    context = {
        "window": window,
        "client": window.client,
        "worrying": asq.outcome(made) != "negative",
        "seen": made.seen_at or (alert.seen_at if alert else None),
    }
    return render(request, "clients/window_done.html", context)
