"""What clients wrote, beside their cards: that a message waits, and for their care team the way to read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.models import Reply
from practice.domain import words
from practice.models import User
from sessions.domain import rows
from sessions.models import Session


@dataclass(frozen=True, slots=True)
class Wrote:
    """“wrote 07:03”, and where it is read by whoever may."""

    said: str
    page: str


def of(sessions: Iterable[Session], reader: User, zone: str) -> dict[UUID, Wrote]:
    """By client, the newest message that nobody has answered. Two queries."""
    sessions = list(sessions)
    people = {seat.client_id for session in sessions for seat in session.seats.all()}
    known = rows.charted(reader, sessions)
    waiting = Reply.objects.known_to(reader).waiting().filter(client__in=people)
    newest = waiting.order_by().values_list("client").annotate(Max("received_at"))
    return {client: _wrote(client, words.when(at, zone), client in known) for client, at in newest}


def _wrote(client: UUID, when: str, is_known: bool) -> Wrote:
    if is_known:
        return Wrote(_("wrote: %(when)s") % {"when": when}, reverse("clients:messages", args=[client]))
    return Wrote(_("a message waits since %(when)s") % {"when": when}, "")
