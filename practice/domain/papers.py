"""Papers: keep a document sealed in the database, read it back, know it by its number and its hash."""

import hashlib
import secrets
import uuid
from datetime import UTC, datetime
from uuid import UUID

from practice.domain import vault
from practice.models import Paper, User

LARGEST = 20 * 1024 * 1024
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class TooLarge(Exception):
    """A paper of more than 20 MB."""


def new_number(*, now: datetime | None = None) -> str:
    """A number for a footer, such as AL-2026-1008-7F3K: the day and four characters that are hard to misread."""
    now = now or datetime.now(UTC)
    return f"AL-{now:%Y-%m%d}-" + "".join(secrets.choice(_LETTERS) for _ in range(4))


def keep(
    *, subject: UUID, kind: str, title: str, data: bytes, media_type: str, by: User | None, number: str | None = None
) -> Paper:
    """Seal and keep the bytes of one document. Raises `TooLarge` above 20 MB."""
    if len(data) > LARGEST:
        raise TooLarge("A paper may have 20 MB at most.")
    paper_id = uuid.uuid4()
    return Paper.objects.create(
        id=paper_id,
        subject=subject,
        kind=kind,
        title=title,
        number=number or new_number(),
        media_type=media_type,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        sealed=vault.seal(subject=subject, place=f"practice.paper.sealed:{paper_id}", plain=data),
        kept_by=by,
    )


def read(paper: Paper) -> bytes:
    """The bytes as they were kept; raises `vault.CannotBeRead` when they were changed."""
    return vault.unseal(subject=paper.subject, place=f"practice.paper.sealed:{paper.pk}", sealed=bytes(paper.sealed))
