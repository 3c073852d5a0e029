"""When a therapist is free for a service, and what of a session lies outside her hours or over what she does in a day.

For whoever works here the second is a soft warning; what a client may ask for is one of the first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client
from practice.domain import hours
from practice.models import OUTDOOR, ClinicianRecord, Place, Service, User
from sessions.models import Seat, Session

STEP = timedelta(minutes=15)
"""Starts that are offered lie on quarters of an hour; the clocks of every zone differ from UTC by whole quarters."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """A start that fits, at a place. `ends_at` is without buffers."""

    starts_at: datetime
    ends_at: datetime
    place: Place

    @property
    def day(self) -> date:
        """The day on the clocks of the place."""
        return self.starts_at.astimezone(ZoneInfo(self.place.time_zone)).date()


@dataclass(frozen=True, slots=True)
class Frame:
    """What therapists may do on some days, and what they do: hours, records, and sessions that hold their slot."""

    hours: hours.Hours
    records: dict[UUID, ClinicianRecord]
    held: Sequence[Session]

    def outside(self, session: Session) -> list[str]:
        """Why a session does not lie within the hours and caps of its therapist, a phrase each; none when it
        does."""
        return [*self._hours(session), *self._caps(session)]

    def _hours(self, session: Session) -> Iterator[str]:
        day, who = _day(session.starts_at, session.place), session.therapist.called
        found = self.hours.open(session.therapist_id, day)
        within = [one for one in found if one.starts <= session.starts_at and session.ends_at <= one.ends]
        if any(one.place == session.place for one in within):
            return
        away = self.hours.away(session.therapist_id, day)
        met = [one for one in away if hours.overlap(day, one, session.place, session.starts_at, session.ends_at)]
        if within:
            yield _("%(name)s works at %(place)s then") % {"name": who, "place": within[0].place.name}
        elif name := self.hours.holiday(day):
            yield _("The practice is closed that day: %(holiday)s") % {"holiday": name}
        elif any(one.therapist_id is None for one in met):
            yield _("The practice is closed then")
        elif met:
            yield _("%(name)s is away then") % {"name": who}
        elif self.hours.are_known(session.therapist_id):
            yield _("Outside the hours of %(name)s") % {"name": who}

    def _caps(self, session: Session) -> Iterator[str]:
        record = self.records.get(session.therapist_id)
        day, who = _day(session.starts_at, session.place), session.therapist.called
        others = [one for one in self.of(session.therapist_id, day) if one.pk != session.pk]
        if record and record.sessions_a_day is not None and len(others) >= record.sessions_a_day:
            most = ngettext("%(count)s session", "%(count)s sessions", record.sessions_a_day)
            at_most = most % {"count": record.sessions_a_day}
            yield _("More than %(name)s does in a day: at most %(most)s") % {"name": who, "most": at_most}
        if record and record.outdoor_minutes_a_day is not None and session.is_outdoors:
            total = sum(_outdoors(one) for one in others) + _outdoors(session)
            if total > record.outdoor_minutes_a_day:
                said = {"name": who, "most": record.outdoor_minutes_a_day, "minutes": total}
                yield _("%(minutes)s minutes outdoors that day; %(name)s does at most %(most)s") % said

    def of(self, therapist: UUID, day: date) -> list[Session]:
        """What holds its slot with her on a day of its place."""
        return [one for one in self.held if one.therapist_id == therapist and _day(one.starts_at, one.place) == day]


def _day(moment: datetime, place: Place) -> date:
    return moment.astimezone(ZoneInfo(place.time_zone)).date()


def _outdoors(session: Session) -> int:
    return session.minutes - session.indoor_minutes if session.is_outdoors else 0


def frame(sessions: Iterable[Session]) -> Frame:
    """What these sessions, saved or not, are held against. As many queries for one as for many, where the therapist is
    loaded with her record."""
    asked = list(sessions)
    days = [_day(one.starts_at, one.place) for one in asked]
    if not days:
        return Frame(hours.Hours(None, [], []), {}, [])
    who = {one.therapist_id: one.therapist for one in asked}
    records = {pk: one.clinician for pk, one in who.items() if hasattr(one, "clinician")}
    capped = [pk for pk, one in records.items() if (one.sessions_a_day, one.outdoor_minutes_a_day) != (None, None)]
    held = _held(Q(therapist__in=capped), min(days), max(days)) if capped else []
    return Frame(hours.load(who, first=min(days), last=max(days)), records, held)


def outside(session: Session) -> list[str]:
    """Why one session, saved or not, does not lie within the hours and caps of its therapist, a phrase
    each."""
    return frame([session]).outside(session)


def times(
    therapist: User,
    service: Service,
    *,
    first: date,
    last: date,
    now: datetime,
    clients: Sequence[Client] = (),
    mode: str = "",
) -> list[Slot]:
    """Every start from the first day to the last at which the service fits with its buffers into her open hours, over
    nothing that holds a slot for her or for these clients, within her caps. `mode` is how it would be met, where that
    is chosen. A fixed number of queries."""
    found = hours.load([therapist], first=first, last=last)
    seated = Exists(Seat.objects.filter(session=OuterRef("pk"), client__in=[one.pk for one in clients]))
    held = _held(Q(therapist=therapist.pk) | Q(seated), first, last)
    record = ClinicianRecord.objects.filter(pk=therapist.pk).first()
    whole = Frame(found, {record.pk: record} if record else {}, held)
    slots: list[Slot] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if _is_full(whole, therapist, service, day, {mode} if mode else set(service.modes)):
            continue
        for span in found.open(therapist, day):
            near = [one for one in held if one.blocked_from < span.ends and span.starts < one.blocked_until]
            starts = (one for one in _starts(span, service) if one.starts_at > now)
            slots += (one for one in starts if _fits(one, near, service, therapist))
    return sorted(slots, key=lambda one: one.starts_at)


def _held(whose: Q, first: date, last: date) -> list[Session]:
    """What holds its slot between two days of any zone."""
    midnight = datetime.min.time()
    start = datetime.combine(first, midnight, UTC) - A_DAY
    end = datetime.combine(last, midnight, UTC) + 2 * A_DAY
    return list(
        Session.objects.holding()
        .filter(whose, starts_at__gte=start, starts_at__lt=end)
        .select_related("place")
        .only("therapist", "place", "mode", "indoor_minutes", "starts_at", "ends_at", "blocked_from", "blocked_until")
    )


def _is_full(whole: Frame, therapist: User, service: Service, day: date, modes: set[str]) -> bool:
    """Whether one more of this service would be over a cap; one that can also be held indoors, of these modes, is not
    held to minutes outdoors."""
    record, others = whole.records.get(therapist.pk), whole.of(therapist.pk, day)
    if record is None:
        return False
    if record.sessions_a_day is not None and len(others) >= record.sessions_a_day:
        return True
    if record.outdoor_minutes_a_day is None or not modes <= OUTDOOR:
        return False
    total = sum(_outdoors(one) for one in others) + service.minutes - service.indoor_minutes
    return total > record.outdoor_minutes_a_day


def _starts(span: hours.Span, service: Service) -> Iterator[Slot]:
    """Quarters of an hour at which the service fits into a span with its buffers."""
    before, after = _buffers(service)
    length = timedelta(minutes=service.minutes)
    earliest = span.starts + before
    start = earliest + (datetime.min.replace(tzinfo=UTC) - earliest) % STEP
    while start + length + after <= span.ends:
        yield Slot(start, start + length, span.place)
        start += STEP


def _buffers(service: Service) -> tuple[timedelta, timedelta]:
    """What is kept free before, and after."""
    travel = timedelta(minutes=service.travel_minutes)
    return travel, travel + timedelta(minutes=service.note_minutes)


def _fits(slot: Slot, held: Sequence[Session], service: Service, therapist: User) -> bool:
    """Over nothing: with her sessions neither buffer may overlap, with those of the clients the session itself."""
    before, after = _buffers(service)
    for one in held:
        hers = one.therapist_id == therapist.pk
        starts, ends = (one.blocked_from, one.blocked_until) if hers else (one.starts_at, one.ends_at)
        lead, tail = (before, after) if hers else (timedelta(0), timedelta(0))
        if starts < slot.ends_at + tail and slot.starts_at - lead < ends:
            return False
    return True
