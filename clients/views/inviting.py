"""Asking the first questions of people carried over: tick a few, look once more, send."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from clients.domain import inviting
from clients.forms.inviting import BatchForm
from clients.models import Client
from practice.rules import Permission
from practice.web import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCREEN)
def listing(request: HttpRequest) -> HttpResponse:
    """Who was not asked yet. Posting shows once more to whom letters would go; nothing is sent by it."""
    waiting = inviting.waiting(request.user)
    form = BatchForm(request.POST if request.method == "POST" else None, waiting=waiting)
    if form.is_bound and form.is_valid():
        chosen = inviting.lines(waiting.filter(pk__in=[client.pk for client in form.cleaned_data["who"]]))
        return render(request, "clients/invite.html", {"chosen": chosen, "alone": inviting.alone(request.user)})
    lines = inviting.lines(waiting)
    context = {
        "form": form,
        "chosen": set(form["who"].value() or []) if form.is_bound else set(),
        "by_link": [line for line in lines if line.point],
        "not_by_link": [line for line in lines if not line.point],
        "count": len(lines),
        "alone": inviting.alone(request.user),
        "covered": inviting.somebody_covers(),
        "at_a_time": inviting.AT_A_TIME,
    }
    return render(request, "clients/invitations.html", context, status=422 if form.is_bound else 200)


@require_POST
@needs(Permission.SCREEN)
def send(request: HttpRequest) -> HttpResponse:
    """Send to those who were confirmed; whoever was asked meanwhile is left out."""
    form = BatchForm(request.POST, waiting=Client.objects.charted_by(request.user).active().brought_in())
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("clients:invitations")
    done = inviting.send(form.cleaned_data["who"], by=request.user)
    if done.sent:
        said = ngettext("One letter is on its way.", "%(n)s letters are on their way.", len(done.sent))
        messages.success(request, said % {"n": len(done.sent)})
    elif not done.not_sent:
        messages.info(request, _("They were asked already; nothing was sent again."))
    for client, why in done.not_sent:
        messages.warning(request, _("%(name)s: %(why)s") % {"name": client.name, "why": why})
    return redirect("clients:invitations")
