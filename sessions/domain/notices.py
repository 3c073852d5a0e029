"""Notices: a client is told once when a session was moved, cancelled, goes indoors, or waits for a call.

A letter leaves three minutes after what it tells, so that taking it back takes the letter back too; whatever else
changes meanwhile replaces it. It says what the row says when it leaves, and never why. A cancellation names the time
that the client knows, a new time also the one it stands instead of. The subject says the day, and never where.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.domain import contacts
from clients.models import Client, ContactPoint
from practice.domain import audit, crisis, links, post, words
from practice.domain.post import Rendered
from practice.models import Letter, Mode, Practice, User
from sessions.domain import her_clocks, meeting, one_letter, reminder_plan, reminder_words
from sessions.domain.one_letter import TAKEN_BACK
from sessions.domain.reminder_plan import stamp
from sessions.models import Seat, Session

KIND = "session_notice"
LIVE = (Session.Status.BOOKED, Session.Status.ARRIVED)


class What(StrEnum):
    """What a client is told."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    ROOM = "room"
    VIDEO = "video"
    RING = "ring"


MODES = {What.ROOM: Mode.INDOOR, What.VIDEO: Mode.ONLINE}
"""How they meet as long as such a notice is true."""
OF_WHAT_SHE_KNOWS = (What.CANCELLED, What.RING)
"""These name the time that she knows; the others the one that is new."""
HELLO: dict[What, Promise] = {
    What.MOVED: _("Hello %(name)s, your time has changed. We meet on"),
    What.CANCELLED: _("Hello %(name)s, we have to cancel"),
    What.ROOM: _("Hello %(name)s, this time we meet indoors, on"),
    What.VIDEO: _("Hello %(name)s, this time we meet by video, on"),
    What.RING: _("Hello %(name)s, we would like to find another time than"),
}
SUBJECTS: dict[What, Promise] = {
    What.MOVED: _("Changed: %(when)s"),
    What.CANCELLED: _("Cancelled: %(when)s"),
    What.ROOM: _("Changed: %(when)s"),
    What.VIDEO: _("Changed: %(when)s"),
    What.RING: _("Please wait for a call: %(when)s"),
}


@transaction.atomic
def tell(
    session: Session, *, what: What, by: User, was: datetime | None = None, now: datetime | None = None
) -> list[Letter]:
    """Tell everybody who has a seat, once; called in the transaction of the change itself. `was`: the start before it,
    where that changed. A notice that waits is replaced. A reminder that would be due by now is left out: the notice
    says it all. Of whom no letter reaches, the log of letters has a row that says why."""
    now = now or timezone.now()
    if session.starts_at <= now:
        return []
    was, seats = was or session.starts_at, list(_seats(session))
    reachable = [(seat, point) for seat in seats if (point := contacts.best(seat.client, Letter.Channel.EMAIL))]
    keys = {seat.pk: _key(session, what, seat.client_id, point.value, was) for seat, point in reachable}
    others = Letter.objects.filter(about=session.pk, kind=KIND).exclude(key__in=keys.values())
    one_letter.take_back(others, why=str(_("Something newer was told instead.")))
    reminded = Letter.objects.filter(about=session.pk, kind=reminder_plan.KIND, state__in=reminder_plan.WAITING)
    reminded = reminded.filter(client__in=[seat.client_id for seat, _point in reachable])
    said = _("What changed was told instead.")
    reminded.filter(due_at__lte=now + post.UNDO).update(state=Letter.State.CANCELLED, why_not=said)
    letters = [
        post.write(
            KIND,
            key=keys[seat.pk],
            to=point.value,
            about=session.pk,
            client=seat.client_id,
            due_at=now + post.UNDO,
            not_after=session.starts_at,
        )
        for seat, point in reachable
    ]
    for seat, _point in reachable:
        audit.record("session.told", by=by, subject=seat.client_id, detail={"session": str(session.pk), "what": what})
    for seat in seats:
        if seat.pk not in keys:
            _log_unreached(session, seat.client, what, was, now)
    return letters


