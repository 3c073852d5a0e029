"""From a first message to a client, and to a goodbye."""

from django.db import transaction
from django.utils import timezone

from clients.domain import consent, contacts, safety
from clients.domain.contacts import TWICE, Way
from clients.models import CareTeamMember, Client, Screening
from practice.domain import audit, links, post
from practice.models import User


class WrongMoment(Exception):
    """The client is not where this step begins; the message is a sentence for the screen."""


@transaction.atomic
def record(
    *, name: str, wish: str, way: Way, by: User, called: str = "", pronouns: str = "", therapist: User | None = None
) -> Client:
    """Somebody asked. Keeps her name, one line of what she wants, and one way to reach her.

    The very same a moment ago is returned instead: the button was pressed twice.
    """
    User.objects.select_for_update().get(pk=by.pk)
    if before := _just_recorded(name, wish, way, therapist):
        return before
    client = Client(name=name, called=called, pronouns=pronouns)
    client.wish = wish
    client.save(force_insert=True)
    contacts.put(client, way, by=by)
    if therapist:
        _put_lead(client, therapist)
    audit.record("client.enquired", by=by, subject=client.pk)
    return client


def _just_recorded(name: str, wish: str, way: Way, therapist: User | None) -> Client | None:
    since = timezone.now() - TWICE
    found = Client.objects.enquiring().filter(name=name, enquired_at__gt=since, contact_points__value=way.value)
    return next((one for one in found.distinct() if one.wish == wish and lead(one) == therapist), None)


@transaction.atomic
def admit(client: Client, *, therapist: User, by: User) -> Client:
    """Make an enquiry, or somebody who left, a client of this therapist."""
    if client.status == Client.Status.ACTIVE:
        raise WrongMoment(f"{client.name} is a client already.")
    client.status, client.admitted_at, client.closed_at = Client.Status.ACTIVE, timezone.now(), None
    client.save(update_fields=["status", "admitted_at", "closed_at"])
    _put_lead(client, therapist)
    audit.record("client.admitted", by=by, subject=client.pk, detail={"therapist": str(therapist.pk)})
    return client


@transaction.atomic
def close(client: Client, *, reason: str, by: User) -> Client:
    """End it: the reason is kept, links and letters that have not left are called back, open forms are withdrawn."""
    if client.status == Client.Status.CLOSED:
        raise WrongMoment(f"{client.name} has left already.")
    client.status, client.closed_at = Client.Status.CLOSED, timezone.now()
    client.closing_reason = reason
    client.save(update_fields=["status", "closed_at", "closing_sealed"])
    for screening in Screening.objects.open().filter(client=client):
        withdraw(screening)
    consent.end_open(client)
    safety.end_links(client)
    audit.record("client.closed", by=by, subject=client.pk)
    return client


def withdraw(screening: Screening) -> None:
    """Take back what was asked; what was answered so far stays sealed where it is."""
    screening.status = Screening.Status.WITHDRAWN
    screening.save(update_fields=["status"])
    links.end("intake", subject=screening.pk)
    post.cancel(about=screening.pk)


def lead(client: Client) -> User | None:
    """The therapist whose client she is."""
    member = client.care_team.current().filter(is_lead=True).select_related("user").first()
    return member.user if member else None


def _put_lead(client: Client, therapist: User) -> None:
    team = CareTeamMember.objects.current().filter(client=client)
    team.exclude(user=therapist).filter(is_lead=True).update(until=timezone.now())
    _, made = CareTeamMember.objects.get_or_create(
        client=client, user=therapist, until=None, defaults={"is_lead": True}
    )
    if not made:
        team.filter(user=therapist).update(is_lead=True)
