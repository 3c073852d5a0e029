"""Two sessions that want the same person or room: who and when, in words that this reader may know."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cached_property, partial
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from practice.domain import words
from practice.models import User
from sessions.domain import meeting
from sessions.models import Session


class Taken(StrEnum):
    """What is taken. Names of the exclusion constraints that say so."""

    THERAPIST = "session_therapist_is_free"
    ROOM = "session_room_is_free"
    CLIENT = "seat_client_is_free"


class Clash(Exception):
    """The slot is taken. `other` is the session that has it, or None when it was gone again. A transaction that the
    database refused answers no more: who has the slot is looked up when that is asked for, and it is over."""

    def __init__(self, taken: Taken, session: Session, other: Session | Callable[[], Session | None] | None) -> None:
        self.taken, self.session, self._found = taken, session, other
        super().__init__(taken.value)

    @cached_property
    def other(self) -> Session | None:
        """Loaded with its therapist, place and room."""
        return self._found if self._found is None or isinstance(self._found, Session) else self._found()

    def words(self, reader: User, *, seen: bool | None = None) -> str:
        """One sentence; names of clients only where the reader may see that session anyway. `seen` says whether she
        may, when that was looked up for many."""
        zone = self.session.place.time_zone
        if self.other is None:
            return not_then()
        at = {"start": words.clock(self.other.starts_at, zone), "end": words.clock(self.other.ends_at, zone)}
        if self.taken == Taken.ROOM:
            return _("%(room)s is taken from %(start)s to %(end)s.") % (at | {"room": self.other.room})
        if self.taken == Taken.CLIENT:
            return _("A client of this session has another one from %(start)s to %(end)s.") % at
        return self._of_therapist(self.other, reader, seen)

    def _of_therapist(self, other: Session, reader: User, seen: bool | None) -> str:
        zone = self.session.place.time_zone
        at = {
            "who": self.session.therapist.called,
            "start": words.clock(other.blocked_from, zone),
            "end": words.clock(other.blocked_until, zone),
        }
        if seen is None:
            seen = Session.objects.visible_to(reader).filter(pk=other.pk).exists()
        if not seen:
            return _("%(who)s is taken from %(start)s to %(end)s.") % at
        at["client"] = meeting.title(other)
        return _("%(who)s is with %(client)s then; the time from %(start)s to %(end)s is taken.") % at


def not_then() -> str:
    """All that is said when there is nothing more to say, or nothing more may be said."""
    return _("That time cannot be had. Please choose another.")


def from_refusal(error: IntegrityError, session: Session, clients: Sequence[UUID]) -> Exception:
    """The `Clash` behind a refusal of the database (23P01); any other refusal comes back as it is."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    if getattr(error.__cause__, "sqlstate", "") != "23P01" or name not in set(Taken):
        return error
    return Clash(Taken(name), session, partial(_holder, Taken(name), session, clients))


def _holder(taken: Taken, session: Session, clients: Sequence[UUID]) -> Session | None:
    """What has run out was let go of before it was refused, and that was taken back with the rest."""
    over = Session.objects.run_out(timezone.now()).values("pk")
    others = Session.objects.holding().exclude(pk=session.pk).exclude(pk__in=over)
    apart = Q(starts_at__lt=session.ends_at, ends_at__gt=session.starts_at)
    if taken == Taken.THERAPIST:
        apart = Q(blocked_from__lt=session.blocked_until, blocked_until__gt=session.blocked_from)
        others = others.filter(therapist=session.therapist_id)
    elif taken == Taken.ROOM:
        others = others.filter(room=session.room_id)
    else:
        others = others.filter(seats__client__in=clients)
    return others.filter(apart).select_related("therapist", "place", "room").first()


def over_doubled(session: Session, other: Session, clients: Sequence[UUID]) -> Clash:
    """A clash that no constraint sees, because one of the two is a deliberate double booking."""
    if session.room_id and other.room_id == session.room_id:
        return Clash(Taken.ROOM, session, other)
    if other.seats.filter(client__in=clients).exists():
        return Clash(Taken.CLIENT, session, other)
    return Clash(Taken.THERAPIST, session, other)
