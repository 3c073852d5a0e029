"""Has anything changed? For the therapist, and behind the client's mailed link."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.domain import consent, contacts, decision, review, running_out, signatories
from clients.forms.review import ASK, ReviewForm
from clients.models import Client, Review
from clients.views import finding
from practice.domain import audit, links, words
from practice.models import Link, User
from practice.rules import Permission
from practice.web import needs, with_link


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DECIDE)
def look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm that nothing has changed, or write down that something has."""
    client = finding.to_decide_about(request, pk)
    form = ReviewForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, _keep(client, form, by=request.user))
            return redirect("clients:show", client.pk)
        except review.CannotGoOn as error:
            form.add_error(None, str(error))
    context = _standing(client) | {"client": client, "form": form, "said_before": _said(request, client)}
    return render(request, "clients/review.html", context, status=422 if form.is_bound else 200)


def _keep(client: Client, form: ReviewForm, *, by: User) -> str:
    """Do what was said; the words that say so."""
    said = form.cleaned_data["words"].strip()
    if form.cleaned_data["said"] == Review.Status.CHANGED:
        review.note_change(client, by=by, said=said)
        return _("Written down. The last decision stands; please look again.")
    if form.cleaned_data["said"] == ASK:
        running_out.ask_now(client, by=by)
        return _("The letter with the question is on its way.")
    made = review.confirm(client, by=by, said=said, shown=form.cleaned_data["read"])
    return _("The decision goes on until %(day)s.") % {"day": words.short_day(made.look_again_on)}


def _standing(client: Client) -> dict[str, Any]:
    """The decision that stands, and whether it may simply go on."""
    today, made = timezone.localdate(), decision.newest(client)
    hindrance, asked = review.obstacle(decision.standing([client])[client.pk], on=today), review.open_one(client)
    return {
        "made": made,
        "hindrance": hindrance,
        "may_ask": not hindrance and asked is None and contacts.safe_email(client) is not None,
        "until": review.until(made, on=today) if made else None,
        "asked": asked,
        "today": today,
    }


def _said(request: HttpRequest, client: Client) -> list[tuple[Review, str]]:
    """What was asked and said before, with the words, once it is in the audit that they were read."""
    found = list(client.reviews.select_related("answered_by").order_by("-asked_at")[:12])
    if any(one.words_sealed for one in found):
        audit.record("review.read", by=request.user, subject=client.pk)
    texts: list[str] = Review.words.read_each(found)
    return list(zip(found, texts, strict=True))


@require_http_methods(["GET", "HEAD", "POST"])
@with_link(review.PURPOSE)
def asked(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """One question and two equal answers. Looking changes nothing, and no answer cancels a walk."""
    one = get_object_or_404(Review.objects.select_related("client", "decision__by"), pk=link.subject)
    stands = Review.objects.standing().filter(pk=one.pk).exists()
    confirmed = one.status == Review.Status.CONFIRMED and one.client.status == Client.Status.ACTIVE
    if one.status == Review.Status.LAPSED or (one.status == Review.Status.ASKED and not stands):
        return render(request, "link_ended.html", status=410)
    said = request.POST.get("said", "")
    if request.method == "POST" and said in (Review.Status.NOTHING, Review.Status.CHANGED):
        review.say(one, said)
        links.use(link)
        return redirect("review", token)
    context = {
        "review": review.heard(one),
        "client": one.client,
        "therapist": consent.lead_of(one.client) or one.decision.by,
        "may_change": confirmed or (stands and one.status == Review.Status.NOTHING),
        "missing": request.method == "POST",
        "not_seen": signatories.not_seen(one.client),
    }
    return render(request, "clients/review_asked.html", context, status=422 if request.method == "POST" else 200)
