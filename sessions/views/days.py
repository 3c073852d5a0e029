"""Today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clients.domain import unread, waiting
from practice.rules import Permission, has
from practice.web import needs
from sessions.domain import hand, hand_weather
from sessions.domain import today as day
from sessions.views import undoing


@require_safe
@needs(Permission.SEE_DIARY)
def today(request: HttpRequest) -> HttpResponse:
    """The day of whoever asks, and what needs a hand."""
    now = timezone.now()
    unread.calling_for(request.user)
    stood = waiting.in_care(request.user) if has(request.user, Permission.DECIDE) else {}
    found = day.of(request.user, now=now, stood=stood)
    hands = hand.of(request.user, now=now, today=found.date, stood=stood)
    hands = hand.worst_first([*hands, *hand_weather.of(request.user, found.rows, now=now)])
    context = {"today": found, "hands": hands, "now": now, "undo": undoing.to_undo(request, now=now, what=undoing.SENT)}
    return render(request, "sessions/today.html", context)
