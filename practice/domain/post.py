"""The outbox: never twice, never silently lost.

A letter is a row, written in the transaction of what caused it. Celery messages are hints to look now; a tick
every 15 seconds looks anyway. Before it leaves, a letter is read again by its kind: is it still wanted?
A crash or a lost connection after the text may have left makes it `uncertain`: a person decides, not a retry.
"""

import logging
import smtplib
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from practice.domain import hints, reply_address
from practice.models import Letter

logger = logging.getLogger("alongside.post")
LEASE = timedelta(seconds=120)
PAUSES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 60)]
TURN_SECONDS = 30


@dataclass(frozen=True)
class Rendered:
    """A letter in words: subject, plain text and HTML; `headers` for what a machine answers (RFC 3834)."""

    subject: str
    text: str
    html: str
    sender: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LetterKind:
    """What the app that owns a kind of letter knows: is it still wanted, what does it say, and what a list of the
    letters to a client calls it; a kind that goes to colleagues alone needs no such words."""

    still_wanted: Callable[[Letter], bool]
    render: Callable[[Letter], Rendered]
    words: str | Promise = ""


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
        },
    )
    if made and letter.due_at <= timezone.now():
        transaction.on_commit(hint)
    return letter


def cancel(*, about: uuid.UUID, kind: str | None = None) -> int:
    """Take back what has not left yet; returns how many letters that were."""
    waiting = Letter.objects.filter(about=about, state__in=[Letter.State.DUE, Letter.State.RETRY])
    if kind:
        waiting = waiting.filter(kind=kind)
    return waiting.update(state=Letter.State.CANCELLED)


def cancel_for(client: uuid.UUID) -> int:
    """Take back whatever has not left yet to this client; returns how many letters that were."""
    waiting = Letter.objects.filter(client=client, state__in=[Letter.State.DUE, Letter.State.RETRY])
    return waiting.update(state=Letter.State.CANCELLED)


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
    sent, until = 0, time.monotonic() + TURN_SECONDS
    while time.monotonic() < until and (letter := _claim(now)):
        sent += _deliver(letter, now)
    return sent


def _give_up_lost_leases(now: datetime) -> None:
    """Whoever leased these died while the text may have left: they are uncertain, never sent again by themselves."""
    lost = Letter.objects.filter(state=Letter.State.LEASED, lease_until__lt=now)
    lost.update(state=Letter.State.UNCERTAIN, last_error="The sender stopped while sending.")


def _expire(now: datetime) -> None:
    late = Letter.objects.filter(state__in=[Letter.State.DUE, Letter.State.RETRY], not_after__lt=now)
    late.update(state=Letter.State.EXPIRED)


def _claim(now: datetime) -> Letter | None:
    """Lease the letter that has waited longest, in one short transaction that skips what others hold."""
    waiting = Q(state__in=[Letter.State.DUE, Letter.State.RETRY], due_at__lte=now)
    with transaction.atomic():
        letter = Letter.objects.filter(waiting).order_by("due_at").select_for_update(skip_locked=True).first()
        if letter:
            letter.state, letter.lease = Letter.State.LEASED, uuid.uuid4()
            letter.lease_until = timezone.now() + LEASE
            letter.attempts += 1
            letter.save(update_fields=["state", "lease", "lease_until", "attempts"])
    return letter


def _mark(letter: Letter, state: Letter.State, *, error: str = "", due_at: datetime | None = None) -> bool:
    """Move a leased letter on; a lease that was lost meanwhile is not ours to move."""
    values: dict[str, object] = {"state": state, "last_error": error[:300], "lease": None, "lease_until": None}
    if state == Letter.State.SENT:
        values["sent_at"] = timezone.now()
    if due_at:
        values["due_at"] = due_at
    ours = Letter.objects.filter(pk=letter.pk, state=Letter.State.LEASED, lease=letter.lease)
    return bool(ours.update(**values))


def _deliver(letter: Letter, now: datetime) -> bool:
    """Send one leased letter; True when the mail server took it."""
    kind = kinds[letter.kind]
    try:
        if not kind.still_wanted(letter):
            _mark(letter, Letter.State.CANCELLED)
            return False
        message = _message(letter, kind.render(letter))
        server = get_connection()
        server.open()
    except Exception as error:  # nothing has left yet: whatever went wrong may be tried again
        logger.warning("not sent", extra={"fields": {"letter": str(letter.pk), "error": type(error).__name__}})
        _retry(letter, f"{type(error).__name__}: nothing was sent.", now)
        return False
    try:
        server.send_messages([message])
    except Exception as error:  # sorted by what the mail server said
        _judge(letter, error, now)
        return False
    finally:
        _close(server)
    return _mark(letter, Letter.State.SENT)


def _close(server: BaseEmailBackend) -> None:
    """Say goodbye; a goodbye that fails changes nothing about what was sent."""
    try:
        server.close()
    except OSError:
        logger.info("mail server left without a goodbye")


def _message(letter: Letter, words: Rendered) -> EmailMultiAlternatives:
    """The mail itself, written out once so that what cannot be a mail is found before anything leaves.

    Answers, and mails that come back, go to an address of this letter's own where the practice receives any.
    """
    sender = formataddr((_one_line(words.sender), settings.DEFAULT_FROM_EMAIL))
    own = reply_address.of(letter.pk)
    headers = {"Message-ID": letter.message_id, **words.headers} | ({"From": sender, "Reply-To": own} if own else {})
    message = EmailMultiAlternatives(_one_line(words.subject), words.text, own or sender, [letter.to], headers=headers)
    message.attach_alternative(words.html, "text/html")
    message.message()
    return message


def _one_line(text: str) -> str:
    """A header has one line and no control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _retry(letter: Letter, error: str, now: datetime) -> None:
    if letter.attempts > len(PAUSES):
        _mark(letter, Letter.State.DEAD, error=error)
    else:
        _mark(letter, Letter.State.RETRY, error=error, due_at=now + PAUSES[letter.attempts - 1])


def _judge(letter: Letter, error: Exception, now: datetime) -> None:
    """A clear refusal is dead (5xx) or tried again (4xx); silence after the text began to leave is uncertain."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    elif isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
    else:
        _mark(letter, Letter.State.UNCERTAIN, error=f"{type(error).__name__} while sending.")
        return
    if 400 <= code < 500:
        _retry(letter, f"The mail server said {code}.", now)
    else:
        _mark(letter, Letter.State.DEAD, error=f"The mail server refused it ({code}).")
