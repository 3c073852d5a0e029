"""One small PDF with a seal, and what can be done to it; made once a process, without a database."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from practice.domain import press, seal
from practice.models import SealingCertificate

NAME = "Larch Street"


@dataclass(frozen=True)
class Sealed:
    """The bytes before and after, whose seal it is, and where its own place begins and ends."""

    bare: bytes
    data: bytes
    by: SealingCertificate
    begins: int
    ends: int


def certificate(name: str = NAME) -> SealingCertificate:
    """A certificate that is in no register."""
    return seal.new(name, at=datetime.now(UTC) - timedelta(minutes=1))


@cache
def printed(words: str = "We agree.") -> bytes:
    return press.printed(f"<html lang='en'><body><h1>Larch</h1><p>{words}</p></body></html>", country="GB")


@cache
def paper() -> Sealed:
    """The practice's own."""
    by = certificate()
    data = seal.seal(printed(), by=by, reason="Record of what was signed: Walking together")
    place = re.search(rb"/Contents <([0-9A-F]+)>", data)
    assert place
    return Sealed(printed(), data, by, place.start(1) - 1, place.end(1) + 1)


@cache
def foreign() -> bytes:
    """The same words under the seal of somebody who calls himself the same."""
    return seal.seal(printed(), by=certificate(), reason="Record of what was signed: Walking together")


def flipped(data: bytes, at: int, bit: int = 1) -> bytes:
    """One byte another."""
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def with_page(data: bytes) -> bytes:
    """One page more, added after the end as PDF allows it."""
    from pyhanko.pdf_utils.generic import StreamObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.writer import PageObject

    writer = IncrementalPdfFileWriter(BytesIO(data))
    words = writer.add_object(StreamObject(stream_data=b""))
    writer.insert_page(PageObject(contents=words, media_box=(0, 0, 595, 842)))
    return _written(writer)


def with_note(data: bytes) -> bytes:
    """Another subject, added after the end as PDF allows it."""
    from pyhanko.pdf_utils.generic import pdf_string
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(data))
    info = writer.trailer["/Info"]
    info["/Subject"] = pdf_string("Not what was agreed")
    writer.update_container(info)
    return _written(writer)


def _written(writer: Any) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
