"""What a client sees: her own page, and the page behind her reminder."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clients.models import Client
from practice.domain import links
from practice.models import Link
from practice.rules import Permission
from practice.web import needs, shown, with_link
from sessions.domain import arriving, beside_page, giving_up, outlook, own_page, reminders, slot
from sessions.models import Seat


@require_safe
@needs(Permission.OWN_PAGES)
def mine(request: HttpRequest) -> HttpResponse:
    """Her next time, what is to fill in, her papers; for who signs beside a client, what they sign."""
    client = Client.objects.filter(user=request.user).first()
    if client is None:
        return render(request, "sessions/beside.html", beside_page.of(request.user, now=timezone.now()))
    return render(request, "sessions/mine.html", own_page.of(client, now=timezone.now()))


def _seat(pk: UUID) -> Seat:
    found = Seat.objects.select_related(
        "client", "session__place", "session__route", "session__room", "session__therapist__clinician"
    )
    return get_object_or_404(found, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@with_link(reminders.PURPOSE)
def reminder(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """When and where, three equal answers, and who is there. Looking changes nothing."""
    seat, now, refused = _seat(link.subject), timezone.now(), ""
    try:
        if request.method == "POST" and _kept(seat, request, now):
            links.use(link)
            return redirect("reminder", token)
    except slot.NotPossible as why:
        refused, seat = str(why), _seat(link.subject)
    sky = outlook.load([seat.session], now=now).get(seat.session_id)
    context = (
        own_page.next_time(seat, sky=sky)
        | arriving.on_page(seat, now=now)
        | {
            "token": token,
            "refused": refused,
            "is_open": reminders.is_answerable(seat),
            "thanks": reminders.thanks(seat) if seat.answer else "",
        }
    )
    return render(request, "sessions/reminder.html", context, status=422 if refused else 200)


def _kept(seat: Seat, request: HttpRequest, now: datetime) -> bool:
    """One of the three answers, or that she is there or late; False when it came too late to count. Raises `HasMoved`
    for an answer to another start."""
    said, arrival = request.POST.get("answer", ""), request.POST.get("arrival", "")
    if arrival in arriving.WHEN and arriving.is_open(seat.session, now=now):
        arriving.say(seat, arrival, now=now)
    elif said in Seat.Answer.values and reminders.is_answerable(seat):
        giving_up.answer(seat, said, read=request.POST.get("read", ""))
    else:
        return False
    return True


@require_safe
@with_link(reminders.PURPOSE)
def reminder_photo(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """What the meeting spot of this one session looks like."""
    return _photo(_seat(link.subject))


@require_safe
@needs(Permission.OWN_PAGES)
def photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same from her own page."""
    return _photo(get_object_or_404(Seat, pk=pk, client__user=request.user))


def _photo(seat: Seat) -> HttpResponse:
    found = own_page.photo_of_spot(seat, now=timezone.now())
    if found is None:
        raise Http404
    return shown(found)


@require_http_methods(["POST"])
@needs(Permission.OWN_PAGES)
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same from her own page."""
    seat = get_object_or_404(Seat.objects.select_related("session"), pk=pk, client__user=request.user)
    try:
        _kept(seat, request, timezone.now())
    except slot.NotPossible as why:
        messages.error(request, str(why))
    return redirect("sessions:mine")
