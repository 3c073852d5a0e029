"""Where messages come in: the address that answers go to, and the mailbox they are read from.

Pure standard library, as everything that reads the environment. A refusal names the variable, never a password.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from practice.config.addresses import Misconfigured

LOCAL_PART = 21
"""Characters before the @ at most: a plus sign and 42 more are added, and a mailbox name may have 64 (RFC 5321)."""


@dataclass(frozen=True)
class Imap:
    """A mailbox that is read over IMAP."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    tls: bool


@dataclass(frozen=True)
class Receiving:
    """What a practice receives by. Each may be missing; then its messages say that answers reach nobody."""

    reply_address: str
    imap: Imap | None

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Receiving":
        """Check what was set. Raises Misconfigured with one sentence."""
        return cls(
            reply_address=_reply_address(values.get("ALONGSIDE_REPLY_ADDRESS", "")),
            imap=_imap(values),
        )


def _reply_address(given: str) -> str:
    if given and not re.fullmatch(rf"[A-Za-z0-9._-]{{1,{LOCAL_PART}}}@[A-Za-z0-9.-]+", given):
        raise Misconfigured(
            f"ALONGSIDE_REPLY_ADDRESS is {given!r}: an address such as post@practice.example is expected, with at most "
            f"{LOCAL_PART} letters before the @ and no plus sign; its mail server must take post+anything@ as well."
        )
    return given


def _imap(values: Mapping[str, str]) -> Imap | None:
    url = values.get("ALONGSIDE_IMAP_URL", "")
    if not url:
        return None
    example = "For example: imaps://post%40practice.example@mail.example/INBOX"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Misconfigured(f"ALONGSIDE_IMAP_URL cannot be read as an address. {example}") from None
    if parts.scheme not in ("imaps", "imap") or not parts.hostname or not parts.username:
        raise Misconfigured(f"ALONGSIDE_IMAP_URL must start with imaps:// and name who logs in, and where. {example}")
    if parts.password is not None:
        raise Misconfigured("ALONGSIDE_IMAP_URL holds a password: put it into ALONGSIDE_IMAP_PASSWORD_FILE.")
    if parts.scheme == "imap" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise Misconfigured("ALONGSIDE_IMAP_URL must start with imaps://, unless the mailbox is on this machine.")
    return Imap(
        host=parts.hostname,
        port=port or (993 if parts.scheme == "imaps" else 143),
        user=unquote(parts.username),
        password=_password(values),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        tls=parts.scheme == "imaps",
    )


def _password(values: Mapping[str, str]) -> str:
    direct, file = values.get("ALONGSIDE_IMAP_PASSWORD", ""), values.get("ALONGSIDE_IMAP_PASSWORD_FILE", "")
    if bool(direct) == bool(file):
        raise Misconfigured("ALONGSIDE_IMAP_PASSWORD_FILE, or else ALONGSIDE_IMAP_PASSWORD, must hold the password.")
    if direct:
        return direct
    try:
        return Path(file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Misconfigured(f"ALONGSIDE_IMAP_PASSWORD_FILE is {file!r}, which cannot be read.") from None
