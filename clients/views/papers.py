"""Papers of a chart: kept decisions, letters to doctors and what came back, given to whoever may read the chart."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from clients.domain import decision_paper, medical_letters
from clients.views import finding
from practice.domain import audit
from practice.models import Paper
from practice.rules import Permission
from practice.web import download, needs

KINDS = (decision_paper.KIND, medical_letters.REQUEST, medical_letters.REPLY, medical_letters.PARQ)


@require_safe
@needs(Permission.READ_CHART)
def one(request: HttpRequest, pk: UUID, paper_pk: UUID) -> HttpResponse:
    """Download one; that it was read is written down first."""
    client = finding.in_care_of(request, pk)
    found = get_object_or_404(Paper, subject=client.pk, kind__in=KINDS, pk=paper_pk)
    audit.record("paper.read", by=request.user, subject=client.pk, detail={"paper": found.number})
    return download(found)
