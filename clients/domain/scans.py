"""A photograph or scan of a paper: known by its first bytes, whatever it is called, and kept as it came."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

LARGEST = 10 * 1024 * 1024
SIGNS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class NotAScan(Exception):
    """Why this file cannot be kept as a scan; the message is a sentence for the screen."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The bytes, and what they are."""

    data: bytes
    media_type: str


def read(data: bytes) -> Scan:
    """A PDF, JPEG or PNG of up to 10 MB. Raises NotAScan."""
    if len(data) > LARGEST:
        raise NotAScan(_("This file has more than 10 MB. Please make the scan smaller."))
    for sign, media_type in SIGNS.items():
        if data.startswith(sign):
            return Scan(data, media_type)
    raise NotAScan(_("This is not a PDF, JPEG or PNG file."))
