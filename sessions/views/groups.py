"""A group's seats and who waits for one; and the page behind an offer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.domain import contacts
from practice.domain import links
from practice.models import Letter, Link
from practice.rules import Permission
from practice.web import needs, with_link
from sessions.domain import group_offers, groups, invitations_out, meeting, offer_letters, reading, refusals
from sessions.domain.booking import Clash, NotInHerCare, NotInTreatment, NotPossible, NotYet
from sessions.forms.groups import GroupForm
from sessions.models import Session, WaitingPlace


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_DIARY)
def group(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its seats, who waits, and what can be done about it."""
    session = get_object_or_404(reading.changeable(request.user), pk=pk, kind=Session.Kind.GROUP)
    form = GroupForm(request.POST if request.method == "POST" else None, session=session, by=request.user)
    if request.method != "POST" and "act" in request.GET:
        return _ask(request, session)
    refused: list[str] = []
    if form.is_bound and form.is_valid():
        refused = _act(request, session, form.cleaned_data)
        if not refused:
            return redirect("sessions:group", session.pk)
    now = timezone.now()
    places = WaitingPlace.objects.open().about(session).select_related("client").order_by("asked_at", "pk")
    context = reading.at(session) | {
        "session": session,
        "title": meeting.title(session),
        "form": form,
        "refused": refused,
        "seats": session.seats.all(),
        "free": group_offers.free(session, now=now),
        "places": places,
        "is_open": session.status in group_offers.OPEN and session.starts_at > now,
    }
    return render(request, "sessions/group.html", context, status=422 if form.is_bound else 200)


def _ask(request: HttpRequest, session: Session) -> HttpResponse:
    """Before somebody is taken out or off the list: what becomes of them, and what they hear."""
    form = GroupForm(request.GET, session=session, by=request.user)
    if not form.is_valid() or form.cleaned_data["act"] not in (GroupForm.OUT, GroupForm.LEAVE):
        return redirect("sessions:group", session.pk)
    place, client = form.cleaned_data["place"], form.cleaned_data["client"]
    context = reading.at(session) | {
        "session": session,
        "title": meeting.title(session),
        "place": place,
        "client": client or place.client,
        "and_later": form.cleaned_data.get("and_later", False),
        "in_calendar": client and invitations_out.was_told(session, client),
    }
    return render(request, "sessions/group_out.html", context)


def _act(request: HttpRequest, session: Session, asked: dict[str, Any]) -> list[str]:
    """Do it, or say in this reader's words why not."""
    act, client, later = asked["act"], asked.get("client"), {"and_later": asked.get("and_later", False)}
    try:
        if act == GroupForm.ADD:
            groups.add(session, client, by=request.user, **later)
            messages.success(request, _("%(name)s has a seat.") % {"name": client.name})
        elif act == GroupForm.OUT:
            groups.take_out(session, client, by=request.user, **later)
            messages.success(request, _("%(name)s is out. Ring or write, if they do not know.") % {"name": client.name})
        elif act == GroupForm.WAIT:
            groups.put_on_list(session, client, by=request.user, **later)
            messages.success(request, _("%(name)s is on the list.") % {"name": client.name})
        elif act == GroupForm.LEAVE:
            groups.leave(asked["place"], by=request.user)
            messages.success(request, _("Taken off the list."))
        tried = groups.offer(session) if act != GroupForm.ADD else []
        if tried or act == GroupForm.OFFER:
            _say_offers(request, tried)
    except group_offers.Full as full:
        return [str(full)]
    except refusals.Refusal as cause:
        return refusals.words(cause, request.user, _("This group is over, or no longer stands. Nothing was changed."))
    return []


def _say_offers(request: HttpRequest, tried: list[group_offers.Tried]) -> None:
    """To whom it was offered and to whom not; why, where the reader may know."""
    if not tried:
        text = _("Nothing was offered: it begins within the hour, or everybody who waits has an offer already.")
        messages.info(request, text)
    for one in tried:
        client = one.place.client
        said = {"name": client.name, "who": one.place.session.therapist.called}
        if one.why_not is None:
            messages.success(request, _("Offered to %(name)s.") % said)
            if contacts.best(client, Letter.Channel.EMAIL) is None:
                messages.info(request, _("No letter can go to %(names)s: please ring.") % {"names": client.name})
        elif reading.may_know_why(request.user, [client]):
            said["why"] = " ".join(refusals.words(one.why_not, request.user))
            messages.info(request, _("Not offered to %(name)s, who keeps the place. %(why)s") % said)
        else:
            messages.info(request, _("Not offered to %(name)s, who keeps the place: not yet, ask %(who)s.") % said)


@require_http_methods(["GET", "HEAD", "POST"])
@with_link(group_offers.PURPOSE)
def seat_offer(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """What is offered to her, and two equal answers. Looking changes nothing."""
    places = WaitingPlace.objects.select_related("client", "session__therapist", "session__place")
    place, refused = get_object_or_404(places, pk=link.subject), ""
    said = {"take": groups.take, "decline": groups.decline}.get(request.POST.get("answer", ""))
    stands = group_offers.stands(place, now=timezone.now())
    read = place.session.starts_at.isoformat()
    if said is groups.take and stands and request.POST.get("read") != read:
        refused = _("The time has changed since this page was opened. Please look at the new one first.")
    elif request.method == "POST" and said and stands:
        try:
            said(place)
            links.use(link)
            return redirect("seat_offer", token)
        except (group_offers.Full, NotPossible):
            return redirect("seat_offer", token)
        except (NotYet, NotInHerCare, NotInTreatment, Clash):
            refused = _("Let’s talk first: please ring us. The place is kept for you until then.")
    context = offer_letters.of(place) | {"token": token, "refused": refused, "stands": stands, "read": read}
    return render(request, "sessions/seat_offer.html", context, status=422 if refused else 200)
