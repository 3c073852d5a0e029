"""A group's seats and who waits for one; and the page behind an offer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from practice.domain import links
from practice.models import Link
from practice.rules import Permission
from practice.web import needs, with_link
from sessions.domain import group_offers, groups, meeting, offer_letters, reading
from sessions.domain.booking import Clash, NotInHerCare, NotInTreatment, NotPossible, NotYet
from sessions.forms.groups import GroupForm
from sessions.models import Session, WaitingPlace


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.KEEP_DIARY)
def group(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its seats, who waits, and what can be done about it."""
    session = get_object_or_404(reading.changeable(request.user), pk=pk, kind=Session.Kind.GROUP)
    form = GroupForm(request.POST if request.method == "POST" else None, session=session, by=request.user)
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
        else:
            groups.offer(session)
    except NotYet as not_yet:
        chips = reading.rendered(not_yet.readiness, not_yet.clients, request.user)
        return [reading.sentence(chip) for chip in chips if chip.refuses]
    except NotInHerCare:
        return [_("%(name)s: not in this therapist’s care yet.") % {"name": client.name}]
    except NotInTreatment:
        return [_("%(name)s: not in treatment here now. Open the file again first.") % {"name": client.name}]
    except Clash as clash:
        return [clash.words(request.user)]
    except (groups.Full, NotPossible) as why:
        return [str(why) or _("This group is over, or no longer stands. Nothing was changed.")]
    return []


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
        except (groups.Full, NotPossible):
            return redirect("seat_offer", token)
        except (NotYet, NotInHerCare, NotInTreatment, Clash):
            refused = _("Let’s talk first: please ring us. The place is kept for you until then.")
    context = offer_letters.of(place) | {"token": token, "refused": refused, "stands": stands, "read": read}
    return render(request, "sessions/seat_offer.html", context, status=422 if refused else 200)
