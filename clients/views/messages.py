"""Messages that clients sent: the list of a client, one to read, and those of which nobody knows whose they are."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import rules
from clients.domain import contacts, inbox, receiving, reply_calls, said_words
from clients.forms.whose import WhoseForm
from clients.models import Client, Reply
from clients.models.reply import may_sort
from clients.views import finding
from practice.domain import audit, mail_text
from practice.models import CoverPerson, Paper
from practice.rules import Permission
from practice.web import download, needs

A_PAGE = 50
UNSEALED = ("subject_sealed", "text_sealed", "files_sealed")


def _found(request: HttpRequest, pk: UUID) -> Reply:
    rows = Reply.objects.readable_by(request.user).select_related(
        "client", "read_by", "answered_by", "sorted_by", "raw"
    )
    return get_object_or_404(rows, pk=pk)


@require_safe
@needs(Permission.READ_CHART)
def listing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every message of a client, when and how it came; each is opened on a page of its own."""
    client = finding.in_care_of(request, pk)
    audit.record("messages.opened", by=request.user, subject=client.pk)
    rows = client.replies.select_related("read_by", "answered_by").defer(*UNSEALED)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "clients/messages.html", {"client": client, "page": page})


@require_safe
def unsorted(request: HttpRequest) -> HttpResponse:
    """Those of which nobody has said whose they are, what worries first."""
    if not may_sort(request.user):
        raise Http404
    audit.record("messages.unsorted", by=request.user)
    rows = Reply.objects.readable_by(request.user).unsorted().defer(*UNSEALED).worst_first()
    return render(request, "clients/unsorted.html", {"page": Paginator(rows, A_PAGE).get_page(request.GET.get("page"))})


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, message_pk: UUID) -> HttpResponse:
    """Read one; that it is read is written down first. Where nobody is known, say whose it is."""
    reply = _found(request, message_pk)
    is_open = reply.client is None and reply.aside_at is None
    form = WhoseForm(request.POST if is_open and request.POST else None, reply=reply, user=request.user)
    if request.method == "POST" and not is_open:
        return redirect("clients:message", reply.pk)
    if form.is_bound and form.is_valid():
        return _kept(request, inbox.assign(reply, form.cleaned_data["client"], by=request.user))
    return _page(request, reply, form)


@require_POST
def move(request: HttpRequest, message_pk: UUID) -> HttpResponse:
    """It was found to be from somebody else: give it to them, or back to those of whom nobody knows whose they are."""
    reply = _found(request, message_pk)
    if reply.client is None:
        return redirect("clients:message", reply.pk)
    if "nobody" in request.POST:
        inbox.move(reply, None, by=request.user)
        messages.success(request, _("It left the file and waits under “From whom?”."))
        return redirect("home")
    form = WhoseForm(request.POST, reply=reply, user=request.user)
    if form.is_valid():
        return _kept(request, inbox.move(reply, form.cleaned_data["client"], by=request.user))
    return _page(request, reply, form)


def _kept(request: HttpRequest, reply: Reply) -> HttpResponse:
    if reply.client and Client.objects.visible_to(request.user).filter(pk=reply.client.pk).exists():
        messages.success(request, _("Kept with %(name)s.") % {"name": reply.client.name})
    return redirect("home")


def _page(request: HttpRequest, reply: Reply, form: WhoseForm) -> HttpResponse:
    client = reply.client
    inbox.read(reply, by=request.user)
    context: dict[str, Any] = {
        "reply": reply,
        "client": client,
        "form": form,
        "words": reply.text if reply.worries else mail_text.unquoted(reply.text),
        "files": inbox.files(reply),
        "worrying": said_words.worrying(reply.subject, reply.text) if reply.worries else (),
        "is_foreign": client is not None and not _is_theirs(client, reply),
        "numbers": contacts.own_numbers(client) if client else [],
        "reads_chart": client is not None and rules.may_read_chart(request.user, client),
    }
    return render(request, "clients/message.html", context, status=422 if form.is_bound else 200)


def _is_theirs(client: Client, reply: Reply) -> bool:
    """Whether it came from an address or number that stands in the client's file."""
    return any(point.client_id == client.pk for point in receiving.points(reply.channel, reply.sender))


@require_POST
def answered(request: HttpRequest, message_pk: UUID) -> HttpResponse:
    """It was answered, or needs no answer."""
    reply = inbox.answered(_found(request, message_pk), by=request.user)
    if reply.client_id is None:
        messages.error(request, _("Say first whose message it is, or that it is from no client."))
        return redirect("clients:message", reply.pk)
    messages.success(request, _("Written down. It leaves Today."))
    return redirect("clients:messages", reply.client_id)


@require_POST
def aside(request: HttpRequest, message_pk: UUID) -> HttpResponse:
    """It is from no client."""
    reply = get_object_or_404(Reply.objects.readable_by(request.user).unsorted(), pk=message_pk)
    inbox.put_aside(reply, by=request.user)
    messages.success(request, _("Put aside. It is kept."))
    return redirect("home")


@require_safe
def file(request: HttpRequest, message_pk: UUID, paper_pk: UUID) -> HttpResponse:
    """Download what came along, or the whole message as it came; that it was read is written down first."""
    reply = _found(request, message_pk)
    if paper_pk not in {reply.raw_id, *(one.paper for one in inbox.files(reply))}:
        raise Http404
    paper = get_object_or_404(Paper, pk=paper_pk)
    audit.record("paper.read", by=request.user, subject=reply.client_id, detail={"paper": paper.number})
    return download(paper)


@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: HttpRequest, message_pk: UUID) -> HttpResponse:
    """For whoever is on the cover list: which colleague to ring, and that they were reached. About nobody else."""
    if not CoverPerson.objects.filter(user=request.user).exists():
        raise Http404
    reply = get_object_or_404(Reply.objects.filter(worries=True).select_related("read_by", "reached_by"), pk=message_pk)
    audit.record("message.opened_by_cover", by=request.user, detail={"message": str(reply.pk)})
    if request.method == "POST":
        reply_calls.reached(reply, by=request.user)
        messages.success(request, _("Thank you. Nobody else is written to."))
        return redirect("clients:cover_message", reply.pk)
    context = {
        "reply": reply,
        "colleagues": reply_calls.readers(reply),
        "reads": Reply.objects.readable_by(request.user).filter(pk=reply.pk).exists(),
    }
    return render(request, "clients/cover_message.html", context)
