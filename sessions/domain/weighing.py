"""What stands for and against each of many sessions before one of them is written: a line each, for one reader.

A fixed number of queries, however many sessions. What is found here is looked at again by the verb that writes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import prefetch_related_objects

from clients.models import Client
from practice.domain import words
from practice.models import User
from routes.domain import seasons
from sessions.domain import apart, dark_dates, diary, free, grounds, meeting, new_ground, readiness
from sessions.domain.chip import LOOK, STOP, Chip
from sessions.domain.diary import Diary
from sessions.domain.reading import may_know_why, sentence
from sessions.models import Session


@dataclass(frozen=True, slots=True)
class Line:
    """One session as it would be. `day` is its name in the form: the day that the rule gives it."""

    day: date
    session: Session
    refusals: tuple[str, ...]
    outside: tuple[str, ...]
    """Why it lies outside hours and caps; a soft warning for whoever works here."""
    looks: list[str]
    light: Chip | None
    is_dark: bool
    note: str = ""
    """What is to be known of this date besides, such as what the clocks do."""
    before: Session | None = None
    """The session as it is, where one is changed."""

    @property
    def is_possible(self) -> bool:
        """Nothing keeps it from being written."""
        return not self.refusals

    @property
    def is_advised(self) -> bool:
        """Possible, within hours and caps, and not into the dark where it was in the light: what is ticked before
        anybody has looked."""
        is_darker = self.is_dark and not (self.before and dark_dates.is_dark(self.before))
        return not (self.refusals or self.outside or is_darker)

    @property
    def moves_from(self) -> str:
        """“Thursday 22 October, 17:30”: when it was before; empty where that stays."""
        if self.before is None or self.before.starts_at == self.session.starts_at:
            return ""
        return words.when(self.before.starts_at, self.before.place.time_zone)

    @property
    def when(self) -> str:
        """“Thursday 22 October”."""
        return meeting.day_name(self.session)

    @property
    def span(self) -> str:
        """“17:30 to 18:20”."""
        return meeting.span(self.session)

    @property
    def said(self) -> str:
        """Day and what keeps it from being written, as one sentence of a refusal."""
        return f"{self.when}: {' '.join(self.refusals)}"


@dataclass(frozen=True, slots=True)
class Weighed:
    """All lines, what is dark among them, and the diary and hours that they were held against."""

    lines: tuple[Line, ...]
    everywhere: tuple[str, ...]
    """What is to be looked at on every date alike, and so is not said in the lines; and that consent will be asked for
    anew."""
    dark: tuple[dark_dates.Run, ...]
    diary: Diary
    frame: free.Frame


Wanted = tuple[date, Session, Sequence[Client]]
"""The day that the rule gives a session, the session as it would be, and who comes."""


def weigh(wanted: Sequence[Wanted], reader: User, *, ignoring: Collection[UUID] = ()) -> Weighed:
    """Sessions that need not be saved, in the order of their days. Who is in the way is said in
    words that the reader may know, and readiness in her rendering. `ignoring`: sessions that will be gone by then."""
    sessions = [session for _day, session, _clients in wanted]
    everyone = list({client.pk: client for _day, _session, clients in wanted for client in clients}.values())
    routes = {id(one.route): one.route for one in sessions if one.route}
    prefetch_related_objects(list(routes.values()), "points", "hazards", seasons.LOADED)
    held = diary.load(sessions, everyone, ignoring=ignoring)
    clashes = _clashes(wanted, held, reader)
    shelf = grounds.load([(session, clients) for _day, session, clients in wanted])
    knows = may_know_why(reader, everyone)
    frame = free.frame([*sessions, *dark_dates.beside(sessions)])
    lines = []
    for day, session, clients in wanted:
        outside, dark = tuple(f"{why}." for why in frame.outside(session)), dark_dates.is_dark(session)
        refusals = (clashes[day],) if day in clashes else ()
        line = Line(day, session, refusals, outside, [], None, dark)
        judged = readiness.of(session, shelf.of(session, clients))
        lines.append(_with_readiness(line, judged, knows))
    ground = new_ground.first_of([(session, clients) for _day, session, clients in wanted], ignoring=ignoring)
    alike = [look for look in lines[0].looks if all(look in line.looks for line in lines)] if len(lines) > 1 else []
    for line in lines:
        line.looks[:] = [look for look in line.looks if look not in alike]
    everywhere = (*([new_ground.said(ground)] if ground and knows else []), *alike)
    return Weighed(tuple(lines), everywhere, tuple(dark_dates.runs(sessions)), held, frame)


def _clashes(wanted: Sequence[Wanted], held: Diary, reader: User) -> dict[date, str]:
    """Who or what is in the way, by day, in words for this reader; who is to be kept apart last, as at the booking."""
    taken = [(day, session, found) for day, session, clients in wanted if (found := held.taken(session, clients))]
    said = diary.in_words([(session, *found) for _day, session, found in taken], reader)
    clashes = {day: sentence for (day, _session, _found), sentence in zip(taken, said, strict=True)}
    near = [(day, held.watch.pairs_at(session, clients)) for day, session, clients in wanted if day not in clashes]
    near = [(day, pairs) for day, pairs in near if pairs]
    said = apart.in_words([pairs for _day, pairs in near], reader)
    return clashes | {day: sentence for (day, _pairs), sentence in zip(near, said, strict=True)}


def unweighed(wanted: Sequence[tuple[date, Session]]) -> Weighed:
    """The same lines where nothing can stand against them."""
    lines = tuple(Line(day, session, (), (), [], None, False) for day, session in wanted)
    return Weighed(lines, (), (), Diary(), free.frame([]))


def ticked(lines: Sequence[Line], shown: Collection[date], on: Collection[date]) -> set[date]:
    """Which dates are ticked: of those that stood on the page before what was ticked there, of new ones what is
    advised; never what is not possible."""
    return {
        line.day for line in lines if line.is_possible and (line.day in on if line.day in shown else line.is_advised)
    }


def _with_readiness(line: Line, found: readiness.Readiness, knows: bool) -> Line:
    chips = found.for_clinician() if knows else found.for_desk()
    light = next((chip for chip in chips if chip.key == "light"), None)
    against = tuple(sentence(chip) for chip in chips if chip.refuses)
    looks = [sentence(chip) for chip in chips if _needs_a_look(chip) and chip is not light]
    looks = [look for look in looks if look not in line.outside]
    return replace(line, refusals=line.refusals + against, looks=looks, light=light)


def _needs_a_look(chip: Chip) -> bool:
    return chip.tone in (LOOK, STOP) and not chip.refuses
