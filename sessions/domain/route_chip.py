"""Whether a route can be walked on a day: not archived, not closed, assessed, and looked at again in time."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from clients.domain.permission import left_of_grace
from routes.models import Route
from sessions.domain.chip import LOOK, OK, STOP, Chip, of_grace


def of(route: Route, *, day: date, grace: int) -> Chip:
    """One chip. Archived, closed, or with an assessment that is missing, failed or not approved, it refuses; what is
    merely overdue is a look for `grace` days and looks like a stop afterwards, and never refuses."""
    named = {"name": route.name}
    if route.archived_at:
        return Chip("route", STOP, "map", _("%(name)s is no longer used") % named, _("Choose another."), refuses=True)
    if route.is_closed(day):
        return Chip("route", STOP, "map", _("%(name)s is closed") % named, route.closed_because, refuses=True)
    if route.risk in UNASSESSED:
        text, why = UNASSESSED[route.risk]()
        return Chip("route", STOP, "map", text % named, why, refuses=True)
    return _reviewed(route, day, grace)


UNASSESSED: dict[str, Callable[[], tuple[str, str]]] = {
    Route.Risk.MISSING: lambda: (
        _("%(name)s is not assessed yet"),
        _("Its risks are assessed first, by somebody who walked it: it takes ten minutes."),
    ),
    Route.Risk.WAITING: lambda: (
        _("%(name)s waits for approval"),
        _("Its risk assessment is signed, and somebody else has to approve it."),
    ),
    Route.Risk.FAILED: lambda: (
        _("%(name)s did not pass"),
        _("Its risk assessment did not pass. Choose another route until what is missing is put right."),
    ),
}


def _reviewed(route: Route, day: date, grace: int) -> Chip:
    """Whether an assessed route is looked at again in time; somebody may have asked for it sooner."""
    named = {"name": route.name}
    because = route.look_again_because
    if route.look_again_on is None:
        return Chip("route", LOOK, "map", _("%(name)s not reviewed yet") % named, _("Walk it and write that down."))
    if day > route.look_again_on:
        tone, rest = of_grace(left_of_grace(route.look_again_on, day, grace))
        return Chip("route", tone, "map", _("%(name)s: look again") % named, f"{_full_stop(because)} {rest}".strip())
    if because:
        return Chip("route", LOOK, "map", _("%(name)s: look again") % named, because)
    if route.walked_on is None:
        why = _("Walk it before you take anyone.")
        return Chip("route", LOOK, "map", _("%(name)s: nobody has walked it yet") % named, why)
    return Chip("route", OK, "map", _("%(name)s reviewed") % named, short=_("route"))


def _full_stop(words: str) -> str:
    return words if not words or words.endswith((".", "!", "?")) else f"{words}."
