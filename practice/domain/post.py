"""The outbox: never twice, never silently lost.

A letter is a row, written in the transaction of what caused it. Celery messages are hints to look now; a tick
every 15 seconds looks anyway. Before it leaves, a letter is read again by its kind: is it still wanted?
A crash or a lost connection after the text may have left makes it `uncertain`: a person decides, not a retry.
"""

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from practice.domain import catching_up, hints, mails, reply_address, texts
from practice.domain.carriers import Doubtful, NotSent, Refused
from practice.domain.catching_up import WAITING
from practice.domain.mails import Appointment
from practice.models import Letter

logger = logging.getLogger("alongside.post")
LEASE = timedelta(seconds=120)
PAUSES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 60)]
TURN_SECONDS = 30
UNDO = timedelta(minutes=3)
"""Letters that a tap on a page causes are due so long after it at the earliest: within it the tap can be undone, and
nobody hears of it (ours). It is part of when a letter is due."""


@dataclass(frozen=True)
class Rendered:
    """A letter in words: subject, plain text and HTML; of a text message the text alone. `headers` for what a machine
    answers (RFC 3834), and how to end it."""

    subject: str
    text: str
    html: str
    sender: str = ""
    appointment: Appointment | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WhyNot:
    """Why a letter is not wanted any more, in words for the log of letters. As an answer it is a no."""

    words: str

    def __bool__(self) -> bool:
        """A no."""
        return False


def at_any_hour(letter: Letter, now: datetime) -> datetime:
    """Most letters may leave whenever they are due."""
    return now


@dataclass(frozen=True)
class LetterKind:
    """What the app that owns a kind of letter knows: is it still wanted, what does it say, and what a list of the
    letters to a client calls it; a kind that goes to colleagues alone needs no such words.

    `hours`: from when on a letter that is due may leave. `group`: late letters of one group to one recipient become
    one, whose words tell of those that were folded into it; without a group each goes alone.
    """

    still_wanted: Callable[[Letter], bool | WhyNot]
    render: Callable[[Letter], Rendered]
    words: str | Promise = ""
    hours: Callable[[Letter, datetime], datetime] = at_any_hour
    group: str = ""


kinds: dict[str, LetterKind] = {}


def write(
    kind: str,
    *,
    key: str,
    to: str,
    about: uuid.UUID,
    due_at: datetime | None = None,
    not_after: datetime | None = None,
    client: uuid.UUID | None = None,
    channel: str = Letter.Channel.EMAIL,
) -> Letter:
    """Put a letter into the outbox once: the same `key` again returns the first one. Enqueues a hint at commit."""
    letter, made = Letter.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "to": to,
            "about": about,
            "due_at": due_at or timezone.now(),
            "not_after": not_after,
            "client": client,
            "channel": channel,
        },
    )
    if made and letter.due_at <= timezone.now():
        transaction.on_commit(hint)
    return letter


def cancel(*, about: uuid.UUID, kind: str | None = None, why: str = "") -> int:
    """Take back what has not left yet; returns how many letters that were. `why` stands in the log of letters."""
    waiting = Letter.objects.filter(WAITING, about=about)
    if kind:
        waiting = waiting.filter(kind=kind)
    return waiting.update(state=Letter.State.CANCELLED, why_not=why or _("It was taken back."))


def cancel_for(client: uuid.UUID) -> int:
    """Take back whatever has not left yet to this client; returns how many letters that were."""
    waiting = Letter.objects.filter(WAITING, client=client)
    return waiting.update(state=Letter.State.CANCELLED, why_not=_("Nobody writes to this person any more."))


def hint() -> None:
    """Ask a worker to look now. Valkey being away loses the hint, not the letter: the next tick finds it."""
    hints.send("practice.tasks.dispatch_post")


def dispatch(*, now: datetime | None = None) -> int:
    """Send what is due, one by one, for 30 seconds at most; returns how many letters left.

    One by one, so that a crash leaves one letter uncertain and not a batch of them.
    """
    now = now or timezone.now()
    _give_up_lost_leases(now)
    _expire(now)
    catching_up.fold({name: kind.group for name, kind in kinds.items() if kind.group}, now=now)
    sent, until = 0, time.monotonic() + TURN_SECONDS
    while time.monotonic() < until and (letter := _claim(now)):
        sent += _deliver(letter, now)
    return sent


def _give_up_lost_leases(now: datetime) -> None:
    """Whoever leased these died while the text may have left: they are uncertain, never sent again by themselves."""
    lost = Letter.objects.filter(state=Letter.State.LEASED, lease_until__lt=now)
    seen = "The sender stopped while sending."
    why = _("We stopped while it was being sent: it may have left.")
    lost.update(state=Letter.State.UNCERTAIN, last_error=seen, why_not=why)


