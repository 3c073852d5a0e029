"""Asking a client, and keeping what she answers: saved part by part, handed in once, never overwritten."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import alerts, asking, calling, consent, contacts, results, rule_changes, worry
from clients.domain.answering import Change, Kept, merge
from clients.domain.asking import KIND, Step, minutes_left, steps
from clients.domain.contacts import TWICE
from clients.domain.instruments import Answers
from clients.models import Client, Screening
from practice.domain import audit, cover, links, post, vault
from practice.models import Letter, User

LASTS = timedelta(days=14)
READ_WITHIN_DAYS = 3
INVITATION = "intake_invitation"

__all__ = ["KIND", "Step", "minutes_left", "steps"]  # what this module passes on from `asking`


class CannotSend(Exception):
    """Why the intake cannot go by link; the message is a sentence for the therapist."""


class AlreadyAnswered(Exception):
    """It was handed in before; nothing was changed."""


def read_by_when(now: datetime) -> datetime:
    """The promise: five in the afternoon, three working days on, or the next one after a weekend."""
    day = timezone.localtime(now)
    left = READ_WITHIN_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day.replace(hour=17, minute=0, second=0, microsecond=0)


def promised(asked: Screening, *, now: datetime | None = None) -> datetime | None:
    """By when it is read, as it can still be promised: once that time has passed, the next one."""
    now = now or timezone.now()
    if asked.read_until is None or asked.read_until > now:
        return asked.read_until
    return None if asked.seen_at else read_by_when(now)


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
def send(
    client: Client,
    *,
    by: User,
    reader: User,
    kind: str = KIND,
    until: datetime | None = None,
    now: datetime | None = None,
) -> Screening:
    """Write the letter with the link to these questions; sent before and still open, the same ones are sent again.

    Pressed twice within a minute, the second press changes nothing. `until` is by when the reader promises to read.
    """
    Client.objects.select_for_update().get(pk=client.pk)
    point = contacts.safe_email(client)
    if point is None or may_go_by_link(client):
        raise CannotSend(may_go_by_link(client))
    asked = _open_one(client, Screening.Manner.LINK, kind) or _ask(client, Screening.Manner.LINK, by, reader, now, kind)
    asked.read_by, asked.read_until = reader, until or read_by_when(now or timezone.now())
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
def together(client: Client, *, manner: str, by: User, kind: str = KIND, now: datetime | None = None) -> Screening:
    """Fill the questions in together, in the room, on the telephone or by video; open ones are gone on with.

    From then on they are answered here alone: their mailed link ends, and a letter that has not left is called back.
    """
    asked = Screening.objects.open().select_for_update().filter(client=client, kind=kind).first()
    asked = asked or _ask(client, manner, by, by, now, kind)
    links.end(KIND, subject=asked.pk)
    post.cancel(about=asked.pk, kind=INVITATION)
    asked.manner, asked.read_by = manner, by
    asked.save(update_fields=["manner", "read_by"])
    audit.record("intake.together", by=by, subject=client.pk, detail={"screening": str(asked.pk), "manner": manner})
    return asked


def _open_one(client: Client, manner: str, kind: str) -> Screening | None:
    return Screening.objects.open().filter(client=client, kind=kind, manner=manner).first()


def _ask(client: Client, manner: str, by: User, reader: User, now: datetime | None, kind: str) -> Screening:
    """With no answer yet, but sealed: so the client's key is there before her first answer."""
    asked = Screening(
        client=client,
        kind=kind,
        manner=manner,
        asked_by=by,
        read_by=reader,
        read_until=read_by_when(now or timezone.now()),
        language=asking.language_of(kind, client.language),
        versions=asking.versions_of(kind),
    )
    asked.answers = {}
    asked.save(force_insert=True)
    return asked


def keep(asked: Screening, step: Step, changes: Mapping[str, Change], *, by: User | None = None) -> Kept:
    """Keep what a page changed, sealed. Raises AlreadyAnswered when it was handed in meanwhile.

    Written only where nobody wrote since it was read, else read and tried again. What a client says on her own and
    should not wait is told before the last page: many never come to it.
    """
    with vault.keys_at_hand([asked.client_id]):
        while True:
            if not asked.is_open:
                raise AlreadyAnswered
            change = _Change(step, changes, bytes(asked.answers_sealed))
            asked.rewrite_answers(change)
            if (change.is_nothing and not asking.has_changed(asked, step)) or _swap(asked, change, by):
                return change.kept
            asked.refresh_from_db()


class _Change:
    """What becomes of all the answers when a page says something; remembers how they lay and what was kept."""

    def __init__(self, step: Step, changes: Mapping[str, Change], lay: bytes) -> None:
        self.step, self.changes, self.lay = step, changes, lay

    def __call__(self, before: dict[str, Any]) -> dict[str, Any]:
        key = self.step.instrument.key
        stand = given(before).get(key, {})
        self.kept = merge(self.step.instrument, stand, self.changes)
        self.is_nothing = self.kept.answers == stand
        self.before = before
        self.after = before | {key: {item: _plain(answer) for item, answer in self.kept.answers.items()}}
        return self.after


