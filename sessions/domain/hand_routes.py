"""Routes that wait for somebody who keeps them: to be assessed, approved, or looked at again."""

from collections.abc import Callable, Iterator
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from practice.domain import words
from practice.models import User
from routes.models import RiskAssessment, Route
from sessions.domain.waiting import SHOWN, Hand


def rows(today: date) -> QuerySet[Route]:
    """Routes that wait for anything at all."""
    overdue = Q(risk=Route.Risk.PASSED) & (Q(look_again_on__lt=today) | ~Q(look_again_because=""))
    asking = Q(risk__in=UNASSESSED) | overdue
    return Route.objects.in_use().filter(asking | Q(risk=Route.Risk.WAITING))


def of(reader: User, today: date) -> Iterator[Hand]:
    """What cannot be booked first, then what is overdue. Two queries."""
    routes = list(rows(today).exclude(risk=Route.Risk.WAITING).order_by("look_again_on", "name").defer(*HEAVY))
    for route in [one for one in routes if one.risk in UNASSESSED][:SHOWN]:
        yield _hand(_("Assess"), route, UNASSESSED[route.risk]())
    yield from _to_approve(reader)
    for route in [one for one in routes if one.risk == Route.Risk.PASSED][:SHOWN]:
        due = route.look_again_on
        rest = _("was to be looked at again by %(day)s.") % {"day": words.short_day(due)} if due else ""
        if route.look_again_because:
            rest = _("is to be looked at again: %(because)s") % {"because": route.look_again_because}
        yield _hand(_("Walk"), route, rest)


HEAVY = ("line", "breaks", "sketch")
UNASSESSED: dict[str, Callable[[], str]] = {
    Route.Risk.MISSING: lambda: _("is not assessed yet: it cannot be booked."),
    Route.Risk.FAILED: lambda: _("did not pass its risk assessment: it cannot be booked."),
}


def _hand(word: str, route: Route, rest: str) -> Hand:
    return Hand("look", "map", word, route.name, f"{reverse('routes:show', args=[route.pk])}#risk", rest)


def _to_approve(reader: User) -> Iterator[Hand]:
    """What somebody else assessed. What one assessed oneself waits for a colleague."""
    signed = RiskAssessment.objects.filter(
        route__risk=Route.Risk.WAITING, route__archived_at__isnull=True, signed_at__isnull=False
    )
    newest = signed.order_by("route_id", "-version").distinct("route_id")
    waiting = newest.select_related("route", "assessed_by").defer("rows", *(f"route__{name}" for name in HEAVY))
    for made in [one for one in waiting if one.assessed_by_id != reader.pk][:SHOWN]:
        url = reverse("routes:approve_assessment", args=[made.route_id, made.version])
        rest = _("assessed by %(name)s, waits for approval.") % {"name": made.assessed_by.name}
        yield Hand("look", "badge-check", _("Approve"), made.route.name, url, rest)
