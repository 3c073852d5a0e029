"""The cover list: who is asked, and in which order."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from practice.domain import cover
from practice.forms import AddCoverForm, ChangeCoverForm
from practice.rules import Permission
from practice.web import needs

ACTS = {"earlier": cover.earlier, "remove": cover.remove}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_PRACTICE)
def show(request: HttpRequest) -> HttpResponse:
    """Read it, and change it: one act a press."""
    people = cover.people()
    is_change = request.method == "POST" and request.POST.get("way") in ACTS
    change = ChangeCoverForm(request.POST if is_change else None, people=people)
    form = AddCoverForm(request.POST if request.method == "POST" and not is_change else None, people=cover.candidates())
    if change.is_bound and change.is_valid():
        ACTS[request.POST["way"]](change.cleaned_data["who"], by=request.user)
        return redirect("practice:cover")
    if form.is_bound and form.is_valid():
        cover.add(form.cleaned_data["who"], by=request.user)
        messages.success(request, _("%(name)s is on the list.") % {"name": form.cleaned_data["who"].name})
        return redirect("practice:cover")
    context = {"people": people, "form": form}
    return render(request, "practice/cover.html", context, status=422 if request.method == "POST" else 200)
