"""Documents in a client's file: add one, put one aside. Nothing is deleted."""

import hashlib

from django.db import transaction
from django.utils import timezone

from clients.domain.contacts import TWICE
from clients.models import Client, Document
from practice.domain import audit, papers
from practice.domain.uploads import Upload
from practice.models import User

KIND = "document"
LONGEST_TITLE, LONGEST_REASON = 160, 400


@transaction.atomic
def add(client: Client, upload: Upload, *, kind: str, title: str, by: User) -> Document:
    """Keep one, sealed. The very same by the same person a moment ago is returned: it was pressed twice."""
    Client.objects.select_for_update().get(pk=client.pk)
    same = client.documents.in_force().filter(added_by=by, added_at__gt=timezone.now() - TWICE)
    if before := same.filter(paper__sha256=hashlib.sha256(upload.data).hexdigest()).first():
        return before
    paper = papers.keep(
        subject=client.pk,
        kind=KIND,
        title=str(Document.Kind(kind).label),
        data=upload.data,
        media_type=upload.media_type,
        by=by,
    )
    made = Document(client=client, paper=paper, kind=kind, added_by=by)
    made.title = title
    made.save(force_insert=True)
    audit.record("document.added", by=by, subject=client.pk, detail={"document": str(made.pk)})
    return made


@transaction.atomic
def put_aside(document: Document, *, reason: str, is_misfiled: bool, by: User) -> Document:
    """It is kept and says why; what belongs to somebody else is opened by nobody here. Put aside, it stays so."""
    locked = Document.objects.select_for_update().get(pk=document.pk)
    if locked.archived_at:
        return locked
    locked.archived_at, locked.archived_by = timezone.now(), by
    locked.reason, locked.is_misfiled = reason, is_misfiled
    locked.save(update_fields=["archived_at", "archived_by", "reason_sealed", "is_misfiled"])
    audit.record("document.put_aside", by=by, subject=locked.client_id, detail={"document": str(locked.pk)})
    return locked
