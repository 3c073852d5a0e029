"""Feeds for calendars elsewhere: an address with a secret, kept as a hash, that gives one person's own sessions.

An entry says as little as its owner chose. It never says how or where two people meet, and never why.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from practice.domain import audit
from practice.models import User
from practice.rules import Permission, has
from sessions.domain import calendar_file
from sessions.models import CalendarFeed, Seat, Session
from sessions.models.session import SessionQuerySet

PAST, AHEAD = timedelta(days=30), timedelta(days=180)
Shows = CalendarFeed.Shows
FOR_STAFF = [Shows.BUSY, Shows.INITIALS]
FOR_CLIENTS = [Shows.APPOINTMENT, Shows.BUSY, Shows.NAMED]
TENTATIVE = (Session.Status.REQUESTED, Session.Status.HELD)


@dataclass(frozen=True, slots=True)
class Document:
    """What a calendar reads: the file, its mark, and since when it may be another one."""

    body: bytes
    etag: str
    changed_at: datetime


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def own_sessions(user: User) -> SessionQuerySet | None:
    """A clinician's own, or those in which a client in treatment has a seat. None for whoever has neither, or may no
    longer see them."""
    if has(user, Permission.WRITE_NOTES):
        return Session.objects.of(user)
    client = Client.objects.active().filter(user=user).first() if has(user, Permission.OWN_PAGES) else None
    return Session.objects.for_client(client) if client else None


def choices(user: User) -> list[Shows]:
    """What she can let an entry say; the first is what stands there unless she chooses."""
    return FOR_STAFF if has(user, Permission.WRITE_NOTES) else FOR_CLIENTS


@transaction.atomic
def make(user: User, *, called: str, shows: str) -> str:
    """A feed of her own; returns its address, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    made = CalendarFeed.objects.create(user=user, token_hash=_hash(token), called=called, shows=shows)
    audit.record("calendar_feed.made", by=user, detail={"feed": str(made.pk), "shows": shows})
    return settings.BASE_URL + reverse("feed", args=[token])


@transaction.atomic
def end(feed: CalendarFeed, *, by: User) -> None:
    """Its address gives nothing any more."""
    feed.ended_at = timezone.now()
    feed.save(update_fields=["ended_at"])
    audit.record("calendar_feed.ended", by=by, detail={"feed": str(feed.pk)})


def read(token: str, *, now: datetime) -> Document | None:
    """What the calendar behind an address gets; None when the address is wrong or ended, or its owner lost her rights.

    The span begins and ends with a day in UTC, so that the file stays the same while nothing changes.
    """
    feed = CalendarFeed.objects.select_related("user").filter(token_hash=_hash(token), ended_at__isnull=True).first()
    mine = own_sessions(feed.user) if feed else None
    if feed is None or mine is None:
        return None
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if feed.last_read_on != today.date():
        feed.last_read_on = today.date()
        feed.save(update_fields=["last_read_on"])
    shown = list(_shown(mine, feed, today))
    entries = [_entry(session, feed) for session in shown]
    body = calendar_file.of(entries, method=calendar_file.PUBLISH, name=_("Appointments"))
    changed_at = max([today, *(entry.changed_at for entry in entries)])
    return Document(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"', changed_at)


def _shown(mine: SessionQuerySet, feed: CalendarFeed, today: datetime) -> SessionQuerySet:
    """Each with the moment of its last change. What was cancelled stays for 30 days, so that calendars hear of it."""
    span = mine.between(today - PAST, today + AHEAD).exclude(
        status=Session.Status.CANCELLED, cancelled_at__lt=today - PAST
    )
    seats = Seat.objects.select_related("client") if feed.shows == Shows.INITIALS else Seat.objects.none()
    return (
        span.annotate(changed_at=Max("events__pgh_created_at"))
        .select_related("place", "therapist")
        .prefetch_related(Prefetch("seats", seats))
        .order_by("starts_at", "pk")
    )


def _entry(session: Session, feed: CalendarFeed) -> calendar_file.Entry:
    return calendar_file.Entry(
        uid=uid(session),
        summary=_words(session, feed.shows),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=session.place.time_zone,
        changes=session.changes,
        changed_at=session.changed_at,  # type: ignore[attr-defined]  # annotated
        status=_status(session),
    )


def uid(session: Session) -> str:
    """The same in every feed and invitation, and on whatever host."""
    return f"{session.pk}@alongside"


def _status(session: Session) -> str:
    """What is missed was still in her day."""
    if session.status == Session.Status.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if session.status in TENTATIVE else "CONFIRMED"


def _words(session: Session, shows: str) -> str:
    if shows == Shows.BUSY:
        return _("Busy")
    if shows == Shows.NAMED:
        return _("Appointment with %(name)s") % {"name": session.therapist.called}
    if shows == Shows.INITIALS and session.kind == Session.Kind.GROUP:
        return _("Group")
    people = [initials(seat.client.name) for seat in session.seats.all()] if shows == Shows.INITIALS else []
    return " + ".join(filter(None, people)) or _("Appointment")


def initials(name: str) -> str:
    """“I. M.” of the first and the last word that has a letter; nothing when none has."""
    letters = [found[0] for word in name.split() if (found := [sign for sign in word if sign.isalpha()])]
    ends = letters[:1] + letters[1:][-1:]
    return " ".join(f"{letter.upper()}." for letter in ends)
