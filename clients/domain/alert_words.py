"""An alert in words: “sent 14:02 · seen 14:10, Anna · acted 14:25, Anna”. Never why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Alert, CareTeamMember, Client
from clients.models.alert import AlertQuerySet, unattended
from practice.domain import words
from practice.models import Practice, User

SHOWN_FOR = timedelta(days=14)
"""How long an alert that was acted on stays on the client's page (ours)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One alert as the care team reads it."""

    pk: UUID
    tone: str
    title: str
    steps: tuple[str, ...]


def of_client(client: Client, *, now: datetime | None = None) -> list[Line]:
    """What was noticed of one client, the newest first: until somebody acted, and a fortnight longer."""
    now = now or timezone.now()
    people = ("screening__read_by", "screening__asked_by", "seen_by", "reached_by", "acted_by")
    found = list(about(client, now=now).with_sent().select_related(*people).order_by("-created_at"))
    zone = Practice.load().time_zone if found else ""
    return [line(alert, zone=zone, now=now) for alert in found]


def about(client: Client, *, now: datetime) -> AlertQuerySet:
    """What is shown of one client."""
    lately = Q(acted_at__gt=now - SHOWN_FOR) | Q(created_at__gt=now - SHOWN_FOR)
    return Alert.objects.filter(lately | (Q(acted_at__isnull=True) & unattended()), screening__client=client)


def line(alert: Alert, *, zone: str = "", now: datetime | None = None) -> Line:
    """One alert, with what happened and what is still missing. Needs `with_sent`."""
    zone = zone or Practice.load().time_zone
    at = _Clock(zone, (now or timezone.now()).astimezone(ZoneInfo(zone)))
    steps = [_("sent %(time)s") % {"time": at(alert.sent_at)} if alert.sent_at else _("not sent yet")]
    if alert.reached_at and alert.reached_by:
        said = {"who": alert.reached_by.called, "colleague": alert.colleague.called, "time": at(alert.reached_at)}
        steps.append(_("%(who)s reached %(colleague)s %(time)s") % said)
    if alert.seen_at and alert.seen_by:
        steps.append(_("seen %(time)s, %(name)s") % {"time": at(alert.seen_at), "name": alert.seen_by.called})
    else:
        steps.append(_("not seen yet"))
    if alert.acted_at and alert.acted_by:
        steps.append(_("acted %(time)s, %(name)s") % {"time": at(alert.acted_at), "name": alert.acted_by.called})
    return Line(alert.pk, _tone(alert), _title(alert), tuple(steps))


def colleagues(alert: Alert) -> Sequence[User]:
    """Who else cares for the same client: to be rung when the first cannot be reached."""
    team = CareTeamMember.objects.current().filter(client=alert.screening.client_id).select_related("user")
    return [member.user for member in team.order_by("-is_lead") if member.user != alert.colleague]


def _title(alert: Alert) -> str:
    if alert.was_in_person:
        return _("Asked in person: the cover list was asked to ring")
    if alert.acted_at:
        return _("An answer that should not wait was acted on")
    if alert.seen_at:
        return _("Seen. Write down what was done")
    if alert.exhausted_at:
        return _("An answer that should not wait: nobody on the cover list has been reached")
    return _("An answer that should not wait: nobody has seen it yet")


def _tone(alert: Alert) -> str:
    if alert.acted_at:
        return ""
    return "look" if alert.seen_at or alert.was_in_person else "stop"


class _Clock:
    """“14:02”, with the day when it was not today."""

    def __init__(self, zone: str, now: datetime) -> None:
        self.zone, self.today = zone, now.astimezone(ZoneInfo(zone)).date()

    def __call__(self, at: datetime) -> str:
        day = at.astimezone(ZoneInfo(self.zone)).date()
        time = words.clock(at, self.zone)
        return time if day == self.today else f"{words.day(day)}, {time}"
