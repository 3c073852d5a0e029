"""The suicide questions: asked by a clinician in person, written down at once, acted on in the same contact."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from clients.domain import alerts, results, screening
from clients.domain.contacts import TWICE
from clients.domain.instruments import Answers, shipped
from clients.models import Client, Screening
from practice.domain import audit
from practice.models import User

KIND = "asq"
RECENT = timedelta(days=30)
SETTLED, OPEN = "settled", "open"
ACUTE = "acute_positive"


@transaction.atomic
def record(client: Client, answers: Answers, *, manner: str, by: User, now: datetime | None = None) -> Screening:
    """Keep what was answered. When it is acute, the cover list gets a letter at once, without a clinical word."""
    instrument = shipped()[KIND]
    now = now or timezone.now()
    given = screening.clean(instrument, answers)
    Client.objects.select_for_update().get(pk=client.pk)
    if before := _just_recorded(client, given, manner, by, now):
        return before
    made = Screening(
        client=client,
        kind=KIND,
        versions={KIND: instrument.version},
        language=client.language,
        manner=manner,
        status=Screening.Status.SUBMITTED,
        asked_by=by,
        read_by=by,
        asked_at=now,
        submitted_at=now,
        seen_at=now,
    )
    made.answers = {KIND: given}
    results.seal(made)
    made.save(force_insert=True)
    audit.record("asq.recorded", by=by, subject=client.pk, detail={"screening": str(made.pk), "manner": manner})
    if outcome(made) == ACUTE:
        alerts.asked_in_person(made, by=by)
    return made


def _just_recorded(client: Client, given: Answers, manner: str, by: User, now: datetime) -> Screening | None:
    """The same answers written down by the same person a moment ago: the button was pressed twice."""
    made = latest(client)
    if made is None or (made.asked_by_id, made.manner) != (by.pk, manner) or made.asked_at <= now - TWICE:
        return None
    return made if made.answers.get(KIND) == given else None


@transaction.atomic
def settle(made: Screening, *, told: str, safety: str, by: User) -> Screening:
    """Write down who was told, and whether what keeps the client safe is settled. May be said again later.

    It lies beside the answers, which stand as they were given, and after what was written down before.
    """
    locked = Screening.objects.select_for_update().get(pk=made.pk)
    said = {"told": told, "safety": safety, "by": str(by.pk), "at": timezone.now().isoformat(timespec="seconds")}
    locked.told = [*locked.told, said]
    locked.save(update_fields=["told_sealed"])
    audit.record("asq.told", by=by, subject=made.client_id, detail={"screening": str(made.pk)})
    return locked


def outcome(made: Screening) -> str:
    """negative, non_acute_positive or acute_positive."""
    return outcomes([made])[0]


def outcomes(of_one_client: Sequence[Screening]) -> list[str]:
    """The outcome of each of these."""
    texts: list[str] = Screening.answers_text.read_each(of_one_client)
    answers = [json.loads(text).get(KIND, {}) if text else {} for text in texts]
    return [screening.score(shipped()[KIND], one).outcome for one in answers]


def told(made: Screening) -> dict[str, Any]:
    """Who was told last, and whether safety is settled; empty before it was written down."""
    if made.told_sealed:
        return made.told[-1]
    earlier: dict[str, Any] = made.answers.get("record", {})  # rows of before there was a place of its own
    return earlier


def latest(client: Client) -> Screening | None:
    """The newest time the suicide questions were asked."""
    return Screening.objects.answered().filter(client=client, kind=KIND).first()


def all_of(client: Client) -> tuple[Screening, ...]:
    """Every time the suicide questions were asked, the newest first."""
    return tuple(Screening.objects.answered().filter(client=client, kind=KIND))


def is_open(made: Screening, *, on: date) -> bool:
    """Positive within the last 30 days, and not written down as settled. Nothing written down is not settled."""
    return open_one([made], on=on) == made and not _is_old(made, on)


def open_one(asked: Sequence[Screening], *, on: date) -> Screening | None:
    """The newest that still asks for safety to be settled; a later "no" does not settle an earlier answer.

    Positive counts for 30 days, acute until it is settled.
    """
    for made, result in zip(asked, outcomes(asked), strict=True):
        asks = result == ACUTE or (result != "negative" and not _is_old(made, on))
        if asks and told(made).get("safety") != SETTLED:
            return made
    return None


def acute_unsettled(asked: Sequence[Screening]) -> bool:
    """Whether any acute answer is not written down as settled."""
    acute = (made for made, result in zip(asked, outcomes(asked), strict=True) if result == ACUTE)
    return any(told(made).get("safety") != SETTLED for made in acute)


def _is_old(made: Screening, on: date) -> bool:
    return made.submitted_at is None or on - made.submitted_at.date() > RECENT
