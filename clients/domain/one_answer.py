"""What one person answered about one way of meeting comes to on a day: a signature, a no, or nothing yet.

Pure sums over the rows of `coverage`, which says whose answers are needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from clients.domain import ages, answers
from clients.models import Consent
from practice.domain.words import short_day
from practice.models import Practice


class State(StrEnum):
    """Where it stands. What ran out is a matter for a look; the others, but the first, stop a booking."""

    COVERED = "covered"
    RAN_OUT = "ran_out"
    NEVER = "never"
    TALK = "talk"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    BLOCKED = "blocked"


class Why(StrEnum):
    """What lets a signature run out."""

    YEAR_OVER = "year_over"
    HAPPENED = "happened"
    NEW_TEXT = "new_text"
    GROWN = "grown"


BY_WEIGHT = list(State)
"""Of several people the heaviest answer counts."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether it is covered, until which day at most, and the words for a clinician."""

    state: State
    until: date | None
    words: str
    grace: int = 30
    """Days for which what ran out is only a look."""
    why: Why | None = None
    """What it ran out by."""
    is_divided: bool = False
    """One guardian agreed and another said no: a look for people, and nothing to ask for by night."""
    lacking: tuple[UUID | None, ...] = ()
    """Whose signature is to be asked for, the client's as None: never given, or run out."""
    missing: str = ""
    """Who has never signed, by a short name; “Ada or Bob” where one of them is enough."""

    @property
    def is_covered(self) -> bool:
        """True when nothing needs to be done."""
        return self.state == State.COVERED

    @property
    def stops(self) -> bool:
        """True when a session outdoors is not to be booked: never agreed, declined or taken back."""
        return self.state not in (State.COVERED, State.RAN_OUT)

    @property
    def said_no(self) -> bool:
        """True when it was declined or taken back."""
        return self.state in (State.DECLINED, State.WITHDRAWN)

    def left_of_grace(self, on: date) -> int:
        """For what ran out: how many days of grace are left on a day; below none when they are over."""
        return self.grace - (on - self.until).days if self.until else -1


def heaviest(found: Sequence[Coverage]) -> Coverage:
    """Of several that are all needed, the one that weighs most; of equal ones the one that ends first."""
    return max(found, key=lambda one: (BY_WEIGHT.index(one.state), -(one.until or date.max).toordinal()))


def of(
    rows: Sequence[Consent],
    signatory: UUID | None,
    mode: str,
    on: date,
    practice: Practice,
    *,
    born: date | None = None,
) -> Coverage:
    """What one person's rows about one way of meeting come to, the client's own with None for the signatory.

    A signature counts from its day on. Of several texts for it the newest answer of all decides; what asks for another
    signed text anew, on or after the day of that answer, lets it run out too. With `born`, what was signed while the
    client was younger ends on the first day on which it means something else.
    """
    theirs = [row for row in rows if row.signatory_id == signatory and not _comes_later(row, on, practice)]
    answered = [row for row in theirs if not row.is_open]
    if not answered:
        return _never(next((row for row in reversed(theirs) if row.is_open), None), practice)
    by_text: dict[str, list[Consent]] = {}
    for row in answered:
        by_text.setdefault(row.text_key, []).append(row)  # type: ignore[attr-defined]
    each = [answers.newest(same, mode, practice) for same in by_text.values()]
    newest = answers.newest(each, mode, practice)
    day = practice.day_of(answers.moment(newest, mode))
    if answers.is_taken_back(newest, mode):
        return Coverage(State.WITHDRAWN, None, _("Consent taken back, %(day)s") % {"day": short_day(day)})
    if newest.status == Consent.Status.DECLINED:
        return Coverage(State.DECLINED, None, _("Rather not, %(day)s") % {"day": short_day(day)})
    others = [row for row in each if row != newest and not answers.is_no(row, mode)]
    found = _signed(newest, on, _asked_anew(newest, others, day, practice))
    came = _came(newest, day, born, practice)
    return _grown(found, came, on, came == ages.birthday(born, practice.majority_age)) if came else found


def _comes_later(row: Consent, on: date, practice: Practice) -> bool:
    signed_at = row.answered_at if row.status == Consent.Status.SIGNED else None
    return signed_at is not None and practice.day_of(signed_at) > on


def _came(row: Consent, signed_on: date, born: date | None, practice: Practice) -> date | None:
    """The day that ends this signature. An assent never counts as more, on whatever day it was given, nor does what a
    parent permitted."""
    young = row.meaning != Consent.Meaning.CONSENT
    return next((day for day in ages.comings(born, practice) if young or signed_on < day), None)


def _grown(found: Coverage, came: date, on: date, of_age: bool) -> Coverage:
    until = min(came - timedelta(days=1), found.until or came)
    if on < came:
        return replace(found, until=until)
    words = _("Of age since %(day)s: agrees alone now") if of_age else _("Old enough since %(day)s: agrees alone now")
    return Coverage(State.RAN_OUT, until, words % {"day": short_day(came)}, why=Why.GROWN)


def _asked_anew(
    newest: Consent, others: Sequence[Consent], since: date, practice: Practice
) -> tuple[date | None, date | None]:
    """The first day on which something that happened, and on which a new version, asks for a signature anew."""
    due, renewed = [], []
    for row in (newest, *others):
        at = row.renewed_at  # type: ignore[attr-defined]
        due.append((row, row.due_again_on))
        renewed.append((row, practice.day_of(at) if at else None))
    first, second = ([day for row, day in one if day and (row is newest or day >= since)] for one in (due, renewed))
    return min(first, default=None), min(second, default=None)


def _signed(row: Consent, on: date, anew: tuple[date | None, date | None]) -> Coverage:
    due, renewed = anew
    until = min(day for day in (row.covers_until, _eve(due), _eve(renewed)) if day)
    if on <= until:
        return Coverage(State.COVERED, until, _("Consent to %(day)s") % {"day": short_day(until)})
    if until == row.covers_until:
        why, words = Why.YEAR_OVER, _("Consent ran out, %(day)s") % {"day": short_day(until)}
    elif until == _eve(due):
        why, words = Why.HAPPENED, _("Consent to be asked for again, since %(day)s") % {"day": _next(until)}
    else:
        why, words = Why.NEW_TEXT, _("The text has changed, %(day)s") % {"day": _next(until)}
    return Coverage(State.RAN_OUT, until, words, why=why)


def _next(day: date) -> str:
    return short_day(day + timedelta(days=1))


def _eve(day: date | None) -> date | None:
    return day - timedelta(days=1) if day else None


def _never(asked: Consent | None, practice: Practice) -> Coverage:
    if asked is None:
        return Coverage(State.NEVER, None, _("No consent yet"))
    if asked.status == Consent.Status.TALK:
        return Coverage(State.TALK, None, _("Wants to talk the consent through first"))
    day = short_day(practice.day_of(asked.asked_at))
    return Coverage(State.NEVER, None, _("Consent sent %(day)s, not signed yet") % {"day": day})
