"""Who waits for a decision."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clients.domain import unread, waiting
from practice.domain import audit
from practice.rules import Permission
from practice.web import needs

A_PAGE = 25


@require_safe
@needs(Permission.DECIDE)
def queue(request: HttpRequest) -> HttpResponse:
    """Everyone in this person's care about whom something is to be decided, the most urgent first."""
    audit.record("waiting.opened", by=request.user)
    unread.calling_for(request.user)
    found = waiting.of(waiting.in_care(request.user), now=timezone.now(), today=timezone.localdate())
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "clients/waiting.html", {"page": page})
