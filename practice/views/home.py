"""The door: everyone is sent to the page she works on, and a device that was handed over comes back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from practice.web import IN_OTHER_HANDS


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Clients to their own page, everyone else to today."""
    return redirect("sessions:mine" if request.user.is_client else "sessions:today")


@require_safe
def hand_back(request: HttpRequest) -> HttpResponse:
    """Whoever signed has finished: the page says to hand the device back, and nothing of the practice."""
    held = request.session.get(IN_OTHER_HANDS)
    if not held:
        return redirect("home")
    go_on = f"{reverse('account_reauthenticate')}?{urlencode({'next': held['back_to']})}"
    return render(request, "hand_back.html", {"practice": None, "go_on": go_on})
