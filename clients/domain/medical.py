"""What a doctor's word is worth today: pure sums over letters, PAR-Q+ results and when symptoms were answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import results
from clients.domain.considerations import Consideration, Considered
from clients.domain.facts import Level
from clients.domain.results import Result
from clients.models import Client, MedicalLetter, ParQ, Screening
from practice.domain import words

SYMPTOMS = frozenset({"M1", "M12", "E4"})
"""Rules whose findings are symptoms or injuries: answered after a letter, they ask for another one."""


class State(StrEnum):
    """What the letters come to."""

    NONE = "none"
    WAITING = "waiting"
    AGREED = "agreed"
    WALKING_ONLY = "walking_only"
    NOT_NOW = "not_now"
    ASK_AGAIN = "ask_again"
    RAN_OUT = "ran_out"
    NEWER_SYMPTOM = "newer_symptom"


@dataclass(frozen=True, slots=True)
class Standing:
    """The letter that counts, what it comes to on a day, and the one that waits for a reply."""

    state: State
    letter: MedicalLetter | None = None
    waiting: MedicalLetter | None = None

    @property
    def counts(self) -> bool:
        """True when there is a doctor's word in force, whatever it says."""
        return self.state in (State.AGREED, State.WALKING_ONLY, State.NOT_NOW)

    @property
    def words(self) -> str:
        """One sentence for a clinician; "" when nobody was asked."""
        if self.letter is None:
            return asked_words(self.waiting) if self.waiting else ""
        day = words.day(self.letter.doctor_wrote_on or timezone.localdate(self.letter.asked_at))
        until = words.day(self.letter.expires_on) if self.letter.expires_on else ""
        said = {
            State.AGREED: _("Activity agreed in the letter of %(day)s, until %(until)s."),
            State.WALKING_ONLY: _("Walking only, says the letter of %(day)s, until %(until)s."),
            State.NOT_NOW: _("Not now, says the letter of %(day)s, until %(until)s."),
            State.ASK_AGAIN: _("The letter of %(day)s says: ask again."),
            State.RAN_OUT: _("The letter of %(day)s ran out on %(until)s: ask again."),
            State.NEWER_SYMPTOM: _("A new symptom since the letter of %(day)s: ask again."),
        }
        return said[self.state] % {"day": day, "until": until}


def asked_words(letter: MedicalLetter) -> str:
    """Since when a letter waits for its reply."""
    return _("Asked on %(day)s; no reply yet.") % {"day": words.day(timezone.localdate(letter.asked_at))}


