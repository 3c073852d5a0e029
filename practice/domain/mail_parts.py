"""A mail taken apart, as far as that is done in a moment: its parts, the bytes in one, and the letters of one.

The parser of the standard library takes ten seconds for fifty thousand parameters and a gigabyte for ten million lines.
What is more than the bounds below (ours; no mail program writes so much) is left out here and lies in the mail as it
came.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32

from practice.domain import mail_text

HEAD = 200_000
"""Bytes of headers."""
CONTENT = 2_000
"""Characters of a header that says what is in a part, with its parameters."""
MOST = {b"\n": 400_000, b"\r": 400_000, b"\n--": 250, b"\n\n": 20_000, b"\n\r\n": 20_000, b"\r\r": 20_000}
"""So many lines (20 MB of a file, as they are written in a mail, are 270,000), lines that begin as a divider of parts
does, and empty lines."""


class _Bounded(Compat32):
    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:CONTENT] if name.lower().startswith("content-") else value


POLICY = _Bounded()


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail, and whether something of it was left out."""

    message: Message
    is_cut: bool


def taken_apart(raw: bytes) -> Taken:
    """Read a mail within the bounds."""
    kept = _less_head(raw)
    for sign, most in MOST.items():
        kept = _up_to(kept, sign, most)
    message = message_from_bytes(kept, policy=POLICY)
    is_long = any(
        len(value) == CONTENT
        for part in message.walk()
        for name, value in part.raw_items()
        if name.lower().startswith("content-")
    )
    return Taken(message, is_long or len(kept) != len(raw))


def _less_head(raw: bytes) -> bytes:
    ends = min((at for end in (b"\n\n", b"\n\r\n") if (at := raw.find(end)) >= 0), default=len(raw))
    return raw if ends <= HEAD else raw[: raw.rfind(b"\n", 0, HEAD) + 1 or HEAD] + raw[ends:].lstrip(b"\n")


def _up_to(raw: bytes, sign: bytes, most: int) -> bytes:
    if raw.count(sign) <= most:
        return raw
    at = -1
    for _each in range(most):
        at = raw.find(sign, at + 1)
    return raw[:at]


def leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order; what another mail brought along is one part."""
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from leaves(part)
    else:
        yield message


def around(message: Message) -> Iterator[str]:
    """What stands before the first and behind the last part, where no mail program looks (RFC 2046, 5.1.1)."""
    for part in message.walk():
        for words in (part.preamble, part.epilogue):
            yield mail_text.decoded((words or "").encode("utf-8", "surrogateescape"), None)


def data(part: Message) -> bytes:
    """The bytes that a part holds, as they were before they were written for the way."""
    return bytes(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]


def letters(part: Message) -> str:
    """The same as letters, whatever charset it claims; of a page without the pictures that are written into it."""
    words = mail_text.decoded(data(part), part.get_content_charset())
    return mail_text.PICTURE.sub("", words) if part.get_content_type() == "text/html" else words
