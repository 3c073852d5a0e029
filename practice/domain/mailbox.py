"""A mailbox read over IMAP (RFC 3501): what lies in its folder is given on, and moved away once it is kept.

Whether somebody has opened a mail in another program counts for nothing: what lies in the folder waits. A crash between
keeping and moving leaves it there; it is read again and known as the same.
"""

import imaplib
import logging
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from django.core.cache import cache
from django.utils import timezone
from redis import RedisError

from practice.domain.mail_in import LARGEST

logger = logging.getLogger("alongside.mailbox")
KEPT = "Alongside"
"""The folder to which mails go that are kept here."""
SECONDS = 20
TURN_SECONDS = 40
AWAY = "mailbox:away_since"
PATIENCE = timedelta(minutes=5)
"""So long a mailbox may be away before anybody is told: a mail server that begins anew is back by then (ours)."""


class Box(Protocol):
    """A mailbox and who logs in: `practice.config.receiving.Imap`."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def folder(self) -> str: ...
    @property
    def tls(self) -> bool: ...


class NotReached(Exception):
    """The mailbox cannot be read now; nothing is lost by it."""


def empty(box: Box, take: Callable[[bytes], object]) -> int:
    """Give every mail of the folder to `take`, the oldest first, and move it away when that returns; how many.

    One that fails stays and keeps none of the others. For 40 seconds at most. Raises NotReached.
    """
    try:
        server = _connected(box)
    except (OSError, imaplib.IMAP4.error) as error:
        raise NotReached(type(error).__name__) from error
    try:
        _log_in(server, box)
        return _take_each(server, take)
    except (OSError, imaplib.IMAP4.error) as error:
        raise NotReached(type(error).__name__) from error
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def watch(box: Box, take: Callable[[bytes], object], *, now: datetime | None = None) -> int:
    """Empty it, and keep in Valkey since when it cannot be reached, until it can be again. Raises NotReached."""
    try:
        taken = empty(box, take)
    except NotReached:
        cache.add(AWAY, now or timezone.now(), None)
        raise
    cache.delete(AWAY)
    return taken


def away_since(*, now: datetime | None = None) -> datetime | None:
    """Since when it has not been reached; None while it is, or has been away for a moment only."""
    try:
        since: datetime | None = cache.get(AWAY)
    except RedisError:  # nothing is known then, and the health page says so
        return None
    return since if since and (now or timezone.now()) - since >= PATIENCE else None


def _connected(box: Box) -> imaplib.IMAP4:
    if box.tls:
        secure = ssl.create_default_context()
        return imaplib.IMAP4_SSL(box.host, box.port, ssl_context=secure, timeout=SECONDS)
    return imaplib.IMAP4(box.host, box.port, timeout=SECONDS)


def _log_in(server: imaplib.IMAP4, box: Box) -> None:
    server.login(box.user, box.password)
    said, _data = server.select(_quoted(box.folder))
    if said != "OK":
        raise imaplib.IMAP4.error("no such folder")
    server.create(KEPT)  # it says no when it is there already


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _take_each(server: imaplib.IMAP4, take: Callable[[bytes], object]) -> int:
    until, taken = time.monotonic() + TURN_SECONDS, 0
    _said, found = server.uid("SEARCH", "ALL")
    for uid in (found[0] or b"").split():
        if time.monotonic() > until:
            break
        raw = _fetch(server, uid.decode())
        if raw is None:
            continue
        try:
            take(raw)
        except Exception as error:  # whatever is wrong with one: it stays here and is read again, and so are the next
            logger.exception("mail not kept", extra={"fields": {"error": type(error).__name__}})
            continue
        _move_away(server, uid.decode())
        taken += 1
    return taken


def _fetch(server: imaplib.IMAP4, uid: str) -> bytes | None:
    """The bytes of one mail, one more than are kept at most; looking does not mark it as read."""
    _said, data = server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST + 1}>)")
    return next((bytes(part[1]) for part in data or [] if isinstance(part, tuple)), None)


def _move_away(server: imaplib.IMAP4, uid: str) -> None:
    if "MOVE" in server.capabilities and server.uid("MOVE", uid, KEPT)[0] == "OK":
        return
    if server.uid("COPY", uid, KEPT)[0] == "OK":
        server.uid("STORE", uid, "+FLAGS", r"(\Seen \Deleted)")
        server.expunge()