SAID = {
    MedicalLetter.Said.AGREED: State.AGREED,
    MedicalLetter.Said.WALKING_ONLY: State.WALKING_ONLY,
    MedicalLetter.Said.NOT_NOW: State.NOT_NOW,
    MedicalLetter.Said.ASK_AGAIN: State.ASK_AGAIN,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules may know of a doctor's word and of the PAR-Q+."""

    activity_agreed: bool
    """A doctor agreed to activity within twelve months, and no symptom was answered since."""
    walking_agreed: bool
    """As above, or to walking only."""
    parq: str
    """all_no or any_yes while a PAR-Q+ is in force; "" without one."""
    parq_is_cleared: bool
    """Every answer no; or a yes, and a doctor has agreed to activity since."""


def stands(letters: Iterable[MedicalLetter], symptoms_answered_at: datetime | None, *, on: date) -> Standing:
    """What the letters come to on a day. The reply with the newest date counts; put aside, a letter counts for nothing.

    A symptom answered on a later day than the doctor's letter voids it.
    """
    kept = [one for one in letters if one.status != MedicalLetter.Status.WITHDRAWN]
    waiting = max((one for one in kept if one.is_waiting), key=lambda one: one.asked_at, default=None)
    replies = [one for one in kept if one.status == MedicalLetter.Status.REPLIED and one.doctor_wrote_on]
    if not replies:
        return Standing(State.WAITING if waiting else State.NONE, None, waiting)
    newest = max(replies, key=lambda one: (one.doctor_wrote_on or date.min, one.asked_at))
    return Standing(_state(newest, symptoms_answered_at, on), newest, waiting)


def _state(letter: MedicalLetter, symptoms_answered_at: datetime | None, on: date) -> State:
    wrote_on = letter.doctor_wrote_on
    if wrote_on and symptoms_answered_at and timezone.localdate(symptoms_answered_at) > wrote_on:
        return State.NEWER_SYMPTOM
    if letter.status_on(on) == MedicalLetter.Status.EXPIRED:
        return State.RAN_OUT
    return SAID[MedicalLetter.Said(letter.doctor_said)]


def facts_of(
    letters: Iterable[MedicalLetter],
    parqs: Iterable[ParQ] = (),
    *,
    symptoms_answered_at: datetime | None = None,
    on: date,
) -> Facts:
    """Whether activity was agreed and still is, and what the newest PAR-Q+ led to."""
    standing = stands(letters, symptoms_answered_at, on=on)
    agreed = standing.state == State.AGREED
    form = parq_in_force(parqs, on=on, symptoms_answered_at=symptoms_answered_at)
    since = agreed and form and standing.letter and (standing.letter.doctor_wrote_on or date.min) >= form.done_on
    return Facts(
        activity_agreed=agreed,
        walking_agreed=agreed or standing.state == State.WALKING_ONLY,
        parq=form.result if form else "",
        parq_is_cleared=bool(form and (form.result == ParQ.Result.ALL_NO or since)),
    )


def parq_in_force(parqs: Iterable[ParQ], *, on: date, symptoms_answered_at: datetime | None = None) -> ParQ | None:
    """The newest PAR-Q+, unless it ran out or a symptom was answered after it."""
    newest = max(parqs, key=lambda one: (one.done_on, one.kept_at), default=None)
    if newest is None or on > newest.expires_on:
        return None
    if symptoms_answered_at and timezone.localdate(symptoms_answered_at) > newest.done_on:
        return None
    return newest


def symptoms_answered_at(screenings: Sequence[Screening]) -> datetime | None:
    """When a symptom that asks for a doctor was last answered, whatever was answered after it; one that is known and
    looked into asks for none."""
    pairs = zip(screenings, results.of_each(screenings), strict=True)
    asking = [made.submitted_at for made, result in pairs if made.submitted_at and _is_of_a_symptom(result)]
    return max(asking, default=None)


def _is_of_a_symptom(result: Result) -> bool:
    return any(one.rule in SYMPTOMS and one.level >= Level.MEDICAL_CLEARANCE for one in result.found)


def for_a_doctor(considered: Considered) -> list[Consideration]:
    """What a doctor could be asked about: the body, and an eating disorder that asks for more than a talk."""
    return [
        one
        for one in considered.considerations
        if one.finding
        and (one.rule.startswith("M") or (one.rule.startswith("E") and one.level > Level.THERAPIST_REVIEW))
    ]


def a_year_after(day: date) -> date:
    """The same day next year; the last of February for the 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


@dataclass(frozen=True, slots=True)
class DoctorsWord:
    """What the page to decide shows of it. The page writes down first that it was read."""

    standing: Standing
    parq: ParQ | None
    """The newest PAR-Q+, in force or not."""
    parq_is_in_force: bool
    facts: Facts
    letters: tuple[MedicalLetter, ...]


def of(client: Client, *, on: date) -> DoctorsWord:
    """The doctor's word about one client on a day, in four queries: letters, PAR-Q+, answers and the key to them."""
    sealed = ("text_sealed", "reply_sealed")
    letters = tuple(
        client.medical_letters.defer(*sealed).select_related("asked_by", "answered_by").order_by("-asked_at")
    )
    parqs = tuple(client.parqs.select_related("paper").defer("paper__sealed"))
    symptoms = symptoms_answered_at(tuple(Screening.objects.answered().filter(client=client).defer("told_sealed")))
    return DoctorsWord(
        standing=stands(letters, symptoms, on=on),
        parq=max(parqs, key=lambda one: (one.done_on, one.kept_at), default=None),
        parq_is_in_force=parq_in_force(parqs, on=on, symptoms_answered_at=symptoms) is not None,
        facts=facts_of(letters, parqs, symptoms_answered_at=symptoms, on=on),
        letters=letters,
    )
