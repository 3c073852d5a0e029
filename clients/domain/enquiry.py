"""From a first message to a client, and to a goodbye."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import consent, contacts, leaving, safety
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
    return next((one for one in found.distinct() if one.wish == wish and consent.lead_of(one) == therapist), None)


@transaction.atomic
def admit(client: Client, *, therapist: User, by: User) -> Client:
    """Make an enquiry, or somebody who left, a client of this therapist."""
    _lock(client)
    if client.status == Client.Status.ACTIVE:
        raise WrongMoment(_("%(name)s is a client already.") % {"name": client.name})
    client.status, client.admitted_at, client.closed_at = Client.Status.ACTIVE, timezone.now(), None
    client.first_reply_at = client.first_reply_at or client.admitted_at
    client.waiting_since, client.outcome, client.referred_to = None, "", ""
    client.save(
        update_fields=[
            *("status", "admitted_at", "closed_at", "first_reply_at"),
            *("waiting_since", "outcome", "referred_sealed"),
        ]
    )
    _put_lead(client, therapist)
    audit.record("client.admitted", by=by, subject=client.pk, detail={"therapist": str(therapist.pk)})
    return client


@transaction.atomic
def reply(client: Client, *, by: User) -> Client:
    """Remember when somebody who asked was first answered, by whatever way. The first time counts."""
    _lock(client)
    if client.status != Client.Status.ENQUIRY:
        raise WrongMoment(_("%(name)s is not enquiring any more.") % {"name": client.name})
    if client.first_reply_at is None:
        client.first_reply_at = timezone.now()
        client.save(update_fields=["first_reply_at"])
        audit.record("enquiry.replied", by=by, subject=client.pk)
    return client


@transaction.atomic
def wait(client: Client, *, by: User) -> Client:
    """Put somebody who asked on the waiting list; they were answered at the latest now. Kept until taken off."""
    reply(client, by=by)
    if client.waiting_since is None:
        client.waiting_since = timezone.now()
        client.save(update_fields=["waiting_since"])
        audit.record("enquiry.waits", by=by, subject=client.pk)
    return client


@transaction.atomic
def stop_waiting(client: Client, *, by: User) -> Client:
    """Take somebody off the waiting list: the enquiry is open again, and its days are counted from today."""
    _lock(client)
    if client.waiting_since is not None:
        client.waiting_since, client.stepped_at = None, timezone.now()
        client.save(update_fields=["waiting_since", "stepped_at"])
        audit.record("enquiry.waits_no_more", by=by, subject=client.pk)
    return client


@transaction.atomic
def close(client: Client, *, reason: str, by: User, referred_to: str = "") -> Client:
    """End it: the reason is kept, links and letters that have not left are called back, open forms are withdrawn.

    With `referred_to`, an enquiry was referred on, to whom. Nothing is deleted now. While what keeps the client safe
    is open, nothing is closed.
    """
    _lock(client)
    if client.status == Client.Status.CLOSED:
        raise WrongMoment(_("%(name)s has left already.") % {"name": client.name})
    if hindrance := leaving.hindrance(client, by=by, on=timezone.localdate()):
        raise WrongMoment(hindrance)
    if client.status == Client.Status.ENQUIRY:
        client.outcome = Client.Outcome.REFERRED if referred_to else Client.Outcome.CLOSED
        client.referred_to = referred_to
        post.cancel_for(client.pk)
    client.status, client.closed_at, client.waiting_since = Client.Status.CLOSED, timezone.now(), None
    if referred_to:
        client.first_reply_at = client.first_reply_at or client.closed_at
    client.closing_reason = reason
    client.save(
        update_fields=[
            *("status", "closed_at", "waiting_since", "first_reply_at"),
            *("outcome", "referred_sealed", "closing_sealed"),
        ]
    )
    for screening in Screening.objects.open().filter(client=client):
        withdraw(screening)
    consent.end_open(client)
    safety.end_links(client)
    audit.record("client.closed", by=by, subject=client.pk)
    return client


def _lock(client: Client) -> None:
    """Hold the row until the transaction ends, and read again where the enquiry stands."""
    fields = ["status", "admitted_at", "closed_at", "first_reply_at", "waiting_since", "outcome"]
    try:
        client.refresh_from_db(fields=fields, from_queryset=Client.objects.select_for_update())
    except Client.DoesNotExist as error:
        raise WrongMoment(_("This enquiry was deleted meanwhile.")) from error


def withdraw(screening: Screening) -> None:
    """Take back what was asked; what was answered so far stays sealed where it is."""
    screening.status = Screening.Status.WITHDRAWN
    screening.save(update_fields=["status"])
    links.end("intake", subject=screening.pk)
    post.cancel(about=screening.pk)


def _put_lead(client: Client, therapist: User) -> None:
    team = CareTeamMember.objects.current().filter(client=client)
    team.exclude(user=therapist).filter(is_lead=True).update(until=timezone.now())
    _, made = CareTeamMember.objects.get_or_create(
        client=client, user=therapist, until=None, defaults={"is_lead": True}
    )
    if not made:
        team.filter(user=therapist).update(is_lead=True, watching=False)


def stepped(client: UUID | None, at: datetime) -> None:
    """Something happened to an enquiry, such as a message: its days until it is forgotten count from then."""
    if client:
        Client.objects.never_admitted().filter(pk=client).update(stepped_at=Greatest("stepped_at", Value(at)))
