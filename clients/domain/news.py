"""What is new since a decision, in a clinician's words: it asks to look again, and closes nothing by itself.

Answers count when they raise a consideration that was not on the table when it was decided. An event counts until
somebody decides anew, and so does a doctor's word that does not go with the decision.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import results
from clients.domain.danger import Heard
from clients.domain.facts import Level
from clients.domain.reading import DAY_OF, FIT
from clients.domain.results import Found
from clients.models import Decision, MedicalLetter, Review
from clients.models.review import ReviewQuerySet
from practice.domain import words
from practice.models import Mode


def since(
    decisions: Mapping[UUID, Decision], heard: Iterable[Heard], *, changed: Collection[UUID], replied: Collection[UUID]
) -> dict[UUID, tuple[str, ...]]:
    """One sentence for each thing that is new since these newest decisions, by client. As many queries for one as for
    many: events, doctors' words and answers, and when there are any, the keys to them and to what was considered.
    `changed`, `replied`: of whom there are events, and doctors' words."""
    said: dict[UUID, list[str]] = {pk: [] for pk in decisions}
    found = events().filter(client__in=decisions.keys() & set(changed)).select_related("answered_by")
    for event in found.defer("words_sealed"):
        said[event.client_id].append(_of_event(event))
    for pk, sentence in _from_doctors({pk: decisions[pk] for pk in decisions.keys() & set(replied)}):
        said[pk].append(sentence)
    for pk, day in _worth_a_thought(decisions, _newest(one for one in heard if one[0].client_id in decisions)):
        said[pk].append(_("Answers of %(day)s ask to be thought about.") % {"day": words.short_day(day)})
    return {pk: tuple(sentences) for pk, sentences in said.items()}


def events() -> ReviewQuerySet:
    """What has changed for anybody since the newest decision about them, the newest first."""
    return Review.objects.changed()


def replies() -> QuerySet[MedicalLetter]:
    """What doctors replied about anybody."""
    return MedicalLetter.objects.filter(status=MedicalLetter.Status.REPLIED)


def _of_event(event: Review) -> str:
    day = words.short_day(timezone.localdate(event.said_at))
    if event.answered_by is None:
        return _("Said on %(day)s that something has changed.") % {"day": day}
    return _("Something has changed, %(name)s wrote on %(day)s.") % {"name": event.answered_by.called, "day": day}


def _from_doctors(decisions: Mapping[UUID, Decision]) -> Iterable[tuple[UUID, str]]:
    """Where the newest reply was written down after the decision and says less than it does."""
    newest = replies().filter(client__in=decisions).order_by("client_id", "-doctor_wrote_on", "-asked_at")
    late = [
        one for one in newest.distinct("client_id") if one.answered_at and one.answered_at > decisions[one.client_id].at
    ]
    for one, value in zip(late, MedicalLetter.said_text.read_each(late), strict=True):
        said, made = MedicalLetter.Said(value), decisions[one.client_id]
        fits = said == MedicalLetter.Said.AGREED
        fits = fits or (said == MedicalLetter.Said.WALKING_ONLY and Mode.RUN not in made.modes)
        if one.doctor_wrote_on and not fits:
            day = words.short_day(one.doctor_wrote_on)
            yield one.client_id, _("The doctor's answer of %(day)s: %(said)s.") % {"day": day, "said": said.label}


def _worth_a_thought(decisions: Mapping[UUID, Decision], answered: Collection[Heard]) -> Iterable[tuple[UUID, date]]:
    """Whose answers raise something that was not on the table, and the day of the last of them."""
    about = sorted({made.client_id for made, _result in answered})
    traces = Decision.considered.read_each([decisions[pk] for pk in about])
    known = {pk: _known(text) for pk, text in zip(about, traces, strict=True)}
    last: dict[UUID, datetime] = {}
    for one, result in answered:
        if one.submitted_at and any(_is_new(found, known[one.client_id]) for found in result.found):
            last[one.client_id] = max(one.submitted_at, last.get(one.client_id, one.submitted_at))
    return [(pk, moment.date()) for pk, moment in last.items()]


def _known(trace: str) -> dict[str, frozenset[str] | None]:
    """By line of the rules: what it rested on when it was decided. None for a trace that did not keep it yet."""
    known: dict[str, frozenset[str] | None] = {}
    for row in json.loads(trace or "[]"):
        [found] = results.read_lines([row])
        before = known.get(found.key, frozenset())
        known[found.key] = None if "said" not in row or before is None else before | found.said
    return known


def _is_new(found: Found, known: Mapping[str, frozenset[str] | None]) -> bool:
    """A line of the rules that was not on the table, or one that rests on something else now. What is merely good to
    know asks for nothing."""
    if found.level == Level.CLEAR:
        return False
    if found.key not in known:
        return known.get(found.rule, frozenset()) is not None
    before = known[found.key]
    return before is not None and not found.said <= before


def _newest(heard: Iterable[Heard]) -> list[Heard]:
    """Of each kind the newest; what is asked about one day is of that day."""
    last = {(made.client_id, made.kind): (made, result) for made, result in heard if made.kind not in (DAY_OF, FIT)}
    return list(last.values())
