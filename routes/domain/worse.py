"""What makes the record of an assessed route worse than what was assessed, so that somebody looks at it again: a hazard
that is new, is there again or is no longer dealt with, and a fact that is needed in an emergency and no longer stands
there."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from routes.models import Hazard, Route

NEEDED = ("emergency_access", "defibrillator", "emergency_department", "emergency_minutes")


def can_call(route: Route) -> bool:
    """By telephone, or by what was agreed instead."""
    return route.signal_found not in ("", Route.Signal.NONE) or bool(route.signal_instead)


def asks(before: Route, feared: Iterable[Hazard], after: Route, *, today: date) -> tuple[str, date] | None:
    """Why the route is looked at again, and since when; None when nothing got worse. `feared` are the hazards before.

    A hazard is asked about since the day on which it was seen: a walk of that day has seen it too.
    """
    known = {one.pk: one for one in feared}
    found = [one for one in after.hazards.all() if one.is_there(today) and _is_worse(one, known.get(one.pk), today)]
    parts = [_("now in the record: %(words)s") % {"words": one.words.rstrip(".")} for one in found]
    if is_less := _is_less(before, after):
        parts.insert(0, _("the record says less for an emergency"))
    since = today if is_less else max((one.seen_on or today for one in found), default=today)
    most = Route._meta.get_field("look_again_because").max_length
    return ("; ".join(parts)[:most], since) if parts else None


def _is_less(before: Route, after: Route) -> bool:
    gone = any(getattr(before, name) not in ("", None) and getattr(after, name) in ("", None) for name in NEEDED)
    return gone or (can_call(before) and not can_call(after))


def _is_worse(now: Hazard, before: Hazard | None, day: date) -> bool:
    if before is None or not before.is_there(day) or now.kind != before.kind:
        return True
    if now.kind == Hazard.Kind.OTHER and now.words != before.words:
        return True
    return now.state == Hazard.State.THERE and before.state == Hazard.State.EASED
