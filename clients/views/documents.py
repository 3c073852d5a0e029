"""Everything on paper about one client: the list, a document that is added, opened, or put aside."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients import rules
from clients.domain import documents, library, safety_papers
from clients.domain.library import Line
from clients.forms.document import DocumentForm, PutAsideForm
from clients.models import Client, Document
from clients.views import finding
from clients.views.safety import deliver
from practice.domain import audit
from practice.rules import Permission
from practice.web import needs

A_PAGE = 50
OPENED_AT = dict.fromkeys(safety_papers.KINDS, "clients:safety_paper") | {
    documents.KIND: "clients:document",
    library.CONSENT: "clients:consent_paper",
}
"""Where a paper is opened, when not with the others of the chart."""


@require_safe
@needs(Permission.SEE_DIARY)
def listing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For the care team everything; for the desk what it added itself, to be seen and never opened."""
    client = finding.of(request, pk)
    reads, adds = rules.may_read_chart(request.user, client), rules.may_keep_documents(request.user, client)
    if not reads and not adds:
        raise Http404
    audit.record("documents.opened", by=request.user, subject=client.pk)
    rows = library.everything(client) if reads else library.own(client, request.user)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    lines = library.lines(client, list(page.object_list), reads_chart=reads)
    context = {
        "client": client,
        "page": page,
        "lines": [(line, _address(client, line)) for line in lines],
        "reads_chart": reads,
        "may_add": adds,
    }
    return render(request, "clients/documents.html", context)


def _address(client: Client, line: Line) -> str:
    """Where a line is opened; "" when nothing is."""
    if line.pk is None:
        return ""
    if line.kind == library.SUMMARY:
        return reverse("sessions:paper", args=[line.pk])
    return reverse(OPENED_AT.get(line.kind, "clients:paper"), args=[client.pk, line.pk])


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_CLIENTS)
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One document, chosen or photographed."""
    client = _kept_for(request, pk)
    posted: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DocumentForm(*posted)
    if form.is_bound and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("kind", "title")}
        documents.add(client, form.cleaned_data["file"], **said, by=request.user)
        messages.success(request, _("The document is kept."))
        return redirect("clients:documents", client.pk)
    context = {
        "client": client,
        "form": form,
        "lost": bool(request.FILES) and "file" not in form.errors,
        "reads_chart": rules.may_read_chart(request.user, client),
    }
    return render(request, "clients/add_document.html", context, status=422 if form.is_bound else 200)


def _kept_for(request: HttpRequest, pk: UUID) -> Client:
    client = finding.of(request, pk)
    if not rules.may_keep_documents(request.user, client):
        raise Http404
    return client


@require_safe
@needs(Permission.READ_CHART)
def one(request: HttpRequest, pk: UUID, document_pk: UUID) -> HttpResponse:
    """Download one; that it was read is written down first."""
    found = Document.objects.openable_by(request.user).select_related("paper")
    return deliver(request, get_object_or_404(found, client_id=pk, pk=document_pk).paper)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_CLIENTS)
def put_aside(request: HttpRequest, pk: UUID, document_pk: UUID) -> HttpResponse:
    """Ask why, then put it aside; it is kept, and stands in the list with the reason. Pressed twice, it is one act."""
    client = _kept_for(request, pk)
    found = get_object_or_404(Document.objects.known_to(request.user), client=client, pk=document_pk)
    if found.archived_at:
        return redirect("clients:documents", client.pk)
    form = PutAsideForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        documents.put_aside(found, **form.cleaned_data, by=request.user)
        messages.success(request, _("Put aside. It is kept, and the list says why."))
        return redirect("clients:documents", client.pk)
    audit.record("document.considered", by=request.user, subject=client.pk, detail={"document": str(found.pk)})
    context = {"client": client, "document": found, "form": form}
    return render(request, "clients/put_document_aside.html", context, status=422 if form.is_bound else 200)
