"""Public holidays, and days on which the whole practice is closed."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from practice.domain import audit, keeping_hours, public_holidays
from practice.forms.hours import ChangeForm, HolidaysForm
from practice.models import HoursChange, Practice
from practice.rules import Permission
from practice.views.hours import otherwise, stranded
from practice.web import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def show(request: HttpRequest) -> HttpResponse:
    """Those to come of a year by name, on which of them it is open, when else it is closed; a POST settles
    whose they are."""
    practice = Practice.load()
    form = HolidaysForm(request.POST if request.method == "POST" else None, instance=practice)
    if form.is_bound and form.is_valid():
        practice.save(update_fields=list(form.fields))
        audit.record("practice.holidays_settled", by=request.user, detail=dict(form.cleaned_data))
        messages.success(request, _("Kept. Nothing was cancelled or moved."))
        return redirect(stranded(None))
    year, this_year = _year(request), timezone.localdate().year
    kept = public_holidays.of(Practice.load(), year)
    is_open = HoursChange.objects.filter(kind=HoursChange.Kind.OPEN, first_on__year=year)
    opened = set(is_open.values_list("first_on", flat=True))
    away = HoursChange.objects.filter(kind=HoursChange.Kind.AWAY, therapist=None, last_on__gte=timezone.localdate())
    context = {
        "form": form,
        "year": year,
        "years": [one for one in (this_year, this_year + 1) if one != year],
        "days": [(day, name, day in opened) for day, name in kept.items() if day >= timezone.localdate()],
        "is_known": bool(kept),
        "changes": away,
    }
    return render(request, "practice/holidays.html", context, status=422 if form.is_bound else 200)


def _year(request: HttpRequest) -> int:
    this_year = timezone.localdate().year
    return this_year + 1 if request.GET.get("year") == str(this_year + 1) else this_year


@require_POST
@needs(Permission.KEEP_PRACTICE)
def open_or_close(request: HttpRequest) -> HttpResponse:
    """Open on a holiday, or closed again."""
    day = _holiday(request)
    if day is None:
        messages.error(request, _("That day is no public holiday here. Nothing was changed."))
        return redirect("practice:holidays")
    if "closed" in request.POST:
        keeping_hours.close_on(day, by=request.user)
        return redirect(stranded(None))
    keeping_hours.open_on(day, by=request.user)
    return redirect(f"{reverse('practice:holidays')}?year={day.year}")


def _holiday(request: HttpRequest) -> date | None:
    try:
        day = parse_date(request.POST.get("day", ""))
    except ValueError:
        return None
    return day if day and day in public_holidays.of(Practice.load(), day.year) else None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def closed(request: HttpRequest) -> HttpResponse:
    """Closed for everybody from one day to another."""
    return otherwise(request, ChangeForm(request.POST or None, therapist=None))
