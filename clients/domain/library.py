"""Everything on paper about one client, newest first: documents from outside, what was printed or signed, letters sent.

A letter stands here by its kind, its day and its state; its words may hold a link and are never shown again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import DateTimeField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.domain import decision_paper, documents, medical_letters, paper_standing, safety_papers
from clients.models import Client, Consent, Document
from practice.domain import post, vault
from practice.domain.words import apart
from practice.models import Letter, Paper, Practice, User

CONSENT, SUMMARY = "consent", "summary"
PAPER, LETTER = "paper", "letter"
KINDS: dict[str, tuple[Promise, str]] = {
    documents.KIND: (gettext_lazy("document"), "file-up"),
    CONSENT: (gettext_lazy("signed agreement"), "signature"),
    SUMMARY: (gettext_lazy("summary letter"), "file-text"),
    decision_paper.KIND: (gettext_lazy("printed decision"), "footprints"),
    safety_papers.ASSESSMENT: (gettext_lazy("printed assessment"), "life-buoy"),
    safety_papers.PLAN: (gettext_lazy("printed plan"), "hand-heart"),
    medical_letters.REQUEST: (gettext_lazy("letter to a doctor"), "mail"),
    medical_letters.REPLY: (gettext_lazy("doctor’s letter"), "mail-check"),
    medical_letters.PARQ: (gettext_lazy("form"), "file-check"),
}
"""Every kind of paper that stands in the list, in words, and its icon."""


class Found(NamedTuple):
    """One row of the list before it is read: a paper or a letter, and when it came."""

    pk: UUID
    what: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `pk` is what is opened: a document, a consent or a paper; None when nothing is."""

    at: datetime
    title: str
    words: str
    icon: str
    kind: str = ""
    pk: UUID | None = None
    document: Document | None = None
    reason: str = ""
    """Why a document was put aside."""
    stands: paper_standing.Stands | None = None
    """Where a signed agreement stands."""


def everything(client: Client) -> QuerySet[Any]:
    """All that the care team may see, as rows of `Found`, newest first; what was signed, by when it was signed."""
    found = Paper.objects.filter(subject=client.pk, kind__in=KINDS)
    left = Letter.objects.filter(client=client.pk, due_at__lte=timezone.now()).exclude(state=Letter.State.CANCELLED)
    letters = _rows(left, LETTER, Coalesce("sent_at", "due_at", output_field=DateTimeField()))
    signed = Coalesce("consent__answered_at", "kept_at", output_field=DateTimeField())
    return _rows(found, PAPER, signed).union(letters, all=True).order_by("-moment", "pk")


def own(client: Client, user: User) -> QuerySet[Any]:
    """What somebody who does not read the chart added with her own hands, as rows of `Found`, newest first."""
    found = Paper.objects.filter(subject=client.pk, document__added_by=user)
    return _rows(found, PAPER, F("kept_at")).order_by("-moment", "pk")


def _rows(rows: QuerySet[Any], what: str, moment: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.order_by().annotate(what=Value(what), moment=moment)
    return found.values_list("pk", "what", "moment")


def lines(client: Client, rows: Sequence[tuple[Any, ...]], *, reads_chart: bool) -> list[Line]:
    """A page of these rows in words, in a fixed number of queries and with one look at the client's key.

    Who does not read the chart opens nothing, and is told no reason but that it was put aside.
    """
    found = [Found(*row) for row in rows]
    papers = _papers([row.pk for row in found if row.what == PAPER])
    signed = _signed([paper for paper in papers.values() if paper.kind == CONSENT])
    letters = Letter.objects.in_bulk([row.pk for row in found if row.what == LETTER])
    with vault.keys_at_hand([client.pk]):
        return [
            _of_letter(letters[row.pk], row.moment)
            if row.what == LETTER
            else signed.get(row.pk) or _of_paper(papers[row.pk], reads_chart=reads_chart)
            for row in found
        ]


def _papers(pks: Sequence[UUID]) -> dict[UUID, Paper]:
    """Without their bytes, and without anything that was answered."""
    people = ("kept_by__name", "document__added_by__name", "document__archived_by__name")
    own = [f"document__{field.attname}" for field in Document._meta.concrete_fields]
    paper = ("kind", "title", "kept_at")
    rows = Paper.objects.select_related("kept_by", "document__added_by", "document__archived_by")
    return rows.only(*paper, *own, *people).in_bulk(pks)


def _of_paper(paper: Paper, *, reads_chart: bool) -> Line:
    if paper.kind == documents.KIND:
        return _of_document(paper.document, reads_chart=reads_chart)
    kind, icon = KINDS[paper.kind]
    words = _("%(kind)s, by %(name)s") % {"kind": kind, "name": paper.kept_by.name} if paper.kept_by else str(kind)
    return Line(paper.kept_at, paper.title, words, icon, paper.kind, paper.pk if paper.kind != CONSENT else None)


def _signed(agreements: Sequence[Paper]) -> dict[UUID, Line]:
    """These papers with who signed, when, and where each stands; without anything that was answered."""
    now, practice = timezone.now(), Practice.load()
    rows = list(paper_standing.rows().filter(paper__in=agreements).defer(*paper_standing.SEALED))
    stands = paper_standing.of(rows, now=now, practice=practice)
    titles = {paper.pk: paper.title for paper in agreements}
    return {one.paper_id: _of_consent(one, titles[one.paper_id], stands[one.pk]) for one in rows if one.paper_id}


def _of_consent(one: Consent, title: str, stands: paper_standing.Stands) -> Line:
    words = _("signed on paper by %(who)s") if one.manner == Consent.Manner.PAPER else _("signed by %(who)s")
    relation = f", {one.signatory.get_relation_display()}" if one.signatory else ""
    words %= {"who": apart(one.signs) + relation}
    return Line(one.answered_at or one.asked_at, title, words, KINDS[CONSENT][1], CONSENT, one.pk, stands=stands)


def _of_document(one: Document, *, reads_chart: bool) -> Line:
    words = _("%(kind)s, added by %(name)s") % {"kind": one.get_kind_display(), "name": one.added_by.name}
    title = _("Belongs to somebody else") if one.is_misfiled else one.title
    opened = one.pk if reads_chart and not one.is_misfiled else None
    reason = one.reason if reads_chart else ""
    return Line(one.added_at, title, words, KINDS[documents.KIND][1], documents.KIND, opened, one, reason)


def _of_letter(letter: Letter, at: datetime) -> Line:
    kind = post.kinds.get(letter.kind)
    title = str(kind.words) if kind and kind.words else _("Letter")
    return Line(at, title, _("by e-mail, %(state)s") % {"state": letter.get_state_display()}, "send")
