"""Taking in a list of clients: the file, its columns, what would happen, what happened, and undo."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.domain import imports, sheet
from clients.domain.forgetting import Stays
from clients.domain.rows import Why
from clients.forms.imports import ColumnsForm, ListForm
from clients.models import Client, ClientImport
from practice.domain import audit
from practice.rules import Permission
from practice.web import needs

A_PAGE = 100
SAMPLES = 3
RECENT = 10


def _one(request: HttpRequest, pk: UUID) -> ClientImport:
    rows = ClientImport.objects.visible_to(request.user).select_related("by", "therapist")
    return get_object_or_404(rows, pk=pk)


def _read(request: HttpRequest, one: ClientImport) -> None:
    """Names and addresses are about to be shown: that goes on the record first."""
    audit.record("import.read", by=request.user, subject=one.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_CLIENTS)
def begin(request: HttpRequest) -> HttpResponse:
    """Choose a file; nothing is made of it yet."""
    posted: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ListForm(*posted, user=request.user)
    if form.is_bound and form.is_valid():
        try:
            one = imports.upload(form.data_of_file, therapist=form.lead, by=request.user)
            return redirect("clients:import_columns", one.pk)
        except sheet.Unreadable as error:
            form.add_error("file", str(error))
    before = ClientImport.objects.visible_to(request.user).select_related("by", "therapist")[:RECENT]
    return render(request, "clients/import.html", {"form": form, "before": before}, status=422 if posted else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_CLIENTS)
def columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What each column holds, guessed from its heading."""
    one = _one(request, pk)
    if one.state != ClientImport.State.BEGUN:
        return redirect("clients:import", pk)
    _read(request, one)
    table = imports.table(one)
    posted = (request.POST,) if request.method == "POST" else ()
    form = ColumnsForm(*posted, headings=table.headings, columns=one.columns, month_first=one.month_first)
    if form.is_bound and form.is_valid():
        imports.arrange(one, form.columns, month_first=form.month_first)
        return redirect("clients:import", pk)
    samples = [", ".join(cell for cell in column if cell) for column in _samples(table)]
    context = {"one": one, "form": form, "lines": list(zip((form[name] for name in form.names), samples, strict=True))}
    return render(request, "clients/import_columns.html", context, status=422 if posted else 200)


def _samples(table: sheet.Sheet) -> list[tuple[str, ...]]:
    """The first cells of each column."""
    return list(zip(*(row.cells for row in table.rows[:SAMPLES]), strict=True))


@require_safe
@needs(Permission.KEEP_CLIENTS)
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Before: row by row what would happen. Afterwards: what happened."""
    one = _one(request, pk)
    _read(request, one)
    context = {"one": one} | (
        _dry_run(request, one) if one.state == ClientImport.State.BEGUN else _result(request, one)
    )
    return render(request, "clients/import_rows.html", context)


def _dry_run(request: HttpRequest, one: ClientImport) -> dict[str, Any]:
    planned = imports.plan(one, today=timezone.localdate())
    made = sum(each.person is not None for each in planned)
    known = sum(each.why is not None and each.why.is_known for each in planned)
    wanted = request.GET.get("only") == "not"
    rows = [each for each in planned if each.is_to_look_at] if wanted else planned
    return {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "query": "only=not&" if wanted else "",
        "only_not": wanted,
        "made": made,
        "known": known,
        "refused": len(planned) - made - known,
        "to_look_at": any(each.is_to_look_at for each in planned),
    }


def _result(request: HttpRequest, one: ClientImport) -> dict[str, Any]:
    """The clients who are here, and what was not made, without a word of the file."""
    own = set(Client.objects.charted_by(request.user).filter(came_with=one).values_list("pk", flat=True))
    return {
        "clients": [(client, _why(one, client, cares=client.pk in own)) for client in one.clients.all()],
        "not_made": [(line, Why(why)) for line, why in one.report],
        "may_undo": imports.may_undo(one, now=timezone.now()),
        "until": one.done_at + imports.UNDO_WITHIN if one.done_at else None,
    }


def _why(one: ClientImport, client: Client, *, cares: bool) -> str:
    """Why an undo left this client, in the reader's words."""
    if str(client.pk) not in one.left:
        return ""
    why = Stays(one.left[str(client.pk)])
    return (
        str(why.label) if cares or why.is_for_the_desk else _("not yet, ask %(name)s") % {"name": one.therapist.called}
    )


@require_POST
@needs(Permission.KEEP_CLIENTS)
def go(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make them, all or nobody. Pressed twice, the second press shows what the first one did."""
    one = _one(request, pk)
    try:
        done = imports.go(one, by=request.user, today=timezone.localdate())
    except imports.NotNow:
        return redirect("clients:import", pk)
    said = ngettext("One client was made.", "%(n)s clients were made.", done.made) % {"n": done.made}
    messages.success(request, _("%(said)s Nothing was sent to anybody.") % {"said": said})
    return redirect("clients:import", pk)


@require_POST
@needs(Permission.KEEP_CLIENTS)
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take away whom nobody has touched since; say who stays."""
    one = _one(request, pk)
    try:
        undone = imports.undo(one, by=request.user, now=timezone.now())
    except imports.NotNow:
        raise Http404 from None
    said = ngettext("One client was taken away.", "%(n)s clients were taken away.", undone) % {"n": undone}
    messages.success(request, said)
    return redirect("clients:import", pk)


@require_POST
@needs(Permission.KEEP_CLIENTS)
def drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Leave it: what was uploaded is deleted."""
    try:
        imports.drop(_one(request, pk), by=request.user)
    except imports.NotNow:
        raise Http404 from None
    messages.success(request, _("What you uploaded is deleted; nobody was made of it."))
    return redirect("clients:begin_import")
