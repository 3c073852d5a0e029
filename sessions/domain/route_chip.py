"""Whether a route can be walked on a day: not archived, not closed, assessed for that season, looked at again in time,
and with the permission that it needs."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from clients.domain.permission import left_of_grace
from practice.domain import words
from routes.domain import route_light, seasons
from routes.models import Route
from sessions.domain.chip import LOOK, OK, STOP, Chip, of_grace


def of(route: Route, *, day: date, grace: int) -> Chip:
    """One chip. Archived, closed, or with an assessment that is missing, failed or not approved, it refuses; what is
    merely overdue is a look for `grace` days and looks like a stop afterwards, and never refuses. A permission
    that ended and another season than the one assessed are a look."""
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
    if found := _ended(route, day) or _out_of_season(route, day):
        text, why = found
        return Chip("route", LOOK, "map", text % named, why)
    if route.walked_on is None:
        why = _("Walk it before you take anyone.")
        return Chip("route", LOOK, "map", _("%(name)s: nobody has walked it yet") % named, why)
    return Chip("route", OK, "map", _("%(name)s reviewed") % named, short=_("route"))


def _ended(route: Route, day: date) -> tuple[str, str] | None:
    """The permission of the landowner, which counts to its last day."""
    if route.permit_until is None or day <= route.permit_until:
        return None
    why = _("It was given until %(day)s. Ask for it again.") % {"day": words.short_day(route.permit_until)}
    return _("%(name)s: the permission has ended"), why


def _out_of_season(route: Route, day: date) -> tuple[str, str] | None:
    """An assessment of one season says nothing about the others."""
    held, now = seasons.assessed(route), seasons.at(day, route_light.start_of(route)[0])
    if held in (seasons.Season.ALL, now):
        return None
    why = _("Assessed for %(held)s, and this day is in %(now)s. Assess it for this season too.")
    return _("%(name)s: another season"), why % {"held": held.label, "now": now.label}


def _full_stop(words: str) -> str:
    return words if not words or words.endswith((".", "!", "?")) else f"{words}."
