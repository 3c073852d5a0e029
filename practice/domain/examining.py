"""Is this file what the practice sealed? Asked of its bytes alone.

A seal covers every byte of the file but the place it lies in itself. So the question needs no reader of PDFs, which a
hostile file could keep busy for hours: where the seal says that it lies, which bytes it covers, and whether one of the
practice's own keys signed just those. Everything here takes time in proportion to the file's length.

Of the seal's own frame a few bytes are under no signature (RFC 5652, 5.4): that nobody touched those either is known
from the register of papers, by the fingerprint of the whole file.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from itertools import islice
from typing import Any

from practice.domain.papers import LARGEST
from practice.models import SealingCertificate

MOST_SEALS = 8
LONGEST_SEAL = 128 * 1024  # as it stands in the file, in hexadecimal
_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s*\]")
_MARKS = (b"/ByteRange", b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached", b"/ETSI.RFC3161")
_WHEN = re.compile(rb"/M\s*\(([^()<>]{5,100})\)")
_OCTAL = re.compile(rb"\\([0-7]{3})")
_PAGES = re.compile(rb"/Type\s*/Pages\b")
_COUNT = re.compile(rb"/Count\s+(\d{1,6})\b")


class State(StrEnum):
    """What can be said of a file."""

    NOT_A_PDF = "not_a_pdf"
    TOO_LARGE = "too_large"
    NO_SEAL = "no_seal"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    BROKEN = "broken"
    ADDED_TO = "added_to"
    PAGES_ADDED = "pages_added"
    INTACT = "intact"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said of a file; for one with a seal of ours, whose and when. `sha256` is of the whole file."""

    state: State
    sha256: str
    by: SealingCertificate | None = None
    at: datetime | None = None
    pages: int = 0

    @property
    def is_intact(self) -> bool:
        """True when it is byte by byte what was sealed, and the seal covers all of it."""
        return self.state == State.INTACT


@dataclass(frozen=True, slots=True)
class _Lies:
    """Where a seal lies: between `begins` and `ends` (with its brackets), in a file that went on to `covers`."""

    begins: int
    ends: int
    covers: int


def examine(data: bytes, *, ours: Sequence[SealingCertificate]) -> Verdict:
    """The verdict on a file, with these certificates as the only ones that count."""
    sha256 = hashlib.sha256(data).hexdigest()
    if len(data) > LARGEST:
        return Verdict(State.TOO_LARGE, sha256)
    if not data.startswith(b"%PDF-"):
        return Verdict(State.NOT_A_PDF, sha256)
    found = [_one(data, lies, sha256, ours) for lies in islice(_seals(data), MOST_SEALS)]
    if found:
        return max(found, key=lambda verdict: list(State).index(verdict.state))
    has_traces = any(mark in data for mark in _MARKS)
    return Verdict(State.UNREADABLE if has_traces else State.NO_SEAL, sha256)


def _seals(data: bytes) -> Iterator[_Lies]:
    for match in _RANGE.finditer(data):
        begins, ends, rest = (int(number) for number in match.groups())
        yield _Lies(begins, ends, ends + rest)


def _one(data: bytes, lies: _Lies, sha256: str, ours: Sequence[SealingCertificate]) -> Verdict:
    try:
        content, raw = _opened(data, lies)
        signer = content["content"]["signer_infos"][0]
        digest = _digest(data, lies, signer["digest_algorithm"]["algorithm"].native)
        carried = [one.chosen.dump() for one in content["content"]["certificates"]]
    except Exception:  # made to be unreadable, or damaged: whatever the bytes provoke, it is no seal
        return Verdict(State.UNREADABLE, sha256)
    by = next((one for one in ours if _signed(signer, bytes(one.certificate), digest)), None)
    if by is None:
        if any(bytes(one.certificate) in carried for one in ours):
            return Verdict(State.BROKEN, sha256)
        is_theirs = any(_signed(signer, one, digest) for one in carried[:MOST_SEALS])
        return Verdict(State.FOREIGN if is_theirs else State.UNREADABLE, sha256)
    is_as_written = raw == content.dump().hex().upper().ljust(len(raw), "0").encode()
    if not is_as_written or bytes(by.certificate) not in carried or lies.covers > len(data):
        return Verdict(State.BROKEN, sha256, by)
    at = _when(data, lies)
    if lies.covers == len(data):
        return Verdict(State.INTACT, sha256, by, at)
    pages = _pages_added(data, lies.covers)
    return Verdict(State.PAGES_ADDED if pages else State.ADDED_TO, sha256, by, at, pages)


def _opened(data: bytes, lies: _Lies) -> tuple[Any, bytes]:
    """The seal itself and how it stands in the file: between angle brackets, in hexadecimal, filled up with zeros."""
    from asn1crypto.cms import ContentInfo

    between = data[lies.begins : lies.ends]
    if not 2 < len(between) <= LONGEST_SEAL or between[:1] + between[-1:] != b"<>":
        raise ValueError("Here lies no seal.")
    raw = between[1:-1]
    return ContentInfo.load(bytes.fromhex(raw.decode("ascii"))), raw


def _digest(data: bytes, lies: _Lies, algorithm: str) -> bytes:
    if algorithm not in {"sha256", "sha384", "sha512"}:
        raise ValueError("Not a digest that still holds.")
    seen = hashlib.new(algorithm, data[: lies.begins])
    seen.update(data[lies.ends : lies.covers])
    return seen.digest()


def _signed(signer: Any, certificate: bytes, digest: bytes) -> bool:
    """Whether the key of this certificate signed these bytes, and says so in what it signed."""
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    try:
        return all(validate_sig_integrity(signer, Certificate.load(certificate), "data", digest))
    except Exception:  # another kind of key, another certificate, or damaged: not this one
        return False


def _when(data: bytes, lies: _Lies) -> datetime | None:
    """When the seal says that it was made; it stands beside it, under the seal like everything else."""
    from pyhanko.pdf_utils.generic import parse_pdf_date

    near = data[max(lies.begins - 1000, 0) : lies.begins] + data[lies.ends : lies.ends + 1000]
    said = _WHEN.search(near)
    plain = _OCTAL.sub(lambda one: bytes([int(one[1], 8)]), said[1]) if said else b""
    return parse_pdf_date(plain.decode()) if plain else None


def _pages_added(data: bytes, covers: int) -> int:
    """How many more pages a file has than when it was sealed, as far as what was added says so plainly.

    What was sealed is ours and may be read with a reader; what came after it is searched for the count of its pages.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    before = int(PdfFileReader(BytesIO(data[:covers])).root["/Pages"]["/Count"])
    after = data[covers:]
    counts = [0]
    for part in (after, *_unpacked(after)):
        for match in islice(_PAGES.finditer(part), 100):
            near = part[max(match.start() - 500, 0) : match.end() + 500]
            counts += [int(count) for count in _COUNT.findall(near)]
    return max(max(counts) - before, 0)


def _unpacked(data: bytes, *, streams: int = 100, most: int = 200_000) -> Iterator[bytes]:
    """The beginning of each of the first compressed streams."""
    for match in islice(re.finditer(rb"stream\r?\n", data), streams):
        try:
            yield zlib.decompressobj().decompress(data[match.end() : match.end() + most], most)
        except zlib.error:
            continue
