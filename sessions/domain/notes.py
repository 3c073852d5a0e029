"""The note of one client's session: drafted, saved without overwriting, signed, locked."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from practice.domain import audit
from practice.models import User
from practice.rules import Permission, has
from sessions.models import Note, Seat, Session

SECTIONS: dict[str, Promise] = {
    "focus": _("What it was about"),
    "interventions": _("What I did"),
    "response": _("The response"),
    "risk": _("Risk, as asked and judged"),
    "plan": _("What comes next"),
    "for_client": _("Words for the summary"),
}
TO_SIGN = ("interventions", "response", "risk", "plan")
"""What must be said before signing, with start and stop (progress note: domain reference, 9.1)."""
MEASURES = re.compile(
    r"""\b(?:
        \d+(?:[.,]\d+)?\ ?(?:kgs?|kilos?|lbs?|bpm|kcals?)  # 4 kg
        | \d{1,2}:\d\d\ ?(?:/|per|an?|each)\ ?(?:kms?|kilomet(?:re|er)s?|mi|miles?)  # 5:30 per km
        | pac(?:e|es|ing) | mile\ times? | min/(?:km|mi) | km/h | mph | bpm | heart\ rate
        | kgs? | kilos? | kcals? | calories? | weighs? | weighed | weight | bmi | body\ mass
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
LONGEST = timedelta(hours=12)


class Overtaken(Exception):
    """Another window saved meanwhile: `note` is what it saved; nothing was overwritten."""

    def __init__(self, note: Note) -> None:
        self.note = note
        super().__init__("saved elsewhere")


class Locked(Exception):
    """The note is signed. `note` is what it says."""

    def __init__(self, note: Note) -> None:
        self.note = note
        super().__init__("signed")


class NotNow(Exception):
    """The session is cancelled or has not begun; the message is a sentence for the screen."""


class NotReady(Exception):
    """Something needed for signing is missing."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__(", ".join(missing))


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the form: when the talking was, and the sections."""

    content: dict[str, str]
    started_at: datetime | None
    stopped_at: datetime | None


def may_write(user: User, seat: Seat) -> bool:
    """The therapist of the session writes its notes."""
    return has(user, Permission.WRITE_NOTES) and seat.session.therapist_id == user.pk


def may_read(user: User, seat: Seat, note: Note) -> bool:
    """The author always; others who may read the chart once it is signed."""
    if note.author_id == user.pk and has(user, Permission.WRITE_NOTES):
        return True
    return note.is_locked and Client.objects.charted_by(user).filter(pk=seat.client_id).exists()


def save(seat: Seat, written: Written, *, version: int, by: User) -> Note:
    """Keep a draft. `version` is the one the writer saw. Raises `Overtaken` when it is not the newest, `Locked`."""
    with transaction.atomic():
        Seat.objects.select_for_update().get(pk=seat.pk)
        note = Note.objects.filter(seat=seat).first()
        if note is None:
            note = Note(seat=seat, author=by)
        else:
            note.seat = seat
        if note.is_locked:
            raise Locked(note)
        if note.version != version:
            raise Overtaken(note)
        _fill(note, written)
        if note._state.adding:
            note.save(force_insert=True)
        else:
            note.save(update_fields=["version", "started_at", "stopped_at", "content_sealed", "saved_at"])
    return note


def _fill(note: Note, written: Written) -> None:
    note.version += 1
    note.content = {key: written.content.get(key, "").strip() for key in SECTIONS}
    note.started_at, note.stopped_at = written.started_at, written.stopped_at


def missing(note: Note) -> list[str]:
    """What is needed before signing and not there: keys of sections, `times`."""
    content = note.content
    lacking = [key for key in TO_SIGN if not content.get(key, "").strip()]
    if not note.started_at or not note.stopped_at or note.stopped_at <= note.started_at:
        lacking.insert(0, "times")
    return lacking


def measures(content: dict[str, str]) -> list[str]:
    """Words that measure a body, as they stand in a note: are they needed?"""
    found = MEASURES.findall(" ".join(content.values()))
    return sorted({word.lower() for word in found})


def sign(note: Note, *, by: User, now: datetime | None = None) -> Note:
    """Sign this version: from now on nothing in it changes, and the session took place.

    Raises `NotNow`, `NotReady`, `Locked`, and `Overtaken` when another window saved meanwhile.
    """
    with transaction.atomic():
        seat = Seat.objects.select_for_update(of=("self",)).select_related("session", "client").get(pk=note.seat_id)
        seen, note = note.version, Note.objects.get(pk=note.pk)
        note.seat = seat
        if note.is_locked:
            raise Locked(note)
        if note.version != seen:
            raise Overtaken(note)
        _refuse_out_of_time(seat.session, now or timezone.now())
        if lacking := missing(note):
            raise NotReady(lacking)
        note.status, note.signed_at = Note.Status.SIGNED, timezone.now()
        note.save(update_fields=["status", "signed_at"])
        if seat.session.status in (Session.Status.BOOKED, Session.Status.ARRIVED):
            seat.session.status = Session.Status.KEPT
            seat.session.save(update_fields=["status"])
        audit.record("note.signed", by=by, subject=seat.client_id, detail={"note": str(note.pk)})
    return note


def _refuse_out_of_time(session: Session, now: datetime) -> None:
    if session.status == Session.Status.CANCELLED:
        raise NotNow(_("This session was cancelled: there is nothing to sign."))
    if session.starts_at > now:
        raise NotNow(_("This session has not begun. Sign when it is over; what you wrote is kept as a draft."))


def signed_of(client: Client) -> list[Note]:
    """Every signed note of a client, oldest first, with session, place and route loaded."""
    return list(
        Note.objects.filter(seat__client=client, status=Note.Status.SIGNED)
        .select_related("seat__client", "seat__session__place", "seat__session__room", "seat__session__route", "author")
        .order_by("seat__starts_at")
    )
