"""From one's own log-in to the page where something is read, signed or taken back."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from clients.domain import beside, consent, signers
from clients.models import Consent
from practice.domain import links
from practice.rules import Permission
from practice.web import needs

LASTS = timedelta(hours=2)


@require_POST
@needs(Permission.OWN_PAGES)
def page(request: HttpRequest, consent_pk: UUID) -> HttpResponse:
    """A link for two hours to what was laid before this very person; the log-in says there who it is."""
    signs_for = [one.pk for one in beside.of(request.user, now=timezone.now())]
    mine = Q(signatory=None, client__user=request.user) | Q(signatory__in=signs_for)
    rows = Consent.objects.counting().select_related("client", "signatory")
    one, now = get_object_or_404(rows.filter(mine), pk=consent_pk), timezone.now()
    lasts = signers.at_most(one.client, one.signatory, now + LASTS) - now
    token = links.make(consent.PURPOSE, subject=one.pk, lasts=lasts, by=request.user)
    return redirect("sign_consent", token)
