"""Documents in a file: kept once, sealed, put aside with a reason and never deleted; what may be known of each."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from clients import rules
from clients.domain import documents, forgetting, library, story
from clients.models import CareTeamMember, Document
from practice.domain import papers, post
from practice.domain.uploads import Upload
from practice.models import AuditEntry, Letter, Paper
from tests import factories

pytestmark = pytest.mark.django_db
CANARY = "canary-bunting"
PDF = Upload(f"%PDF-1.7 {CANARY}".encode(), "application/pdf")


def added(client, by, *, kind="custody", title=f"Order {CANARY}", upload=PDF):
    return documents.add(client, upload, kind=kind, title=title, by=by)


@pytest.fixture
def order(mrs_lee, anna):
    return added(mrs_lee, anna)


def test_it_is_kept_sealed_with_its_title(order):
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT string_agg(p::text, '') FROM practice_paper p) || "
                       "(SELECT string_agg(d::text, '') FROM clients_document d) || "
                       "(SELECT string_agg(a::text, '') FROM practice_auditentry a)")  # fmt: skip
        [(raw,)] = cursor.fetchall()
    assert CANARY.encode().hex() not in raw and CANARY not in raw
    assert papers.read(order.paper) == PDF.data and Document.objects.get().title == f"Order {CANARY}"
    assert order.paper.title == "custody paper"


def test_pressed_twice_is_kept_once_and_another_is_another(mrs_lee, anna, order):
    assert added(mrs_lee, anna) == order and Paper.objects.count() == 1
    other = added(mrs_lee, anna, upload=Upload(b"%PDF-1.7 another", "application/pdf"))
    assert other != order and Paper.objects.count() == 2


def test_added_again_after_it_was_put_aside_is_added(mrs_lee, anna, order):
    documents.put_aside(order, reason="Wrong page.", is_misfiled=False, by=anna)
    assert added(mrs_lee, anna) != order


def test_both_are_written_down(mrs_lee, anna, order):
    documents.put_aside(order, reason=f"Twice {CANARY}.", is_misfiled=False, by=anna)
    bodies = [entry.body for entry in AuditEntry.objects.order_by("pk")]
    assert [any(word in body for body in bodies) for word in ("document.added", "document.put_aside")] == [True, True]
    assert not any(CANARY in body for body in bodies)


def test_put_aside_twice_the_first_reason_stands(anna, order):
    documents.put_aside(order, reason="Scanned twice.", is_misfiled=False, by=anna)
    again = documents.put_aside(order, reason="Something else.", is_misfiled=True, by=anna)
    assert (again.reason, again.is_misfiled) == ("Scanned twice.", False)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "report"},
        {"title_sealed": b"other"},
        {"added_at": timezone.now() - timedelta(days=9)},
    ],
)
def test_the_database_keeps_what_was_added(order, change):
    with pytest.raises(DatabaseError, match="document_stands"), transaction.atomic():
        Document.objects.filter(pk=order.pk).update(**change)


def test_the_database_keeps_it_put_aside_and_deletes_nothing(anna, order):
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=order.pk).delete()
    documents.put_aside(order, reason="Scanned twice.", is_misfiled=True, by=anna)
    with pytest.raises(DatabaseError, match="document_stands"), transaction.atomic():
        Document.objects.filter(pk=order.pk).update(is_misfiled=False)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("document_kind_is_known", {"kind": "passport"}),
        ("document_has_a_title", {"title_sealed": b""}),
        ("document_archived_says_by_whom_and_why", {"archived_at": timezone.now()}),
        ("document_archived_says_by_whom_and_why", {"is_misfiled": True}),
    ],
)
def test_constraints(mrs_lee, anna, name, change):
    paper = papers.keep(
        subject=mrs_lee.pk, kind="document", title="x", data=b"%PDF-", media_type="application/pdf", by=anna
    )
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row = Document(**({"client": mrs_lee, "paper": paper, "kind": "other", "added_by": anna} | change))
        row.title_sealed = change.get("title_sealed", b"sealed")
        row.save(force_insert=True)


def test_who_may_open_and_who_may_know(mrs_lee, anna, ben, sam, olga, rosa, order):
    brought = added(mrs_lee, olga, upload=Upload(b"%PDF-1.7 by post", "application/pdf"))
    everyone = (anna, ben, sam, olga, rosa, mrs_lee.user)
    opens = [set(Document.objects.openable_by(one)) for one in everyone]
    assert opens == [{order, brought}, set(), {order, brought}, set(), set(), set()]
    knows = [set(Document.objects.known_to(one)) for one in everyone]
    assert knows == [{order, brought}, set(), {order, brought}, {brought}, set(), set()]
    assert [rules.may_keep_documents(one, mrs_lee) for one in everyone] == [True, False, False, True, False, False]


def test_what_belongs_to_somebody_else_is_opened_by_nobody(anna, order):
    documents.put_aside(order, reason="Mr Ode's.", is_misfiled=True, by=anna)
    assert not Document.objects.openable_by(anna).exists() and Document.objects.known_to(anna).exists()


def test_who_watches_a_window_reads_and_adds_nothing(mrs_lee, ben, order):
    CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False, watching=True)
    assert Document.objects.openable_by(ben).exists() and not rules.may_keep_documents(ben, mrs_lee)


def test_an_enquiry_takes_none_for_it_is_to_be_forgotten(anna, olga):
    asks = factories.client("Ines Marlow", anna, status="enquiry", admitted_at=None)
    assert not rules.may_keep_documents(anna, asks) and not rules.may_keep_documents(olga, asks)
    added(asks, anna)
    assert forgetting.with_more([asks.pk])[asks.pk] == forgetting.Stays.PAPER


def test_the_story_tells_its_kind_and_not_what_it_is_called(mrs_lee, anna, order):
    [told] = [one for one in story.entries(mrs_lee, story.chart(mrs_lee)) if one.kind == "document"]
    assert told.title == "Added: custody paper"
    documents.put_aside(order, reason="Twice.", is_misfiled=False, by=anna)
    assert "document" not in [one.kind for one in story.entries(mrs_lee, story.chart(mrs_lee))]


def letter(client, **fields):
    now = timezone.now()
    said = {"kind": "consent_request", "key": f"{Letter.objects.count()}", "to": "m@example.org", "about": client.pk}
    return Letter.objects.create(**(said | {"client": client.pk, "due_at": now, "sent_at": now} | fields))


def test_letters_stand_by_kind_and_state_once_they_were_due(mrs_lee, mr_ode):
    now = timezone.now()
    letter(mrs_lee, state="sent")
    letter(mrs_lee, kind="long_gone", state="dead", sent_at=None, due_at=now - timedelta(days=1))
    letter(mrs_lee, state="due", sent_at=None, due_at=now + timedelta(days=1))
    letter(mrs_lee, state="cancelled", sent_at=None)
    letter(mr_ode, state="sent")
    told = library.lines(mrs_lee, list(library.everything(mrs_lee)), reads_chart=True)
    assert [(one.title, one.words) for one in told] == [
        ("Asked for consent", "by e-mail, sent"),
        ("Letter", "by e-mail, refused by the mail server"),
    ]


def test_every_kind_of_letter_to_a_client_has_words():
    to_clients = {"intake_invitation", "consent_request", "session_reminder", "measures_before_session"}
    assert to_clients <= {kind for kind, known in post.kinds.items() if known.words}
    to_colleagues = {"answers_came_in", "please_make_sure", "please_ring", "something_changed", "decisions_run_out"}
    to_colleagues |= {"consent_taken_back", "please_watch", "message_ring", "message_read_now"}
    to_colleagues |= {"series_darkens", "weather_asks"}
    assert {kind for kind, known in post.kinds.items() if not known.words} <= to_colleagues


def test_newest_first_whatever_it_is(mrs_lee, anna, order):
    letter(mrs_lee, state="sent", sent_at=timezone.now() - timedelta(days=2))
    papers.keep(
        subject=mrs_lee.pk, kind="decision", title="Decision", data=b"%PDF-", media_type="application/pdf", by=anna
    )
    papers.keep(subject=mrs_lee.pk, kind="unheard-of", title="x", data=b"%PDF-", media_type="application/pdf", by=anna)
    told = library.lines(mrs_lee, list(library.everything(mrs_lee)), reads_chart=True)
    assert [one.title for one in told] == ["Decision", f"Order {CANARY}", "Asked for consent"]