def _log_unreached(session: Session, client: Client, what: What, was: datetime, now: datetime) -> None:
    Letter.objects.create(
        kind=KIND,
        key=_key(session, what, client.pk, "", was),
        about=session.pk,
        client=client.pk,
        due_at=now,
        state=Letter.State.CANCELLED,
        why_not=contacts.hindrance(client, Letter.Channel.EMAIL),
    )


def of_move(session: Session, before: str) -> What:
    """What a move is told as: `before` is how they would have met."""
    instead = next((what for what, mode in MODES.items() if mode == session.mode), What.MOVED)
    return instead if session.mode != before else What.MOVED


def unreached(session: Session) -> list[str]:
    """Whoever has a seat and no address to which such a letter goes, by name."""
    return [seat.client.name for seat in _seats(session) if contacts.best(seat.client, Letter.Channel.EMAIL) is None]


def _seats(session: Session) -> Iterable[Seat]:
    return session.seats.select_related("client").prefetch_related("client__contact_points")


def _key(session: Session, what: What, client: UUID, address: str, was: datetime) -> str:
    """session|what|start|place|recipient|kind|the start she knows, and a number when it was told before. Where the
    newest notice to her says the very same, it is its key. What still waits told her nothing yet."""
    recipient = f"{client}:{hashlib.sha256(address.encode()).hexdigest()[:16]}"
    key = f"{session.pk}|{what}|{stamp(session.starts_at)}|{_place(session)}|{recipient}|{KIND}"
    hers = Letter.objects.filter(about=session.pk, client=client, kind=KIND).select_related("folded_into")
    written = list(hers.order_by("created_at"))
    standing = [letter for letter in written if one_letter.carrier(letter).state not in TAKEN_BACK]
    if standing and standing[-1].key.startswith(key):
        return standing[-1].key
    waiting = [letter for letter in standing if one_letter.carrier(letter).state in reminder_plan.WAITING]
    known = _known(waiting[-1]) if waiting else stamp(was)
    before = sum(letter.key.startswith(key) for letter in written)
    return f"{key}|{known}|{before + 1}" if before else f"{key}|{known}"


def _known(letter: Letter) -> str:
    """The start that its reader knows until she reads it."""
    return letter.key.split("|")[6]


def _place(session: Session) -> str:
    """A short name of how long they meet, how and in which room."""
    told = (session.minutes, str(session.mode), session.room_id)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:8]


def still_wanted(letter: Letter) -> bool:
    """The session has not begun, its reader is a client who may be written to, and there is something that she does not
    know: its time, or what the letter was written for."""
    seats = Seat.objects.filter(client__status=Client.Status.ACTIVE).select_related("session")
    seat = seats.filter(session=letter.about, client=letter.client).first()
    if seat is None or seat.session.starts_at <= timezone.now() or reminder_words.point_of(letter) is None:
        return False
    if (seat.session.status in LIVE) is (letter.key.split("|")[1] == What.CANCELLED):
        return False
    newer = Letter.objects.filter(about=letter.about, client=letter.client, kind=KIND, created_at__gt=letter.created_at)
    if newer.filter(one_letter.STANDS).exists():
        return False
    return _known(letter) != stamp(seat.session.starts_at) or _holds(letter, seat.session)


def _holds(letter: Letter, session: Session) -> bool:
    """Whether they meet when and how the letter was written for."""
    _session, what, start, *_rest = letter.key.split("|")
    return start == stamp(session.starts_at) and session.mode == MODES.get(What(what), session.mode)


def render(letter: Letter) -> Rendered:
    """The letter in words, with a link of its own. An address that was corrected since is where it goes, and what was
    changed since without a notice is what it says."""
    people = ("client", "session__therapist__clinician", "session__place", "session__room", "session__route")
    seat = Seat.objects.select_related(*people).get(session=letter.about, client=letter.client)
    point = reminder_words.point_of(letter)
    what, known = as_told(letter, seat, point)
    link = answer_link(letter, seat)
    if what in OF_WHAT_SHE_KNOWS:
        seat.session.starts_at, seat.session.ends_at = known, known + (seat.session.ends_at - seat.session.starts_at)
    return in_words(seat, what, point, link, known=known)


