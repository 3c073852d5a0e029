"""Answers as a clinician reads them: every question that was asked, with the words that were chosen."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import asq, intake, rule_changes
from clients.domain.considerations import Considered, answer_words, consider
from clients.domain.facts import Facts, Ref
from clients.domain.instruments import LEFT_OUT, Answers, Instrument, Item, Part, said, shipped
from clients.domain.screening import INTAKE, asked
from clients.models import Client, Screening

DAY_OF, FIT = "day_of_check", "session_fit"


@dataclass(frozen=True, slots=True)
class Known:
    """What stands beside the answers when they are considered."""

    was_asked: bool = False
    """Whether the suicide questions were asked, in answers that lie here or before."""
    settled: frozenset[UUID] = frozenset()
    """The askings that a safety assessment settled."""
    safety_open: bool = False
    safety_settled: bool = False
    doctor: str = ""
    parq_yes: bool = False


UNKNOWN = Known()


@dataclass(frozen=True, slots=True)
class Line:
    """One question and its answer. `is_open` is a question left out or not answered: never a no."""

    question: str
    answer: str
    is_open: bool
    is_follow_up: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One page of questions."""

    title: str
    lines: tuple[Line, ...]

    @property
    def still_open(self) -> int:
        """How many questions were left out or not answered."""
        return sum(line.is_open for line in self.lines)


def sections(given: Mapping[str, Answers]) -> tuple[Section, ...]:
    """Everything asked, in the order it was asked."""
    order = [key for key in (*INTAKE, *shipped()) if key in given]
    return tuple(section for key in dict.fromkeys(order) for section in _of(shipped()[key], given))


def _of(instrument: Instrument, given: Mapping[str, Answers]) -> Iterable[Section]:
    facts = Facts(given)
    open_items = {item.key for item in asked(instrument, given[instrument.key])}
    for part in instrument.parts:
        lines = [
            line_of(facts, instrument, one, follows=one is not item)
            for item in part.items
            for one in (item, *item.follow_ups)
            if one.key in open_items and (one.needed or one.key in given[instrument.key])
        ]
        yield Section(_title(instrument, part), tuple(lines))


def _title(instrument: Instrument, part: Part) -> str:
    """The page's title; outside the intake with the instrument's own before it, because many have the same pages."""
    whole, page = said(instrument.title), said(part.title)
    return page if instrument.key in INTAKE or whole == page else f"{whole}: {page}"


def line_of(facts: Facts, instrument: Instrument, item: Item, *, follows: bool) -> Line:
    """One question with the words that were chosen."""
    ref = Ref(instrument.key, item.key)
    given = facts.answer(ref)
    if item.scale.kind == "text":
        return Line(said(item.text), str(given or ""), False, follows)
    words = answer_words(facts, ref)
    if words:
        return Line(said(item.text), words, False, follows)
    return Line(said(item.text), _("left out") if given == LEFT_OUT else _("not answered"), True, follows)


def newest(client: Client, *, today: date) -> tuple[Screening, ...]:
    """The newest answers of every kind that was answered; what was asked about a day counts on that day alone."""
    answered = Screening.objects.filter(client=client, status=Screening.Status.SUBMITTED).select_related("read_by")
    found = answered.order_by("kind", "-submitted_at").distinct("kind")
    return tuple(sorted((one for one in found if _counts(one, today)), key=_place))


def _counts(one: Screening, today: date) -> bool:
    if one.kind != DAY_OF or one.submitted_at is None:
        return one.kind != FIT
    return timezone.localdate(one.submitted_at) == today


def _place(one: Screening) -> tuple[bool, bool, str]:
    return one.kind != intake.KIND, one.kind != asq.KIND, one.kind


def given(screenings: Collection[Screening]) -> dict[str, Answers]:
    """Their answers, by instrument."""
    together: dict[str, Answers] = {}
    for one in screenings:
        together |= intake.given(one.answers)
    return together


def considered(screenings: Collection[Screening], known: Known = UNKNOWN) -> Considered:
    """What these answers ask a clinician to think about, as the practice has set its rules.

    The intake is expected, and so are the suicide questions. What a safety assessment has settled is one line of its
    own, in place of what the answers raised then.
    """
    settled = [one for one in screenings if one.pk in known.settled]
    return consider(
        given([one for one in screenings if one not in settled]),
        expected=(*INTAKE, asq.KIND) if not known.was_asked else INTAKE,
        safety_open=known.safety_open,
        safety_settled=known.safety_settled,
        doctor=known.doctor,
        parq_yes=known.parq_yes,
        changes=rule_changes.current(),
    )


def of_one(made: Screening) -> Considered:
    """What one asking alone raises."""
    return consider(given([made]), changes=rule_changes.current())
