"""What has to be settled before a file is closed: somebody who may be in danger is not let go of by a form."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import asq, consent, safety
from clients.models import Alert, Client, FollowUp, Screening
from practice.domain import words
from practice.models import User


def hindrance(client: Client, *, by: User, on: date) -> str:
    """Why this file is not closed yet, in a sentence; "" when it may be. The reason is for the care team alone."""
    found = still_open(client, on=on)
    if not found:
        return ""
    if not Client.objects.charted_by(by).filter(pk=client.pk).exists():
        lead = consent.lead_of(client)
        return _("Not yet, ask %(name)s.") % {"name": lead.called} if lead else _("Not yet, ask the therapist.")
    return _("Not yet. Still open: %(what)s.") % {"what": "; ".join(found)}


def still_open(client: Client, *, on: date) -> list[str]:
    """A worrying answer that nobody has opened, suicide questions that are not settled, an assessment that left
    something open, suicide questions that were called for and left, a promised call."""
    return [
        *_unopened(client),
        *_unsettled(client, on),
        *_not_asked(client, on),
        *_left_open(client),
        *_promised(client),
    ]


def _unopened(client: Client) -> list[str]:
    called = Alert.objects.filter(screening__client=client, seen_at__isnull=True).values_list("created_at", flat=True)
    waiting = Screening.objects.calling().filter(client=client).values_list("calling_since", flat=True)
    days = sorted({moment.date() for moment in (*called, *waiting) if moment})
    return [_("the answers of %(day)s, which nobody has opened") % {"day": words.short_day(day)} for day in days]


def _unsettled(client: Client, on: date) -> list[str]:
    made = asq.open_one(asq.all_of(client), on=on)
    if made is None or made.submitted_at is None:
        return []
    day = {"day": words.short_day(timezone.localdate(made.submitted_at))}
    return [_("the suicide questions of %(day)s, which a safety assessment has to settle") % day]


def _not_asked(client: Client, on: date) -> list[str]:
    made = asq.left_out([client.pk], on=on).get(client.pk)
    if made is None or made.submitted_at is None:
        return []
    day = {"day": words.short_day(timezone.localdate(made.submitted_at))}
    return [_("the suicide questions, which the answers of %(day)s called for and which were left") % day]


def _left_open(client: Client) -> list[str]:
    made = safety.newest_assessment(client)
    if made is None or not safety.is_left_open(client):
        return []
    return [
        _("what the safety assessment of %(day)s left open") % {"day": words.short_day(timezone.localdate(made.at))}
    ]


def _promised(client: Client) -> list[str]:
    waiting = FollowUp.objects.open().filter(client=client).values_list("due_on", flat=True)
    return [_("the call promised for %(day)s") % {"day": words.short_day(day)} for day in waiting]
