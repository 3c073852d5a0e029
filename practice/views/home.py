"""The door: everyone is sent to the page she works on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Clients to their own page, everyone else to today."""
    return redirect("sessions:mine" if request.user.is_client else "sessions:today")
