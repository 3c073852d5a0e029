"""Letters about many sessions that leave as one: the first carries the others, which say that they go with it.

They lie as `practice.domain.catching_up` lays what is late: each is a row of its own, so that the log of every session
has it, and what does not leave by itself is `folded_into` the one that does.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from practice.models import Letter
from sessions.domain.reminder_plan import WAITING

TAKEN_BACK = (Letter.State.CANCELLED, Letter.State.EXPIRED)
STANDS = Q(folded_into=None) & ~Q(state__in=TAKEN_BACK) | (
    Q(folded_into__isnull=False) & ~Q(folded_into__state__in=TAKEN_BACK)
)
"""It waits or has left, by itself or with another one."""
WAITS = Q(state__in=WAITING) | Q(folded_into__state__in=WAITING)
"""It has not left, neither by itself nor with another one."""


def carrier(letter: Letter) -> Letter:
    """The one that leaves: itself, or what it goes with. That one is loaded."""
    return letter.folded_into or letter


def carried(letter: Letter) -> list[Letter]:
    """What leaves with this letter, itself first."""
    return [letter, *letter.folded.order_by("not_after")]


def unite(letters: Sequence[Letter]) -> None:
    """Of letters to one recipient that wait, the first carries the others, and may leave until the last of them would
    come too late."""
    first, *rest = letters
    if not rest:
        return
    others = [letter.pk for letter in rest]
    Letter.objects.filter(folded_into__in=others).update(folded_into=first)
    said = _("One letter tells of several dates.")
    Letter.objects.filter(pk__in=others).update(state=Letter.State.CANCELLED, folded_into=first, why_not=said)
    last = max(letter.not_after for letter in letters if letter.not_after)
    Letter.objects.filter(pk=first.pk).update(not_after=last)


def bundles(letters: QuerySet[Letter]) -> dict[str, list[str]]:
    """Of each of these that waits, by its number: what leaves with it, in the order of the letter."""
    waiting = list(letters.filter(WAITS).select_related("folded_into"))
    leading = {carrier(letter).pk for letter in waiting}
    together: dict[UUID | None, list[str]] = {pk: [str(pk)] for pk in leading}
    for one in Letter.objects.filter(folded_into__in=leading).order_by("not_after"):
        together[one.folded_into_id].append(str(one.pk))
    return {str(letter.pk): together[carrier(letter).pk] for letter in waiting}


def put_back(letter: str, bundle: Sequence[str]) -> None:
    """A letter that was taken back waits again, with those of its bundle that have not left."""
    waits = {"state": Letter.State.DUE, "folded_into": None, "why_not": ""}
    if not Letter.objects.filter(pk=letter, state=Letter.State.CANCELLED, folded_into=None).update(**waits):
        return
    waiting = {str(one.pk): one for one in Letter.objects.filter(WAITS, pk__in=bundle)}
    first, *rest = (waiting[pk] for pk in bundle if pk in waiting)
    if any(one.folded_into_id != first.pk for one in rest):
        Letter.objects.filter(pk=first.pk).exclude(folded_into=None).update(**waits)
        unite([first, *rest])


def take_back(letters: QuerySet[Letter], *, why: str) -> None:
    """None of these leaves, by itself or with another one; what one of them carried goes with the next of it."""
    waiting = list(letters.filter(WAITS))
    pks = [letter.pk for letter in waiting]
    Letter.objects.filter(pk__in=pks).update(state=Letter.State.CANCELLED, folded_into=None, why_not=why)
    for letter in waiting:
        rest = list(letter.folded.order_by("not_after"))
        if rest:
            Letter.objects.filter(pk=rest[0].pk).update(state=Letter.State.DUE, folded_into=None, why_not="")
            unite(rest)
