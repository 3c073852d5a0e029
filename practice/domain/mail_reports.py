"""Reports of delivery (RFC 3464, in the `multipart/report` of RFC 6522): which mail, to whom, and what became of it."""

import re
from dataclasses import dataclass
from email.message import Message

from practice.domain import mail_parts


@dataclass(frozen=True, slots=True)
class Report:
    """What another mail server says about a mail of ours."""

    message_id: str
    """The Message-ID of the mail it is about, with its brackets; "" when it does not say."""
    recipients: tuple[str, ...]
    """To whom: as it was first written, and where that was sent on to."""
    action: str
    """failed, delayed, delivered, relayed or expanded."""
    status: str
    """Such as 5.1.1 (RFC 3463)."""
    diagnostic: str

    @property
    def is_final(self) -> bool:
        """It did not arrive and nobody tries again."""
        return self.action == "failed" and not self.status.startswith(("4", "2"))


def read(message: Message) -> Report | None:
    """The report that a mail is; None when it is none. A mail that only brings a report along is somebody's own words.

    Of several recipients the first that failed counts: ours have one.
    """
    if message.get_content_type() != "multipart/report" or _kind(message) != "delivery-status":
        return None
    blocks = [block for part in message.walk() if part.get_content_type() == "message/delivery-status"
              for block in _blocks(part)]  # fmt: skip
    told = [block for block in blocks if block.get("Action")]
    if not told:
        return None
    worst = next((block for block in told if _word(block, "Action").lower() == "failed"), told[0])
    status = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", _word(worst, "Status"))
    return Report(
        message_id=_original(message),
        recipients=tuple(
            _address(worst, name) for name in ("Original-Recipient", "Final-Recipient") if worst.get(name)
        ),
        action=_word(worst, "Action").lower(),
        status=status[0] if status else "",
        diagnostic=" ".join(_word(worst, "Diagnostic-Code").partition(";")[2].split())[:120],
    )


def _kind(message: Message) -> str:
    return str(message.get_param("report-type", "")).lower()


def _address(block: Message, name: str) -> str:
    return _word(block, name).partition(";")[2].strip().strip("<>").lower()


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _word(block: Message, *names: str) -> str:
    return next((str(block[name]) for name in names if block.get(name)), "")


def _original(message: Message) -> str:
    """From the mail that came back, or its headers; from what the report says it answers (Gmail) where neither did."""
    for part in message.walk():
        if part is not message and part.get_content_type() == "text/rfc822-headers":
            words = mail_parts.letters(part)
            if found := re.search(r"^message-id:\s*(<[^<>\s]+>)", words, re.IGNORECASE | re.MULTILINE):
                return found[1]
    inner = [part for part in message.walk() if part is not message and part.get("Message-ID")]
    said = [str(part["Message-ID"]) for part in inner] or [str(message.get(name, "")) for name in
            ("In-Reply-To", "References", "X-Failed-Message-ID")]  # fmt: skip
    return next((found[0] for one in said if (found := re.search(r"<[^<>\s]+>", one))), "")
