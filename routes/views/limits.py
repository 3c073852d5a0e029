"""The limits of the weather that hold in this practice."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from practice.rules import Permission, has
from practice.web import needs
from routes.domain import own_limits
from routes.forms.limits import LimitsForm


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ROUTES)
def limits(request: HttpRequest) -> HttpResponse:
    """Read by whoever sees routes; set by whoever keeps the practice."""
    posted = request.method == "POST"
    if posted and not has(request.user, Permission.KEEP_PRACTICE):
        raise Http404
    form = LimitsForm(request.POST if posted else None, now=own_limits.in_force())
    if not posted or not form.is_valid():
        return render(request, "routes/limits.html", {"form": form}, status=422 if posted else 200)
    told = form.cleaned_data
    own_limits.keep(form.numbers(told), words=told["words"], by=request.user)
    messages.success(request, _("Kept. From now on the weather is held against these numbers."))
    return redirect("routes:limits")
