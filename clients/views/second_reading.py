"""A decision as the second clinician reads it: the decision, and nothing else of the chart."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.domain import second_reading
from clients.domain.facts import limit_words
from clients.forms.second_reading import ReadingForm
from clients.models import SecondReading
from practice.domain import audit
from practice.models import Mode
from practice.rules import Permission
from practice.web import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.READ_CHART)
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read it, and say so. Only the person who was asked gets in."""
    mine = SecondReading.objects.of(request.user).select_related("decision__client", "decision__by", "asked_by")
    reading = get_object_or_404(mine, pk=pk)
    made = reading.decision
    form = ReadingForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _say(request, reading, form.cleaned_data["comment"].strip())
    detail = {"decision": str(made.pk), "reading": str(reading.pk)}
    audit.record("decision.read", by=request.user, subject=made.client_id, detail=detail)
    context = {
        "reading": reading,
        "made": made,
        "modes": [Mode(mode) for mode in made.modes],
        "limits": limit_words(made.limits),
        "form": form,
    }
    return render(request, "clients/reading.html", context, status=422 if form.is_bound else 200)


def _say(request: HttpRequest, reading: SecondReading, comment: str) -> HttpResponse:
    try:
        second_reading.read(reading, comment=comment, by=request.user)
    except second_reading.AlreadyRead:
        messages.info(request, _("You had read it before; what you said then stands."))
    else:
        messages.success(request, _("Written down beside the decision."))
    return redirect("clients:reading", reading.pk)
