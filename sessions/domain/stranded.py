"""Sessions to come that no longer lie within what their therapist does: listed for a person, never touched."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from practice.models import User
from sessions.domain import free, meeting, therapist_chip
from sessions.domain.calendar import MOVABLE
from sessions.domain.grounds import day_of
from sessions.models import Session


@dataclass(frozen=True, slots=True)
class Stranded:
    """One session, and in a phrase each what is in its way."""

    session: Session
    title: str
    when: str
    reasons: Sequence[str]
    may_move: bool


def of(therapist: User | None, *, reader: User, now: datetime) -> list[Stranded]:
    """What is stranded of one therapist, or of all, as far as this reader may know of it; soonest first. A fixed number
    of queries. What was never recorded, and what is within its days of grace, strands nothing."""
    ahead = Session.objects.visible_to(reader).holding().filter(starts_at__gt=now)
    if therapist:
        ahead = ahead.of(therapist)
    sessions = list(
        ahead.select_related("therapist__clinician", "place", "room", "route").prefetch_related("seats__client")
    )
    frame = free.frame(sessions)
    kept = set(
        Session.objects.kept_by(reader).filter(starts_at__gt=now, status__in=MOVABLE).values_list("pk", flat=True)
    )
    found = []
    for session in sessions:
        reasons = [*_over(session, frame), *frame.outside(session)]
        if reasons:
            when = f"{meeting.day_name(session)}, {meeting.span(session)}"
            found.append(Stranded(session, meeting.title(session), when, reasons, session.pk in kept))
    return found


def _over(session: Session, frame: free.Frame) -> Iterator[str]:
    grace = frame.hours.practice.grace_days if frame.hours.practice else 0
    record, who = frame.records.get(session.therapist_id), session.therapist.called
    for chip in therapist_chip.of(record, who, day_of(session), outdoors=session.is_outdoors, grace=grace):
        if chip.refuses:
            yield chip.text
