"""What was promised after a safety assessment, or left open by one: shown to the care team until it is done.

Never with why: the line stands on a screen that others can see.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.models import Client, FollowUp, SafetyAssessment
from practice.domain import words
from practice.models import User
from practice.rules import Permission, has
from sessions.domain.waiting import Hand, Part


def parts(reader: User, today: date) -> Iterator[Part]:
    """Both, for whoever may screen."""
    if has(reader, Permission.SCREEN):
        yield Part(_open(reader), lambda: left_open(reader))
        yield Part(_promised(reader), lambda: calls(reader, today))


def _promised(reader: User) -> QuerySet[FollowUp]:
    return FollowUp.objects.open().filter(client__in=Client.objects.charted_by(reader).active())


def _open(reader: User) -> QuerySet[SafetyAssessment]:
    mine = Client.objects.charted_by(reader).active()
    return SafetyAssessment.objects.filter(client__in=mine).unsettled()


def calls(reader: User, today: date) -> Iterator[Hand]:
    """Whom to ring, and by when; what is late comes before the day. None is left out for being one too many."""
    if not has(reader, Permission.SCREEN):
        return
    for task in _promised(reader).select_related("client").defer("words_sealed"):
        url = reverse("clients:follow_up", args=[task.client_id, task.pk])
        yield Hand(_tone(task, today), "phone-call", _("Ring"), task.client.name, url, _when(task, today))


def left_open(reader: User) -> Iterator[Hand]:
    """Whose newest safety assessment did not settle it."""
    if not has(reader, Permission.SCREEN):
        return
    for made in _open(reader).select_related("client"):
        url = reverse("clients:show", args=[made.client_id])
        yield Hand("stop", "life-buoy", _("Go on"), made.client.name, url, _("something was left open."))


def _tone(task: FollowUp, today: date) -> str:
    return "stop" if task.due_on < today else "look" if task.due_on == today else "note"


def _when(task: FollowUp, today: date) -> str:
    if task.due_on == today:
        return _("today, as agreed.")
    if task.due_on == today + timedelta(days=1):
        return _("tomorrow, as agreed.")
    said = _("was to be rung on %(day)s.") if task.due_on < today else _("on %(day)s, as agreed.")
    return said % {"day": words.day(task.due_on)}
