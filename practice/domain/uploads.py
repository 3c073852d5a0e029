"""Documents that come from outside: a PDF or a picture, known by their first bytes and by nothing else.

A picture is opened and drawn anew, turned the way it was held: nothing comes along that is not seen, no place and no
device. A PDF is kept as it came and never opened here. Names of files count for nothing and are kept nowhere.
"""

import re
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps

from practice.domain import papers

LARGEST = 10 * 1024 * 1024
PIXELS = 25_000_000
SCANS = 50
"""How often a JPEG may go over its pixels, each time with the work of the whole picture (ours). Of a colour photograph
10 passes are usual (libjpeg-turbo, `jpeg_simple_progression` in jcparam.c)."""
SIDE = 1_600
"""Pixels of a photograph that is only looked at on a page."""
PDF = "application/pdf"
ENDINGS = {PDF: "pdf", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
"""What is taken, and the ending of the file that it is given back as."""
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_MODES = {"JPEG": {"L", "RGB"}, "PNG": {"1", "L", "LA", "P", "I;16", "RGB", "RGBA"}, "WEBP": {"RGB", "RGBA"}}
"""How each keeps its colours; whatever comes otherwise is turned into plain colours."""

_MARKER = re.compile(rb"\xff([\x02-\xcf\xd8-\xfe])")
"""What stands in the way of a JPEG but restarts and stuffing, which have no length (ITU-T T.81, table B.1)."""
_SCAN, _END = 0xDA, 0xD9


class NotTaken(Exception):
    """Why this file cannot be kept; the message is a sentence for the screen."""


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes as they will be kept, and what they are."""

    data: bytes
    media_type: str


def read(data: bytes) -> Upload:
    """A PDF, JPEG, PNG or WebP of up to 10 MB; a picture of up to 25 megapixels, drawn anew. Raises `NotTaken`."""
    if len(data) > LARGEST:
        raise NotTaken(_("This file has more than 10 MB. Please choose a smaller one."))
    media_type = _media_type(data)
    if not media_type:
        raise NotTaken(_("This is not a PDF, JPEG, PNG or WebP. Please choose another file."))
    return Upload(data if media_type == PDF else _drawn_anew(data, _FORMATS[media_type]), media_type)


def photograph(data: bytes) -> Upload:
    """Any picture that `read` takes, as a JPEG of at most 1600 pixels a side; what is see-through is on white.

    Raises `NotTaken`, for a PDF too.
    """
    taken = read(data)
    if taken.media_type == PDF:
        raise NotTaken(_("This is a PDF, not a picture. Please choose a photograph."))
    with Image.open(BytesIO(taken.data), formats=[_FORMATS[taken.media_type]]) as picture:
        seen = picture if picture.mode == "RGB" else _on_white(picture)
        seen.thumbnail((SIDE, SIDE), reducing_gap=3.0)
        out = BytesIO()
        seen.save(out, "JPEG", quality=85)
    return Upload(out.getvalue(), "image/jpeg")


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "I;16":
        picture = picture.convert("I").point(lambda grey: grey / 256).convert("L")
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture.convert("RGBA"))
    return ground.convert("RGB")


def _media_type(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    beginnings = {b"%PDF-": PDF, b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
    return next((kind for beginning, kind in beginnings.items() if data.startswith(beginning)), "")


def _drawn_anew(data: bytes, kind: str) -> bytes:
    if kind == "JPEG" and _scans(data) > SCANS:
        raise NotTaken(_("This picture is kept in too many layers. Please take it again, or choose another file."))
    try:
        with Image.open(BytesIO(data), formats=[kind]) as picture:
            _refuse(picture)
            drawn = _written(picture, kind)
    except NotTaken:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # whatever a decoder makes of bytes from outside, it is no error of ours
        raise NotTaken(
            _("This picture cannot be opened: it is damaged or cut off. Please take it again, or choose another file.")
        ) from error
    if len(drawn) > papers.LARGEST:
        raise NotTaken(_("This picture takes too much room. Please choose a smaller one."))
    return drawn


def _refuse(picture: Image.Image) -> None:
    """By its head alone, before a pixel of it is opened."""
    if picture.width * picture.height > PIXELS:
        raise _too_many_pixels()
    # A telephone's JPEG may bring a second picture for depth; the first is the photograph.
    if picture.format in ("PNG", "WEBP") and getattr(picture, "is_animated", False):
        raise NotTaken(_("This picture moves. Please choose one that stands still."))


def _scans(data: bytes) -> int:
    """How often a JPEG goes over its pixels, to its end; what stands behind that is never opened."""
    scans, at = 0, 2
    while (found := _MARKER.search(data, at)) and found[1][0] != _END:
        scans += found[1][0] == _SCAN
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
    return scans


def _too_many_pixels() -> NotTaken:
    return NotTaken(_("This picture has more than 25 megapixels. Please choose a smaller one."))


def _written(picture: Image.Image, kind: str) -> bytes:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint lets half a picture pass, in the whole process
    ImageOps.exif_transpose(picture, in_place=True)
    picture.load()
    if picture.mode not in _MODES[kind]:
        is_see_through = kind != "JPEG" and picture.has_transparency_data
        picture = picture.convert("RGBA" if is_see_through else "RGB")
    picture.info = {key: picture.info[key] for key in ("transparency",) if key in picture.info}
    out = BytesIO()
    picture.save(out, kind, quality=90)
    return out.getvalue()
