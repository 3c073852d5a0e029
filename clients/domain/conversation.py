"""That an agreement was talked through: the conversation is what counts, and the paper shows that there was one."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction

from clients.domain import consent, steps
from clients.models import Consent
from practice.domain import audit
from practice.models import User


@dataclass(frozen=True, slots=True)
class Talked:
    """One conversation: the day, with whom, what was asked and answered, who interpreted, in which language."""

    day: date
    who: str
    asked: str = ""
    interpreter: str = ""
    language: str = ""


@transaction.atomic
def record(asked: Consent, talked: Talked, *, by: User) -> None:
    """Keep a conversation as a step, sealed, before or after the signature. Who wanted to talk first has talked.

    What was asked is for the chart alone: the evidence says that there was a conversation, and on which day. Raises
    NotOpen for an asking that was overtaken or ran out.
    """
    row = consent.locked(asked)
    if row.status in (Consent.Status.REPLACED, Consent.Status.EXPIRED):
        raise consent.NotOpen(row)
    kept: dict[str, Any] = {name: said for name, said in asdict(talked).items() if said}
    kept["day"] = talked.day.isoformat()
    if row.status == Consent.Status.TALK:
        row.status = Consent.Status.ASKED
        row.save(update_fields=["status"])
    steps.add(row, consent.Kind.CONVERSATION, by=by, **kept)
    audit.record("consent.talked_through", by=by, subject=row.client_id, detail={"consent": str(row.pk)})
