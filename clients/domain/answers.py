"""The newest answer: of what one person signed, declined and took back, which counts for one way of meeting.

The day counts first: paper has a day and no hour. Of one day, what was recorded last decides.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import OuterRef, Subquery

from clients.models import Consent, ConsentStep
from clients.models.consent import ConsentQuerySet
from practice.models import Practice


def counting(rows: ConsentQuerySet) -> ConsentQuerySet:
    """Every asking that counts, oldest first, each with `kept_at`."""
    return recorded(rows.counting()).order_by("asked_at")


def of_loaded(rows: Iterable[Consent]) -> list[Consent]:
    """What `counting` would give, of rows from `recorded`."""
    over = (Consent.Status.REPLACED, Consent.Status.EXPIRED)
    return sorted((row for row in rows if row.status not in over), key=lambda row: row.asked_at)


def recorded(rows: ConsentQuerySet) -> ConsentQuerySet:
    """Each with `kept_at`: when what was signed on paper was recorded."""
    kept = ConsentStep.objects.filter(consent=OuterRef("pk"), kind=ConsentStep.Kind.ON_PAPER).order_by("at")
    return rows.annotate(kept_at=Subquery(kept.values("at")[:1]))


def is_taken_back(row: Consent, mode: str) -> bool:
    """True when this signature does not stand for this way of meeting any more."""
    return row.status == Consent.Status.WITHDRAWN or mode in row.withdrawn_modes


def is_no(row: Consent, mode: str) -> bool:
    """True for what was declined or taken back."""
    return row.status == Consent.Status.DECLINED or is_taken_back(row, mode)


def moment(row: Consent, mode: str) -> datetime:
    """When the answer was given that counts for this way of meeting."""
    if is_taken_back(row, mode) and mode in row.withdrawn_times:
        return datetime.fromisoformat(row.withdrawn_times[mode])
    given = row.withdrawn_at if is_taken_back(row, mode) else row.answered_at
    if given is None:
        raise ValueError("an answer without its time")
    return given


def newest(rows: Sequence[Consent], mode: str, practice: Practice) -> Consent:
    """The answer given last, of rows from `counting`."""
    return max(rows, key=lambda row: _order(row, mode, practice))


def _order(row: Consent, mode: str, practice: Practice) -> tuple[date, datetime]:
    given = moment(row, mode)
    kept_at: datetime | None = None if is_taken_back(row, mode) else row.kept_at  # type: ignore[attr-defined]
    return practice.day_of(given), kept_at or given


def says_no(rows: Sequence[Consent], mode: str, practice: Practice) -> bool:
    """Whether one person's newest answer about this way of meeting is no; without an answer it is not."""
    answered = [row for row in rows if not row.is_open and mode in row.modes]
    return bool(answered) and is_no(newest(answered, mode, practice), mode)


def left_alone(rows: Sequence[Consent], practice: Practice) -> set[str]:
    """The ways of meeting that no machine asks one person about: the newest answer is no, or a talk comes first."""
    found = {mode for row in rows if row.status == Consent.Status.TALK for mode in row.modes}
    return found | {mode for mode in {mode for row in rows for mode in row.modes} if says_no(rows, mode, practice)}
