"""Measures over time: the drawings, the plan of what is asked, and the client's own lines."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.domain import consent, inviting, measure_asking, measure_plans, measures, own_lines
from clients.domain.instruments import said, shipped
from clients.forms.measures import AgreeForm, PlanForm
from clients.models import Client
from clients.views import finding
from practice.domain import audit
from practice.rules import Permission, has
from practice.web import needs


@require_safe
@needs(Permission.READ_CHART)
def over_time(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every questionnaire that was answered, over time, with what is planned beside it."""
    client = finding.in_care_of(request, pk)
    audit.record("measures.read", by=request.user, subject=client.pk)
    plan = measure_plans.of(client)
    context = {
        "client": client,
        "charts": measures.charts(client),
        "plan": plan,
        "asked": [said(shipped()[kind].title) for kind in plan.kinds if kind in shipped()] if plan else [],
        "agreement": measure_plans.agreement(client),
        "may_plan": has(request.user, Permission.SCREEN) and client.status == Client.Status.ACTIVE,
    }
    return render(request, "clients/over_time.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Plan what is asked, change it, or read why some of it cannot go by link."""
    client = finding.active(request, pk)
    current = measure_plans.of(client)
    form = PlanForm(request.POST or None, plan=current)
    if form.is_bound and form.is_valid():
        measure_plans.write(client, by=request.user, **form.cleaned_data)
        messages.success(request, _("Planned. Sessions are counted from today on."))
        return redirect("clients:over_time", client.pk)
    context = {
        "client": client,
        "form": form,
        "plan": current,
        "alone": inviting.alone(consent.lead_of(client) or request.user),
        "why_not": measure_asking.why_not_by_link(client, "phq9"),
        "from_copies": [said(one.title) for one in measure_plans.kinds() if measure_asking.needs_a_copy(one)],
    }
    return render(request, "clients/measure_plan.html", context, status=422 if form.is_bound else 200)


@require_POST
@needs(Permission.SCREEN)
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask nothing any more. What was answered stays."""
    measure_plans.stop(client := finding.active(request, pk), by=request.user)
    messages.success(request, _("Stopped. Nothing more is asked; what was answered stays."))
    return redirect("clients:over_time", client.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def agree(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down that the two agreed on the client's own lines, or that it was taken back."""
    client = finding.active(request, pk)
    agreed = measure_plans.agreement(client)
    form = AgreeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        verb = measure_plans.take_back if agreed and "back" in request.POST else measure_plans.agree
        verb(client, on=form.cleaned_data["on"], by=request.user)
        messages.success(request, _("Written down. It holds from now on."))
        return redirect("clients:over_time", client.pk)
    context = {"client": client, "form": form, "agreement": agreed}
    return render(request, "clients/agree_charts.html", context, status=422 if form.is_bound else 200)


@require_safe
@needs(Permission.OWN_PAGES)
def mine(request: HttpRequest) -> HttpResponse:
    """A client's own lines: a page, and the fragment that their home shows. Not there before it was agreed."""
    client = get_object_or_404(Client, user=request.user)
    if not measure_plans.agreement(client):
        raise Http404
    audit.record("measures.own_read", by=request.user, subject=client.pk)
    part = "#lines" if request.headers.get("HX-Request") else ""
    lines = own_lines.of(client, today=timezone.localdate())
    return render(request, f"clients/own_lines.html{part}", {"client": client, "lines": lines, "fragment": bool(part)})
