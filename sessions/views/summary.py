"""The summary as a paper: made from signed notes, kept, downloaded."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.domain import beside
from clients.models import Client
from practice.domain import audit
from practice.models import Paper
from practice.rules import Permission
from practice.web import download, needs
from sessions.domain import summary as letter
from sessions.models import Note


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.WRITE_NOTES)
def summary(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the letter would be made of, and those made before; a POST makes one."""
    client = get_object_or_404(Client.objects.charted_by(request.user), pk=pk)
    if request.method == "POST":
        return _make(request, client)
    context = {
        "client": client,
        "signed": Note.objects.filter(seat__client=client, status=Note.Status.SIGNED).count(),
        "drafts": Note.objects.filter(seat__client=client, status=Note.Status.DRAFT).count(),
        "made": Paper.objects.filter(subject=client.pk, kind=letter.KIND).defer("sealed").select_related("kept_by"),
    }
    return render(request, "sessions/summary.html", context)


def _make(request: HttpRequest, client: Client) -> HttpResponse:
    try:
        made = letter.make(client, by=request.user)
    except letter.NothingSigned:
        messages.error(request, _("There is no signed note yet; the summary is made of signed notes only."))
        return redirect("sessions:summary", client.pk)
    return redirect("sessions:paper", made.pk)


@require_safe
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Download a kept summary: whoever may read the chart. A client downloads her own, and what she
    herself signed; who signs beside her, what they signed."""
    charted = Q(kind=letter.KIND, subject__in=Client.objects.charted_by(request.user).values("pk"))
    own = Q(kind__in=letter.HERS, subject__in=Client.objects.filter(user=request.user.pk).values("pk"))
    own &= Q(consent__signatory=None)
    beside_her = Q(consent__signatory__in=[one.pk for one in beside.of(request.user, now=timezone.now())])
    found = get_object_or_404(Paper, charted | own | beside_her, pk=pk)
    audit.record("paper.read", by=request.user, subject=found.subject, detail={"paper": found.number})
    return download(found)
