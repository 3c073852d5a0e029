"""A mail that came in, read as far as it can be: broken, foreign, empty or too big, something is always said of it.

Pure: bytes in, a frozen value out. Headers by RFC 5322 and 2047, parts by RFC 2046, what a machine wrote by RFC 3834,
reports of delivery by RFC 3464 (`mail_reports`), answers to invitations by RFC 5546.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import (
    CloseBoundaryNotFoundDefect,
    MessageError,
    NoBoundaryInMultipartDefect,
    StartBoundaryNotFoundDefect,
)
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr
from itertools import chain

from practice.domain import mail_calendar, mail_parts, mail_reports, mail_text
from practice.domain.mail_reports import Report

LARGEST = 20 * 1024 * 1024
"""Bytes that are read and kept of one mail (what a paper may have)."""
LONGEST = 200_000
"""Characters of text that are read out of one mail (ours); the whole of it is kept beside them."""
PAGE = 5 * LONGEST
"""Characters of an HTML page that are read, markup and all (ours)."""
HEADER = 4_000
"""Characters that are read of one header (ours): to decode a million of them would take a minute."""
SUBJECT = 400
"""Characters of a subject that are shown (ours)."""
DAMAGE = (CloseBoundaryNotFoundDefect, NoBoundaryInMultipartDefect, StartBoundaryNotFoundDefect)
TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To")
MACHINES = re.compile(
    r"^(mailer-daemon|postmaster|(no|do-?not)[-_.]?reply|bounces?)([+@_-]|$)", re.IGNORECASE
)  # the names that machines write under


@dataclass(frozen=True, slots=True)
class File:
    """Something that came with a mail."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """What could be read of one mail. `key` is the same however often and by whatever way the same mail comes."""

    key: str
    message_id: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    files: tuple[File, ...] = ()
    remarks: tuple[str, ...] = ()
    is_automatic: bool = False
    is_plain: bool = False
    """Nothing in it but the text that stands here, written in a way that cannot be read as anything else."""
    unseen: str = ""
    """What stands in it besides and a mail program does not show at once, a line each: other ways in which the same was
    said, what is written instead of pictures, mails and texts that came along, names of files."""
    report: Report | None = None


def read(raw: bytes) -> Mail:
    """Read a mail of any size and shape. Raises nothing: what breaks the reader is kept as the letters it is made of.

    Of more than 20 MB the beginning is read.
    """
    cut = raw[:LARGEST]
    remarks = ["too_big"] if len(raw) > LARGEST else []
    try:
        return _read(cut, remarks)
    except Exception:  # a mail that no parser was made for: whatever it breaks, it is kept
        text = mail_text.clean(cut[:LONGEST].decode("utf-8", "replace"))
        return Mail(key=_key(None, cut), text=text, remarks=(*remarks, "broken"))


def _read(raw: bytes, remarks: list[str]) -> Mail:
    taken = mail_parts.taken_apart(raw)
    message, parts = taken.message, list(mail_parts.leaves(taken.message))
    text, unseen, said = _text(message, parts)
    files = tuple(_file(part) for part in parts if _is_file(part))
    report = mail_reports.read(message) if MACHINES.match(_sender(message)) else None
    partstat = _partstat(parts)
    damaged = not message.get("From") or any(
        isinstance(defect, DAMAGE) for part in message.walk() for defect in part.defects
    )
    remarks = (
        remarks
        + (["cut"] if taken.is_cut else [])
        + said
        + (["broken"] if damaged else [])
        + ([partstat] if partstat else [])
    )
    if any(_is_winmail(file) for file in files):
        remarks.append("winmail")
    if not text.strip() and not partstat:
        remarks.append("no_text")
    machine = _is_automatic(message) or bool(report) or bool(partstat and not text.strip())
    if machine:
        remarks.append("automatic")
    return Mail(
        key=_key(message, raw),
        message_id=header(message, "Message-ID").strip()[:255],
        sender=_sender(message),
        recipients=tuple(address for name in TO for _name, address in getaddresses(_all(message, name)) if address),
        references=tuple(re.findall(r"<[^<>\s]{3,250}>", " ".join(_all(message, "In-Reply-To", "References")))),
        subject=header(message, "Subject")[:SUBJECT],
        text=text,
        files=files,
        unseen="" if report else unseen,
        remarks=tuple(dict.fromkeys(remarks)),
        is_automatic=machine,
        is_plain=_is_plain(message) and not remarks,
        report=report,
    )


def _key(message: Message | None, raw: bytes) -> str:
    """Which mail this is: what its writer gave it, and not what it was given on the way. The same Message-ID with other
    words is another mail, so that nobody can have one taken for another. Without an id and a date only the very same
    bytes are the same: “Yes” may be written every week."""
    _head, _between, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    own = [header(message, name) for name in ("Message-ID", "From", "Date", "Subject")] if message else []
    is_named = message and (message.get("Message-ID") or message.get("Date"))
    told = body.rstrip() if is_named else raw.replace(b"\r\n", b"\n")
    return hashlib.sha256("\0".join(own).encode("utf-8", "replace") + b"\0" + told).hexdigest()


def header(message: Message, name: str) -> str:
    """A header in one line of readable letters, its first 4,000; "" when it is not there."""
    return _readable(str(message.get(name, "")))


def _readable(written: str) -> str:
    return " ".join(mail_text.clean(_letters(written[:HEADER])).split())


def _letters(written: str) -> str:
    """Encoded words (RFC 2047) as letters; one that is broken stays as it is written, and spoils none of the others."""
    try:
        return str(make_header(decode_header(written)))
    except (ValueError, LookupError, MessageError):  # no such charset or encoding, or letters that it has not
        words = written.split()
        return " ".join(map(_letters, words)) if len(words) > 1 else written


def _all(message: Message, *names: str) -> list[str]:
    return [mail_text.clean(str(value)) for name in names for value in message.get_all(name, [])]


def _sender(message: Message) -> str:
    for name in ("From", "Reply-To", "Sender", "Return-Path"):
        for value in _all(message, name)[:1]:
            address = parseaddr(value)[1]
            if "@" in address:
                return address[:254]
    return header(message, "From")[:254]


def _is_automatic(message: Message) -> bool:
    """Whether a machine wrote it (RFC 3834, section 2, and what mail programs say besides)."""
    said = header(message, "Auto-Submitted").lower()
    return (
        bool(said and not said.startswith("no"))
        or header(message, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply")
        or any(message.get(name) for name in ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond"))
        or header(message, "Return-Path") == "<>"
        or bool(MACHINES.match(_sender(message)))
    )


def _is_plain(message: Message) -> bool:
    charset = message.get_content_charset("us-ascii")
    return message.get_content_type() == "text/plain" and charset in ("utf-8", *mail_text.LATIN)


def _is_file(part: Message) -> bool:
    kind = part.get_content_type()
    if part.get_filename() or part.get_content_disposition() == "attachment":
        return True
    words = kind in ("text/plain", "text/html", "text/calendar", "text/rfc822-headers")
    return not words and part.get_content_maintype() not in ("multipart",) and kind != "message/delivery-status"


def _file(part: Message) -> File:
    kind = part.get_content_type()
    if part.is_multipart():
        inner = part.get_payload(0)
        data = inner.as_bytes() if isinstance(inner, Message) else b""
    else:
        data = mail_parts.data(part)
    return File(_name(part), kind, data)


def _name(part: Message) -> str:
    return _readable(str(part.get_filename() or ""))[:200] or part.get_content_type()


def _is_winmail(file: File) -> bool:
    return file.media_type in ("application/ms-tnef", "application/vnd.ms-tnef") or file.name.lower() == "winmail.dat"


def _text(message: Message, parts: list[Message]) -> tuple[str, str, list[str]]:
    """The words, below them those of the text files that came along; what is not shown; what is to be said of them."""
    remarks = list[str]()
    files = [f"{_name(part)}\n{_decoded(part)}" for part in parts if _is_file(part) and _is_words(part)]
    text = mail_text.clean("\n\n".join([_words(message, remarks).strip(), *files])).strip()
    shown = text[:LONGEST]
    subject = _long_subject(message)
    hidden = chain(subject, mail_parts.around(message), (line for part in parts for line in _unseen(part)))
    lines = (mail_text.clean(line).strip() for line in hidden)
    unseen = "\n".join(line for line in lines if line not in shown)
    if "\N{REPLACEMENT CHARACTER}" in text:
        remarks.append("charset")
    if len(text) > LONGEST:
        remarks.append("long_text")
    pages = (part for part in parts if part.get_content_type() == "text/html")
    if len(unseen) > 2 * LONGEST or subject or any(len(mail_parts.letters(part)) > PAGE for part in pages):
        remarks.append("cut")
    return shown, unseen[: 2 * LONGEST], remarks


def _long_subject(message: Message) -> list[str]:
    """A subject that is longer than is shown: as far as it is read, and all of it as it is written."""
    written, subject = " ".join(str(message.get("Subject", "")).split()), header(message, "Subject")
    return [subject, written] if len(subject) > SUBJECT or len(written) > HEADER else []


def _words(part: Message, remarks: list[str]) -> str:
    """All that is written in a part, in order. Of what is written in two ways (RFC 2046, 5.1.4) the first, the plain
    one, counts, and below it each that has words of its own; the last alone where the first has none or far less: some
    programs write “your program cannot show this” there."""
    if not part.is_multipart() or part.get_content_maintype() != "multipart":
        return "" if _is_file(part) or not _is_words(part) else _decoded(part)
    inner = [_words(one, remarks) for one in part.get_payload() if isinstance(one, Message)]
    said = [words for words in inner if words.strip()]
    if part.get_content_type() != "multipart/alternative":
        return "\n".join(said)
    first, last = (said or [""])[0], (said or [""])[-1]
    if len(last.split()) > 2 * len(first.split()) + 20:
        return last
    others = [words for words in said[1:] if _letters_of(words) - _letters_of(first)]
    if others:
        remarks.append("two_forms")
    return "\n\n".join([first, *others])


def _letters_of(words: str) -> set[str]:
    return set(re.findall(r"\w+", words.casefold()))


def _unseen(part: Message) -> Iterator[str]:
    """What stands in a part and is not shown as it is, whichever way is."""
    if part.get_content_maintype() == "text":
        words = mail_parts.letters(part)[:PAGE]
        yield from mail_text.unseen(words) if part.get_content_type() == "text/html" else ()
        yield _decoded(part)
        yield mail_calendar.in_words(words) if part.get_content_type() == "text/calendar" else ""
    elif part.get_content_type() == "application/octet-stream":
        yield mail_text.if_letters(mail_parts.data(part))[:LONGEST]
    elif part.get_content_type() == "message/rfc822" and part.is_multipart():
        for inner in part.get_payload():
            if isinstance(inner, Message):
                yield header(inner, "Subject")
                yield from (line for leaf in mail_parts.leaves(inner) for line in _unseen(leaf))
    if part.get_filename():
        yield _name(part)


def _is_words(part: Message) -> bool:
    """Of what is no file everything is words but what machines read."""
    kind = part.get_content_type()
    if _is_file(part):
        return kind in ("text/plain", "text/html")
    return kind not in ("text/calendar", "text/rfc822-headers", "message/delivery-status")


def _decoded(part: Message) -> str:
    words = mail_parts.letters(part)
    return mail_text.of_html(words[:PAGE]) if part.get_content_type() == "text/html" else words


def _partstat(parts: list[Message]) -> str:
    """What an answer to an invitation says; "" when it is none."""
    calendars = (part for part in parts if part.get_content_type() == "text/calendar")
    return next(filter(None, (mail_calendar.partstat(mail_parts.letters(part)) for part in calendars)), "")
