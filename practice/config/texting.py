"""How text messages leave: the carrier, its log-in and the number or name they come from, read and checked.

Pure standard library, as everything that the launcher reads.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from practice.config.addresses import Misconfigured, Weather

SOURCES = ("off", "file", "twilio")
TWILIO = "https://api.twilio.com"
SENDER = re.compile(r"\+[1-9][0-9]{6,14}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
"""A number in E.164, or up to eleven letters and digits."""


@dataclass(frozen=True)
class Texts:
    """`source` is off, file or twilio; the rest is empty unless it is twilio."""

    source: str = "off"
    sid: str = ""
    token: str = field(default="", repr=False)
    sender: str = ""
    url: str = TWILIO


def read(values: Mapping[str, str], mode: str) -> Texts:
    """A demo writes them into files; a practice sends none until its owner says by whom. Raises Misconfigured."""
    source = values.get("ALONGSIDE_SMS") or ("file" if mode == "demo" else "off")
    if source not in SOURCES:
        raise Misconfigured(f"ALONGSIDE_SMS is {source!r}: it must be off, file or twilio.")
    if source == "file" and mode == "practice":
        raise Misconfigured("ALONGSIDE_SMS is 'file', which sends nothing: a real practice takes twilio or off.")
    if source != "twilio":
        return Texts(source)
    sid, sender = values.get("ALONGSIDE_SMS_SID", ""), values.get("ALONGSIDE_SMS_FROM", "")
    if not re.fullmatch(r"AC[0-9a-f]{32}", sid):
        raise Misconfigured("ALONGSIDE_SMS_SID is not an account of Twilio: AC and 32 signs from 0-9 and a-f.")
    if not SENDER.fullmatch(sender):
        raise Misconfigured(
            f"ALONGSIDE_SMS_FROM is {sender!r}: a number such as +442079460142, or a name of up to 11 letters."
        )
    url = Weather.address("ALONGSIDE_SMS_URL", values.get("ALONGSIDE_SMS_URL") or TWILIO)
    return Texts(source, sid, _token(values), sender, url)


def _token(values: Mapping[str, str]) -> str:
    given, file = values.get("ALONGSIDE_SMS_TOKEN", ""), values.get("ALONGSIDE_SMS_TOKEN_FILE", "")
    if given and file:
        raise Misconfigured("ALONGSIDE_SMS_TOKEN and ALONGSIDE_SMS_TOKEN_FILE are both set: one of them, not both.")
    if file:
        try:
            given = Path(file).expanduser().read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise Misconfigured(f"ALONGSIDE_SMS_TOKEN_FILE is {file!r}, which cannot be read: {reason}.") from None
    if not given:
        raise Misconfigured("ALONGSIDE_SMS_TOKEN is not set: Twilio lets nobody send without it.")
    if not given.isascii() or not given.isprintable():
        raise Misconfigured("ALONGSIDE_SMS_TOKEN holds signs that no token has.")
    return given
