"""The practice's own certificates, with which its papers are sealed."""

import uuid

from django.db import models


class SealingCertificate(models.Model):
    """One self-signed certificate and its key, which lies sealed; `practice.domain.seal` makes and uses it.

    Written once. The ones before stay, so that what they sealed can be checked for as long as it is kept.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, help_text="the practice's, as it was then")
    fingerprint = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the certificate")
    certificate = models.BinaryField(help_text="X.509, DER")
    key_sealed = models.BinaryField(help_text="PKCS #8, under the practice's key")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return f"{self.name} {self.fingerprint[:16]}"
