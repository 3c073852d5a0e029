"""What no longer fits after hours, holidays or a record were changed."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from practice.models import User
from practice.rules import Permission, may_keep_hours
from practice.web import needs
from sessions.domain import stranded


@require_safe
def of(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Of one therapist. Right after a change, with `kept`, her hours again when there is nothing."""
    therapist = get_object_or_404(User.objects.clinicians(), pk=pk)
    if not may_keep_hours(request.user, therapist):
        raise Http404
    found = stranded.of(therapist, reader=request.user, now=timezone.now())
    if not found and "kept" in request.GET:
        return redirect("practice:hours", therapist.pk)
    return render(request, "sessions/stranded.html", {"stranded": found, "therapist": therapist})


@require_safe
@needs(Permission.KEEP_PRACTICE)
def of_all(request: HttpRequest) -> HttpResponse:
    """Of everybody. Right after a change, with `kept`, the holidays again when there is nothing."""
    found = stranded.of(None, reader=request.user, now=timezone.now())
    if not found and "kept" in request.GET:
        return redirect("practice:holidays")
    return render(request, "sessions/stranded.html", {"stranded": found})
