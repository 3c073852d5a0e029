"""What lies on the table when a clinician decides: considerations with the answers behind them, a doctor's word."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from clients.domain import asq, danger, medical, reading, safety
from clients.domain.considerations import Consideration, Considered
from clients.domain.facts import Facts, Ref
from clients.domain.instruments import shipped
from clients.domain.reading import Line
from clients.models import Client, Screening


@dataclass(frozen=True, slots=True)
class Thought:
    """One consideration and the full answers behind it."""

    one: Consideration
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Everything that a decision about one client can lean on, on a day."""

    screenings: tuple[Screening, ...]
    considered: Considered
    thoughts: tuple[Thought, ...]
    crisis_is_open: bool
    word: medical.DoctorsWord

    @property
    def answers(self) -> str:
        """Which answers lie here; a form sends it back, so that nobody decides on a page that is out of date."""
        return " ".join(str(one.pk) for one in self.screenings)

    @property
    def asq_is_missing(self) -> bool:
        """The suicide questions were not asked yet."""
        return not any(one.kind == asq.KIND for one in self.screenings)


def table(client: Client, *, on: date) -> Table:
    """Lay out what is known. The page that shows it writes down first that it was read."""
    screenings, asked = reading.newest(client, today=on), asq.all_of(client)
    left_open, word = safety.is_left_open(client), medical.of(client, screenings, on=on)
    considered = reading.considered(
        screenings,
        safety_open=left_open or asq.open_one(asked, on=on) is not None,
        doctor_agreed=word.facts.activity_agreed,
        parq_yes=bool(word.facts.parq) and not word.facts.parq_is_cleared,
    )
    facts = Facts(reading.given(screenings))
    return Table(
        screenings=screenings,
        considered=considered,
        thoughts=tuple(Thought(one, lines_behind(one, facts)) for one in considered.considerations),
        crisis_is_open=left_open or asq.acute_unsettled(asked) or danger.intent_is_open(client),
        word=word,
    )


def lines_behind(one: Consideration, facts: Facts) -> tuple[Line, ...]:
    """The questions that a consideration rests on, whole, with what was answered."""
    return tuple(line for ref in one.refs if ref.item for line in _lines(facts, ref))


def _lines(facts: Facts, ref: Ref) -> Iterator[Line]:
    instrument = shipped()[ref.instrument]
    item = instrument.find(ref.item)
    yield reading.line_of(facts, instrument, item, follows=False)
    for follow in item.follow_ups:
        if facts.answer(Ref(ref.instrument, follow.key)) is not None:
            yield reading.line_of(facts, instrument, follow, follows=True)
