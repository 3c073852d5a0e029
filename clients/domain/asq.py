"""The suicide questions: asked by a clinician in person, written down at once, acted on in the same contact.

What was positive stays open until a safety assessment settles it (`clients.domain.safety`). Rows of before there were
assessments may say so themselves: they were settled by a few words about who was told.
"""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from clients.domain import screening
from clients.domain.contacts import TWICE
from clients.domain.instruments import Answers, shipped
from clients.models import Client, SafetyAssessment, Screening
from practice.domain import audit, post
from practice.models import CoverPerson, User

KIND = "asq"
RECENT = timedelta(days=30)
SETTLED = "settled"
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
    made.save(force_insert=True)
    audit.record("asq.recorded", by=by, subject=client.pk, detail={"screening": str(made.pk), "manner": manner})
    if outcome(made) == ACUTE:
        _alert(made)
    return made


def _just_recorded(client: Client, given: Answers, manner: str, by: User, now: datetime) -> Screening | None:
    """The same answers written down by the same person a moment ago: the button was pressed twice."""
    made = latest(client)
    if made is None or (made.asked_by_id, made.manner) != (by.pk, manner) or made.asked_at <= now - TWICE:
        return None
    return made if made.answers.get(KIND) == given else None


def _alert(made: Screening) -> None:
    """To everyone who covers. The letters name no client, not even by id: they are about a colleague."""
    for cover in CoverPerson.objects.select_related("user"):
        key = f"please_ring:{made.pk}:{cover.user_id}"
        post.write("please_ring", key=key, to=cover.user.email, about=made.pk)


def outcome(made: Screening) -> str:
    """negative, non_acute_positive or acute_positive."""
    return outcomes([made])[0]


def outcomes(of_one_client: Sequence[Screening]) -> list[str]:
    """The outcome of each of these."""
    texts: list[str] = Screening.answers_text.read_each(of_one_client)
    answers = [json.loads(text).get(KIND, {}) if text else {} for text in texts]
    return [screening.score(shipped()[KIND], one).outcome for one in answers]


def told(made: Screening) -> dict[str, Any]:
    """What a row of before there were assessments says of who was told, and whether safety is settled; else empty."""
    if made.told_sealed:
        return made.told[-1]
    earlier: dict[str, Any] = made.answers.get("record", {})  # rows of before there was a place of its own
    return earlier


def is_settled(made: Screening) -> bool:
    """Whether the newest safety assessment since settles it. Without one, what the row itself says counts."""
    since = made.assessed if hasattr(made, "assessed") else _assessed([made.client_id]).get(pk=made.pk).assessed
    if since:
        return since in SafetyAssessment.SETTLES
    return bool(told(made).get("safety") == SETTLED)


def asked_of(clients: Collection[UUID]) -> tuple[Screening, ...]:
    """Every time that the suicide questions were asked of these clients, the newest first, in one query."""
    return tuple(_assessed(clients).filter(status=Screening.Status.SUBMITTED).order_by("-submitted_at"))


def _assessed(clients: Collection[UUID]) -> Any:
    """Each asking, with the outcome of the newest safety assessment since (`assessed`)."""
    since = SafetyAssessment.objects.filter(client=OuterRef("client")).filter(
        Q(at__gte=OuterRef("submitted_at")) | Q(screening=OuterRef("pk"))
    )
    newest = Subquery(since.order_by("-at").values("outcome")[:1])
    return Screening.objects.filter(client__in=clients, kind=KIND).annotate(assessed=newest)


def latest(client: Client) -> Screening | None:
    """The newest time the suicide questions were asked."""
    return Screening.objects.answered().filter(client=client, kind=KIND).first()


def all_of(client: Client) -> tuple[Screening, ...]:
    """Every time the suicide questions were asked, the newest first."""
    return asked_of([client.pk])


def is_open(made: Screening, *, on: date) -> bool:
    """Positive within the last 30 days, and not settled by an assessment. Nothing written down is not settled."""
    return open_one([made], on=on) == made and not _is_old(made, on)


def open_one(asked: Sequence[Screening], *, on: date) -> Screening | None:
    """The newest that still asks for safety to be settled; a later "no" does not settle an earlier answer.

    Positive counts for 30 days, acute until it is settled.
    """
    for made, result in zip(asked, outcomes(asked), strict=True):
        asks = result == ACUTE or (result != "negative" and not _is_old(made, on))
        if asks and not is_settled(made):
            return made
    return None


def acute_unsettled(asked: Sequence[Screening]) -> bool:
    """Whether any acute answer is not settled by an assessment."""
    acute = (made for made, result in zip(asked, outcomes(asked), strict=True) if result == ACUTE)
    return any(not is_settled(made) for made in acute)


def _is_old(made: Screening, on: date) -> bool:
    return made.submitted_at is None or on - made.submitted_at.date() > RECENT
