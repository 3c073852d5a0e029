"""The address that answers to a letter go to: the practice's own, with the letter's id and a tag behind a plus sign.

The tag is an HMAC of the id under the secret of this installation (80 bits): nobody makes up an address of a letter.
After that secret has changed, answers to older letters are known by their Message-ID.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from practice.models import Letter

TAG = 10
NEWEST = 50
"""So many of the mails that one says it answers are looked up, the newest (ours)."""
OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@alongside>")


def can_receive() -> bool:
    """Whether answers to mails reach anybody."""
    return bool(settings.REPLY_ADDRESS)


def of(letter: UUID) -> str:
    """Where answers to this letter go; "" when nothing can be received."""
    if not can_receive():
        return ""
    name, _at, host = settings.REPLY_ADDRESS.partition("@")
    return f"{name}+{base64.b32encode(letter.bytes + _tag(letter)).decode().rstrip('=').lower()}@{host}"


def _tag(letter: UUID) -> bytes:
    return salted_hmac("alongside.reply", str(letter), algorithm="sha256").digest()[:TAG]


def letter_of(recipients: Iterable[str], references: Iterable[str]) -> Letter | None:
    """The letter that was answered: by the address it was sent to, else by the mails it says that it answers."""
    for address in recipients:
        if (found := _told(address)) and (letter := Letter.objects.filter(pk=found).first()):
            return letter
    ids = [UUID(match[1]) for one in references if (match := OURS.fullmatch(one))][-NEWEST:]
    known = Letter.objects.in_bulk(ids)
    return next((known[one] for one in reversed(ids) if one in known), None)


def _told(address: str) -> UUID | None:
    token = address.partition("@")[0].partition("+")[2].upper()
    try:
        data = base64.b32decode(token + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(data) != 16 + TAG:
        return None
    letter = UUID(bytes=data[:16])
    return letter if hmac.compare_digest(_tag(letter), data[16:]) else None
