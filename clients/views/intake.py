"""The intake: sent or filled in together by a clinician, answered by the client, read by her care team."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.domain import asking, consent, doctor_soon, intake, inviting, signatories
from clients.forms.person import SendForm
from clients.forms.questions import PartForm
from clients.models import Screening
from clients.views import finding, help_now, walker
from clients.views.answer import part_form, says_more
from clients.views.walker import Walker, in_their_language
from practice.domain import audit, links
from practice.domain.crisis import emergency_number
from practice.models import Link, Practice
from practice.rules import Permission
from practice.web import needs, with_link


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask: by a mailed link, or together. When it cannot go by link, the page says why."""
    client = finding.active(request, pk)
    form = SendForm(request.POST or None)
    reader = consent.lead_of(client) or request.user
    why_not = intake.may_go_by_link(client)
    context = {"client": client, "form": form, "why_not": why_not, "alone": inviting.alone(reader)}
    if not form.is_bound or not form.is_valid():
        return render(request, "clients/send_intake.html", context, status=422 if form.is_bound else 200)
    how = form.cleaned_data["how"]
    if how != Screening.Manner.LINK:
        asked = intake.together(client, manner=how, by=request.user)
        return redirect("clients:together", client.pk, asked.pk)
    try:
        intake.send(client, by=request.user, reader=reader)
    except intake.CannotSend as error:
        form.add_error("how", str(error))
        return render(request, "clients/send_intake.html", context, status=422)
    messages.success(request, _("The letter with the link is on its way. The link works for two weeks."))
    return redirect("clients:show", client.pk)


@require_safe
@with_link(intake.KIND)
def start(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """The first page by link: who reads it, by when, and the promise. Looking consumes nothing."""
    return _start(request, walker.by_link(link, token))


@require_http_methods(["GET", "HEAD", "POST"])
@with_link(intake.KIND, typed=asking.in_words)
def part(request: HttpRequest, number: int, link: Link, token: str) -> HttpResponse:
    """One page by link."""
    return _part(request, walker.by_link(link, token), number)


@require_safe
@needs(Permission.SCREEN)
def together(request: HttpRequest, pk: UUID, screening_pk: UUID) -> HttpResponse:
    """The first page, filled in together."""
    return _start(request, walker.with_staff(request, pk, screening_pk))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def together_part(request: HttpRequest, pk: UUID, screening_pk: UUID, number: int) -> HttpResponse:
    """One page, filled in together."""
    return _part(request, walker.with_staff(request, pk, screening_pk), number)


def _context(who: Walker) -> dict[str, Any]:
    asked = who.asked
    alone = None if asked.kind == intake.KIND else who.steps[0].instrument
    return {
        "asked": asked,
        "client": asked.client,
        "reader": asked.read_by or asked.asked_by,
        "promise": intake.promised(asked),
        "not_seen": signatories.not_seen(asked.client),
        "staff": who.by,
        "kept_until": who.link.expires_at if who.link else None,
        "parts": len(who.steps),
        "alone": alone,
        "language": who.language,
        "foreign": who.foreign,
        "emergency": emergency_number(Practice.load().country),
    }


@in_their_language
def _start(request: HttpRequest, who: Walker) -> HttpResponse:
    asked = who.asked
    if asked.submitted_at:
        soon = doctor_soon.is_told(asked.answers)
        context = _context(who) | {"already": "already" in request.GET, "doctor_soon": soon}
        return render(request, "clients/intake_done.html", context)
    if asked.status == Screening.Status.WITHDRAWN:
        return render(request, "link_ended.html", status=410)
    place = asking.first_open(asked.kind, intake.given(asked.answers))
    context = _context(who) | {
        "begun": asked.status == Screening.Status.STARTED,
        "number": place.number,
        "go_on": who.url(place.number) + (f"#id_{place.item}" if place.item else ""),
        "minutes": asking.minutes_left(place.number, asked.kind),
        "paused": "paused" in request.GET,
        "doctor_soon": "paused" in request.GET and doctor_soon.is_told(asked.answers),
    }
    return render(request, "clients/intake_start.html", context)


@in_their_language
def _part(request: HttpRequest, who: Walker, number: int) -> HttpResponse:
    """One page: what is answered is kept even when something is still open. Back and Stop keep it as well."""
    asked, step = who.asked, who.step(number)
    if not asked.is_open and request.method != "POST":
        return redirect(who.url())
    audit.record("intake.opened", by=who.by, subject=asked.client_id, detail={"screening": str(asked.pk)})
    form = part_form(who, step, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, who, form)
    form.is_valid()
    try:
        return _go_on(request, who, form) or _page(request, who, form, status=422)
    except intake.AlreadyAnswered:
        return redirect(f"{who.url()}?already" if says_more(who, form) else who.url())


def _go_on(request: HttpRequest, who: Walker, form: PartForm) -> HttpResponse | None:
    """Keep the page and go where she wants; None when something could not be kept, or she wants on and it is open."""
    asked, number, way = who.asked, form.step.number, request.POST.get("way")
    kept = intake.keep(asked, form.step, form.changes, by=who.by)
    if who.link:
        links.use(who.link)
    refused = bool(form.errors or kept.clashes or form.is_stale)
    if not refused and way in ("back", "stop"):
        stopped = help_now.after(who, form.step, stops=True) or f"{who.url()}?paused"
        return redirect(who.url(number - 1) if way == "back" else stopped)
    form.look_over(kept)
    if form.errors or refused:
        return None
    if number < len(who.steps):
        return redirect(help_now.after(who, form.step) or who.url(number + 1))
    place = asking.first_open(asked.kind, intake.given(asked.answers))
    if place.number < number:
        return redirect(f"{who.url(place.number)}?open")
    intake.hand_in(asked, by=who.by)
    return redirect(who.url())


def _follows(who: Walker, step: asking.Step) -> bool:
    """Whether the page before asked for what a doctor should look at soon."""
    return step.number > 1 and doctor_soon.is_asked_on(who.step(step.number - 1))


def _page(request: HttpRequest, who: Walker, form: PartForm, status: int = 200) -> HttpResponse:
    step = form.step
    context = _context(who) | {
        "form": form,
        "step": step,
        "keeps": who.keeps(step.number),
        "is_last": step.number == len(who.steps),
        "minutes": asking.minutes_left(step.number, who.asked.kind),
        "doctor_soon": _follows(who, step) and doctor_soon.is_told(who.asked.answers),
        "changed": form.is_stale or asking.has_changed(who.asked, step),
        "left_open": "open" in request.GET and status == 200,
    }
    return render(request, "clients/intake_part.html", context, status=status)
