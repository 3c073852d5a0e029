"""The intake: sent or filled in together by a clinician, answered by the client, read by her care team."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.domain import enquiry, intake
from clients.forms.person import SendForm
from clients.forms.questions import PartForm
from clients.models import Screening
from clients.views import finding
from practice.domain import audit, links
from practice.domain.crisis import emergency_number
from practice.models import Link, Practice, User
from practice.rules import Permission
from practice.web import needs, with_link


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask: by a mailed link, or together. When it cannot go by link, the page says why."""
    client = finding.active(request, pk)
    form = SendForm(request.POST or None)
    context = {"client": client, "form": form, "why_not": intake.may_go_by_link(client)}
    if not form.is_bound or not form.is_valid():
        return render(request, "clients/send_intake.html", context, status=422 if form.is_bound else 200)
    how = form.cleaned_data["how"]
    if how != Screening.Manner.LINK:
        asked = intake.together(client, manner=how, by=request.user)
        return redirect("clients:together", client.pk, asked.pk)
    try:
        intake.send(client, by=request.user, reader=enquiry.lead(client) or request.user)
    except intake.CannotSend as error:
        form.add_error("how", str(error))
        return render(request, "clients/send_intake.html", context, status=422)
    messages.success(request, _("The letter with the link is on its way. The link works for two weeks."))
    return redirect("clients:show", client.pk)


@dataclass(frozen=True, slots=True)
class Walker:
    """Who goes through the pages: the client by her link, or a clinician with her."""

    asked: Screening
    by: User | None
    link: Link | None
    name: str
    args: tuple[Any, ...]

    def url(self, number: int = 0) -> str:
        """The address of a page of the intake; 0 is the first one, with the promise."""
        return reverse(f"{self.name}_part", args=[*self.args, number]) if number else reverse(self.name, args=self.args)


def _by_link(link: Link, token: str) -> Walker:
    asked = get_object_or_404(Screening.objects.select_related("client", "read_by"), pk=link.subject)
    return Walker(asked, None, link, "intake", (token,))


def _with_staff(request: HttpRequest, pk: UUID, screening_pk: UUID) -> Walker:
    asked = finding.screening(request, pk, screening_pk, kind=intake.KIND)
    return Walker(asked, request.user, None, "clients:together", (pk, screening_pk))


@require_safe
@with_link(intake.KIND)
def start(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """The first page by link: who reads it, by when, and the promise. Looking consumes nothing."""
    return _start(request, _by_link(link, token))


@require_http_methods(["GET", "HEAD", "POST"])
@with_link(intake.KIND)
def part(request: HttpRequest, number: int, link: Link, token: str) -> HttpResponse:
    """One page by link."""
    return _part(request, _by_link(link, token), number)


@require_safe
@needs(Permission.SCREEN)
def together(request: HttpRequest, pk: UUID, screening_pk: UUID) -> HttpResponse:
    """The first page, filled in together."""
    return _start(request, _with_staff(request, pk, screening_pk))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def together_part(request: HttpRequest, pk: UUID, screening_pk: UUID, number: int) -> HttpResponse:
    """One page, filled in together."""
    return _part(request, _with_staff(request, pk, screening_pk), number)


def _context(walker: Walker) -> dict[str, Any]:
    asked = walker.asked
    return {
        "asked": asked,
        "client": asked.client,
        "reader": asked.read_by,
        "staff": walker.by,
        "kept_until": walker.link.expires_at if walker.link else None,
        "parts": len(intake.steps()),
    }


def _start(request: HttpRequest, walker: Walker) -> HttpResponse:
    asked = walker.asked
    if asked.submitted_at:
        return render(request, "clients/intake_done.html", _context(walker))
    if asked.status == Screening.Status.WITHDRAWN:
        return render(request, "link_ended.html", status=410)
    number = intake.first_open_step(asked.answers)
    begun = asked.status == Screening.Status.STARTED
    context = _context(walker) | {
        "begun": begun,
        "number": number,
        "go_on": walker.url(number),
        "minutes": intake.minutes_left(number),
        "paused": "paused" in request.GET,
    }
    return render(request, "clients/intake_start.html", context)


def _part(request: HttpRequest, walker: Walker, number: int) -> HttpResponse:
    """One page: what is answered is kept even when something is still open. Back and Stop keep it as well."""
    asked = walker.asked
    step = next((one for one in intake.steps() if one.number == number), None)
    if step is None:
        raise Http404
    if asked.status not in (Screening.Status.ASKED, Screening.Status.STARTED):
        return redirect(walker.url())
    audit.record("intake.opened", by=walker.by, subject=asked.client_id, detail={"screening": str(asked.pk)})
    kept = intake.given(asked.answers).get(step.instrument.key, {})
    form = PartForm(request.POST if request.method == "POST" else None, step=step, kept=kept)
    if request.method == "POST":
        form.is_valid()
        try:
            return _go_on(request, walker, form) or _page(request, walker, form, status=422)
        except intake.AlreadyAnswered:
            return redirect(walker.url())
    return _page(request, walker, form)


def _go_on(request: HttpRequest, walker: Walker, form: PartForm) -> HttpResponse | None:
    """Keep the page and go where she wants; None when she wants on and something is still open."""
    number, way = form.step.number, request.POST.get("way")
    intake.save(walker.asked, form.step, form.answers, by=walker.by)
    if walker.link:
        links.use(walker.link)
    if way == "back":
        return redirect(walker.url(number - 1))
    if way == "stop":
        return redirect(f"{walker.url()}?paused")
    if form.errors:
        return None
    if number == len(intake.steps()):
        intake.hand_in(walker.asked, by=walker.by)
        return redirect(walker.url())
    return redirect(walker.url(number + 1))


def _page(request: HttpRequest, walker: Walker, form: PartForm, status: int = 200) -> HttpResponse:
    step = form.step
    context = _context(walker) | {
        "form": form,
        "step": step,
        "is_last": step.number == len(intake.steps()),
        "minutes": intake.minutes_left(step.number),
        "emergency": emergency_number(Practice.load().country),
    }
    return render(request, "clients/intake_part.html", context, status=status)
