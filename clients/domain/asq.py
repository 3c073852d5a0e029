"""The suicide questions: asked by a clinician in person, written down at once, acted on in the same contact."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from clients.domain import screening
from clients.domain.instruments import Answers, shipped
from clients.models import Client, Screening
from practice.domain import audit, post
from practice.models import CoverPerson, User

KIND = "asq"
RECENT = timedelta(days=30)
SETTLED, OPEN = "settled", "open"


@transaction.atomic
def record(client: Client, answers: Answers, *, manner: str, by: User) -> Screening:
    """Keep what was answered. When it is acute, the cover list gets a letter at once, without a clinical word."""
    instrument = shipped()[KIND]
    now = timezone.now()
    made = Screening(
        client=client,
        kind=KIND,
        versions={KIND: instrument.version},
        language=client.language,
        manner=manner,
        status=Screening.Status.SUBMITTED,
        asked_by=by,
        read_by=by,
        submitted_at=now,
        seen_at=now,
    )
    made.answers = {KIND: screening.clean(instrument, answers)}
    made.save(force_insert=True)
    audit.record("asq.recorded", by=by, subject=client.pk, detail={"screening": str(made.pk), "manner": manner})
    if outcome(made) == "acute_positive":
        _alert(made)
    return made


def _alert(made: Screening) -> None:
    for cover in CoverPerson.objects.select_related("user"):
        post.write(
            "please_ring", key=f"please_ring:{made.pk}:{cover.user_id}", to=cover.user.email, about=made.pk,
            client=made.client_id,
        )  # fmt: skip


@transaction.atomic
def settle(made: Screening, *, told: str, safety: str, by: User) -> Screening:
    """Write down who was told, and whether what keeps the client safe is settled. May be said again later."""
    locked = Screening.objects.select_for_update().get(pk=made.pk)
    locked.answers = locked.answers | {"record": {"told": told, "safety": safety, "by": str(by.pk)}}
    locked.save(update_fields=["answers_sealed"])
    audit.record("asq.told", by=by, subject=made.client_id, detail={"screening": str(made.pk), "safety": safety})
    return locked


def outcome(made: Screening) -> str:
    """negative, non_acute_positive or acute_positive."""
    return screening.score(shipped()[KIND], made.answers.get(KIND, {})).outcome


def told(made: Screening) -> dict[str, Any]:
    """Who was told and whether safety is settled; empty before it was written down."""
    record: dict[str, Any] = made.answers.get("record", {})
    return record


def latest(client: Client) -> Screening | None:
    """The newest time the suicide questions were asked."""
    return Screening.objects.answered().filter(client=client, kind=KIND).first()


def is_open(made: Screening | None, *, on: date) -> bool:
    """Positive within the last 30 days, and written down as not settled."""
    if made is None or made.submitted_at is None or on - made.submitted_at.date() > RECENT:
        return False
    return outcome(made) != "negative" and told(made).get("safety") == OPEN
