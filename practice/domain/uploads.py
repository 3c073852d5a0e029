"""Documents that come from outside: a PDF or a picture, known by their first bytes and by nothing else."""

LARGEST = 10 * 1024 * 1024
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
"""The ending of the file that such a document is given back as."""


def media_type(data: bytes) -> str:
    """What these bytes are; "" when they are none of what we take. A name or a browser's word counts for nothing."""
    return next((kind for beginning, kind in _BEGINNINGS.items() if data.startswith(beginning)), "")
