"""Safe ways to reach a person: which one, when, and how much a message may give away."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, ContactPoint, EmergencyContact, Signatory
from practice.domain import audit, links, words
from practice.models import Letter, User

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
    wants_invitations: bool = False
    safe_from: time | None = None
    safe_until: time | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone to ring now, and what to mind when somebody else may hear it."""

    value: str
    caution: str

    @property
    def href(self) -> str:
        """As a telephone dials it."""
        return "tel:" + "".join(sign for sign in self.value if sign.isdigit() or sign == "+")


@transaction.atomic
def put(client: Client, way: Way, *, by: User, point: ContactPoint | None = None) -> ContactPoint:
    """Add a way to reach the client, or change one. Only one is tried first; the very same one is kept once.

    Where no letter may go any more, the links that were mailed there end. What came back from there counts no more:
    keeping it, changed or not, says that it is right.
    """
    said, before = asdict(way), point.value if point else way.value
    Client.objects.select_for_update().get(pk=client.pk)
    point = point or client.contact_points.filter(**said).first()
    if way.is_preferred:
        others = client.contact_points.exclude(pk=point.pk) if point else client.contact_points.all()
        others.filter(is_preferred=True).update(is_preferred=False)
    if point:
        said |= {"suspended_at": None, "suspended_because": ""}
        said |= {} if point.value == way.value else {"stopped_at": None}
        for name, value in said.items():
            setattr(point, name, value)
        point.save(update_fields=list(said))
    else:
        point = ContactPoint.objects.create(client=client, **said)
    for value in {before, way.value}:
        _end_links(client.pk, value)
    audit.record("client.contact_kept", by=by, subject=client.pk, detail={"point": str(point.pk)})
    return point


@transaction.atomic
def remove(point: ContactPoint, *, by: User) -> None:
    """Forget a way to reach the client; the links that were mailed there end."""
    audit.record("client.contact_removed", by=by, subject=point.client_id, detail={"point": str(point.pk)})
    point.delete()
    _end_links(point.client_id, point.value)


def _end_links(client: UUID, value: str) -> None:
    """What was mailed to this address stops working, unless letters about the client may still go there."""
    points = list(ContactPoint.objects.filter(client=client))
    theirs = Signatory.objects.current().filter(client=client, email__iexact=value.strip())
    may = any(_most_careful(points, value, kind) for kind in Letter.Channel.values)
    if is_silent(points, value) or not (may or theirs.exists()):
        links.end_mailed(Letter.objects.filter(client=client, to__iexact=value.strip()))


@transaction.atomic
def put_emergency(
    client: Client, *, name: str, relation: str, phone: str, may_say: str | None = None, by: User
) -> EmergencyContact:
    """Keep whom to ring if something happens; there is one, and the newest counts.

    Without `may_say`, what may be said stays as it was agreed, unless it is somebody else who is to be rung.
    """
    before = EmergencyContact.objects.filter(client=client).values_list("name", flat=True).first()
    said = {"name": name, "relation": relation, "phone": phone}
    contact, _made = EmergencyContact.objects.update_or_create(client=client, defaults=said)
    if may_say is not None or before != name:
        contact.may_say = may_say or ""
        contact.save(update_fields=["may_say_sealed"])
    audit.record("client.emergency_contact_kept", by=by, subject=client.pk)
    return contact


def safe_email(client: Client) -> ContactPoint | None:
    """The e-mail address that letters may use: safe, and something may be said there. The preferred one first."""
    return _first_safe(list(client.contact_points.all()))


def invitation_email(client: Client) -> ContactPoint | None:
    """The address to which invitations for a calendar may go: safe, and wanted there in every entry that counts."""
    points = list(client.contact_points.all())
    mails = (point for point in points if point.wants_invitations)
    found = (_most_careful(points, point.value) for point in mails)
    return next((one for one in found if one and one.wants_invitations and not has_stopped(points, one.value)), None)


def own_numbers(client: Client) -> list[Number]:
    """The client's own telephones, the one to try first at the head; what is not safe stands last, and says so."""
    phones = client.contact_points.filter(kind=ContactPoint.Kind.PHONE, whose=ContactPoint.Whose.OWN)
    ordered = sorted(phones, key=lambda point: (not point.is_safe, not point.is_preferred, point.value))
    return [Number(point.value, _caution(point)) for point in ordered]


def _caution(point: ContactPoint) -> str:
    if not point.is_safe:
        said = _("Not safe to use: somebody else may hear it.")
    elif point.may_say == ContactPoint.MaySay.NOTHING:
        said = _("Not safe to leave a message.")
    elif point.may_say == ContactPoint.MaySay.NAME_ONLY:
        said = _("In a message a first name and a number only.")
    else:
        said = ""
    return " ".join(filter(None, [said, point.hours]))


