"""What keeps somebody safe, for their care team: the assessment, what follows from it, and its papers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import rules
from clients.domain import asq, safety, safety_papers
from clients.forms.safety import AssessmentForm, DoneForm
from clients.models import Client, FollowUp, SafetyAssessment
from clients.views import finding
from practice.domain import audit
from practice.domain.crisis import emergency_number
from practice.models import Paper, Practice
from practice.rules import Permission, has
from practice.web import download, needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def assess(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down what was asked and heard, what was decided, and who was told."""
    client = finding.active(request, pk)
    form = AssessmentForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("outcome", "manner", "read")}
        try:
            made = safety.assess(client, form.said, by=request.user, **said)
        except safety.Unread as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Written down, %(time)s.") % {"time": timezone.localtime().strftime("%H:%M")})
            return redirect("clients:assessment", client.pk, made.pk)
    asked = asq.all_of(client)
    context = {
        "client": client,
        "form": form,
        "read": safety.mark(asked),
        "asked": asq.unsettled_ones(asked, on=timezone.localdate()) or asked[:1],
        "emergency": emergency_number(Practice.load().country),
        "training": rules.is_in_training(request.user),
    }
    return render(request, "clients/assess.html", context, status=422 if form.is_bound else 200)


def _one(request: HttpRequest, pk: UUID, assessment_pk: UUID) -> SafetyAssessment:
    found = SafetyAssessment.objects.select_related("client", "by", "screening")
    return get_object_or_404(found, pk=assessment_pk, client=finding.in_care_of(request, pk))


@require_safe
@needs(Permission.READ_CHART)
def assessment(request: HttpRequest, pk: UUID, assessment_pk: UUID) -> HttpResponse:
    """An assessment as it was written, and what comes next."""
    made = _one(request, pk, assessment_pk)
    audit.record("safety.assessment_read", by=request.user, subject=made.client_id, detail={"assessment": str(made.pk)})
    kept = safety.kept(made.client, on=timezone.localdate())
    context = {
        "client": made.client,
        "made": made,
        "said": safety_papers.said(made),
        "words": made.words,
        "kept": kept,
        "is_newest": kept.assessment == made,
        "settled": made.settles(kept.plan),
        "waits_for_plan": made.waits_for(kept.plan),
        "emergency": emergency_number(Practice.load().country),
        "read_with": rules.supervisors_of(made.by),
        "may_write": has(request.user, Permission.DECIDE) and made.client.status == Client.Status.ACTIVE,
    }
    return render(request, "clients/assessment.html", context)


@require_POST
@needs(Permission.SCREEN)
def print_assessment(request: HttpRequest, pk: UUID, assessment_pk: UUID) -> HttpResponse:
    """The assessment as a paper of the chart."""
    made = safety_papers.assessment(_one(request, pk, assessment_pk), by=request.user)
    return redirect("clients:safety_paper", pk, made.pk)


@require_safe
@needs(Permission.READ_CHART)
def paper(request: HttpRequest, pk: UUID, paper_pk: UUID) -> HttpResponse:
    """A printed assessment or plan, as a file."""
    client = finding.in_care_of(request, pk)
    return deliver(request, get_object_or_404(Paper, pk=paper_pk, subject=client.pk, kind__in=safety_papers.KINDS))


def deliver(request: HttpRequest, found: Paper) -> HttpResponse:
    """A paper as a download, with an audit entry before it is opened."""
    by = request.user if request.user.is_authenticated else None
    audit.record("paper.read", by=by, subject=found.subject, detail={"paper": found.number})
    return download(found)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def follow_up(request: HttpRequest, pk: UUID, task_pk: UUID) -> HttpResponse:
    """What was promised after an assessment: do it, and write down how it went."""
    tasks = FollowUp.objects.select_related("client", "assessment", "made_by", "done_by")
    task = get_object_or_404(tasks, pk=task_pk, client=finding.in_care_of(request, pk))
    form = DoneForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        safety.done(task, words=form.cleaned_data["words"].strip(), by=request.user)
        messages.success(request, _("Written down. Thank you."))
        return redirect("clients:show", pk)
    if task.done_at:
        audit.record("safety.follow_up_read", by=request.user, subject=pk, detail={"task": str(task.pk)})
    context = {
        "client": task.client,
        "task": task,
        "form": form,
        "points": task.client.contact_points.all(),
        "is_late": task.due_on < timezone.localdate(),
    }
    return render(request, "clients/follow_up.html", context, status=422 if form.is_bound else 200)
