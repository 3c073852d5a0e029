"""Three minutes in which a move can be taken back: what that needs is kept with the log-in."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from practice.domain import post
from sessions.domain import meeting, moving
from sessions.models import Session

KEY = "moved"


def remember(request: HttpRequest, was: dict[str, Any], moved: Session) -> None:
    """Keep with this log-in where a session came from, for as long as the move can be undone; the newest move alone."""
    until = (timezone.now() + post.UNDO).isoformat()
    request.session[KEY] = was | {
        "until": until, "now_at": moved.starts_at.isoformat(), "now_minutes": moved.minutes,
        "now_with": str(moved.therapist_id),
        "words": f"{meeting.title(moved)}: {moving.where(moved)}",
    }  # fmt: skip


def to_undo(request: HttpRequest, *, now: datetime) -> dict[str, Any] | None:
    """The move that this log-in can still undo."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    return kept if kept and datetime.fromisoformat(kept["until"]) > now else None


def is_there(session: Session, kept: dict[str, Any]) -> bool:
    """Whether nobody moved, stretched or gave it away since."""
    there = datetime.fromisoformat(kept["now_at"]), kept["now_minutes"], kept["now_with"]
    return (session.starts_at, session.minutes, str(session.therapist_id)) == there
