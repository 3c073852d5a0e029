"""What is new since a decision, in a clinician's words: it asks to look again, and closes nothing by itself.

Answers count when they raise a consideration that was not on the table when it was decided. An event counts until
somebody decides anew.
"""

import json
from collections.abc import Collection, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from clients.domain import results
from clients.domain.facts import Level
from clients.domain.reading import DAY_OF, FIT
from clients.models import Decision, Review, Screening
from practice.domain import words


def changed(ids: Collection[UUID]) -> dict[UUID, list[Review]]:
    """What was said or written down as changed, and not decided upon since, by client. One query."""
    found: dict[UUID, list[Review]] = {}
    for review in Review.objects.changed().filter(client__in=ids).defer("words_sealed").select_related("answered_by"):
        found.setdefault(review.client_id, []).append(review)
    return found


def since(made: Decision | None, answered: Sequence[Screening], events: Collection[Review]) -> tuple[str, ...]:
    """One sentence for each; nothing before the first decision."""
    if made is None:
        return ()
    said = [_of_event(event) for event in events]
    if answered and _raised(answered) - _known(made):
        last = max(one.submitted_at for one in answered if one.submitted_at)
        said.append(_("Answers of %(day)s ask to be thought about.") % {"day": words.short_day(last.date())})
    return tuple(said)


def _of_event(event: Review) -> str:
    day = words.short_day(event.said_at.date())
    if event.answered_by is None:
        return _("Said on %(day)s that something has changed.") % {"day": day}
    return _("Something has changed, %(name)s wrote on %(day)s.") % {"name": event.answered_by.called, "day": day}


def _raised(answered: Sequence[Screening]) -> frozenset[str]:
    """The rules behind what these answers asked to consider when they were handed in. Of each kind the newest counts;
    what is asked about one day is of that day."""
    kinds = sorted((one for one in answered if one.kind not in (DAY_OF, FIT)), key=lambda one: one.asked_at)
    newest = list({one.kind: one for one in kinds}.values())
    found = [result for result in results.of_each(newest) if result.level > Level.CLEAR]
    return frozenset[str]().union(*(result.rules for result in found))


def _known(made: Decision) -> frozenset[str]:
    """The rules that were on the table when it was decided."""
    return frozenset(one.get("rule", "") for one in json.loads(made.considered or "[]"))
