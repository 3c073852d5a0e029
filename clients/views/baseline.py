"""Writing down what is known, and until when it counts."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.domain import baseline
from clients.domain.worry import NOTHING_KNOWN
from clients.forms.watching import BaselineForm
from clients.views import finding
from practice.domain import audit
from practice.rules import Permission
from practice.web import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DECIDE)
def write(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write it, or renew it: what stood before stays in the chart, and the newest counts."""
    client = finding.to_decide_about(request, pk)
    before = baseline.newest(client)
    if before:
        audit.record("baseline.read", by=request.user, subject=client.pk, detail={"baseline": str(before.pk)})
    today = timezone.localdate()
    known, words = (baseline.known_in(before), before.words) if before else (NOTHING_KNOWN, "")
    form = BaselineForm(request.POST or None, known=known, words=words, today=today)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        baseline.write(client, words=said["words"], known=form.known, review_by=said["review_by"], by=request.user)
        messages.success(request, _("Kept. You are called when something rises, is new, or this is overdue."))
        return redirect("clients:show", client.pk)
    context = {"client": client, "form": form, "before": before, "lapsed": before and before.lapsed(today)}
    return render(request, "clients/baseline.html", context, status=422 if request.method == "POST" else 200)
