"""What lies on the table when a clinician decides: considerations with the answers behind them, a doctor's word."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from clients.domain import asq, danger, decision, medical, reading, safety, second_reading, unread
from clients.domain.considerations import Consideration, Considered
from clients.domain.facts import Facts, Ref
from clients.domain.instruments import shipped
from clients.domain.reading import Line
from clients.models import Alert, Client, Decision, MedicalLetter, Review, Screening
from practice.models import User


class Overtaken(Exception):
    """Something came in since the page was opened; nothing was written."""


@dataclass(frozen=True, slots=True)
class Thought:
    """One consideration and the full answers behind it."""

    one: Consideration
    lines: tuple[Line, ...]
    said_at: datetime | None = None
    """When it was said, where later answers do not repeat it: danger stays until it is decided upon."""


@dataclass(frozen=True, slots=True)
class Table:
    """Everything that a decision about one client can lean on, on a day."""

    screenings: tuple[Screening, ...]
    considered: Considered
    thoughts: tuple[Thought, ...]
    crisis_is_open: bool
    word: medical.DoctorsWord
    taken_back: str
    """Danger to the body that somebody was called for, and that no answer says any more."""
    unread: tuple[Screening, ...]
    """Answers that should not wait, that nobody has opened and that do not lie here."""
    mark: str
    """What lies here; a form sends it back, so that nobody decides on a page that is out of date."""

    @property
    def asq_is_missing(self) -> bool:
        """The suicide questions were not asked yet."""
        return not any(one.kind in asq.KINDS for one in self.screenings)


def table(client: Client, *, on: date) -> Table:
    """Lay out what is known. The page that shows it writes down first that it was read."""
    newest, asked = reading.newest(client, today=on), asq.all_of(client)
    left_open, word = safety.is_left_open(client), medical.of(client, on=on)
    known = _known(asked, word, left_open=left_open, on=on)
    considered = reading.considered(newest, known)
    thoughts = _thoughts(considered, newest)
    earlier = _earlier(client, newest, asked, on)
    for made in earlier:
        stated = reading.of_one(made)
        stated = stated if made.kind in asq.KINDS else stated.only_danger()
        considered = considered.beside(stated)
        thoughts = [*_thoughts(stated, [made], made.submitted_at or made.saved_at), *thoughts]
    taken_back = "" if considered.is_dangerous else danger.called_for([client.pk]).get(client.pk, "")
    return Table(
        screenings=(*newest, *earlier),
        considered=considered,
        thoughts=tuple(sorted(thoughts, key=lambda thought: -thought.one.level)),
        crisis_is_open=left_open or asq.acute_unsettled(asked),
        word=word,
        taken_back=taken_back,
        unread=tuple(unread.of(client.pk).exclude(pk__in=[one.pk for one in (*newest, *earlier)])),
        mark=_mark(client, (*newest, *earlier), word.letters, asked, f"{left_open} {taken_back}"),
    )


def _known(asked: Sequence[Screening], word: medical.DoctorsWord, *, left_open: bool, on: date) -> reading.Known:
    settled = asq.settled_ones(asked, on=on)
    return reading.Known(
        was_asked=bool(asked),
        settled=frozenset(one.pk for one in asked if asq.is_settled(one)),
        safety_open=left_open or asq.open_one(asked, on=on) is not None,
        safety_settled=bool(settled),
        doctor=word.standing.state if word.standing.counts else "",
        parq_yes=bool(word.facts.parq) and not word.facts.parq_is_cleared,
    )


def _earlier(
    client: Client, newest: Collection[Screening], asked: Sequence[Screening], on: date
) -> tuple[Screening, ...]:
    """What later answers of the same kind came after and do not take back: suicide questions that are not settled,
    and danger stated since the newest decision, in what is only begun as well."""
    shown = {one.pk for one in newest}
    heard = danger.since_decided([client.pk])
    stated = [made for made, result in heard if result.is_dangerous and made.kind not in asq.KINDS]
    return tuple(one for one in (*asq.unsettled_ones(asked, on=on), *stated) if one.pk not in shown)


def _thoughts(
    considered: Considered, screenings: Collection[Screening], said_at: datetime | None = None
) -> list[Thought]:
    facts = Facts(reading.given(screenings))
    return [Thought(one, lines_behind(one, facts), said_at) for one in considered.considerations]


def _mark(
    client: Client,
    shown: Iterable[Screening],
    letters: Iterable[MedicalLetter],
    asked: Iterable[Screening],
    rest: str,
) -> str:
    made = decision.newest(client)
    told = Review.objects.changed().filter(client=client).values_list("pk", "answered_at")
    parts = [
        *(f"{one.pk}:{one.saved_at or ''}" for one in shown),
        *(f"{one.pk}:{one.status}" for one in letters),
        *(f"{one.pk}:{asq.is_settled(one)}" for one in asked),
        *(f"{pk}:{at}" for pk, at in told),
        *_called_for(client),
        *(str(pk) for pk in client.parqs.values_list("pk", flat=True)),
        rest,
        str(made.pk if made else ""),
    ]
    return hashlib.sha256(" ".join(sorted(parts)).encode()).hexdigest()


def _called_for(client: Client) -> Iterator[str]:
    """For what somebody was called or is to be; not whether it was opened, for this page opens it."""
    raised = Alert.objects.filter(screening__client=client).values_list("pk", "raised_sealed")
    calling = Screening.objects.calling().filter(client=client).values_list("pk", "calling_sealed")
    return (f"{pk}:{bytes(sealed).hex()}" for pk, sealed in (*raised, *calling))


@transaction.atomic
def write(
    client: Client,
    *,
    mark: str,
    modes: Collection[str],
    limits: Collection[str],
    reasoning: str,
    look_again_on: date,
    reader: User | None,
    on: date,
    by: User,
) -> Decision:
    """Write the decision on what the page showed. Raises Overtaken when anything came in since.

    Pressed twice, it is the same decision: what came in since is then only itself.
    """
    Client.objects.select_for_update().get(pk=client.pk)
    now = table(client, on=on)
    if now.mark != mark:
        wanted = (set(modes), set(limits), look_again_on, reasoning)
        if before := decision.just_written(client, wanted, by):
            return before
        raise Overtaken
    made = decision.decide(
        client,
        modes=modes,
        limits=limits,
        reasoning=reasoning,
        look_again_on=look_again_on,
        by=by,
        considered=now.considered,
        screenings=now.screenings,
    )
    if reader:
        second_reading.ask(made, reader=reader, by=by)
    return made


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
