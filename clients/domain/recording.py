"""A questionnaire filled in by a clinician with the client, or what a clinician knows: written down at once."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from clients.domain import alerts, asq, consent, results, screening
from clients.domain.contacts import TWICE
from clients.domain.instruments import Answer, Answers, Instrument, Status, shipped
from clients.models import Client, Screening
from practice.domain import audit
from practice.models import User

PICTURE = "picture"
"""What a clinician knows without a questionnaire; it grows."""


def kinds() -> tuple[Instrument, ...]:
    """What can be written down here: all but the intake's own and the suicide questions, which have their pages.

    What a client can answer alone comes first, what needs a licensed copy last.
    """
    elsewhere = {*screening.INTAKE, asq.KIND}
    found = (one for key, one in shipped().items() if one.parts and key not in elsewhere)
    return tuple(sorted(found, key=lambda one: (one.status != Status.BUNDLED, not one.self_completed, one.key)))


def before_this(client: Client, kind: str) -> dict[str, Answer]:
    """What is known already: of the picture a line that stays empty goes on saying what it said. Else nothing."""
    made = Screening.objects.answered().filter(client=client, kind=PICTURE).first() if kind == PICTURE else None
    return dict(results.given(made.answers).get(PICTURE, {})) if made else {}


@transaction.atomic
def record(
    client: Client, kind: str, answers: Answers, *, manner: str, by: User, now: datetime | None = None
) -> Screening:
    """Keep what was answered, with what it comes to. The same by the same person a moment ago is kept once.

    When it is danger now, the therapist is told at once, unless she wrote it down herself; without one, who covers.
    """
    instrument = shipped()[kind]
    Client.objects.select_for_update().get(pk=client.pk)
    now = now or timezone.now()  # with the lock held: a decision or an assessment comes before these answers, or after
    given = screening.clean(instrument, before_this(client, kind) | dict(answers))
    before = Screening.objects.answered().filter(client=client, kind=kind, asked_by=by, manner=manner).first()
    if before and before.asked_at > now - TWICE and results.given(before.answers).get(kind) == given:
        return before
    made = Screening(
        client=client,
        kind=kind,
        versions={kind: instrument.version},
        language=client.language,
        manner=manner,
        status=Screening.Status.SUBMITTED,
        asked_by=by,
        read_by=by,
        asked_at=now,
        submitted_at=now,
        seen_at=now,
    )
    made.answers = {kind: given}
    results.seal(made)
    lead = consent.lead_of(client)
    is_news = (results.of(made).is_dangerous or alerts.worrying(made)) and lead != by
    if is_news:
        made.read_by, made.seen_at = lead, None
    made.save(force_insert=True)
    audit.record("screening.recorded", by=by, subject=client.pk, detail={"screening": str(made.pk), "kind": kind})
    if kind == asq.CSSRS and results.of(made).is_dangerous:
        alerts.asked_in_person(made, by=by)
    elif is_news:
        alerts.came_in(made)
    return made
