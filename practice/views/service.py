"""What the practice offers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from practice.domain import offering
from practice.forms.service import ServiceForm
from practice.models import Service
from practice.rules import Permission
from practice.web import needs


@require_safe
@needs(Permission.KEEP_PRACTICE)
def every(request: HttpRequest) -> HttpResponse:
    """All of them, those no longer offered last."""
    return render(request, "practice/offers.html", {"services": Service.objects.all()})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def new(request: HttpRequest) -> HttpResponse:
    """Another one."""
    return _form(request, Service())


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How it is from now on."""
    return _form(request, get_object_or_404(Service, pk=pk))


def _form(request: HttpRequest, service: Service) -> HttpResponse:
    name = service.name
    form = ServiceForm(request.POST if request.method == "POST" else None, instance=service)
    if not form.is_bound or not form.is_valid():
        context = {"form": form, "name": name}
        return render(request, "practice/service.html", context, status=422 if form.is_bound else 200)
    kept = offering.keep(form.save(commit=False), by=request.user)
    messages.success(request, _("%(name)s is kept. What is booked stays as it was booked.") % {"name": kept.name})
    return redirect("practice:services")


@require_POST
@needs(Permission.KEEP_PRACTICE)
def offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer it, or no longer."""
    service = get_object_or_404(Service, pk=pk)
    offering.offer(service, offered="again" in request.POST, by=request.user)
    said = _("%(name)s is offered again.") if service.is_offered else _("%(name)s is no longer offered.")
    messages.success(request, said % {"name": service.name})
    return redirect("practice:services")
