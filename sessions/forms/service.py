"""What a service says about a booking, for the form of one."""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from practice.models import Service

LENGTHS = {25, 50, 60, 75, 80, 90}
BUFFERS = {0, 5, 10, 15, 20}


Offered = tuple[int, int, int]
"""Of a service: its minutes, and those of the way and of the note."""


def offered() -> list[Offered]:
    """What is offered. One query."""
    return list(Service.objects.values_list("minutes", "travel_minutes", "note_minutes"))


def lengths(offered: Iterable[Offered]) -> list[tuple[int, str]]:
    """Minutes that a session can have: the usual ones, and those of what is offered."""
    return [(n, str(n)) for n in sorted(LENGTHS | {minutes for minutes, _travel, _note in offered})]


def buffers(offered: Iterable[Offered]) -> list[tuple[int, Any]]:
    """Minutes that can be kept free beside it, likewise."""
    found = BUFFERS | {n for _minutes, *pair in offered for n in pair}
    return [(n, ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n} if n else _("none")) for n in sorted(found)]


def service_says(service: Service, mode: str | None, people: int) -> Iterator[tuple[str, Any]]:
    """What does not go with a service: the field, and a sentence."""
    if mode and mode not in service.modes:
        yield "mode", _("%(service)s is not met this way.") % {"service": service.name}
    if people > service.seats:
        yield "others", _("%(service)s is for fewer people.") % {"service": service.name}
    if service.kind == Service.Kind.COUPLE and people < service.seats:
        yield "others", _("%(service)s is for two.") % {"service": service.name}


def filled(data: QueryDict) -> dict[str, Any]:
    """What was typed so far, with what the chosen service says: for the form to go on from."""
    typed = data.dict() | {"others": data.getlist("others")}
    try:
        service = Service.objects.filter(is_offered=True, pk=uuid.UUID(data.get("service", ""))).first()
    except ValueError:
        service = None
    if service is None:
        return typed
    kept = typed.get("mode") if typed.get("mode") in service.modes else service.modes[0]
    return typed | {
        "mode": kept,
        "minutes": service.minutes,
        "indoor_minutes": service.indoor_minutes,
        "travel": service.travel_minutes,
        "note": service.note_minutes,
    }
