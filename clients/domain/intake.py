"""Asking a client, and keeping what she answers: saved part by part, handed in once, never overwritten."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import alerts, contacts, results, screening, worry
from clients.domain.contacts import TWICE
from clients.domain.instruments import Answers, Instrument, Part
from clients.models import Client, Screening
from practice.domain import audit, cover, links, post
from practice.models import Letter, User

KIND = "intake"
LASTS = timedelta(days=14)
READ_WITHIN_DAYS = 3
SECONDS_AN_ITEM = 12
INVITATION = "intake_invitation"


class CannotSend(Exception):
    """Why the intake cannot go by link; the message is a sentence for the therapist."""


class AlreadyAnswered(Exception):
    """It was handed in before; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the intake."""

    number: int
    instrument: Instrument
    part: Part


def steps() -> tuple[Step, ...]:
    """The pages, in order, from 1."""
    pages = [(instrument, part) for instrument in screening.intake() for part in instrument.parts]
    return tuple(Step(number, *page) for number, page in enumerate(pages, start=1))


def minutes_left(number: int) -> int:
    """About how long the pages from this one on take; at least one minute."""
    items = sum(len(step.part.items) for step in steps() if step.number >= number)
    return max(1, round(items * SECONDS_AN_ITEM / 60))


def read_by_when(now: datetime) -> datetime:
    """The promise: five in the afternoon, three working days on, or the next one after a weekend."""
    day = timezone.localtime(now)
    left = READ_WITHIN_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day.replace(hour=17, minute=0, second=0, microsecond=0)


def may_go_by_link(client: Client) -> str:
    """Why the intake cannot go by link today, in a sentence; "" when it can."""
    if not cover.is_named():
        return _(
            "Nobody is named on the cover list, so a worrying answer would wait unread. "
            "Name somebody there, or fill it in together."
        )
    if contacts.safe_email(client) is None:
        return _("There is no e-mail address that is safe to use. Add one, or fill it in together.")
    return ""


@transaction.atomic
def send(client: Client, *, by: User, reader: User, now: datetime | None = None) -> Screening:
    """Write the letter with the link to the intake; sent before and still open, the same one is sent again.

    Pressed twice within a minute, the second press changes nothing.
    """
    Client.objects.select_for_update().get(pk=client.pk)
    point = contacts.safe_email(client)
    if point is None or may_go_by_link(client):
        raise CannotSend(may_go_by_link(client))
    asked = _open_one(client, Screening.Manner.LINK) or _ask(client, Screening.Manner.LINK, by, reader, now)
    asked.read_by, asked.read_until = reader, read_by_when(now or timezone.now())
    asked.save(update_fields=["read_by", "read_until"])
    letters = Letter.objects.filter(about=asked.pk, kind=INVITATION)
    if letters.filter(to=point.value, created_at__gt=timezone.now() - TWICE).exists():
        return asked
    post.write(
        INVITATION,
        key=f"intake:{asked.pk}:{letters.count() + 1}",
        to=point.value,
        about=asked.pk,
        client=client.pk,
        not_after=(now or timezone.now()) + LASTS,
    )
    audit.record("intake.sent", by=by, subject=client.pk, detail={"screening": str(asked.pk)})
    return asked


@transaction.atomic
def together(client: Client, *, manner: str, by: User, now: datetime | None = None) -> Screening:
    """Fill the intake in together, in the room, on the telephone or by video; an open one is gone on with.

    From then on it is answered here alone: its mailed link ends, and a letter that has not left is called back.
    """
    asked = Screening.objects.open().select_for_update().filter(client=client, kind=KIND).first()
    asked = asked or _ask(client, manner, by, by, now)
    links.end(KIND, subject=asked.pk)
    post.cancel(about=asked.pk, kind=INVITATION)
    asked.manner, asked.read_by = manner, by
    asked.save(update_fields=["manner", "read_by"])
    audit.record("intake.together", by=by, subject=client.pk, detail={"screening": str(asked.pk), "manner": manner})
    return asked


def _open_one(client: Client, manner: str) -> Screening | None:
    return Screening.objects.open().filter(client=client, kind=KIND, manner=manner).first()


def _ask(client: Client, manner: str, by: User, reader: User, now: datetime | None) -> Screening:
    return Screening.objects.create(
        client=client,
        kind=KIND,
        manner=manner,
        asked_by=by,
        read_by=reader,
        read_until=read_by_when(now or timezone.now()),
        language=client.language,
        versions={one.key: one.version for one in screening.intake()},
    )


@transaction.atomic
def save(asked: Screening, step: Step, answers: Answers, *, by: User | None = None) -> Screening:
    """Keep the answers of one page, sealed. Raises AlreadyAnswered when it was handed in meanwhile.

    What a client says on her own and should not wait is told at once: many never come to the last page.
    """
    locked = _locked(asked)
    kept = locked.answers
    of_part = {item.key for item in step.part.items} | {
        follow.key for item in step.part.items for follow in item.follow_ups
    }
    others = {key: value for key, value in kept.get(step.instrument.key, {}).items() if key not in of_part}
    kept[step.instrument.key] = others | {key: _plain(value) for key, value in answers.items()}
    locked.answers = kept
    locked.status, locked.saved_at = Screening.Status.STARTED, timezone.now()
    locked.save(update_fields=["answers_sealed", "status", "saved_at"])
    if by is None and cannot_wait(kept):
        _tell(locked, begun=True)
    return locked


@transaction.atomic
def hand_in(asked: Screening, *, by: User | None = None, now: datetime | None = None) -> Screening:
    """Hand it in, once. The reader gets a letter without a word of what was said; a worrying answer also the cover."""
    locked = _locked(asked)
    locked.status, locked.submitted_at = Screening.Status.SUBMITTED, now or timezone.now()
    results.seal(locked)
    locked.save(update_fields=["status", "submitted_at", "result_sealed"])
    audit.record("intake.handed_in", by=by, subject=locked.client_id, detail={"screening": str(locked.pk)})
    if by is None:
        _tell(locked)
    return locked


def _locked(asked: Screening) -> Screening:
    locked = Screening.objects.select_for_update().get(pk=asked.pk)
    if locked.status not in (Screening.Status.ASKED, Screening.Status.STARTED):
        raise AlreadyAnswered
    return locked


def _tell(asked: Screening, *, begun: bool = False) -> None:
    """The reader hears of it, and whoever covers when the answers should not wait."""
    alerts.came_in(asked, begun=begun)


def cannot_wait(answers: dict[str, Any]) -> bool:
    """Whether somebody may look before it is handed in: self-harm, suicide, or danger to the body, known or not."""
    return bool(worry.signs(answers))


def may_be_read(asked: Screening) -> bool:
    """Handed in; or begun by the client and left, with an answer that should not wait until she hands it in."""
    begun = asked.status == Screening.Status.STARTED
    return asked.status == Screening.Status.SUBMITTED or (begun and cannot_wait(asked.answers))


given = results.given
"""Stored answers, by instrument, as the rules read them."""


def see(asked: Screening, *, by: User, now: datetime | None = None) -> None:
    """Remember when the answers were first read, and that they were read, before they are shown."""
    audit.record("screening.read", by=by, subject=asked.client_id, detail={"screening": str(asked.pk)})
    if asked.submitted_at and not asked.seen_at:
        asked.seen_at = now or timezone.now()
        asked.save(update_fields=["seen_at"])
    alerts.see(asked, by=by, now=now)


def first_open_step(answers: dict[str, Any]) -> int:
    """The page to go on with: the first one without a single answer, or the last one."""
    for step in steps():
        kept = answers.get(step.instrument.key, {})
        if not any(item.key in kept for item in step.part.items):
            return step.number
    return len(steps())


def link_for(asked: Screening, *, by: User | None) -> str:
    """A new link to the intake, for a letter that is about to leave."""
    return links.make(KIND, subject=asked.pk, lasts=LASTS, by=by)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
