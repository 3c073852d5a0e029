"""The demo's lines: one person whom two questionnaires were asked of every other session, and who sees the lines."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from clients.domain import decision, reading, recording
from clients.domain.instruments import Instrument, shipped
from clients.models import ChartAgreement, Client, MeasurePlan, Screening
from practice.models import User

SCORES = {"phq9": (16, 14, 14, 11, 9), "gad7": (17, 15, 12, 12, 8)}
DAYS_AGO = (58, 44, 30, 16, 9)
AGREED, DECIDED = 9, 8
NEVER = "better_off_dead"


def fill(client: Client, *, by: User, today: date) -> None:
    """A plan from the beginning, five answers to each, and the lines theirs to see."""
    MeasurePlan.objects.create(
        client=client, kinds=sorted(SCORES), every=2, how=MeasurePlan.How.ROOM, by=by, at=_at(today, DAYS_AGO[0])
    )
    for kind, totals in SCORES.items():
        for days, total in zip(DAYS_AGO, totals, strict=True):
            answers = _answers(shipped()[kind], total)
            recording.record(client, kind, answers, manner=Screening.Manner.ROOM, by=by, now=_at(today, days))
    agreed_at = _at(today, AGREED)
    ChartAgreement.objects.create(client=client, agreed=True, on=agreed_at.date(), by=by, at=agreed_at)


def look_again(client: Client, *, by: User, today: date) -> None:
    """The decision that followed the newest answers: as before, after consent was signed."""
    before, screenings = decision.newest(client), reading.newest(client, today=today)
    if before:
        decision.decide(
            client,
            modes=before.modes,
            limits=before.limits,
            reasoning=f"{client.called_name} and I looked at both lines together. It has eased; we go on as we began.",
            look_again_on=before.look_again_on,
            by=by,
            considered=reading.considered(screenings),
            screenings=screenings,
            at=_at(today, DECIDED),
        )


def _answers(instrument: Instrument, total: int) -> dict[str, str]:
    """Answers that add up to a total, as evenly as they can, and never a thought of dying."""
    keys = [key for key in instrument.scoring.sums[0].items if key != NEVER]
    each, more = divmod(total, len(keys))
    spread = {key: str(each + (number < more)) for number, key in enumerate(keys)}
    return spread | ({NEVER: "0"} if NEVER in instrument.scoring.sums[0].items else {})


def _at(today: date, days_ago: int) -> datetime:
    return min(datetime.combine(today - timedelta(days=days_ago), time(10, 5), tzinfo=UTC), timezone.now())
