"""Safe ways to reach a person: which one, when, and how much a message may give away."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import transaction

from clients.models import Client, ContactPoint, EmergencyContact
from practice.domain import audit
from practice.models import User

TWICE = timedelta(seconds=60)
"""The same thing asked for again by the same person within this time is one press too many (ours)."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach somebody, as it is said on the telephone."""

    kind: str
    value: str
    whose: str = ContactPoint.Whose.OWN
    is_safe: bool = True
    hours: str = ""
    may_say: str = ContactPoint.MaySay.EVERYTHING
    sender: str = ""
    is_preferred: bool = False


@transaction.atomic
def put(client: Client, way: Way, *, by: User, point: ContactPoint | None = None) -> ContactPoint:
    """Add a way to reach the client, or change one. Only one is tried first."""
    said = asdict(way)
    if way.is_preferred:
        others = client.contact_points.exclude(pk=point.pk) if point else client.contact_points.all()
        others.filter(is_preferred=True).update(is_preferred=False)
    if point:
        for name, value in said.items():
            setattr(point, name, value)
        point.save(update_fields=list(said))
    else:
        point = ContactPoint.objects.create(client=client, **said)
    audit.record("client.contact_kept", by=by, subject=client.pk, detail={"point": str(point.pk)})
    return point


@transaction.atomic
def remove(point: ContactPoint, *, by: User) -> None:
    """Forget a way to reach the client."""
    audit.record("client.contact_removed", by=by, subject=point.client_id, detail={"point": str(point.pk)})
    point.delete()


@transaction.atomic
def put_emergency(client: Client, *, name: str, relation: str, phone: str, may_say: str, by: User) -> EmergencyContact:
    """Keep whom to ring if something happens; there is one, and the newest counts."""
    said = {"name": name, "relation": relation, "phone": phone}
    contact, _ = EmergencyContact.objects.update_or_create(client=client, defaults=said)
    contact.may_say = may_say
    contact.save(update_fields=["may_say_sealed"])
    audit.record("client.emergency_contact_kept", by=by, subject=client.pk)
    return contact


def safe_email(client: Client) -> ContactPoint | None:
    """The e-mail address that letters may use: safe, and something may be said there. The preferred one first."""
    return (
        client.contact_points.filter(kind=ContactPoint.Kind.EMAIL, is_safe=True)
        .exclude(may_say=ContactPoint.MaySay.NOTHING)
        .first()
    )


def may_name_us(point: ContactPoint) -> bool:
    """Whether a message there may say who we are."""
    return point.may_say == ContactPoint.MaySay.EVERYTHING
