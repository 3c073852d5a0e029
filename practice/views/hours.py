"""When somebody works, and when it is otherwise."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from practice.domain import keeping_hours
from practice.forms.hours import ChangeForm, WeekForm
from practice.models import HoursChange, User
from practice.rules import Permission, has, may_keep_hours


def keeper(request: HttpRequest, pk: UUID) -> User:
    """The clinician whose hours these are, for whoever may keep them; for all others there is nobody."""
    therapist: User = get_object_or_404(User.objects.clinicians(), pk=pk)
    if not may_keep_hours(request.user, therapist):
        raise Http404
    return therapist


def stranded(therapist: User | None) -> str:
    """Where sessions are listed that no longer lie within what was kept just now."""
    where = reverse("sessions:stranded", args=[therapist.pk]) if therapist else reverse("sessions:all_stranded")
    return f"{where}?kept=1"


@require_http_methods(["GET", "HEAD", "POST"])
def week(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Her week, and the days to come on which it is otherwise. `same` only copies Monday; nothing is kept yet."""
    therapist = keeper(request, pk)
    data = request.POST if request.method == "POST" else None
    is_copy = data is not None and "same" in data
    form = WeekForm(WeekForm.like_monday(data) if is_copy else data, rows=therapist.working_hours.all())
    changes = therapist.hours_changes.filter(last_on__gte=timezone.localdate()).select_related("place")
    context = {"therapist": therapist, "form": form, "changes": changes, "is_copy": is_copy}
    if data is None or is_copy or not form.places or not form.is_valid():
        status = 200 if data is None or is_copy else 422
        return render(request, "practice/hours.html", context, status=status)
    keeping_hours.keep_week(therapist, form.rows(), by=request.user)
    messages.success(request, _("The hours of %(name)s are kept.") % {"name": therapist.called})
    return redirect(stranded(therapist))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Away for a while, or extra hours."""
    therapist = keeper(request, pk)
    return otherwise(request, ChangeForm(request.POST or None, therapist=therapist))


def otherwise(request: HttpRequest, form: ChangeForm) -> HttpResponse:
    """Keep what is otherwise, of one or of all."""
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "therapist": form.therapist}
        return render(request, "practice/hours_change.html", context, status=422 if request.method == "POST" else 200)
    keeping_hours.change(form.made(), by=request.user)
    messages.success(request, _("Kept. Nothing was cancelled or moved."))
    return redirect(stranded(form.therapist))


@require_POST
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It is as in every week again, for one or for all."""
    may_all = has(request.user, Permission.KEEP_PRACTICE)
    kept = HoursChange.objects.exclude(kind=HoursChange.Kind.OPEN).select_related("therapist")
    made = get_object_or_404(kept if may_all else kept.filter(therapist=request.user), pk=pk)
    therapist = keeper(request, made.therapist_id) if made.therapist_id else None
    keeping_hours.take_back(made, by=request.user)
    messages.success(request, _("Taken back: it is as in every week again."))
    return redirect(stranded(therapist))
