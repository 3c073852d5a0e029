"""“I am here” and “ten minutes late”, both ways: said with one tap, seen by the other side until the session ends."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from practice.domain import audit, words
from practice.models import User
from sessions.domain.chip import LOOK, NOTE, Chip
from sessions.models import Seat, Session

HERE, LATE = "here", "late"
OPENS = timedelta(minutes=60)
"""So long before the start it can be said (ours)."""
WHEN = {HERE: "here_at", LATE: "late_at"}


def is_open(session: Session, *, now: datetime) -> bool:
    """From an hour before the start until the end, while it is booked."""
    stands = session.status in (Session.Status.BOOKED, Session.Status.ARRIVED)
    return stands and session.starts_at - OPENS <= now < session.ends_at


def say(seat: Seat, what: str, *, now: datetime) -> None:
    """What she tells her therapist from the page behind her reminder."""
    setattr(seat, WHEN[what], now)
    seat.save(update_fields=[WHEN[what]])
    audit.record(f"session.client_{what}", by=None, subject=seat.client_id, detail={"session": str(seat.session_id)})


def tell(session: Session, what: str, *, by: User, now: datetime) -> None:
    """What the therapist tells whoever comes."""
    field = f"therapist_{WHEN[what]}"
    setattr(session, field, now)
    session.save(update_fields=[field])
    audit.record(f"session.therapist_{what}", by=by, detail={"session": str(session.pk)})


def _said(session: Session, here: datetime | None, late: datetime | None) -> str:
    """The last thing that was said about this start: after a move, what was said before counts no more."""
    counting = [(at, what) for at, what in ((here, HERE), (late, LATE)) if at and _counts(session, at)]
    return max(counting)[1] if counting else ""


def _counts(session: Session, at: datetime) -> bool:
    return session.starts_at - OPENS <= at < session.ends_at


def of_seat(session: Session, seat: Seat) -> str:
    """here, late, or nothing yet."""
    return _said(session, seat.here_at, seat.late_at)


def of_therapist(session: Session) -> str:
    """The same of the therapist."""
    return _said(session, session.therapist_here_at, session.therapist_late_at)


def words_of_therapist(session: Session) -> str:
    """“Anna is here.”, for her page behind the link."""
    named = {"name": session.therapist.called}
    said = {HERE: _("%(name)s is here.") % named, LATE: _("%(name)s will be ten minutes late.") % named}
    return said.get(of_therapist(session), "")


def on_page(seat: Seat, *, now: datetime) -> dict[str, object]:
    """What her pages show of it: whether she can say it, on the day from when on, what she said, and her therapist."""
    session = seat.session
    zone, opens = session.place.time_zone, session.starts_at - OPENS
    is_today = now.astimezone(ZoneInfo(zone)).date() == session.starts_at.astimezone(ZoneInfo(zone)).date()
    return {
        "may_arrive": is_open(session, now=now),
        "may_arrive_from": words.clock(opens, zone) if is_today and now < opens else "",
        "arrived": of_seat(session, seat),
        "therapist_says": words_of_therapist(session),
    }


def chips(session: Session, seats: Iterable[Seat], *, now: datetime) -> tuple[Chip, ...]:
    """What clients have said, for the strip of a session; with names where several come."""
    if session.ends_at <= now:
        return ()
    seats, found = list(seats), []
    for seat in seats:
        what = of_seat(session, seat)
        if what:
            word = _("is here") if what == HERE else _("ten minutes late")
            text = f"{seat.client.called_name}: {word}" if len(seats) > 1 else word
            tone, icon = (NOTE, "map-pin") if what == HERE else (LOOK, "clock-fading")
            found.append(Chip("arriving", tone, icon, text))
    return tuple(found)
