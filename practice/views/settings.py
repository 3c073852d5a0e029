"""What the practice has settled for everybody."""

from datetime import time

from django.contrib import messages
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from practice.domain import audit
from practice.forms import ArrivalsForm, AskingForm, FinalWordForm, MessagesForm, RoutesForm, SigningForm
from practice.models import Practice
from practice.rules import Permission
from practice.web import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def arrivals(request: HttpRequest) -> HttpResponse:
    """The bridging period, and how long an enquiry is kept."""
    return _settle(request, ArrivalsForm, "arrivals")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def signing(request: HttpRequest) -> HttpResponse:
    """How long people have to sign, and from which age they agree alone."""
    return _settle(request, SigningForm, "signing")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def routes(request: HttpRequest) -> HttpResponse:
    """Whether a second person approves the risk assessment of a route."""
    return _settle(request, RoutesForm, "routes")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def final_word(request: HttpRequest) -> HttpResponse:
    """By when the final word on the weather is spoken."""
    return _settle(request, FinalWordForm, "final_word")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def asking(request: HttpRequest) -> HttpResponse:
    """Whether and when clients may ask for a time, and from when a cancellation is late."""
    return _settle(request, AskingForm, "asking")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def messages_out(request: HttpRequest) -> HttpResponse:
    """Quiet hours, and how fast what is late goes."""
    return _settle(request, MessagesForm, "messages")


def _settle(request: HttpRequest, form_of: type[ModelForm], what: str) -> HttpResponse:
    practice = Practice.load()
    form = form_of(request.POST if request.method == "POST" else None, instance=practice)
    if not form.is_bound or not form.is_valid():
        return render(request, f"practice/{what}.html", {"form": form}, status=422 if form.is_bound else 200)
    practice.save(update_fields=list(form.fields))
    audit.record(f"practice.{what}_settled", by=request.user, detail=_plain(form.cleaned_data))
    messages.success(request, _("Kept. It counts from now on, for everybody."))
    return redirect("practice:team")


def _plain(said: dict[str, object]) -> dict[str, object]:
    """As it stands in the books: hours as words."""
    return {name: f"{value:%H:%M}" if isinstance(value, time) else value for name, value in said.items()}
