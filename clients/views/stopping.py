"""No more messages: the page behind the line in a mail, and the one click that mail programs offer (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clients.domain import contacts, unsubscribing
from clients.models import ContactPoint
from practice.domain import links
from practice.models import Link
from practice.web import with_link


@csrf_exempt  # the program of whoever reads the mail posts here, without a page of ours; the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
@with_link(unsubscribing.PURPOSE)
def stop(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """Looking changes nothing; the button stops messages to this one address, or lets them begin again."""
    point = get_object_or_404(ContactPoint, pk=link.subject)
    if request.method == "POST":
        if request.POST.get("messages") == "start":
            contacts.start(point)
        else:
            contacts.stop(point)
        links.use(link)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse(status=204)  # a program reads it, which follows nothing
        return redirect("stop_messages", token)
    context = {"point": point, "address": contacts.masked(point.value), "token": token}
    return render(request, "clients/stop_messages.html", context)
