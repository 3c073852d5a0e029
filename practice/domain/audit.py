"""The audit chain: who did or read what, when, about whom; never the text itself."""

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from practice.domain.log import current_request_id
from practice.models import AuditEntry, AuditHead, User

START = "0" * 64


def canonical(body: dict[str, Any]) -> str:
    """JSON with sorted keys and no spaces (RFC 8785 for the strings, integers, nulls and booleans used here)."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def record(
    action: str, *, by: User | None, subject: UUID | None = None, detail: dict[str, str | int | None] | None = None
) -> None:
    """Append one entry; outside a transaction it is kept at once, inside one it is numbered when that commits.

    Call it before protected text is rendered: when the entry cannot be written, nothing is shown.
    `detail` holds ids and codes, never words of a client.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_add(%s)", [_body(action, by, subject, detail)])


def record_each(
    action: str, *, by: User | None, subjects: Collection[UUID], detail: dict[str, str | int | None] | None = None
) -> None:
    """Append one entry for each of these subjects, in one query."""
    bodies = [_body(action, by, subject, detail) for subject in subjects]
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_add(body) FROM unnest(%s::text[]) AS body", [bodies])


def _body(action: str, by: User | None, subject: UUID | None, detail: dict[str, str | int | None] | None) -> str:
    body: dict[str, Any] = {
        "action": action,
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "by": str(by.pk) if by else None,
        "request": current_request_id(),
        "subject": str(subject) if subject else None,
    }
    if detail:
        body["detail"] = {key: value for key, value in detail.items() if value is not None}
    return canonical(body)


@dataclass(frozen=True)
class Verdict:
    """What reading the whole chain found: `entries` looked at, and `problem` in words, or none."""

    entries: int
    problem: str = ""

    @property
    def whole(self) -> bool:
        """True when every entry follows from the one before it and the end is where it should be."""
        return not self.problem


def _rows() -> Iterator[tuple[int | None, str | None, str | None, str]]:
    return AuditEntry.objects.order_by("seq").values_list("seq", "previous", "hash", "body").iterator(chunk_size=5000)


def verify() -> Verdict:
    """Read the chain from its first entry: any edit, deletion, insertion, reordering or cut tail is named."""
    if AuditEntry.objects.filter(seq__isnull=True).exists():
        return Verdict(0, "An entry has no number: the chain's trigger was not at work.")
    expected, previous = 1, START
    for seq, claimed_previous, claimed, body in _rows():
        if seq != expected:
            return Verdict(expected - 1, f"Entry {expected} is missing.")
        if claimed_previous != previous:
            return Verdict(expected - 1, f"Entry {seq} does not follow from the one before it.")
        if hashlib.sha256((previous + body).encode()).hexdigest() != claimed:
            return Verdict(expected - 1, f"Entry {seq} was changed.")
        expected, previous = expected + 1, claimed
    head = AuditHead.objects.first()
    if head is None or (head.seq, head.hash) != (expected - 1, previous):
        return Verdict(expected - 1, "The end of the chain was cut off.")
    return Verdict(expected - 1)
