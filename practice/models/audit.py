"""The audit chain. Rows are written by the SQL function `audit_add` alone and numbered at commit."""

from django.db import models


class AuditEntry(models.Model):
    """One act or one reading of protected text: canonical JSON, chained by SHA-256.

    `hash = sha256(previous || body)`, all lower-case hex; the first entry's previous is 64 zeros.
    The runtime role may read and may call `audit_add(text)`; it may not insert, change or delete.
    """

    id = models.BigAutoField(primary_key=True)
    body = models.TextField()
    seq = models.BigIntegerField(null=True, unique=True)
    previous = models.CharField(max_length=64, null=True)
    hash = models.CharField(max_length=64, null=True)

    class Meta:
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq}"


class AuditHead(models.Model):
    """The end of the chain; locked only while a transaction commits."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(name="audit_head_is_one_row", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"{self.seq}"