def recipient(client: Client | UUID | None, value: str) -> ContactPoint | None:
    """The entry that counts for an e-mail address as it stands now; None when no letter may go there.

    An address may have been kept more than once. Unsafe or silent in one entry is so in all; of the others the most
    discreet one counts.
    """
    return _most_careful(list(ContactPoint.objects.filter(client=client)), value) if client else None


def still_reaches(client: UUID | None, value: str) -> bool:
    """Whether what nobody wrote by hand may still leave to an address that was chosen for it before."""
    points = list(ContactPoint.objects.filter(client=client)) if client else []
    return _most_careful(points, value) is not None and not has_stopped(points, value)


def best(client: Client, channel: str, *, first: str = "") -> ContactPoint | None:
    """Where a message that nobody wrote by hand may go by this channel (`Letter.Channel`): safe, something may be said
    there, nothing came back, and nobody said stop. The address `first` before others, then the preferred one."""
    points = sorted(client.contact_points.all(), key=lambda point: point.value.casefold() != first.casefold())
    may = (point for point in points if point.kind == channel and not has_stopped(points, point.value))
    return next((found for point in may if (found := _most_careful(points, point.value, channel))), None)


def hindrance(client: Client, channel: str) -> str:
    """Why no message goes by this channel by itself, in words for staff; empty when one may."""
    if best(client, channel):
        return ""
    points = [point for point in client.contact_points.all() if point.kind == channel]
    stopped, back = [one for one in points if one.stopped_at], [one for one in points if one.suspended_at]
    if stopped:
        return _("They asked for no more messages there, on %(day)s.") % {"day": _on_day(stopped[0].stopped_at)}
    if back:
        return _("What was sent there came back on %(day)s.") % {"day": _on_day(back[0].suspended_at)}
    if points:
        return _("Nothing may be sent to the address we have.")
    by_text = _("There is no number for text messages.")
    return by_text if channel == ContactPoint.Kind.TEXT else _("There is no e-mail address.")


def _on_day(moment: datetime | None) -> str:
    return words.plain_day(timezone.localdate(moment)) if moment else ""


@transaction.atomic
def stop(point: ContactPoint, *, by: User | None = None) -> None:
    """No message goes there by itself any more: a stop word came, or somebody unsubscribed. Twice is once."""
    same = ContactPoint.objects.filter(client=point.client_id, kind=point.kind, value__iexact=point.value.strip())
    if same.filter(stopped_at=None).update(stopped_at=timezone.now()):
        audit.record("client.messages_stopped", by=by, subject=point.client_id, detail={"point": str(point.pk)})


@transaction.atomic
def start(point: ContactPoint, *, by: User | None = None) -> None:
    """Messages may go there again."""
    same = ContactPoint.objects.filter(client=point.client_id, kind=point.kind, value__iexact=point.value.strip())
    if same.filter(stopped_at__isnull=False).update(stopped_at=None):
        audit.record("client.messages_started", by=by, subject=point.client_id, detail={"point": str(point.pk)})


def masked(value: str) -> str:
    """“m…@example.org”, “…123”: enough to know it again."""
    name, at, host = value.strip().rpartition("@")
    return f"{name[:1]}…@{host}" if at else f"…{value.strip()[-3:]}"


def _first_safe(points: list[ContactPoint]) -> ContactPoint | None:
    mails = (point for point in points if point.kind == ContactPoint.Kind.EMAIL)
    return next((found for point in mails if (found := _most_careful(points, point.value))), None)


def _most_careful(points: list[ContactPoint], value: str, kind: str = ContactPoint.Kind.EMAIL) -> ContactPoint | None:
    same = _same(points, value)
    usable = [point for point in same if point.kind == kind]
    if is_silent(same, value) or not usable or any(point.suspended_at for point in usable):
        return None
    return min(usable, key=lambda point: (may_name_us(point), not point.sender))


def _same(points: Iterable[ContactPoint], value: str) -> list[ContactPoint]:
    return [point for point in points if point.value.strip().casefold() == value.strip().casefold()]


def has_stopped(points: Iterable[ContactPoint], value: str) -> bool:
    """Whether somebody said there that no message is to come by itself any more."""
    return any(point.stopped_at for point in _same(points, value))


def is_silent(points: Iterable[ContactPoint], value: str) -> bool:
    """Whether an address or number is unsafe, or nothing may be said there, in any entry of it."""
    return any(not point.is_safe or point.may_say == ContactPoint.MaySay.NOTHING for point in _same(points, value))


def may_name_us(point: ContactPoint) -> bool:
    """Whether a message there may say who we are."""
    return point.may_say == ContactPoint.MaySay.EVERYTHING
