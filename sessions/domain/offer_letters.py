"""The letter that offers a freed seat: a day, a time, until when it is kept, and a link. It names nobody else."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import contacts
from practice.domain import crisis, links, words
from practice.domain.post import Rendered
from practice.models import Letter, Practice
from sessions.domain import group_offers, her_clocks
from sessions.models import WaitingPlace


def _places() -> QuerySet[WaitingPlace]:
    return WaitingPlace.objects.select_related("client", "session__therapist", "session__place")


def still_wanted(letter: Letter) -> bool:
    """The offer still stands, and it may still go to the address."""
    place = WaitingPlace.objects.select_related("session").filter(pk=letter.about).first()
    is_offered = place is not None and group_offers.stands(place, now=timezone.now())
    return is_offered and contacts.still_reaches(letter.client, letter.to)


def render(letter: Letter) -> Rendered:
    """When, with whom, until when; the link ends with the offer."""
    place, practice = _places().get(pk=letter.about), Practice.load()
    point = contacts.recipient(letter.client, letter.to)
    named = point is not None and contacts.may_name_us(point)
    lasts = (place.offer_until or timezone.now()) - timezone.now()
    token = links.make(group_offers.PURPOSE, subject=place.pk, lasts=lasts, by=None, letter=letter.pk)
    context = of(place) | {
        "subject": _("A place is free") if named else _("A message for you"),
        "sender": (point.sender if point else "") or (practice.name if named else place.session.therapist.called),
        "practice": practice,
        "discreet": not named,
        "crisis_lines": crisis.lines(practice.country) if named else [],
        "called": words.apart(place.client.called_name),
        "link": settings.BASE_URL + reverse("seat_offer", args=[token]),
    }
    return Rendered(
        subject=context["subject"],
        text=render_to_string("mail/seat_offer.txt", context),
        html=render_to_string("mail/seat_offer.html", context),
        sender=context["sender"],
    )


def of(place: WaitingPlace) -> dict[str, Any]:
    """What is offered, in words, for the letter and for the page behind it."""
    session, until = place.session, place.offer_until
    return {
        "place": place,
        "when": her_clocks.when(session.starts_at, session.place, place.client),
        "with": words.apart(session.therapist.called),
        "ends": her_clocks.at(session.ends_at, session.place, place.client),
        "and_later": place.and_later and session.series_id is not None,
        "kept_until": her_clocks.when(until, session.place, place.client) if until else "",
    }
