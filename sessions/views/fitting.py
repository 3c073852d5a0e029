"""Which routes fit, before one of them is booked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practice.rules import Permission
from practice.web import needs
from sessions.domain import fitting
from sessions.forms.fitting import FitForm


@require_safe
@needs(Permission.KEEP_DIARY)
def routes(request: HttpRequest) -> HttpResponse:
    """The routes for these clients at this time; what was typed of a booking is carried along and back."""
    form = FitForm(request.GET, by=request.user)
    if not form.is_bound:
        return render(request, "sessions/fitting.html", {"form": form})
    if not form.is_valid():
        return render(request, "sessions/fitting.html", {"form": form}, status=422)
    found = fitting.of(form.clients, form.wish(), reader=request.user, therapist=form.cleaned_data["therapist"])
    return render(request, "sessions/fitting.html", {"form": form, "found": found})
