"""Three minutes in which what was done can be taken back: what that needs is kept with the log-in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from practice.domain import post
from sessions.domain import meeting, moving, taking_back
from sessions.domain.taking_back import Was
from sessions.models import Session

KEY = "undo"
MOVED, CANCELLED, SENT = "moved", "cancelled", "sent"
"""What was done: in the calendar, on the page of a session, or from the storm board."""


def remember(request: HttpRequest, what: str, done: Sequence[Was], words: str) -> None:
    """Keep with this log-in what takes it back, for three minutes from before it was done; the newest alone."""
    if done:
        until = min(datetime.fromisoformat(was["at"]) for was in done) + post.UNDO
        request.session[KEY] = {"what": what, "until": until.isoformat(), "words": words, "done": list(done)}


def remember_one(request: HttpRequest, what: str, was: Was, session: Session) -> None:
    """The same of one session, as it was and as it is now."""
    done = taking_back.after(was, session)
    remember(request, what, [done] if done else [], f"{meeting.title(session)}: {moving.where(session)}")


def forget(request: HttpRequest) -> None:
    """It was taken back."""
    request.session.pop(KEY, None)


def to_undo(request: HttpRequest, *, now: datetime, session: Session | None = None, what: str = "") -> Any:
    """What this log-in can still undo; of one session, or of one kind, where that is asked."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    if kept is None or datetime.fromisoformat(kept["until"]) <= now or what not in ("", kept["what"]):
        return None
    if session and str(session.pk) not in [was["session"] for was in kept["done"]]:
        return None
    return kept
