"""Whether a consent covers a way of meeting on a day: the one answer for booking and for beginning a session.

For each way of meeting her newest answer counts: signed, declined or taken back. What was signed counts up to and
including its last day, twelve months on. A text for walking says nothing about running. Meeting in the room or by
video rests on the agreement for therapy itself, and always counts as covered here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from clients.models import Client, Consent
from practice.domain.words import short_day
from practice.models import OUTDOOR

Pair = tuple[UUID, str, date]


class State(StrEnum):
    """Where it stands. What ran out is a matter for a look; the others, but the first, stop a booking."""

    COVERED = "covered"
    RAN_OUT = "ran_out"
    TALK = "talk"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether it is covered, until which day at most, and the words for a clinician."""

    state: State
    until: date | None
    words: str

    @property
    def is_covered(self) -> bool:
        """True when nothing needs to be done."""
        return self.state == State.COVERED

    @property
    def stops(self) -> bool:
        """True when a session outdoors is not to be booked: never agreed, declined or taken back."""
        return self.state not in (State.COVERED, State.RAN_OUT)


def covers(client: Client, mode: str, on: date) -> Coverage:
    """For one client, one way of meeting, one day."""
    return covers_many([(client, mode, on)])[(client.pk, str(mode), on)]


def covers_many(pairs: Iterable[tuple[Client | UUID, str, date]]) -> dict[Pair, Coverage]:
    """For many at once, in one query; the keys are (client's id, mode, day)."""
    wanted = {(one.pk if isinstance(one, Client) else one, str(mode), on) for one, mode, on in pairs}
    outdoors = {pk for pk, mode, _on in wanted if mode in OUTDOOR}
    rows: dict[UUID, list[Consent]] = {pk: [] for pk in outdoors}
    if outdoors:
        fields = ("client_id", "modes", "status", "asked_at", "answered_at", "withdrawn_at", "covers_until")
        found = Consent.objects.filter(client__in=outdoors).exclude(status=Consent.Status.REPLACED)
        for row in found.only(*fields).order_by("asked_at"):
            rows[row.client_id].append(row)
    return {(pk, mode, on): _judge(rows.get(pk, []), mode, on) for pk, mode, on in wanted}


def _answered(row: Consent) -> datetime | None:
    """When her answer was given; none for what is still open."""
    if row.is_open:
        return None
    return row.withdrawn_at or row.answered_at


def _judge(rows: list[Consent], mode: str, on: date) -> Coverage:
    if mode not in OUTDOOR:
        return Coverage(State.COVERED, None, _("No consent of its own is needed"))
    rows = [row for row in rows if mode in row.modes]
    answered = [(moment, row) for row in rows if (moment := _answered(row))]
    asked = next((row for row in reversed(rows) if row.is_open), None)
    if not answered:
        return _never(asked)
    moment, newest = max(answered, key=lambda pair: pair[0])
    if newest.status == Consent.Status.WITHDRAWN:
        return Coverage(State.WITHDRAWN, None, _("Consent taken back, %(day)s") % {"day": short_day(moment.date())})
    if newest.status == Consent.Status.DECLINED:
        return Coverage(State.DECLINED, None, _("Rather not outdoors, %(day)s") % {"day": short_day(moment.date())})
    until = newest.covers_until
    if until and on <= until:
        return Coverage(State.COVERED, until, _("Consent to %(day)s") % {"day": short_day(until)})
    words = _("Consent ran out, %(day)s") % {"day": short_day(until)} if until else _("Consent ran out")
    return Coverage(State.RAN_OUT, until, words)


def _never(asked: Consent | None) -> Coverage:
    if asked is None:
        return Coverage(State.NEVER, None, _("No consent yet"))
    if asked.status == Consent.Status.TALK:
        return Coverage(State.TALK, None, _("Wants to talk the consent through first"))
    return Coverage(
        State.NEVER, None, _("Consent sent %(day)s, not signed yet") % {"day": short_day(asked.asked_at.date())}
    )
