"""Which reminders there are to be: one a rule, client, start and channel; compared with what is written."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import contacts, quiet
from clients.models import ContactPoint
from practice.domain import post, texts
from practice.models import Letter, Practice
from sessions.models import ReminderRule, Seat, Session

KIND = "session_reminder"
AHEAD = timedelta(days=15)
"""So far ahead the clock looks for reminders that nobody wrote yet: a day more than a rule can reach."""
OPEN = (Session.Status.BOOKED, Session.Status.ARRIVED)
WAITING = (Letter.State.DUE, Letter.State.RETRY)
GONE = (Letter.State.LEASED, Letter.State.SENT, Letter.State.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reminder as a rule asks for it. Without a `point` none can be written, and `why_not` says why."""

    seat: Seat
    rule: ReminderRule
    due_at: datetime
    point: ContactPoint | None
    why_not: str

    @property
    def key(self) -> str:
        """session|start|recipient|kind|rule:channel; unique, so that two who plan at once write one."""
        session, address = self.seat.session, self.point.value if self.point else ""
        recipient = f"{self.seat.client_id}:{hashlib.sha256(address.encode()).hexdigest()[:16]}"
        return f"{session.pk}|{stamp(session.starts_at)}|{recipient}|{KIND}|{self.by}"

    @property
    def by(self) -> str:
        """The part of the key that names the rule."""
        return f"{self.rule.code}:{self.rule.channel}"

    def has_gone(self, written: Iterable[Letter]) -> bool:
        """Whether this rule reminded of this start already, be it at an address that another has taken the place of.
        `written` to the same client about the same session."""
        same = (one for one in written if is_of(one, self.seat.session) and one.key.split("|")[4:5] == [self.by])
        return any(has_gone(one) for one in same)


def stamp(moment: datetime) -> str:
    """A moment as it stands in keys."""
    return moment.astimezone(ZoneInfo("UTC")).strftime("%Y%m%dT%H%M%SZ")


def wanted(seats: Sequence[Seat]) -> Iterator[Wanted]:
    """What the rules ask for, seat by seat. Sessions with their place, clients with their contact points are loaded."""
    from sessions.domain import reminder_rules

    rules, practice = reminder_rules.load(seat.client_id for seat in seats), Practice.load()
    for seat in seats:
        for rule in rules.of(seat.session, seat.client_id):
            yield _one(seat, rule, practice)


def _one(seat: Seat, rule: ReminderRule, practice: Practice) -> Wanted:
    due = rule.due_at(seat.session)
    if due >= seat.session.starts_at:
        return Wanted(seat, rule, due, None, _("It would come when the session has begun."))
    if rule.channel == Letter.Channel.TEXT and not texts.are_on():
        return Wanted(seat, rule, due, None, _("Text messages are switched off."))
    point = contacts.best(seat.client, rule.channel)
    if point is None:
        return Wanted(seat, rule, due, None, contacts.hindrance(seat.client, rule.channel))
    hours = quiet.hours(point, practice, seat.session.place.time_zone)
    return Wanted(seat, rule, hours.shifted(due, before=seat.session.starts_at), point, "")


def loaded(sessions: QuerySet[Session] | Iterable[Session]) -> list[Seat]:
    """The seats of these sessions with everything that decides about their reminders."""
    chosen = Q(session__in=sessions) if isinstance(sessions, QuerySet) else Q(session__in=list(sessions))
    found = Seat.objects.filter(chosen).select_related("client", "session__place")
    return list(found.prefetch_related("client__contact_points"))


def plan(
    sessions: QuerySet[Session] | Iterable[Session],
    *,
    now: datetime | None = None,
    again: bool = False,
    seats: Sequence[Seat] | None = None,
) -> list[Letter]:
    """Write what the rules ask for and is not written, take back what they do not ask for and has not left; returns
    what was written. A fixed number of queries. `seats`: of sessions made in this transaction, with everything that
    `loaded` loads; nothing is written about them yet.

    A reminder whose time has passed leaves three minutes from now, once for each client and start, and not where
    another is still to come or has left. `again`: also where one of the same key was taken back before.
    """
    now = now or timezone.now()
    found = loaded(sessions) if seats is None else seats
    by_seat = _by_seat(found) if seats is None else {}
    seats = [seat for seat in found if seat.session.starts_at > now and seat.session.status in OPEN]
    asked: Mapping[UUID, list[Wanted]] = defaultdict(list)
    for one in wanted(seats):
        asked[one.seat.pk].append(one)
    new: list[Letter] = []
    gone: list[UUID] = []
    for seat in seats:
        written = [one for one in by_seat.get((seat.session_id, seat.client_id), ()) if is_of(one, seat.session)]
        new += _missing(asked[seat.pk], written, now, again=again)
        keys = tuple(one.key for one in asked[seat.pk])
        gone += [one.pk for one in written if one.state in WAITING and not one.key.startswith(keys or ("-",))]
    waiting = Letter.objects.filter(pk__in=gone, state__in=WAITING)
    waiting.update(state=Letter.State.CANCELLED, why_not=_("The rules for reminders, or the address, were changed."))
    Letter.objects.bulk_create(new, ignore_conflicts=True)
    return new


def _by_seat(seats: Sequence[Seat]) -> Mapping[tuple[UUID, UUID], list[Letter]]:
    """What is written, by session and client."""
    found: Mapping[tuple[UUID, UUID], list[Letter]] = defaultdict(list)
    about = {seat.session_id for seat in seats}
    for letter in Letter.objects.filter(about__in=about, kind=KIND).select_related("folded_into"):
        if letter.client:
            found[letter.about, letter.client].append(letter)
    return found


def is_of(letter: Letter, session: Session) -> bool:
    """Whether a letter was written for the start that the session has now."""
    return letter.key.split("|")[1:2] == [stamp(session.starts_at)]


def has_gone(letter: Letter) -> bool:
    """It left, or may have, or went with one that did: nobody takes that back."""
    return letter.state in GONE or bool(letter.folded_into and letter.folded_into.state in GONE)


def _missing(asked: Sequence[Wanted], written: Sequence[Letter], now: datetime, *, again: bool) -> Iterator[Letter]:
    """Letters for what one seat is to get and has not."""
    may = [one for one in asked if one.point]
    ahead = [one for one in may if one.due_at > now and not one.has_gone(written)]
    if not ahead and may and not any(has_gone(one) or one.state in WAITING for one in written):
        nearest = max(may, key=lambda one: one.due_at)
        if again or not _rows(nearest, written):
            yield _letter(nearest, written, now)
    for one in ahead:
        if all(row.state == Letter.State.CANCELLED and not row.folded_into for row in _rows(one, written)):
            yield _letter(one, written, now)


def _rows(one: Wanted, written: Sequence[Letter]) -> list[Letter]:
    return [row for row in written if row.key == one.key or row.key.startswith(f"{one.key}|")]


def _letter(one: Wanted, written: Sequence[Letter], now: datetime) -> Letter:
    before, session = len(_rows(one, written)), one.seat.session
    return Letter(
        kind=KIND,
        key=f"{one.key}|{before + 1}" if before else one.key,
        channel=one.rule.channel,
        to=one.point.value if one.point else "",
        about=session.pk,
        client=one.seat.client_id,
        due_at=max(one.due_at, now + post.UNDO),
        not_after=session.starts_at,
    )
