"""What the therapist does about the weather: she chooses, and her choice is kept with what she saw."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from practice.domain import audit
from practice.models import User
from practice.rules import Permission, has
from routes.domain.conditions import Decision
from routes.domain.limits import Level
from routes.domain.outing import Person
from sessions.domain.outlook import Sky
from sessions.models import Session, WeatherChoice


class NotNow(Exception):
    """There is nothing to choose about; the message is a sentence for the screen."""


class LookAgain(Exception):
    """What was shown has changed since; the message is a sentence for the screen."""


class NeedsWords(Exception):
    """Less careful than the limits say, and no words; the message is a sentence for the screen."""


def may_choose(user: User, session: Session) -> bool:
    """The therapist of the session, as long as it holds its time."""
    return has(user, Permission.WRITE_NOTES) and session.therapist_id == user.pk and session.holds_its_slot


def shown(sky: Sky, decision: Decision) -> dict[str, Any]:
    """What a page shows of a decision, as it is frozen with a choice: level, figures and limits, source and hour."""
    return {
        "level": decision.level,
        "source": sky.weather.source,
        "fetched_at": sky.weather.fetched_at.isoformat() if sky.weather.fetched_at else None,
        "findings": [
            {
                "hazard": one.hazard,
                "level": one.level,
                "value": one.value,
                "unit": one.unit,
                "limit": one.limit,
                "basis": one.basis,
                "at": one.at.isoformat() if one.at else None,
            }
            for one in decision.findings
        ],
    }


def seen(what: dict[str, Any]) -> str:
    """A short name of what was shown, which goes with the form and comes back with it. The same figures that were
    fetched again are the same."""
    figures = {name: value for name, value in what.items() if name != "fetched_at"}
    return hashlib.sha256(audit.canonical(figures).encode()).hexdigest()[:16]


def is_less_careful(choice: str, said: Level) -> bool:
    """Whether a choice asks for less than the limits do. Unknown asks for as much as a change does."""
    return Level(choice).rank < said.rank


def choose(
    session: Session, sky: Sky | None, person: Person, *, choice: str, words: str, saw: str, by: User, now: datetime
) -> WeatherChoice:
    """Keep a choice. Less careful than what is said it needs words; more careful never does.

    Raises `NotNow`, `LookAgain` when what she saw is no longer what is known, `NeedsWords`.
    """
    if sky is None or not session.holds_its_slot:
        raise NotNow(_("The weather of this session is not looked up now, so there is nothing to choose."))
    decision = sky.decide(person)
    what = shown(sky, decision)
    if seen(what) != saw:
        raise LookAgain(_("What is known of the weather has changed meanwhile. Please look once more."))
    if is_less_careful(choice, decision.level) and not words.strip():
        raise NeedsWords(_("This is less careful than the limits say: write in a few words why."))
    clients = [seat.client_id for seat in session.seats.all()]
    made = WeatherChoice(
        session=session,
        starts_at=session.starts_at,
        by=by,
        at=now,
        choice=choice,
        said=decision.level,
        shown=what,
        subject=min(clients, default=session.pk),
    )
    made.words = words.strip()
    with transaction.atomic():
        made.save(force_insert=True)
        audit.record("weather.chosen", by=by, subject=made.subject, detail={"session": str(session.pk)})
    return made


def earlier(session: Session) -> list[WeatherChoice]:
    """Every choice about a session, the newest first."""
    return list(session.weather_choices.select_related("by"))
