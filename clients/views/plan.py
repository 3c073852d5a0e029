"""The plan for harder days: made and read by the care team, given to the client, and theirs to keep."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import rules
from clients.domain import contacts, plan_giving, plan_page, safety, safety_papers
from clients.forms.safety import PlanForm
from clients.models import Client, SafetyPlan
from clients.views import finding
from clients.views.safety import deliver
from practice.domain import audit
from practice.models import Link
from practice.rules import Permission, has
from practice.web import needs, with_link


@require_safe
@needs(Permission.READ_CHART)
def show(request: HttpRequest, pk: UUID, version: int | None = None) -> HttpResponse:
    """The plan that counts, or an earlier version, with its history; how it was given, and how to give it."""
    client = finding.in_care_of(request, pk)
    versions = list(client.safety_plans.select_related("by").prefetch_related("given__by"))
    made = next((one for one in versions if version in (None, one.version)), None)
    if made is None and version is not None:
        raise Http404
    context: dict[str, Any] = {"client": client, "made": made, "versions": versions}
    if made:
        _read(request, made)
        context |= {
            "parts": plan_page.parts(made),
            "is_newest": made == versions[0],
            "is_overdue": made.look_again_on < timezone.localdate(),
            "given": list(made.given.all()),
            "read_with": rules.supervisors_of(made.by),
            "waiting": safety.kept(client, on=timezone.localdate()).waiting,
        }
    context["may_write"] = has(request.user, Permission.DECIDE) and client.status == Client.Status.ACTIVE
    context["point"] = contacts.safe_email(client)
    return render(request, "clients/plan.html", context)


def _read(request: HttpRequest, made: SafetyPlan) -> None:
    by = request.user if request.user.is_authenticated else None
    audit.record("safety.plan_read", by=by, subject=made.client_id, detail={"plan": str(made.pk)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DECIDE)
def write(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the plan together, or change it: a new version, which begins with the words of the one before."""
    client, today = finding.active(request, pk), timezone.localdate()
    before = safety.newest_plan(client)
    if before:
        _read(request, before)
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        today=today,
        version=before.version if before else 0,
        initial=before.words if before else None,
    )
    if form.is_bound and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("look_again_on", "manner")}
        made = safety.plan(client, form.said, by=request.user, **said)
        messages.success(request, _("Version %(n)s is signed off.") % {"n": made.version})
        return redirect("clients:plan", client.pk)
    context = {"client": client, "form": form, "before": before, "training": rules.is_in_training(request.user)}
    return render(request, "clients/plan_write.html", context, status=422 if form.is_bound else 200)


def _newest(request: HttpRequest, pk: UUID) -> SafetyPlan:
    made = safety.newest_plan(finding.active(request, pk))
    if made is None:
        raise Http404
    return made


@require_POST
@needs(Permission.DECIDE)
def on_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Print the page that the client takes home."""
    made = _newest(request, pk)
    return redirect("clients:safety_paper", pk, plan_giving.on_paper(made, by=request.user).pk)


@require_POST
@needs(Permission.DECIDE)
def to_telephone(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the client a letter with a link to the page."""
    made = _newest(request, pk)
    try:
        plan_giving.to_telephone(made, by=request.user)
    except plan_giving.CannotSend as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("The letter with the link is on its way to %(name)s.") % {"name": made.client.called_name}
        )
    return redirect("clients:plan", pk)


@require_safe
@needs(Permission.OWN_PAGES)
def own(request: HttpRequest) -> HttpResponse:
    """A client's own plan, once it was given to them."""
    made = safety.given_plan(get_object_or_404(Client, user=request.user))
    if made is None:
        raise Http404
    return _page(request, made)


def _by_link(link: Link) -> SafetyPlan | None:
    made = get_object_or_404(SafetyPlan.objects.select_related("client", "by"), pk=link.subject)
    return made if plan_giving.is_readable(made) else None


@require_safe
@with_link(safety.PURPOSE)
def on_phone(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """The plan behind a mailed link, as long as it is the newest one."""
    made = _by_link(link)
    return _page(request, made, token) if made else render(request, "link_ended.html", status=410)


def _page(request: HttpRequest, made: SafetyPlan, token: str = "") -> HttpResponse:
    _read(request, made)
    with override(made.client.language):
        context = {"client": made.client, "made": made, "parts": plan_page.parts(made), "token": token}
        return render(request, "clients/plan_phone.html", context)


@require_safe
@with_link(safety.PURPOSE)
def copy(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """The page as a file, to keep."""
    made = _by_link(link)
    if made is None:
        return render(request, "link_ended.html", status=410)
    _read(request, made)
    return deliver(request, safety_papers.plan(made, by=None))
