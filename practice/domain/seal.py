"""The practice's seal: its own certificate, and a PDF closed with it so that any later change shows.

A seal is an electronic seal of the practice (PAdES baseline B-B, ETSI EN 319 142-1) around the evidence of how somebody
signed. The certificate is the practice's own: what it proves is that the file is the one the practice sealed.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from unicodedata import ucd_3_2_0

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.db import transaction
from django.utils import timezone

from practice.domain import vault
from practice.models import Practice, SealingCertificate

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

SEALS_FOR = timedelta(days=3 * 365)
"""How long a key seals: at most three years (NIST SP 800-57 Part 1 Rev. 5, table 1, private signature key)."""
VALID_FOR = timedelta(days=10 * 365)
"""How long a certificate is valid: a viewer looks at it on the day the paper is opened, and a paper is kept for seven
years after the last contact (APA record keeping guidelines 2007, guideline 7), so it outlives what it sealed by seven.
"""
FIELD = "Seal"
LONGEST_NAME = 64  # of a common name, RFC 5280 appendix A.1: characters there, bytes of UTF-8 to cryptography


def certificate(*, at: datetime | None = None) -> SealingCertificate:
    """The certificate that seals now. Made when there is none, it has sealed long enough, or the name has changed.

    Of two that ask for the first one at once, one makes it and the other waits.
    """
    moment = at or timezone.now()
    found = _usable(Practice.load().name, moment)
    if found:
        return found
    with transaction.atomic():
        name = Practice.objects.select_for_update().get().name
        made = _usable(name, moment) or new(name, at=moment)
        if made._state.adding:
            made.save(force_insert=True)
        return made


def _usable(name: str, moment: datetime) -> SealingCertificate | None:
    rows = SealingCertificate.objects.filter(name=name, valid_from__lte=moment, valid_from__gt=moment - SEALS_FOR)
    return rows.first()


def new(name: str, *, at: datetime) -> SealingCertificate:
    """A certificate and its key for a practice of this name, from this moment on; not in the register yet."""
    key = ec.generate_private_key(ec.SECP256R1())
    begins = at.astimezone(UTC).replace(microsecond=0)
    row = SealingCertificate(name=name, valid_from=begins, valid_until=begins + VALID_FOR)
    row.certificate = _self_signed(key, name, row.valid_from, row.valid_until)
    row.fingerprint = hashlib.sha256(row.certificate).hexdigest()
    secret = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    row.key_sealed = vault.wrap(secret, place=_place(row))
    return row


def _self_signed(key: ec.EllipticCurvePrivateKey, name: str, begins: datetime, ends: datetime) -> bytes:
    """An X.509 certificate that may sign and vouch for what it signed, and make no other certificate."""
    words = _comparable(name) or "Alongside"
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, words),
            x509.NameAttribute(NameOID.COMMON_NAME, words.encode()[:LONGEST_NAME].decode(errors="ignore")),
        ]
    )
    usage = dict.fromkeys(
        (
            *("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign"),
            *("crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    )
    made = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.DER)


def _comparable(name: str) -> str:
    """The name with what RFC 4518 (sections 2.4 and 2.5) lets two names be compared by: assigned in Unicode 3.2, and
    beside letters that run from right to left no others. A seal under any other name could not be checked.
    """
    known = [sign for sign in name if ucd_3_2_0.category(sign)[0] != "C" and sign != "\ufffd"]
    leftward = [sign for sign in known if ucd_3_2_0.bidirectional(sign) in ("R", "AL", "WS")]
    runs_left = any(not sign.isspace() for sign in leftward)
    return " ".join("".join(leftward if runs_left else known).split())


def _place(row: SealingCertificate) -> str:
    return f"practice.sealingcertificate.key_sealed:{row.pk}"


def seal(data: bytes, *, by: SealingCertificate, reason: str, stamper: "TimeStamper | None" = None) -> bytes:
    """The PDF with the practice's seal: one invisible field, over the whole file, after which nothing may change.

    `stamper` is where a time-stamping service belongs (B-T); without one the time is this machine's own.
    """
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    secret = vault.unwrap(bytes(by.key_sealed), place=_place(by))
    signer = signers.SimpleSigner(
        Certificate.load(bytes(by.certificate)), PrivateKeyInfo.load(secret), SimpleCertificateStore()
    )
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=reason,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    sealed = signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(data)), meta, signer=signer, timestamper=stamper)
    return bytes(sealed.getbuffer())


def certificates() -> list[SealingCertificate]:
    """All with which this practice ever sealed, without their keys."""
    return list(SealingCertificate.objects.defer("key_sealed"))
