"""What is missing before a risk assessment can be signed.

Every line is whole, every hazard of the record has a line, and it was walked since it was last asked for: a walk from
before an incident says nothing about the path after it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from practice.domain.words import short_day
from routes.domain import risk
from routes.domain.risk import Line
from routes.models import Hazard, RiskAssessment, Route
from routes.models.assessment import LONGEST


@dataclass(frozen=True, slots=True)
class Gap:
    """Why something cannot be signed yet: the column, the number of its line (from 0) or None, and a sentence."""

    field: str
    line: int | None
    words: str


def of(made: RiskAssessment, *, route: Route, hazards: Sequence[Hazard], today: date) -> list[Gap]:
    """In the order of the page. `hazards` are those of the record that are there on this day."""
    told = risk.lines(made.rows)
    found = [gap for number, line in enumerate(told) for gap in _of_line(number, line)]
    if not told:
        found.append(Gap("rows", None, _("Write down at least one hazard: no path is without any.")))
    words = _("The record names this too: “%(words)s” Give it a line, or say in the record that it is gone.")
    found += [Gap("rows", None, words % {"words": one.words}) for one in unnamed(told, hazards)]
    return [*found, *_of_walk(made.walked_on, route, today), *_of_review(made, today)]


def unnamed(told: Sequence[Line], hazards: Sequence[Hazard]) -> list[Hazard]:
    """Hazards without a line of their own. The words of a line may be others than those of the record, so that what
    is not found by its words takes a line of its kind that no other hazard took."""
    by_words = {(line.kind, line.words) for line in told}
    left = Counter(line.kind for line in told)
    left.subtract(one.kind for one in hazards if (one.kind, one.words) in by_words)
    found = []
    for one in hazards:
        if (one.kind, one.words) not in by_words:
            left[one.kind] -= 1
            found += [one] if left[one.kind] < 0 else []
    return found


def _of_line(number: int, line: Line) -> list[Gap]:
    needed = {
        "words": _("Say it in words, as you would to a colleague."),
        "likelihood": _("How likely is it as things are?"),
        "severity": _("How bad would it be as things are?"),
        "control": _("What do you do about it?"),
        "likelihood_after": _("How likely is it then?"),
        "severity_after": _("How bad would it be then?"),
    }
    found = [Gap(name, number, words) for name, words in needed.items() if not getattr(line, name)]
    if line.got_worse:
        found.append(Gap("severity_after", number, _("With what you do about it, it comes out worse than before.")))
    return found


def _of_walk(walked: date | None, route: Route, today: date) -> list[Gap]:
    asked = route.look_again_on if route.look_again_because else None
    if walked is None:
        return [Gap("walked_on", None, _("On which day did you walk it?"))]
    if walked > today:
        return [Gap("walked_on", None, _("This day has not come yet."))]
    if asked and walked < asked:
        words = _("On %(day)s a new look was asked for: %(because)s. Walk it once more, and give that day.")
        because = route.look_again_because.rstrip(".!?")
        return [Gap("walked_on", None, words % {"day": short_day(asked), "because": because})]
    return []


def _of_review(made: RiskAssessment, today: date) -> list[Gap]:
    walked, review = made.walked_on, made.review_on
    if review is None:
        return [Gap("review_on", None, _("By when is it looked at again?"))]
    if review <= today:
        return [Gap("review_on", None, _("Choose a day that is still to come."))]
    if walked and review - walked > LONGEST:
        return [Gap("review_on", None, _("A year after it was walked at the most."))]
    return []
