"""The risk assessment of a route: begun, written, signed, read and approved."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from practice.domain import audit
from practice.models import User
from practice.rules import Permission, has
from practice.web import download, needs
from routes.domain import assessing, assessment_paper, emergency_facts, risk
from routes.forms.assessment import ApproveForm, AssessmentPages, BeginForm
from routes.models import RiskAssessment, Route


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_ROUTES)
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where to begin. A draft that is open already is gone on with."""
    route = get_object_or_404(Route, pk=pk)
    if assessing.draft_of(route):
        return redirect("routes:assess_draft", route.pk)
    form = BeginForm(request.POST if request.method == "POST" else None, route=route)
    if not form.is_bound or not form.is_valid():
        return render(
            request, "routes/assess.html", {"route": route, "form": form}, status=422 if form.is_bound else 200
        )
    assessing.begin(route, form.cleaned_data["template"], by=cast(User, request.user))
    return redirect("routes:assess_draft", route.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_ROUTES)
def draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The lines and what stands beside them. A POST keeps the draft; with `sign` it signs what it kept. From a page
    that shows an older draft neither is done."""
    route = get_object_or_404(Route, pk=pk)
    made = assessing.draft_of(route)
    if made is None:
        return redirect("routes:assess", route.pk)
    today = assessing.day_at(route, timezone.now())
    if request.method != "POST":
        return _draft_page(request, AssessmentPages(made=made, today=today), made)
    if request.POST.get("seen") != assessing.mark(made):
        return _shown_anew(request, made)
    pages = AssessmentPages(request.POST, made=made, today=today)
    if not pages.is_valid():
        return _draft_page(request, pages, made, status=422)
    try:
        return _kept(request, pages, made)
    except assessing.NotADraft:
        messages.error(request, _("Meanwhile this draft was signed or thrown away. Nothing was changed."))
        return redirect("routes:show", route.pk)
    except assessing.Changed:
        return _shown_anew(request, made)


def _shown_anew(request: HttpRequest, made: RiskAssessment) -> HttpResponse:
    words = _(
        "This draft was changed since you opened it. What you wrote just now was not kept, and nothing is signed."
    )
    messages.error(request, words)
    return redirect("routes:assess_draft", made.route_id)


def _draft_page(request: HttpRequest, pages: AssessmentPages, made: RiskAssessment, status: int = 200) -> HttpResponse:
    route = made.route
    context = {
        "route": route,
        "made": made,
        "pages": pages,
        "seen": assessing.mark(made),
        "lacking": assessing.failure_words(assessing.failures(route, risk.lines(made.rows))),
        "facts": emergency_facts.lines(emergency_facts.of(route)),
    }
    return render(request, "routes/assess_draft.html", context, status=status)


def _kept(request: HttpRequest, pages: AssessmentPages, made: RiskAssessment) -> HttpResponse:
    by = cast(User, request.user)
    kept = assessing.save(made, pages.told(), by=by, **pages.words.said())
    if "sign" in request.POST:
        try:
            signed = assessing.sign(kept, by=by, now=timezone.now())
        except assessing.NotWhole as whole:
            pages.ask(whole.gaps)
            return _draft_page(request, pages, kept, status=422)
        messages.success(request, _("Signed. It stands as it is now; a newer version can follow it."))
        return redirect("routes:assessment", made.route_id, signed.version)
    messages.success(request, _("Kept as a draft. Nothing is signed yet."))
    if "more" in request.POST:
        return redirect(f"{reverse('routes:assess_draft', args=[made.route_id])}?more=1#one-more")
    return redirect("routes:assess_draft", made.route_id)


@require_POST
@needs(Permission.KEEP_ROUTES)
def throw_away(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A draft is dropped."""
    route = get_object_or_404(Route, pk=pk)
    if made := assessing.draft_of(route):
        assessing.throw_away(made)
        messages.success(request, _("The draft is thrown away."))
    return redirect("routes:show", route.pk)


def _signed(pk: UUID, version: int) -> RiskAssessment:
    found = RiskAssessment.objects.select_related("route", "assessed_by", "approval__by")
    return get_object_or_404(found, route=pk, version=version, signed_at__isnull=False)


def _said(made: RiskAssessment) -> dict[str, Any]:
    """What `routes/assessed.html` shows."""
    return {
        "route": made.route,
        "made": made,
        "approval": assessing.approval_of(made),
        "failures": assessing.failure_words(made.failures),
        "lines": risk.lines(made.rows),
        "facts": emergency_facts.lines(made.emergency),
    }


@require_safe
@needs(Permission.SEE_ROUTES)
def signed(request: HttpRequest, pk: UUID, version: int) -> HttpResponse:
    """A version as it was signed."""
    made = _signed(pk, version)
    waits = assessing.approval_of(made) is None and not made.failures
    context = _said(made) | {
        "signed_on": timezone.localdate(made.signed_at),
        "is_newest": assessing.newest(made.route) == made,
        "may_approve": waits
        and has(request.user, Permission.KEEP_ROUTES)
        and not assessing.not_approved_because(made, by=request.user),
    }
    return render(request, "routes/assessment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_ROUTES)
def approve(request: HttpRequest, pk: UUID, version: int) -> HttpResponse:
    """Read it, and stand by it."""
    made, by = _signed(pk, version), cast(User, request.user)
    if assessing.approval_of(made):
        return redirect("routes:assessment", pk, version)
    form = ApproveForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            assessing.approve(made, by=by, words=form.cleaned_data["words"])
        except assessing.CannotApprove as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Approved. The route can be walked."))
            return redirect("routes:assessment", pk, version)
    context = _said(made) | {"form": form, "refused": assessing.not_approved_because(made, by=by)}
    return render(request, "routes/assess_approve.html", context, status=422 if form.is_bound else 200)


@require_safe
@needs(Permission.SEE_ROUTES)
def paper(request: HttpRequest, pk: UUID, version: int) -> HttpResponse:
    """A version on the practice's letterhead."""
    found = assessment_paper.paper_of(_signed(pk, version))
    audit.record("paper.read", by=request.user, subject=pk, detail={"paper": found.number})
    return download(found)
