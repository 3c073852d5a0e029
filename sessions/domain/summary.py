"""The summary: a letter about where two people met and what they agreed to write down, made of signed notes only."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from clients.models import Client
from practice.domain import audit, crisis, papers
from practice.models import Paper, Practice, User
from sessions.domain import meeting, notes
from sessions.models import Note, Session

KIND = "summary"
HERS = (KIND, "consent")
"""Kinds of papers that a client may take home from her own page."""


class NothingSigned(Exception):
    """There is no signed note yet."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One line of “Where we met”, and the words kept for the client."""

    date: str
    place: str
    how: str
    minutes: int
    words: str


def make(client: Client, *, by: User) -> Paper:
    """Render the letter, keep it as a paper of the client. Raises `NothingSigned`."""
    from practice.domain import printing

    signed = notes.signed_of(client)
    if not signed:
        raise NothingSigned
    audit.record("summary.made", by=by, subject=client.pk, detail={"notes": len(signed)})
    number = papers.new_number()
    context = contents(client, signed, by=by, number=number)
    data = printing.pdf("pdf/summary.html", context)
    return papers.keep(
        subject=client.pk,
        kind=KIND,
        title=str(context["title"]),
        data=data,
        media_type="application/pdf",
        by=by,
        number=number,
    )


def contents(client: Client, signed: list[Note], *, by: User, number: str) -> dict[str, Any]:
    """What stands in the letter."""
    practice = Practice.load()
    meetings = [_meeting(note) for note in signed]
    return {
        "practice": practice,
        "client": client,
        "author": by,
        "document_id": number,
        "private_for": client.name,
        "title": title(len(meetings)),
        "date": formats.date_format(timezone.localdate(), "j F Y"),
        "meetings": meetings,
        "said": [one for one in meetings if one.words],
        "crisis_lines": crisis.lines(practice.country),
        "emergency": crisis.emergency_number(practice.country),
        "years": len({note.seat.starts_at.year for note in signed}) > 1,
    }


def title(count: int) -> str:
    """“Our first seven sessions”."""
    if count == 1:
        return _("Our first session")
    spelled = {
        2: _("Our first two sessions"),
        3: _("Our first three sessions"),
        4: _("Our first four sessions"),
        5: _("Our first five sessions"),
        6: _("Our first six sessions"),
        7: _("Our first seven sessions"),
        8: _("Our first eight sessions"),
        9: _("Our first nine sessions"),
    }
    return spelled.get(count, _("Our sessions so far"))


def _meeting(note: Note) -> Meeting:
    session = note.seat.session
    local = session.starts_at.astimezone(ZoneInfo(session.place.time_zone)).date()
    pattern = "j F" if local.year == timezone.localdate().year else "j F Y"
    return Meeting(
        date=str(formats.date_format(local, pattern)),
        place=meeting.where(session),
        how=meeting.how(session),
        minutes=_minutes(note, session),
        words=note.content.get("for_client", ""),
    )


def _minutes(note: Note, session: Session) -> int:
    if note.started_at and note.stopped_at:
        return int((note.stopped_at - note.started_at).total_seconds() // 60)
    return session.minutes
