"""Asking one questionnaire by link, before a meeting. What cannot go by link is asked in the room."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import asking, contacts, intake
from clients.domain.instruments import Instrument, said, shipped
from clients.models import Client, ContactPoint, Screening
from practice.domain import audit, links
from practice.models import User


class NotByLink(Exception):
    """Why a questionnaire cannot go by link; the message is a sentence for the therapist."""


def needs_a_copy(instrument: Instrument) -> bool:
    """Whether its words are the practice's own and not loaded: no link can show them."""
    return not asking.may_be_answered_alone(instrument.key)


def why_not_by_link(client: Client, kind: str) -> str:
    """Why a questionnaire cannot go by link today, in a sentence; "" when it can."""
    instrument = shipped()[kind]
    if needs_a_copy(instrument):
        words = _("The words of %(title)s do not come with Alongside: read them from the practice’s own copy.")
        return words % {"title": said(instrument.title)}
    return intake.may_go_by_link(client) or contacts.hindrance(client, ContactPoint.Kind.EMAIL)


@transaction.atomic
def ask_by_link(
    client: Client, kind: str, *, by: User, reader: User, until: datetime, now: datetime | None = None
) -> Screening:
    """Ask one questionnaire, to be read by `until`; the letter with its link is written by whoever asks.

    One that was asked before and never begun is put aside: its answers would be about other weeks. Raises NotByLink.
    """
    Client.objects.select_for_update().get(pk=client.pk)
    if why := why_not_by_link(client, kind):
        raise NotByLink(why)
    for old in Screening.objects.filter(client=client, kind=kind, manner=Screening.Manner.LINK):
        put_aside(old)
    made = Screening(
        client=client,
        kind=kind,
        manner=Screening.Manner.LINK,
        asked_by=by,
        read_by=reader,
        asked_at=now or timezone.now(),
        read_until=until,
        language=asking.language_of(kind, client.language),
        versions=asking.versions_of(kind),
    )
    made.answers = {}
    made.save(force_insert=True)
    audit.record("screening.asked", by=by, subject=client.pk, detail={"screening": str(made.pk), "kind": kind})
    return made


def put_aside(asked: Screening) -> None:
    """Ask no more for what was never begun. What was begun stays, for somebody may have to read it."""
    waiting = Screening.objects.filter(pk=asked.pk, status=Screening.Status.ASKED)
    if waiting.update(status=Screening.Status.WITHDRAWN):
        links.end(intake.KIND, subject=asked.pk)
