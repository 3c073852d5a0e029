"""Which rules remind whom: a client's own, else those of the service, else the practice's, else the standard."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client
from practice.domain import audit
from practice.models import Service, User
from sessions.domain import reminder_plan
from sessions.models import ReminderRule, Session


class SameAgain(Exception):
    """This rule stands already."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules that can count for some sessions."""

    kept: Sequence[ReminderRule]

    def of(self, session: Session, client: UUID) -> Sequence[ReminderRule]:
        """Those that count for one client in one session; none where reminders are off."""
        levels = (
            [rule for rule in self.kept if rule.client_id == client],
            [rule for rule in self.kept if rule.service_id and rule.service_id == session.service_id],
            [rule for rule in self.kept if not rule.client_id and not rule.service_id],
        )
        level = next((level for level in levels if level), [ReminderRule.standard()])
        return [] if any(rule.is_off for rule in level) else level


def load(clients: Iterable[UUID]) -> Rules:
    """One query."""
    return Rules(list(ReminderRule.objects.filter(Q(client=None) | Q(client__in=set(clients)))))


def words(rule: ReminderRule) -> str:
    """“the day before at 18:00, by e-mail”."""
    if rule.is_off:
        return _("no reminders")
    return _("%(when)s, by %(channel)s") % {"when": _when(rule), "channel": rule.get_channel_display()}


def _when(rule: ReminderRule) -> str:
    if rule.minutes_before is not None:
        hours, minutes = divmod(rule.minutes_before, 60)
        if minutes:
            return ngettext("%(n)s minute before", "%(n)s minutes before", rule.minutes_before) % {
                "n": rule.minutes_before
            }
        return ngettext("%(n)s hour before", "%(n)s hours before", hours) % {"n": hours}
    at = {"time": f"{rule.at:%H:%M}", "n": rule.days_before}
    if rule.days_before == 0:
        return _("on the day at %(time)s") % at
    if rule.days_before == 1:
        return _("the day before at %(time)s") % at
    return _("%(n)s days before at %(time)s") % at


def add(
    *, client: Client | None = None, service: Service | None = None, is_off: bool = False, by: User, **said: Any
) -> ReminderRule:
    """One more rule, or none at all (`is_off`): what has not left yet is written anew. Raises `SameAgain`."""
    level = ReminderRule.objects.filter(client=client, service=service)
    try:
        with transaction.atomic():
            gone = level if is_off else level.filter(is_off=True)
            gone.delete()
            rule = ReminderRule.objects.create(client=client, service=service, is_off=is_off, **said)
    except IntegrityError as error:
        raise SameAgain from error
    _changed(rule, by=by, what="added")
    return rule


@transaction.atomic
def remove(rule: ReminderRule, *, by: User) -> None:
    """Take a rule away; what it wrote and has not left is taken back."""
    ReminderRule.objects.filter(pk=rule.pk).delete()
    _changed(rule, by=by, what="removed")


def _changed(rule: ReminderRule, *, by: User, what: str) -> None:
    subject = rule.client_id
    audit.record(f"reminders.rule_{what}", by=by, subject=subject, detail={"rule": words(rule)})
    sessions = Session.objects.filter(status=Session.Status.BOOKED, starts_at__gt=timezone.now())
    if rule.client:
        sessions = sessions.for_client(rule.client)
    elif rule.service:
        sessions = sessions.filter(service=rule.service)
    reminder_plan.plan(sessions)
