"""What a clinician holds, and how much she does in a day."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from practice.domain import offering
from practice.forms.hours import DATES, RecordForm
from practice.models import ClinicianRecord
from practice.rules import Permission, has
from practice.views.hours import keeper, stranded


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Until when her papers are in date, which only whoever keeps the practice enters; her video room and caps."""
    therapist = keeper(request, pk)
    found = ClinicianRecord.objects.filter(user=therapist).first() or ClinicianRecord(user=therapist)
    with_days = has(request.user, Permission.KEEP_PRACTICE)
    form = RecordForm(request.POST if request.method == "POST" else None, instance=found, with_days=with_days)
    if not form.is_bound or not form.is_valid():
        days = [(RecordForm.Meta.labels[name], getattr(found, name)) for name in DATES]
        context = {"form": form, "therapist": therapist, "with_days": with_days, "days": days}
        return render(request, "practice/record.html", context, status=422 if form.is_bound else 200)
    offering.record(form.save(commit=False), list(form.fields), by=request.user)
    messages.success(request, _("The record of %(name)s is kept.") % {"name": therapist.called})
    return redirect(stranded(therapist))
