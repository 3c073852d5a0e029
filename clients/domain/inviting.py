"""Asking the first questions of people who came in from paper or a list: in small batches, when a person says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef

from clients.domain import consent, contacts, intake
from clients.models import Client, ClientQuerySet, ContactPoint, Screening
from practice.domain import cover
from practice.models import CoverPerson, User

AT_A_TIME = 10
"""So many at once, so that whoever reads the answers can (ours)."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Somebody who was not asked yet, and the address that a letter would go to; none when no letter may."""

    client: Client
    point: ContactPoint | None

    @property
    def is_discreet(self) -> bool:
        """True when the letter names nobody."""
        return self.point is not None and not contacts.may_name_us(self.point)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a batch: to whom a letter was written, who was asked meanwhile, and to whom none could go."""

    sent: tuple[Client, ...]
    asked_meanwhile: tuple[Client, ...]
    not_sent: tuple[tuple[Client, str], ...]


def waiting(user: User) -> ClientQuerySet:
    """Clients in her care who were brought in, are in treatment, and were not asked the first questions yet."""
    asked = Screening.objects.filter(client=OuterRef("pk"), kind=intake.KIND).exclude(status=Screening.Status.WITHDRAWN)
    return Client.objects.charted_by(user).active().brought_in().filter(~Exists(asked))


def lines(clients: ClientQuerySet) -> list[Waits]:
    """Each with where a letter would go; two queries."""
    return [Waits(client, contacts.safe_email(client)) for client in clients.prefetch_related("contact_points")]


def somebody_covers() -> bool:
    """Whether anybody is named on the cover list; without, no letter goes to anybody."""
    return CoverPerson.objects.exists()


def alone(reader: User) -> User | None:
    """Whoever reads the answers, when nobody else covers: a worrying one reaches this person alone."""
    return reader if cover.is_alone(reader) else None


def send(clients: Sequence[Client], *, by: User) -> Sent:
    """Write the letters, ten at most. Whoever was asked meanwhile, in another window or a moment ago, is not asked
    again; whoever cannot be written to is named, with the reason."""
    sent: list[Client] = []
    meanwhile: list[Client] = []
    not_sent: list[tuple[Client, str]] = []
    for client in clients[:AT_A_TIME]:
        try:
            (sent if _send(client, by) else meanwhile).append(client)
        except intake.CannotSend as error:
            not_sent.append((client, str(error)))
    return Sent(tuple(sent), tuple(meanwhile), tuple(not_sent))


@transaction.atomic
def _send(client: Client, by: User) -> bool:
    Client.objects.select_for_update().get(pk=client.pk)
    if not waiting(by).filter(pk=client.pk).exists():
        return False
    intake.send(client, by=by, reader=consent.lead_of(client) or by)
    return True
