"""The order in which a person likes the routes: her favourites as she arranged them, the others by name."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from practice.models import User
from routes.models import Route, RouteOrder

EARLIER, LATER, ADD, REMOVE = "earlier", "later", "add", "remove"


def favourites(user: User | None) -> list[UUID]:
    """The ids of a person's favourites, the first one first."""
    kept = RouteOrder.objects.filter(user=user).values_list("routes", flat=True).first()
    return kept or []


def arranged(routes: Iterable[Route], liked: list[UUID]) -> list[Route]:
    """Routes in the order of these favourites; what is none of them follows by name."""
    place = {pk: number for number, pk in enumerate(liked)}
    return sorted(routes, key=lambda route: (place.get(route.pk, len(place)), route.name.casefold()))


@transaction.atomic
def arrange(route: Route, way: str, *, by: User) -> None:
    """One step earlier or later in a person's order, into it at its end, or out of it. Archived ones drop out."""
    RouteOrder.objects.get_or_create(user=by)
    kept = RouteOrder.objects.select_for_update().get(user=by)
    used = set(Route.objects.in_use().filter(pk__in=kept.routes).values_list("pk", flat=True))
    before = [pk for pk in kept.routes if pk in used]
    after = [pk for pk in before if pk != route.pk]
    if way != REMOVE:
        step = {EARLIER: -1, LATER: 1}.get(way, 0)
        after.insert(max(before.index(route.pk) + step, 0) if route.pk in before else len(after), route.pk)
    kept.routes = after
    kept.save(update_fields=["routes"])
