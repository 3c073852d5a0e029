"""What the record of a route says for an emergency, frozen with each signed assessment, and told as lines."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from practice.domain.words import short_day
from routes.models import Route, RoutePoint

PLAIN = (
    "name",
    "meeting_point",
    "emergency_access",
    "gate_codes",
    "defibrillator",
    "emergency_department",
    "emergency_minutes",
    "signal_found",
    "signal",
    "signal_instead",
    "light",
    "privacy",
    "permit",
)
DAYS = ("signal_tried_on", "permit_until")


def of(route: Route) -> dict[str, Any]:
    """As JSON keeps it; days as ISO 8601."""
    safe = route.points.filter(kind=RoutePoint.Kind.SAFE)
    days = {name: getattr(route, name).isoformat() if getattr(route, name) else None for name in DAYS}
    lamps = [value.isoformat("minutes") for value in (route.lamps_off_from, route.lamps_off_until) if value]
    return {
        **{name: getattr(route, name) for name in PLAIN},
        **days,
        "at": list(route.start),
        "lamps_off": lamps,
        "shelters": [[point.name, point.minutes] for point in safe],
    }


def lines(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Label and words, in the order in which somebody on the telephone asks; what nobody wrote down says so."""
    nothing = _("not written down")
    lat, lon = facts["at"]
    found = [
        (_("Where it begins"), f"{lat:.5f}, {lon:.5f}. {facts['meeting_point']}"),
        (_("How an ambulance gets in"), facts["emergency_access"] or nothing),
        (_("Nearest defibrillator"), facts["defibrillator"] or nothing),
        (_("Nearest emergency department"), _department(facts) or nothing),
        (_("Telephone signal"), _signal(facts) or nothing),
        (_("Safe in a thunderstorm"), _shelters(facts) or nothing),
        (_("Light"), _light(facts)),
    ]
    if facts["gate_codes"]:
        found.insert(2, (_("Codes of gates and barriers"), facts["gate_codes"]))
    if facts["privacy"]:
        found.append((_("About privacy"), facts["privacy"]))
    if facts["permit"]:
        until = facts["permit_until"]
        ends = _(", until %(day)s") % {"day": short_day(date.fromisoformat(until))} if until else ""
        found.append((_("Permission of the landowner"), facts["permit"] + ends))
    return found


def _department(facts: dict[str, Any]) -> str:
    minutes = facts["emergency_minutes"]
    by_road = _("%(n)s minutes by road") % {"n": minutes} if minutes else _("minutes not written down")
    return f"{facts['emergency_department']}; {by_road}" if facts["emergency_department"] else ""


def _signal(facts: dict[str, Any]) -> str:
    tried = facts["signal_tried_on"]
    parts = [
        str(Route.Signal(facts["signal_found"]).label) if facts["signal_found"] else "",
        facts["signal"],
        _("tried on %(day)s") % {"day": short_day(date.fromisoformat(tried))} if tried else "",
        facts["signal_instead"],
    ]
    return "; ".join(part for part in parts if part)


def _shelters(facts: dict[str, Any]) -> str:
    after = [
        _("%(name)s, %(n)s minutes from the start") % {"name": name, "n": n} if n is not None else name
        for name, n in facts["shelters"]
    ]
    return "; ".join(after)


def _light(facts: dict[str, Any]) -> str:
    label = str(Route.Light(facts["light"]).label)
    if len(facts["lamps_off"]) < 2:
        return label
    return label + _(", lamps off from %(first)s to %(last)s") % dict(
        zip(("first", "last"), facts["lamps_off"], strict=True)
    )
