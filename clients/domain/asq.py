"""The suicide questions: asked by a clinician in person, written down at once, acted on in the same contact.

What was positive stays open until a safety assessment settles it (`clients.domain.safety`). Rows of before there were
assessments may say so themselves: they were settled by a few words about who was told.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from clients.domain import alerts, baseline, results, screening, worry
from clients.domain.contacts import TWICE
from clients.domain.instruments import Answers, shipped
from clients.domain.worry import NOTHING_KNOWN
from clients.models import Client, SafetyAssessment, Screening
from clients.models.screening import ScreeningQuerySet
from practice.domain import audit
from practice.models import User

KIND = "asq"
CSSRS = "cssrs"
KINDS = (KIND, CSSRS)
"""What asks about suicide: the questions of the NIMH, and the Columbia screener where the practice has a copy."""
RECENT = timedelta(days=30)
SETTLED = "settled"
ACUTE, POSITIVE, NEGATIVE = "acute_positive", "non_acute_positive", "negative"
OF_CSSRS = {"high": ACUTE, "none": NEGATIVE}
"""Intent, a plan or behaviour within three months is acute; whatever is not a plain no is positive."""


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to know of one asking beside its row."""

    outcome: str
    is_settled: bool


@transaction.atomic
def record(client: Client, answers: Answers, *, manner: str, by: User, now: datetime | None = None) -> Screening:
    """Keep what was answered. When it is acute, the cover list gets a letter at once, without a clinical word."""
    instrument = shipped()[KIND]
    given = screening.clean(instrument, answers)
    Client.objects.select_for_update().get(pk=client.pk)
    now = now or timezone.now()  # with the lock held: a safety assessment comes before these answers, or after them
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


def with_them(made: Screening) -> User:
    """Who is with the client while this is answered: whoever asks, or by link whoever watches."""
    return (made.manner == Screening.Manner.LINK and made.read_by) or made.asked_by


def _just_recorded(client: Client, given: Answers, manner: str, by: User, now: datetime) -> Screening | None:
    """The same answers written down by the same person a moment ago: the button was pressed twice. Not so when an
    assessment has settled them since: then they were said again."""
    made = latest(client)
    if made is None or (made.asked_by_id, made.manner) != (by.pk, manner) or made.asked_at <= now - TWICE:
        return None
    return made if made.answers.get(KIND) == given and not is_settled(made) else None


def outcome(made: Screening) -> str:
    """negative, non_acute_positive or acute_positive."""
    return outcomes([made])[0]


def outcomes(asked: Sequence[Screening]) -> list[str]:
    """The outcome of each of these, whoever was asked."""
    return [_known(made).outcome for made in asked]


def told(made: Screening) -> dict[str, Any]:
    """What a row of before there were assessments says of who was told, and whether safety is settled; else empty."""
    return _told(made.told, {} if made.told_sealed else made.answers)


def is_settled(made: Screening) -> bool:
    """Whether the newest safety assessment since settles it. Without one, what the row itself says counts."""
    return _known(made).is_settled


def asked_of(clients: Collection[UUID]) -> tuple[Screening, ...]:
    """Every time that the suicide questions were asked of these clients, the newest first, in two queries.

    Each row carries what is known of it, so that the questions of this module cost nothing more.
    """
    return _with_what_is_known(asked().filter(client__in=clients))


def asked() -> ScreeningQuerySet:
    """Every time that they were asked, of anybody."""
    return Screening.objects.answered().filter(kind__in=KINDS)


def _with_what_is_known(rows: ScreeningQuerySet) -> tuple[Screening, ...]:
    """`assessed` says whether the newest safety assessment since settles it; None without one."""
    since = SafetyAssessment.objects.filter(client=OuterRef("client")).filter(
        Q(at__gte=OuterRef("submitted_at")) | Q(screening=OuterRef("pk"))
    )
    found = tuple(rows.filter(kind__in=KINDS).annotate(assessed=since.newest_ending()))
    texts = zip(Screening.answers_text.read_each(found), Screening.told_text.read_each(found), strict=True)
    for made, (given, said) in zip(found, texts, strict=True):
        answers = json.loads(given or "{}")
        itself = _told(json.loads(said or "[]"), answers).get("safety") == SETTLED
        made.known = Known(
            _outcome(made.kind, answers.get(made.kind, {})),
            itself if made.assessed is None else made.assessed,
        )
    return found


def _outcome(kind: str, given: Answers) -> str:
    found = screening.score(shipped()[kind], given).outcome
    return OF_CSSRS.get(found, POSITIVE) if kind == CSSRS else found


def _known(made: Screening) -> Known:
    """What a row carries, or what is found out now."""
    known: Known = made.known or _with_what_is_known(Screening.objects.filter(pk=made.pk))[0].known
    return known


def _told(said: list[dict[str, Any]], answers: dict[str, Any]) -> dict[str, Any]:
    if said:
        return said[-1]
    earlier: dict[str, Any] = answers.get("record", {})  # rows of before there was a place of its own
    return earlier


def latest(client: Client) -> Screening | None:
    """The newest time the suicide questions were asked."""
    return Screening.objects.answered().filter(client=client, kind=KIND).first()


def left_out(clients: Collection[UUID], *, on: date) -> dict[UUID, Screening]:
    """By client: the first PHQ-9 with somebody there whose ninth answer calls for the suicide questions, where they
    were left. Neither they nor a safety assessment came after it, and no baseline covers it; a later nought takes
    nothing back. As many queries for one as for many."""
    asked = Screening.objects.answered().filter(kind__in=KINDS, submitted_at__gte=OuterRef("submitted_at"))
    assessed = SafetyAssessment.objects.filter(at__gte=OuterRef("submitted_at"))
    came_after = [Exists(rows.filter(client=OuterRef("client"))) for rows in (asked, assessed)]
    rows = in_person().filter(client__in=clients)
    found = list(rows.exclude(came_after[0] | came_after[1]))
    texts = zip(found, Screening.answers_text.read_each(found), strict=True)
    said = [(made, worry.item9(json.loads(text or "{}"))) for made, text in texts]
    known = baseline.known_of({made.client_id for made, ninth in said if ninth}, on=on)
    return {made.client_id: made for made, ninth in said if ninth > known.get(made.client_id, NOTHING_KNOWN).item9}


def in_person() -> ScreeningQuerySet:
    """Every PHQ-9 that anybody answered with somebody there."""
    return Screening.objects.answered().filter(kind=worry.PHQ9).exclude(manner=Screening.Manner.LINK)


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
        asks = result == ACUTE or (result != NEGATIVE and not _is_old(made, on))
        if asks and not is_settled(made):
            return made
    return None


def settled_ones(asked: Sequence[Screening], *, on: date) -> tuple[Screening, ...]:
    """Those of the last 30 days that were positive and that an assessment settled."""
    pairs = zip(asked, outcomes(asked), strict=True)
    return tuple(one for one, result in pairs if result != NEGATIVE and is_settled(one) and not _is_old(one, on))


def unsettled_ones(asked: Sequence[Screening], *, on: date) -> tuple[Screening, ...]:
    """Those that still ask for safety to be settled."""
    return tuple(one for one in asked if open_one([one], on=on))


def acute_unsettled(asked: Sequence[Screening]) -> bool:
    """Whether any acute answer is not settled by an assessment."""
    acute = (made for made, result in zip(asked, outcomes(asked), strict=True) if result == ACUTE)
    return any(not is_settled(made) for made in acute)


def _is_old(made: Screening, on: date) -> bool:
    return made.submitted_at is None or on - timezone.localdate(made.submitted_at) > RECENT