def _expire(now: datetime) -> None:
    late = Letter.objects.filter(WAITING, not_after__lt=now)
    late.update(state=Letter.State.EXPIRED, why_not=_("It was too late to send it."))


def _claim(now: datetime) -> Letter | None:
    """Lease the letter that has waited longest, in one short transaction that skips what others hold. Of late ones only
    as many as this minute has room for; what is not late does not wait for them."""
    waiting = Letter.objects.filter(WAITING, due_at__lte=now).order_by("due_at").select_for_update(skip_locked=True)
    with transaction.atomic():
        letter = waiting.first()
        if letter and letter.due_at < now - catching_up.LATE and not catching_up.has_room(now=now):
            letter = waiting.filter(due_at__gte=now - catching_up.LATE).first()
        if letter:
            letter.state, letter.lease = Letter.State.LEASED, uuid.uuid4()
            letter.lease_until = timezone.now() + LEASE
            letter.attempts += 1
            letter.save(update_fields=["state", "lease", "lease_until", "attempts"])
    return letter


def _mark(letter: Letter, state: Letter.State, *, error: str = "", why: str = "", **more: object) -> bool:
    """Move a leased letter on; a lease that was lost meanwhile is not ours to move."""
    values: dict[str, object] = {"state": state, "last_error": error[:300], "why_not": why[:200]}
    values |= {"lease": None, "lease_until": None} | more
    if state == Letter.State.SENT:
        values["sent_at"] = timezone.now()
    ours = Letter.objects.filter(pk=letter.pk, state=Letter.State.LEASED, lease=letter.lease)
    return bool(ours.update(**values))


def _deliver(letter: Letter, now: datetime) -> bool:
    """Send one leased letter; True when the carrier took it."""
    kind = kinds.get(letter.kind)
    if kind is None:
        _mark(letter, Letter.State.DEAD, why=_("Nothing here knows this kind of letter any more."))
        return False
    try:
        if _stays(letter, kind, now):
            return False
        hand_over = _ready(letter, kind.render(letter))
    except Exception as error:  # nothing has left yet: whatever went wrong may be tried again
        logger.warning("not sent", extra={"fields": {"letter": str(letter.pk), "error": type(error).__name__}})
        _retry(letter, f"{type(error).__name__}: nothing was sent.", now)
        return False
    try:
        provider_id = hand_over()
    except NotSent as said:
        _retry(letter, str(said), now)
    except Refused as said:
        _mark(letter, Letter.State.DEAD, error=str(said), why=_("It was refused where it was to go."))
    except Doubtful as said:
        why = _("Nobody said whether it was taken: it may have arrived.")
        _mark(letter, Letter.State.UNCERTAIN, error=str(said), why=why)
    else:
        return _mark(letter, Letter.State.SENT, provider_id=provider_id[:80])
    return False


def _stays(letter: Letter, kind: LetterKind, now: datetime) -> bool:
    """Whether it does not leave now: no longer wanted, no way for it, or not at this hour."""
    wanted = kind.still_wanted(letter)
    if letter.channel == Letter.Channel.TEXT and not texts.are_on():
        wanted = WhyNot(_("Text messages are switched off."))
    if not wanted:
        why = wanted.words if isinstance(wanted, WhyNot) else _("It was no longer wanted.")
        _mark(letter, Letter.State.CANCELLED, why=why)
        return True
    begins = kind.hours(letter, now)
    if begins <= now:
        return False
    if letter.not_after and begins >= letter.not_after:
        _mark(letter, Letter.State.EXPIRED, why=_("No message may leave at these hours, and later it was too late."))
    else:
        letter.attempts -= 1
        _mark(letter, Letter.State.DUE, due_at=begins, attempts=letter.attempts)
    return True


def _ready(letter: Letter, words: Rendered) -> Callable[[], str]:
    """Everything that can go wrong before a byte leaves; what is given back hands it over."""
    if letter.channel == Letter.Channel.TEXT:
        return lambda: texts.send(to=letter.to, text=words.text, letter=letter.pk)
    message = mails.written(
        to=letter.to,
        own=reply_address.of(letter.pk),
        sender=words.sender,
        subject=words.subject,
        text=words.text,
        html=words.html,
        message_id=letter.message_id,
        headers=words.headers,
        appointment=words.appointment,
    )
    return mails.open_line(message)


def _retry(letter: Letter, error: str, now: datetime) -> None:
    if letter.attempts > len(PAUSES):
        _mark(letter, Letter.State.DEAD, error=error, why=_("It was tried for hours, and nobody took it."))
    else:
        _mark(letter, Letter.State.RETRY, error=error, due_at=now + PAUSES[letter.attempts - 1])