def _swap(asked: Screening, change: _Change, by: User | None) -> bool:
    """Write in one statement what was read in another, and who is to be called; False when somebody else wrote in
    between.

    By link, for what the practice made of the rules; filled in together, what it tightened is found at the last page.
    """
    instrument = change.step.instrument
    asked.versions = asked.versions | {instrument.key: instrument.version}
    asked.language = asking.language_of(asked.kind, asked.language)
    asked.status, asked.saved_at = Screening.Status.STARTED, timezone.now()
    names = ("answers_sealed", "status", "saved_at", "versions", "language")
    values = {name: getattr(asked, name) for name in names}
    practised = rule_changes.current() if by is None else {}
    found = worry.signs(change.after, practised)
    if worries := bool(found) and found != worry.signs(change.before, practised):
        values |= calling.columns(asked, found, by=by)
    rows = Screening.objects.open().filter(pk=asked.pk, answers_sealed=change.lay)
    written = bool(rows.update(**values))
    if written and worries:
        transaction.on_commit(lambda: calling.hint(asked.pk))
    return written


def save(asked: Screening, step: Step, answers: Answers, *, by: User | None = None) -> Screening:
    """Keep these answers as all that a page says. Raises AlreadyAnswered when it was handed in meanwhile."""
    fresh = Screening.objects.get(pk=asked.pk)
    keep(fresh, step, {key: Change(answers.get(key, "")) for key in step.keys}, by=by)
    return fresh


@transaction.atomic
def hand_in(asked: Screening, *, by: User | None = None, now: datetime | None = None) -> Screening:
    """Hand it in, once. The reader gets a letter without a word of what was said; a worrying answer also the cover.

    Filled in together with a colleague, the therapist becomes its reader as soon as anything in it should not wait.
    """
    Client.objects.select_for_update().get(pk=asked.client_id)  # a decision waits, and then sees these answers
    locked = _locked(asked)
    calling.settle(locked)
    locked.status, locked.submitted_at = Screening.Status.SUBMITTED, now or timezone.now()
    locked.read_until = promised(locked, now=now)
    results.seal(locked)
    is_news = by is None or _is_for_the_lead(locked, by)
    locked.save(update_fields=["status", "submitted_at", "result_sealed", "asked_by", "read_by", "read_until"])
    audit.record("intake.handed_in", by=by, subject=locked.client_id, detail={"screening": str(locked.pk)})
    if is_news:
        alerts.came_in(locked)
    return locked


def _is_for_the_lead(asked: Screening, by: User) -> bool:
    """Whether somebody else than the therapist wrote down what should not wait; it becomes the therapist's to read, or
    nobody's, and then the cover list hears."""
    lead = consent.lead_of(asked.client_id)
    if lead == by or not (alerts.worrying(asked) or results.of(asked).is_dangerous):
        return False
    asked.asked_by, asked.read_by = by, lead
    return True


def _locked(asked: Screening) -> Screening:
    locked = Screening.objects.select_for_update().get(pk=asked.pk)
    if not locked.is_open:
        raise AlreadyAnswered
    return locked


def cannot_wait(answers: dict[str, Any]) -> bool:
    """Whether somebody may look before it is handed in: self-harm, suicide, or danger to the body, known or not."""
    return bool(worry.as_practised(answers))


def may_be_read(asked: Screening) -> bool:
    """Handed in; or begun by the client and left, with an answer that should not wait until she hands it in.
    Whatever somebody was or is to be called for stays readable, taken back or put aside."""
    begun = asking.may_be_answered_alone(asked.kind) and asked.status == Screening.Status.STARTED
    if asked.status == Screening.Status.SUBMITTED or (begun and cannot_wait(asked.answers)):
        return True
    return asked.calling_since is not None or asked.alerts.exists()


def called_for(asked: Screening) -> worry.Signs:
    """What somebody was or is to be called for and the answers no longer say; nothing when they still say it."""
    raised = worry.together(worry.read(text) for text in (asked.calling, *(one.raised for one in asked.alerts.all())))
    return raised if worry.is_worse(raised, worry.signs(asked.answers), worry.NOTHING_KNOWN) else worry.NONE


given = results.given
"""Stored answers, by instrument, as the rules read them."""


def see(asked: Screening, *, by: User, now: datetime | None = None) -> None:
    """Remember when the answers were first read, and that they were read, before they are shown."""
    audit.record("screening.read", by=by, subject=asked.client_id, detail={"screening": str(asked.pk)})
    if asked.submitted_at and not asked.seen_at:
        asked.seen_at = now or timezone.now()
        asked.save(update_fields=["seen_at"])
    calling.settle(asked)
    alerts.see(asked, by=by, now=now)


def link_for(asked: Screening, *, by: User | None, letter: UUID | None = None) -> str:
    """A new link to these questions, for a letter that is about to leave. Raises NotByLink for what a person asks."""
    if not asking.may_be_answered_alone(asked.kind):
        raise asking.NotByLink(asked.kind)
    return links.make(KIND, subject=asked.pk, lasts=LASTS, by=by, letter=letter)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
