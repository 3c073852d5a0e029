"""Invitations: an appointment for the calendar of a client who wants it, by mail, with its updates and its end.

One letter for each client and state of a session, due three minutes later, so that what is undone meanwhile never
leaves. What leaves is read from the row as it is then: the same UID, a higher SEQUENCE (RFC 5546).
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import contacts
from clients.models import Client, ContactPoint
from practice.domain import crisis, post, words
from practice.domain.mails import Appointment
from practice.domain.post import Rendered
from practice.models import Letter, Practice
from sessions.domain import calendar_feed, calendar_file, her_clocks
from sessions.models import Seat, Session

KIND = "session_invitation"
GONE = (Letter.State.LEASED, Letter.State.SENT, Letter.State.UNCERTAIN)
"""Sent, or perhaps: her calendar may hold it."""
WAITING = (Letter.State.DUE, Letter.State.RETRY)
CANCELLED = "cancelled"
TOLD = (Session.Status.BOOKED, Session.Status.CANCELLED)


def write(session: Session, *, seats: Sequence[Seat] | None = None, now: datetime | None = None) -> None:
    """After a booking, a move or a cancellation, in its transaction: what has not left and no longer holds is taken
    back, and each client who wants it is told where the session stands, if that is news to her calendar. `seats`: of a
    session made in this transaction, as in `reminder_plan.plan`; nobody was told of it yet."""
    now = now or timezone.now()
    letters = Letter.objects.filter(about=session.pk, kind=KIND).order_by("created_at")
    written = list(letters) if seats is None else []
    counts = session.status in TOLD and session.starts_at > now
    news = _news(session, seats, written) if counts else {}
    if over := [one.pk for one in written if one.state in WAITING and one.key not in news]:
        Letter.objects.filter(pk__in=over, state__in=WAITING).update(state=Letter.State.CANCELLED)
    for key, point in news.items():
        post.write(
            KIND,
            key=key,
            to=point.value,
            about=session.pk,
            client=point.client_id,
            due_at=now + post.UNDO,
            not_after=session.starts_at,
        )


def _news(session: Session, seats: Sequence[Seat] | None, written: Sequence[Letter]) -> dict[str, ContactPoint]:
    """Whom to tell, by the key of the letter: not who was told the same before, nor the end of what was never told."""
    told = [one for one in written if one.state in GONE]
    found = {}
    for client, state in _whom(session, seats, told):
        point = contacts.invitation_email(client)
        last = _last([one for one in told if one.to == point.value]) if point else state
        if point and last != state and (last or state != CANCELLED):
            found[_key(session, point, state)] = point
    return found


def _whom(session: Session, seats: Sequence[Seat] | None, told: Sequence[Letter]) -> list[tuple[Client, str]]:
    """Who has a seat, and who was told of one and has left the group since: for them it is cancelled."""
    if seats is None:
        seats = list(session.seats.select_related("client").prefetch_related("client__contact_points"))
    seated = [seat.client for seat in seats]
    gone = {one.client for one in told if one.client} - {client.pk for client in seated}
    left = Client.objects.filter(pk__in=gone).prefetch_related("contact_points") if gone else ()
    return [(client, _state(session)) for client in seated] + [(client, CANCELLED) for client in left]


def was_told(session: Session, client: Client) -> bool:
    """Whether a calendar of hers may hold it: she hears there when it is moved, cancelled, or she leaves."""
    return Letter.objects.filter(about=session.pk, client=client.pk, kind=KIND, state__in=GONE).exists()


def _last(told: Sequence[Letter]) -> str:
    """The state that a calendar may hold; empty when nothing was ever sent there."""
    return told[-1].key.split("|")[2] if told else ""


def _state(session: Session) -> str:
    """What a calendar shows of it: “20270304T100000Z/20270304T105000Z”, or “cancelled”."""
    if session.status == Session.Status.CANCELLED:
        return CANCELLED
    return "/".join(f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" for at in (session.starts_at, session.ends_at))


def _key(session: Session, point: ContactPoint, state: str) -> str:
    """session|changes|state|recipient|kind."""
    recipient = f"{point.client_id}:{hashlib.sha256(point.value.encode()).hexdigest()[:16]}"
    return f"{session.pk}|{session.changes}|{state}|{recipient}|{KIND}"


def _last_told(session: Session, address: str, *, before: Letter) -> str:
    """The same before a letter leaves."""
    gone = Letter.objects.filter(about=session.pk, to=address, kind=KIND, state__in=GONE)
    return _last(list(gone.filter(created_at__lt=before.created_at).order_by("created_at")))


def _session(letter: Letter) -> Session:
    return Session.objects.select_related("therapist", "place").get(pk=letter.about)


def _state_for(session: Session, letter: Letter) -> str:
    """For whoever left the group, it is cancelled."""
    return _state(session) if session.seats.filter(client=letter.client).exists() else CANCELLED


def still_wanted(letter: Letter) -> bool:
    """The session stands for her as it stood then and has not begun, she is a client, still wants it there, and nobody
    said stop."""
    session, point = _session(letter), contacts.recipient(letter.client, letter.to)
    if point is None or not point.wants_invitations or point.client.status != Client.Status.ACTIVE:
        return False
    if contacts.has_stopped(point.client.contact_points.all(), letter.to):
        return False
    if session.status not in TOLD or session.starts_at <= timezone.now():
        return False
    return letter.key.split("|")[1:3] == [str(session.changes), _state_for(session, letter)]


def render(letter: Letter) -> Rendered:
    """A day and a time, and the appointment for the calendar, which says as much and no more."""
    session, practice, point = _session(letter), Practice.load(), contacts.recipient(letter.client, letter.to)
    is_cancelled = _state_for(session, letter) == CANCELLED
    named = point is not None and contacts.may_name_us(point)
    is_moved = not is_cancelled and bool(_last_told(session, letter.to, before=letter))
    client = Client.objects.get(pk=str(letter.client))
    when = her_clocks.when(session.starts_at, session.place, client)
    context = {
        "subject": _subject(when, is_cancelled=is_cancelled, is_moved=is_moved) if named else _("Appointment"),
        "sender": (point.sender if point else "") or (practice.name if named else session.therapist.called),
        "practice": practice,
        "discreet": not named,
        "crisis_lines": crisis.lines(practice.country) if named else [],
        "is_cancelled": is_cancelled,
        "is_moved": is_moved,
        "called": words.apart(client.called_name),
        "with": words.apart(session.therapist.called),
        "when": when,
        "until": her_clocks.at(session.ends_at, session.place, client),
    }
    method = calendar_file.CANCEL if is_cancelled else calendar_file.REQUEST
    return Rendered(
        subject=str(context["subject"]),
        text=render_to_string("mail/invitation.txt", context),
        html=render_to_string("mail/invitation.html", context),
        sender=str(context["sender"]),
        appointment=Appointment(calendar_file.of([_entry(session, letter, is_cancelled)], method=method), method),
    )


def _subject(at: str, *, is_cancelled: bool, is_moved: bool) -> str:
    """“Thursday 8 October, 14:00”, and what became of it."""
    when = {"when": at}
    if is_cancelled:
        return _("Cancelled: %(when)s") % when
    return (_("Moved: %(when)s") if is_moved else _("For your calendar: %(when)s")) % when


def _entry(session: Session, letter: Letter, is_cancelled: bool) -> calendar_file.Entry:
    """For her alone: nobody else is named, and the organizer is the address from which the practice sends."""
    return calendar_file.Entry(
        uid=calendar_feed.uid(session),
        summary=_("Appointment"),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=session.place.time_zone,
        changes=session.changes,
        changed_at=letter.created_at,
        status="CANCELLED" if is_cancelled else "CONFIRMED",
        organizer=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        attendee=letter.to,
    )
