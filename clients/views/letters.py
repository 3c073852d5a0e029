"""Letters that may not have arrived: who they were for and what became of them, never their words."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.domain import contacts
from clients.models import Client
from clients.models.alert import LETTERS
from practice.domain import doubtful, post
from practice.models import Letter
from practice.rules import Permission
from practice.web import needs

MOST = 100


@require_safe
@needs(Permission.KEEP_CLIENTS)
def letters(request: HttpRequest) -> HttpResponse:
    """Those to clients whom this person may know of."""
    now, hers = timezone.now(), Client.objects.visible_to(request.user)
    found = list(doubtful.letters(now=now).filter(client__in=hers.values("pk")).exclude(kind__in=LETTERS)[:MOST])
    people = hers.in_bulk([one.client for one in found if one.client])
    rows = [
        {
            "letter": one,
            "client": people[one.client],
            "words": (kind.words if (kind := post.kinds.get(one.kind)) else "") or _("Letter"),
            "to": contacts.masked(one.to),
            "may_go_again": doubtful.may_go_again(one, now=now),
        }
        for one in found
        if one.client
    ]
    return render(request, "clients/letters.html", {"rows": rows})


@require_POST
@needs(Permission.KEEP_CLIENTS)
def settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What became of one: it arrived, it is to go again, or somebody rang."""
    hers = Client.objects.visible_to(request.user).values("pk")
    letter = get_object_or_404(Letter.objects.exclude(kind__in=LETTERS), pk=pk, client__in=hers)
    how = request.POST.get("how", "")
    if how in Letter.Settled.values and doubtful.settle(letter, how, by=request.user):
        messages.success(request, _("Kept."))
    else:
        messages.info(request, _("Nothing was changed: it is settled already, or too late to go again."))
    return redirect("clients:letters")
