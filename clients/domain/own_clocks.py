"""The clocks by which a client lives, where they are others than ours: her letters and pages name both times."""

from zoneinfo import available_timezones

from clients.models import Client
from practice.domain import audit, words
from practice.models import User

PLACES = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
"""The parts of the time zone database (IANA tz) that name places where people live."""


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every zone under the part of the world it lies in, by its city."""
    known = sorted(available_timezones())
    return [(part, [(zone, words.city(zone)) for zone in known if zone.startswith(f"{part}/")]) for part in PLACES]


def keep(client: Client, zone: str, *, by: User) -> None:
    """Set them, or with nothing go back to the clocks of the practice."""
    client.own_zone = zone
    client.save(update_fields=["own_zone"])
    audit.record("client.clocks_set", by=by, subject=client.pk)