def as_told(letter: Letter, seat: Seat, point: ContactPoint | None) -> tuple[What, datetime]:
    """What a letter tells as things stand, and the start that its reader knows. From now on its key says so."""
    what = What(letter.key.split("|")[1])
    what = what if _holds(letter, seat.session) else What.MOVED
    letter.to = point.value if point else letter.to
    known = datetime.strptime(_known(letter), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    letter.key = _key(seat.session, what, seat.client_id, letter.to, known)
    letter.save(update_fields=["to", "key"])
    return what, known


def answer_link(letter: Letter, seat: Seat) -> str:
    """Where the reader of this letter sees the session, and answers."""
    token = links.make(
        reminder_words.PURPOSE,
        subject=seat.pk,
        lasts=reminder_words.until_midnight(seat.session),
        by=None,
        letter=letter.pk,
    )
    return settings.BASE_URL + reverse("reminder", args=[token])


def in_words(
    seat: Seat, what: What, point: ContactPoint | None, link: str, *, known: datetime | None = None
) -> Rendered:
    """What one client reads. The session of the seat is as it will be, `known` the start that she knows; what a preview
    shows and what leaves differ in the link alone."""
    context = context_of(seat, what, point, link)
    if known == seat.session.starts_at and what == What.MOVED:
        context["hello"] = _("Hello %(name)s, something has changed. We meet on") % {"name": context["called"]}
    elif known and known != seat.session.starts_at:
        context["instead_of"] = her_clocks.when(known, seat.session.place, seat.client)
    return Rendered(
        subject=str(SUBJECTS[what]) % {"when": context["when"]},
        text=re.sub(r"\n{3,}", "\n\n", render_to_string("mail/notice.txt", context)),
        html=render_to_string("mail/notice.html", context),
        sender=context["sender"],
    )


def context_of(seat: Seat, what: What, point: ContactPoint | None, link: str) -> dict[str, Any]:
    """Who writes, to whom, and what may be said there."""
    practice, session = Practice.load(), seat.session
    named = point is not None and contacts.may_name_us(point)
    context: dict[str, Any] = {
        "sender": (point.sender if point else "") or (practice.name if named else session.therapist.called),
        "practice": practice,
        "discreet": not named,
        "phone": practice.phone,
        "called": words.apart(seat.client.called_name),
        "hello": str(HELLO[what]) % {"name": words.apart(seat.client.called_name)},
        "with": words.apart(session.therapist.called),
        "when": her_clocks.when(session.starts_at, session.place, seat.client),
        "until": her_clocks.at(session.ends_at, session.place, seat.client),
        "what": what,
        "by_video": session.mode == Mode.ONLINE,
        "video_link": meeting.video_link(session) if named and session.mode == Mode.ONLINE else "",
        "where": meeting.where(session) if named and session.mode != Mode.ONLINE else "",
        "meeting_point": meeting.meeting_point(session) if named and session.mode != Mode.ONLINE else "",
        "nothing_to_pay": bool(session.waived) and what == What.CANCELLED,
        "link": link,
        "crisis_lines": crisis.lines(practice.country) if named else [],
    }
    if session.is_outdoors and what != What.CANCELLED and not meeting.is_settled(seat):
        return context | reminder_words.UNSETTLED
    return context


@dataclass(frozen=True, slots=True)
class Told:
    """The newest notice to one client about one session, and the letter that brings it."""

    what: What
    letter: Letter


ToldToAll = dict[tuple[UUID, UUID], Told]


def told(sessions: Iterable[Session]) -> ToldToAll:
    """By session and client: what was told last and not taken back. One query."""
    letters = Letter.objects.filter(one_letter.STANDS, about__in=[one.pk for one in sessions], kind=KIND)
    return {
        (letter.about, letter.client): Told(What(letter.key.split("|")[1]), one_letter.carrier(letter))
        for letter in letters.select_related("folded_into").order_by("created_at")
        if letter.client
    }
