"""Small pictures as bytes, for what comes from outside."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

SCAN = b"\xff\xda"
"""What a pass over a JPEG begins with."""
RED, BLUE = (200, 30, 30), (30, 30, 200)


def drawn(kind: str, *, size: tuple[int, int] = (40, 20), mode: str = "RGB", **how: Any) -> bytes:
    """A picture, red on its left and blue on its right."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, *size))
    out = BytesIO()
    picture.convert(mode).save(out, kind, **how)
    return out.getvalue()


def photograph(*, orientation: int = 1) -> bytes:
    """As a telephone takes it: with the place, the device, a comment and how it was held."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110] = orientation, "canary-maker", "canary-device"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0), 29: "canary-day"})
    return drawn("JPEG", exif=exif, comment=b"canary-comment", xmp=b"<x:xmpmeta>canary-xmp</x:xmpmeta>")


def moving(kind: str) -> bytes:
    """A picture of two frames."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=200)
    return out.getvalue()


def layered(more: int = 0) -> bytes:
    """A JPEG that comes in passes, the last of them said that many times more."""
    whole = drawn("JPEG", progressive=True)
    last = whole[whole.rindex(SCAN) : -2]
    return whole[:-2] + last * more + whole[-2:]


def bomb(side: int) -> bytes:
    """A PNG of a few bytes whose head promises a square of that side."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    chunks = [(b"IHDR", head), (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
