"""What a client does about her own times: ask for one, take that back, say yes to another, cancel."""

from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients.models import Client
from practice.domain import words
from practice.models import OUTDOOR, Practice, Service
from practice.rules import Permission
from practice.web import needs
from sessions.domain import asking, booking, giving_up, her_clocks, meeting, slot
from sessions.domain.asking import thinned
from sessions.domain.free import Slot
from sessions.forms.asking import AskForm
from sessions.models import Seat, Session


def _client(request: HttpRequest) -> Client:
    return get_object_or_404(Client, user=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.OWN_PAGES)
def ask(request: HttpRequest) -> HttpResponse:
    """Free times with her therapist, two weeks of them; and what she asked for already."""
    client, now = _client(request), timezone.now()
    form = AskForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid():
        try:
            session = asking.ask(client, now=now, **form.wanted())
        except asking.NotOffered as problem:
            form.add_error("at", str(problem))
        else:
            messages.success(request, _done(session))
            return redirect("sessions:ask" if session.is_waiting else "sessions:mine")
    context = {"client": client, "form": form, "lines": asking.lines(client, now=now)} | _offered(request, client)
    return render(request, "sessions/ask.html", context, status=422 if form else 200)


def _done(session: Session) -> str:
    at = {"when": f"{meeting.day_name(session)}, {meeting.span(session)}", "name": session.therapist.called}
    if session.is_waiting:
        return _("Asked for: %(when)s. %(name)s answers here.") % at
    return _("Booked: %(when)s.") % at


def _offered(request: HttpRequest, client: Client) -> dict[str, Any]:
    """The choices, and the times of the one that is chosen."""
    now, said = timezone.now(), request.POST or request.GET
    rules = asking.rules(client, now=now)
    if rules is None:
        return {"rules": None}
    service = _chosen(rules.services, said.get("service", ""))
    modes = asking.modes(rules, service)
    mode = next((one for one, _label in modes if one == said.get("mode")), modes[0][0] if modes else "")
    today = Practice.load().day_of(now)
    first = max(min(_day(said.get("from", "")) or today, rules.last), today)
    found = sorted(asking.times(rules, service, mode, first=first), key=lambda one: one.starts_at)
    shown = [one for _day, some in groupby(found, key=lambda one: one.day) for one in thinned(list(some))]
    dark = asking.in_the_dark(rules, mode, shown)
    return {
        "rules": rules, "service": service, "mode": mode, "modes": modes, "first": first, "key": AskForm.new_key(),
        "days": [_of_day(day, list(some), dark, client) for day, some in groupby(shown, key=lambda one: one.day)],
        "is_any_light": len(shown) > len(dark),
        "elsewhere": her_clocks.note([one.place for one in shown], client, at=now),
        "inside": [one for one in modes if one[0] not in OUTDOOR],
        "later": first + asking.A_PAGE if first + asking.A_PAGE <= rules.last else None,
        "earlier": max(first - asking.A_PAGE, today) if first > today else None,
    }  # fmt: skip


def _of_day(day: date, slots: list[Slot], dark: set[Slot], client: Client) -> dict[str, Any]:
    """What there is to choose on a day, and the times that are left out because it is dark then."""
    return {
        "day": day,
        "times": [_choice(one, client) for one in slots if one not in dark],
        "dark": [words.clock(one.starts_at, one.place.time_zone) for one in slots if one in dark],
    }


def _choice(slot: Slot, client: Client) -> dict[str, str]:
    return {
        "own": her_clocks.own(slot.starts_at, slot.place, client),
        "value": f"{slot.starts_at.isoformat()} {slot.place.pk}",
        "starts": words.clock(slot.starts_at, slot.place.time_zone),
    }


def _chosen(services: Any, pk: str) -> Service:
    found: Service = next((one for one in services if str(one.pk) == pk), services[0])
    return found


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _mine(request: HttpRequest, pk: UUID) -> Session:
    """What she asked for herself."""
    return get_object_or_404(
        Session.objects.for_client(_client(request)).select_related("place", "therapist"), pk=pk, booked_by=request.user
    )


@require_POST
@needs(Permission.OWN_PAGES)
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """She no longer wants it."""
    session = _mine(request, pk)
    return _act(request, lambda: asking.take_back(session, by=request.user), _("Taken back. The time is free again."))


@require_POST
@needs(Permission.OWN_PAGES)
def say_yes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Yes to the time that is held for her."""
    session = get_object_or_404(
        Session.objects.for_client(_client(request)).exclude(status=Session.Status.REQUESTED),
        pk=pk,
        booked_by=request.user,
    )
    read = request.POST.get("read", "")
    return _act(request, lambda: asking.say_yes(session, by=request.user, read=read), _("Booked. See you then."))


def _act(request: HttpRequest, act: Callable[[], Session], said: str) -> HttpResponse:
    try:
        act()
    except booking.NotYet:
        messages.info(request, _("Let’s talk first: your therapist will be in touch. The time is still held."))
    except (booking.NotPossible, booking.Clash, booking.NotInHerCare, booking.NotInTreatment) as why:
        said = str(why) if isinstance(why, booking.NotPossible) else ""
        messages.error(request, said or _("This time is no longer held. Please choose another."))
    else:
        messages.success(request, said)
    return redirect("sessions:ask")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.OWN_PAGES)
def cancel_mine(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what it costs before, then cancel."""
    found = Seat.objects.select_related("client", "session__place", "session__therapist", "session__service")
    seat = get_object_or_404(found, pk=pk, client__user=request.user)
    now = timezone.now()
    if not giving_up.may(seat, now=now):
        raise Http404
    if request.method != "POST":
        return render(request, "sessions/cancel_mine.html", giving_up.page(seat, now=now))
    try:
        giving_up.give_up(seat, by=request.user, read=request.POST.get("read", ""))
    except slot.HasMoved as why:
        messages.error(request, str(why))
        return redirect("sessions:cancel_mine", seat.pk)
    except booking.NotPossible:
        messages.error(request, _("This time can no longer be cancelled here. Please ring."))
    else:
        said = _("Thank you for saying so. This time is cancelled, and %(name)s knows.")
        messages.success(request, said % {"name": seat.session.therapist.called})
    return redirect("sessions:mine")
