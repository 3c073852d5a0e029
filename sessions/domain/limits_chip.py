"""What of a chosen route meets a limit of a client's decision: something to look at, for a clinician's eyes.

It never refuses: the therapist knows the path and the person, and decides.
"""

from collections.abc import Collection, Iterator, Sequence

from django.utils.translation import gettext as _

from clients.domain.facts import limit_words
from routes.domain.matching import Wish
from routes.models import Route
from sessions.domain import route_limits
from sessions.domain.chip import LOOK, NOTE, Chip
from sessions.domain.grounds import Grounds


def of(route: Route, wish: Wish, grounds: Sequence[Grounds]) -> Iterator[Chip]:
    """A chip for each client whose limits say something about the route; with a name where there are several."""
    for one in grounds:
        limits = one.standing.permits(wish.mode, wish.day).limits
        if limits and (chip := _chip(route, wish, limits, one.client.called_name if len(grounds) > 1 else "")):
            yield chip


def _chip(route: Route, wish: Wish, limits: Collection[str], name: str) -> Chip | None:
    met = route_limits.met(route, wish, limits)
    against = {limit: said.against for limit, said in met.items() if said.against}
    meant = against or {limit: said.cautions for limit, said in met.items()}
    if not meant:
        return None
    said = _("The route meets a limit: %(limits)s") if against else _("To think of on this route: %(limits)s")
    text = said % {"limits": "; ".join(limit_words(meant))}
    reason = " ".join(dict.fromkeys(words for found in meant.values() for words in found))
    return Chip("limits", LOOK if against else NOTE, "route", f"{name}: {text}" if name else text, reason, "",
                is_personal=True)  # fmt: skip
