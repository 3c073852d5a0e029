"""What a client sees: her own page, and the page behind her reminder."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clients.models import Client
from practice.domain import links
from practice.models import Link
from practice.rules import Permission
from practice.web import needs, shown, with_link
from sessions.domain import beside_page, own_page, reminders
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
    """When and where, and three equal answers. Looking changes nothing."""
    seat = _seat(link.subject)
    said = request.POST.get("answer", "")
    if request.method == "POST" and said in Seat.Answer.values and reminders.is_answerable(seat):
        reminders.answer(seat, said)
        links.use(link)
        return redirect("reminder", token)
    context = own_page.next_time(seat) | {
        "token": token,
        "is_open": reminders.is_answerable(seat),
        "thanks": reminders.thanks(seat) if seat.answer else "",
    }
    return render(request, "sessions/reminder.html", context)


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
    """The same three answers from her own page."""
    seat = get_object_or_404(Seat.objects.select_related("session"), pk=pk, client__user=request.user)
    said = request.POST.get("answer", "")
    if said in Seat.Answer.values and reminders.is_answerable(seat):
        reminders.answer(seat, said)
    return redirect("sessions:mine")
