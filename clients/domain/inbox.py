"""What becomes of a message that came in: it is read, answered, and given to whom it is from."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from clients.domain import enquiry, reply_calls, reply_thanks
from clients.models import Client, Reply
from practice.domain import audit
from practice.models import User


@dataclass(frozen=True, slots=True)
class CameAlong:
    """One file of a message; `paper` is what is opened, None when it is only named."""

    name: str
    kilobytes: int
    paper: UUID | None


def files(reply: Reply) -> list[CameAlong]:
    """What came with it."""
    rows = json.loads(reply.files_text or "[]")
    return [
        CameAlong(row["name"], -(-row["size"] // 1000), UUID(row["paper"]) if row.get("paper") else None)
        for row in rows
    ]


@transaction.atomic
def read(reply: Reply, *, by: User) -> Reply:
    """Write down that somebody reads it, each time; the first of them is who has read it. Call it before it is shown.

    While nobody has said whose it is, it stays unread: looking at whose it may be is not reading it for her.
    """
    audit.record("message.read", by=by, subject=reply.client_id, detail={"message": str(reply.pk)})
    unread = Reply.objects.filter(pk=reply.pk, read_at__isnull=True, client__isnull=False)
    unread.update(read_at=timezone.now(), read_by=by)
    reply.refresh_from_db(fields=["read_at", "read_by"])
    return reply


@transaction.atomic
def answered(reply: Reply, *, by: User) -> Reply:
    """It was answered, by telephone or otherwise, or needs no answer. Said twice, the first time counts.

    While nobody has said whose it is, nothing is written down: her therapist has not heard of it.
    """
    locked = Reply.objects.select_for_update(of=("self",)).get(pk=reply.pk)
    if locked.answered_at is None and locked.client_id:
        now = timezone.now()
        locked.answered_at, locked.answered_by = now, by
        if locked.read_at is None:
            locked.read_at, locked.read_by = now, by
        locked.save(update_fields=["answered_at", "answered_by", "read_at", "read_by"])
        enquiry.stepped(locked.client_id, now)
        audit.record("message.answered", by=by, subject=locked.client_id, detail={"message": str(locked.pk)})
    return locked


@transaction.atomic
def assign(reply: Reply, client: Client, *, by: User) -> Reply:
    """Say whose it is, once. Whoever cares for her has read it by that; for anybody else it is still to be read."""
    locked = Reply.objects.select_for_update(of=("self",)).get(pk=reply.pk)
    if locked.client_id is None and locked.aside_at is None:
        _give(locked, client, by)
    return locked


@transaction.atomic
def move(reply: Reply, client: Client | None, *, by: User) -> Reply:
    """Take it out of the file it was found in, and give it to another client, or back to those of whom nobody knows
    whose they are. Done twice, or meanwhile by somebody else, the first time counts."""
    locked = Reply.objects.select_for_update(of=("self",)).get(pk=reply.pk)
    if locked.client_id and locked.client_id == reply.client_id and client != reply.client:
        audit.record("message.taken_out", by=by, subject=locked.client_id, detail={"message": str(locked.pk)})
        _give(locked, client, by)
    return locked


def _give(locked: Reply, client: Client | None, by: User) -> None:
    """It begins anew with whom it is given to: unread, unanswered, and a worrying one calls."""
    now = timezone.now()
    cares = client is not None and Client.objects.charted_by(by).filter(pk=client.pk).exists()
    anew: dict[str, Any] = {"client": client, "sorted_at": now, "sorted_by": by}
    anew |= {"read_at": now, "read_by": by} if cares else {"read_at": None, "read_by": None}
    anew |= {"answered_at": None, "answered_by": None, "reached_at": None, "reached_by": None, "exhausted_at": None}
    for name, value in anew.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(anew))
    if client:
        audit.record("message.assigned", by=by, subject=client.pk, detail={"message": str(locked.pk)})
    enquiry.stepped(locked.client_id, now)
    reply_thanks.belongs_to(locked)
    reply_calls.call_anew(locked, now)


@transaction.atomic
def put_aside(reply: Reply, *, by: User) -> Reply:
    """It is from no client. It is kept."""
    locked = Reply.objects.select_for_update(of=("self",)).get(pk=reply.pk)
    if locked.client_id is None and locked.aside_at is None:
        locked.aside_at, locked.aside_by = timezone.now(), by
        locked.save(update_fields=["aside_at", "aside_by"])
        audit.record("message.put_aside", by=by, detail={"message": str(locked.pk)})
    return locked


def candidates(reply: Reply, user: User) -> Iterable[Client]:
    """To whom this person may give it: those whose address it is, first, else everybody of whom they may know. Whose
    it was found to be already is not among them."""
    visible = Client.objects.visible_to(user)
    guessed = reply.might_be.all()
    if reply.client is None and guessed:
        return visible.filter(pk__in=guessed)
    others = visible.exclude(pk=reply.client.pk) if reply.client else visible
    return others.exclude(status=Client.Status.CLOSED)
