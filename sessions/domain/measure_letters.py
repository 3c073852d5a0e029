"""The letter before a session with a link to each questionnaire: no clinical word, and none of their names."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from clients.domain import asking, contacts, intake
from clients.models import Client, Screening
from practice.domain import cover, crisis
from practice.domain.post import Rendered, WhyNot
from practice.models import Letter, Practice
from sessions.domain import her_clocks
from sessions.models import MeasureDue, Seat, Session


def _asked(letter: Letter) -> list[Screening]:
    """What was asked by link before this seat, and was answered in no way since."""
    rows = MeasureDue.objects.unanswered().filter(seat=letter.about, screening__in=Screening.objects.open())
    return [one.screening for one in rows.select_related("screening__read_by", "screening__asked_by") if one.screening]


def still_wanted(letter: Letter) -> bool | WhyNot:
    """The session is still booked, the client still one, somebody still covers, the address is still safe, nobody
    asked for no more messages there, and something is still open."""
    seats = Seat.objects.filter(pk=letter.about, status=Session.Status.BOOKED, client__status=Client.Status.ACTIVE)
    seat = seats.select_related("client").first()
    if not (seat and cover.is_named() and contacts.recipient(letter.client, letter.to) and _asked(letter)):
        return False
    if contacts.has_stopped(seat.client.contact_points.all(), letter.to):
        return WhyNot(_("They asked for no more messages there: please ask in person."))
    return True


def render(letter: Letter) -> Rendered:
    """Who reads and by when, and a link each, made for this letter alone."""
    seat = Seat.objects.select_related("client", "session__place").get(pk=letter.about)
    asked, practice = _asked(letter), Practice.load()
    point = contacts.recipient(letter.client, letter.to)
    named = point is not None and contacts.may_name_us(point)
    reader = asked[0].read_by or asked[0].asked_by
    with override(asked[0].language):
        subject = _("A few questions before we meet") if named else _("A message for you")
        context: dict[str, Any] = {
            "subject": subject,
            "client": seat.client,
            "reader": reader,
            "when": her_clocks.when(seat.starts_at, seat.session.place, seat.client),
            "practice": practice,
            "discreet": not named,
            "crisis_lines": crisis.lines(practice.country),
            "links": [_link(one, letter, number, len(asked)) for number, one in enumerate(asked, start=1)],
        }
        return Rendered(
            subject=subject,
            text=render_to_string("mail/measures.txt", context),
            html=render_to_string("mail/measures.html", context),
            sender=(point.sender if point else "") or (practice.name if named else reader.called),
        )


def _link(one: Screening, letter: Letter, number: int, count: int) -> dict[str, str]:
    """A button with how long it takes; which questionnaire it is, its own page says."""
    minutes = asking.minutes_left(1, one.kind)
    part = _("Open, about %(m)s min") if count == 1 else _("Part %(n)s, about %(m)s min")
    url = settings.BASE_URL + reverse("intake", args=[intake.link_for(one, by=one.asked_by, letter=letter.pk)])
    return {"url": url, "label": part % {"n": number, "m": minutes}}
