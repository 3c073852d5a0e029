"""Times that clients asked for, on Today: each waits for an answer, the one to come first first."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practice.domain import words
from practice.models import User
from sessions.domain import asked, meeting
from sessions.domain.waiting import SHOWN, Hand


def of(reader: User, now: datetime) -> Iterator[Hand]:
    """A line each, and one for the rest."""
    found = list(asked.waiting(reader, now=now))
    for session in found[:SHOWN]:
        url = reverse("sessions:answer_asked", args=[session.pk])
        rest = _("asked for %(when)s.") % {"when": words.when(session.starts_at, session.place.time_zone)}
        yield Hand("look", "calendar-days", _("Answer"), meeting.title(session), url, rest)
    if len(found) > SHOWN:
        more = len(found) - SHOWN
        link = ngettext("%(n)s more time", "%(n)s more times", more) % {"n": more}
        yield Hand("look", "calendar-days", _("Answer"), link, reverse("sessions:asked"), _("that clients asked for."))
