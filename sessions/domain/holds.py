"""Slots that are held for a while only: what was asked for, and what is kept for somebody until they say yes.

They hold their slot in the constraints like any booking. When their time is over they are let go by the clock
(`sessions.tasks.let_go`) and, so that nobody has to wait for it, before anybody books the same people or room.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clients.models import Client
from practice.domain import audit
from practice.models import Practice
from sessions.domain import asked_letters
from sessions.models import Session
from sessions.models.session import SessionQuerySet

AT_ONCE = 200
"""So many are let go in one transaction (ours)."""


def until(starts_at: datetime, *, now: datetime) -> datetime:
    """The end of a hold that begins now: after the hours that the practice has set, and never after the start."""
    return min(now + timedelta(hours=Practice.load().hold_hours), starts_at)


def let_go(*, now: datetime | None = None) -> int:
    """Let go of everything whose time is over; how much that was. In several workers at once, each of it once."""
    now, total = now or timezone.now(), 0
    while True:
        with transaction.atomic():
            done = _let_go(Session.objects.run_out(now), now)
        if not done:
            return total
        total += done


def let_go_near(session: Session, clients: Sequence[Client]) -> None:
    """The same for whoever and whatever a session wants, before it is inserted, in its transaction."""
    now = timezone.now()
    _let_go(near(session, clients, now=now), now)


def near(session: Session, clients: Sequence[Client], *, now: datetime) -> SessionQuerySet:
    """What has run out and holds what a session wants."""
    wanted = Q(therapist=session.therapist_id) | Q(seats__client__in=[client.pk for client in clients])
    if session.room_id:
        wanted |= Q(room=session.room_id)
    return Session.objects.run_out(now).filter(
        wanted, blocked_from__lt=session.blocked_until, blocked_until__gt=session.blocked_from
    )


def _let_go(found: SessionQuerySet, now: datetime) -> int:
    """What somebody else lets go of or says yes to just now is theirs."""
    keys = list(found.order_by().values_list("pk", flat=True)[:AT_ONCE])
    if not keys:
        return 0
    rows = list(Session.objects.run_out(now).filter(pk__in=keys).select_for_update(skip_locked=True))
    for session in rows:
        was_asked_for = session.status == Session.Status.REQUESTED
        session.status, session.cancelled_at, session.changes = Session.Status.CANCELLED, now, session.changes + 1
        session.save(update_fields=["status", "cancelled_at", "changes"])
        subjects = list(session.seats.values_list("client_id", flat=True))
        audit.record_each("session.let_go", by=None, subjects=subjects, detail={"session": str(session.pk)})
        if was_asked_for:
            asked_letters.write(session)
    return len(rows)
