"""The documents of a client on their pages: the care team reads, the desk adds, and nobody else finds anything."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from clients.domain import consent, consent_papers, documents, medical_letters, on_paper
from clients.domain.signers import Signer
from clients.models import Client, Document
from clients.views import documents as pages
from practice.domain import papers, uploads, words
from practice.domain.uploads import Upload
from practice.models import AuditEntry, Letter, Paper
from tests import pictures
from tests.clients.guardians import of_age_from, parent
from tests.clients.signing import sign_together

pytestmark = pytest.mark.django_db
CANARY = "canary-bunting"
PDF = b"%PDF-1.7 canary-inside"


def url(name, *args):
    return reverse(f"clients:{name}", args=[getattr(one, "pk", one) for one in args])


def body(answer):
    return answer.content.decode()


def file(data=PDF, name="../../etc/canary-name.exe"):
    return SimpleUploadedFile(name, data, content_type="application/x-msdownload")


def send(browser, client, **changes):
    said = {"kind": "custody", "title": f"Order {CANARY}", "file": file()} | changes
    return browser.post(url("add_document", client), {name: value for name, value in said.items() if value is not None})


def kept(client, by, data=PDF, **said):
    return documents.add(
        client, Upload(data, "application/pdf"), by=by, **({"kind": "custody", "title": f"Order {CANARY}"} | said)
    )


class TestAdding:
    def test_a_scan_is_kept_and_stands_in_the_list_and_in_the_story(self, mrs_lee, anna, as_anna):
        assert as_anna.get(url("add_document", mrs_lee)).status_code == 200
        answer = send(as_anna, mrs_lee)
        assert answer.status_code == 302 and answer["Location"] == url("documents", mrs_lee)
        made = Document.objects.get()
        assert (made.client, made.added_by, made.kind, made.title) == (mrs_lee, anna, "custody", f"Order {CANARY}")
        page = body(as_anna.get(url("documents", mrs_lee)))
        assert f"Order {CANARY}" in page and "custody paper, added by Anna Reiter" in page
        assert f'{url("document", mrs_lee, made)}"' in page
        assert "Added: custody paper" in body(as_anna.get(url("show", mrs_lee)))

    def test_the_camera_is_offered_and_nothing_is_chosen_beforehand(self, mrs_lee, as_anna):
        page = body(as_anna.get(url("add_document", mrs_lee)))
        assert 'accept="application/pdf,image/jpeg,image/png,image/webp' in page and "checked" not in page

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"file": None}, "required"),
            ({"kind": None}, "required"),
            ({"kind": "passport"}, "valid choice"),
            ({"title": ""}, "required"),
            ({"title": "x" * 161}, "160"),
            ({"title": "a\0b"}, "Null characters"),
            ({"file": file(b"MZ\x90\x00 a program", "order.pdf")}, "not a PDF, JPEG, PNG or WebP"),
            ({"file": file(b"<svg onload='alert(1)'/>", "order.png")}, "not a PDF, JPEG, PNG or WebP"),
            ({"file": file(b"")}, "empty"),
            ({"file": file(b"%PDF-" + bytes(10 * 1024 * 1024 + 100 * 1024))}, "more than 10 MB"),
            ({"file": file(pictures.bomb(20_000))}, "more than 25 megapixels"),
            ({"file": file(pictures.moving("WEBP"))}, "This picture moves"),
            ({"file": file(pictures.drawn("JPEG", size=(300, 300))[:900])}, "cannot be opened"),
        ],
    )
    def test_a_gap_comes_back_with_what_was_written(self, mrs_lee, as_anna, changes, words):
        answer = send(as_anna, mrs_lee, **changes)
        page = body(answer)
        assert answer.status_code == 422 and words in page
        assert "title" in changes or f"Order {CANARY}" in page
        assert "kind" in changes or "checked" in page
        assert not Document.objects.exists() and not Paper.objects.exists()

    def test_it_says_that_a_browser_sends_no_file_twice(self, mrs_lee, as_anna):
        assert "choose the document once more" in body(send(as_anna, mrs_lee, title=""))
        assert "choose the document once more" not in body(send(as_anna, mrs_lee, file=file(b"MZ")))

    def test_a_photograph_is_kept_without_the_place(self, mrs_lee, as_anna):
        assert send(as_anna, mrs_lee, file=file(pictures.photograph(orientation=6))).status_code == 302
        made = Document.objects.select_related("paper").get()
        assert made.paper.media_type == "image/jpeg" and b"canary" not in papers.read(made.paper)


class TestOpening:
    def test_it_comes_as_an_attachment_that_nothing_runs_in(self, mrs_lee, as_anna):
        polyglot = b"%PDF-1.7\n<html><script>alert(1)</script></html>"
        send(as_anna, mrs_lee, file=file(polyglot, "order.html"))
        made = Document.objects.select_related("paper").get()
        answer = as_anna.get(url("document", mrs_lee, made))
        assert answer.content == polyglot and answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == f'attachment; filename="{made.paper.number}.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox;")
        assert answer["Cache-Control"] == "no-store"

    def test_that_it_was_read_is_written_down_before_it_is_opened(self, mrs_lee, anna, as_anna, monkeypatch):
        made = kept(mrs_lee, anna)
        monkeypatch.setattr(papers, "read", lambda paper: AuditEntry.objects.latest("pk").body.encode())
        answer = as_anna.get(url("document", mrs_lee, made))
        assert b"paper.read" in answer.content and made.paper.number in body(answer)

    def test_what_was_put_aside_is_still_read_by_the_care_team(self, mrs_lee, anna, as_anna):
        made = kept(mrs_lee, anna)
        documents.put_aside(made, reason="Replaced.", is_misfiled=False, by=anna)
        assert as_anna.get(url("document", mrs_lee, made)).content == PDF


class TestPuttingAside:
    def test_with_a_reason(self, mrs_lee, anna, as_anna):
        made = kept(mrs_lee, anna)
        assert f"Order {CANARY}" in body(as_anna.get(url("put_document_aside", mrs_lee, made)))
        answer = as_anna.post(url("put_document_aside", mrs_lee, made), {"reason": "Replaced by a newer one."})
        assert answer.status_code == 302
        page = body(as_anna.get(url("documents", mrs_lee)))
        assert "Put aside on" in page and "Replaced by a newer one." in page
        assert url("put_document_aside", mrs_lee, made) not in page
        again = as_anna.post(
            url("put_document_aside", mrs_lee, made), {"reason": "Pressed twice.", "is_misfiled": "on"}
        )
        assert again["Location"] == url("documents", mrs_lee) and not Document.objects.get().is_misfiled

    def test_what_belongs_to_somebody_else_is_named_and_opened_no_more(self, mrs_lee, anna, as_anna):
        made = kept(mrs_lee, anna)
        as_anna.post(url("put_document_aside", mrs_lee, made), {"reason": "Another file.", "is_misfiled": "on"})
        page = body(as_anna.get(url("documents", mrs_lee)))
        assert "Belongs to somebody else" in page and CANARY not in page
        assert as_anna.get(url("document", mrs_lee, made)).status_code == 404

    @pytest.mark.parametrize("reason", ["", " ", "x" * 401])
    def test_without_a_reason_nothing_happens(self, mrs_lee, anna, as_anna, reason):
        made = kept(mrs_lee, anna)
        answer = as_anna.post(url("put_document_aside", mrs_lee, made), {"reason": reason, "is_misfiled": "on"})
        assert answer.status_code == 422 and reason in body(answer) and "checked" in body(answer)
        assert Document.objects.in_force().exists()


class TestTheDesk:
    def test_it_adds_and_sees_that_it_is_here_and_opens_nothing(self, mrs_lee, anna, as_olga):
        hers = kept(mrs_lee, anna, b"%PDF-1.7 hers", title="canary-of-anna")
        assert send(as_olga, mrs_lee, title="Order by post").status_code == 302
        made = Document.objects.exclude(pk=hers.pk).get()
        page = body(as_olga.get(url("documents", mrs_lee)))
        assert "Order by post" in page and "custody paper" in page
        assert "canary-of-anna" not in page and f'{url("document", mrs_lee, made)}"' not in page
        for one in (made, hers):
            assert as_olga.get(url("document", mrs_lee, one)).status_code == 404

    def test_it_puts_aside_what_it_added_itself_and_nothing_else(self, mrs_lee, anna, olga, as_olga):
        hers, made = kept(mrs_lee, anna), kept(mrs_lee, olga, b"%PDF-1.7 by post")
        assert as_olga.post(url("put_document_aside", mrs_lee, hers), {"reason": "Twice."}).status_code == 404
        assert as_olga.post(url("put_document_aside", mrs_lee, made), {"reason": "Twice."}).status_code == 302

    def test_no_letter_no_paper_and_no_reason_is_told_to_it(self, mrs_lee, anna, olga, as_olga):
        made = kept(mrs_lee, olga, title="By post")
        documents.put_aside(made, reason="canary-reason", is_misfiled=False, by=anna)
        fill(mrs_lee, anna, [0])
        page = body(as_olga.get(url("documents", mrs_lee)))
        assert page.count('<span class="what">') == 1 and "Put aside on" in page and "canary" not in page

    def test_its_page_of_a_client_leads_there(self, mrs_lee, as_olga, as_rosa):
        assert url("documents", mrs_lee) in body(as_olga.get(url("show", mrs_lee)))
        assert url("documents", mrs_lee) not in body(as_rosa.get(url("show", mrs_lee)))


def test_who_may_not(mrs_lee, anna, as_ben, as_sam, as_olga, as_rosa, as_mrs_lee, as_mallory):
    made = kept(mrs_lee, anna)
    addresses = [
        url("document", mrs_lee, made),
        url("put_document_aside", mrs_lee, made),
        url("documents", mrs_lee),
        url("add_document", mrs_lee),
    ]
    for where in addresses:
        for browser in (as_ben, as_rosa, as_mrs_lee):
            for answer in (browser.get(where), browser.post(where, {"reason": "x"})):
                assert answer.status_code in (404, 405) and b"canary" not in answer.content, where
        assert as_mallory.get(where).status_code == 302
    assert [as_sam.get(where).status_code for where in addresses] == [200, 404, 200, 404]
    assert [as_olga.get(where).status_code for where in addresses] == [404, 404, 200, 200]


def test_a_document_is_not_found_under_another_client(mrs_lee, mr_ode, anna, ben, as_anna, as_ben):
    made = kept(mrs_lee, anna)
    assert as_ben.get(url("document", mr_ode, made)).status_code == 404
    mr_ode.care_team.create(user=anna, is_lead=False)
    assert as_anna.get(url("document", mr_ode, made)).status_code == 404
    assert as_anna.get(url("put_document_aside", mr_ode, made)).status_code == 404
    assert CANARY not in body(as_anna.get(url("documents", mr_ode)))


def test_an_enquiry_has_no_page_for_the_desk_and_takes_nothing(mrs_lee, as_anna, as_olga):
    Client.objects.filter(pk=mrs_lee.pk).update(status="enquiry", admitted_at=None)
    assert as_olga.get(url("documents", mrs_lee)).status_code == 404
    assert send(as_olga, mrs_lee).status_code == 404 and send(as_anna, mrs_lee).status_code == 404
    assert as_anna.get(url("documents", mrs_lee)).status_code == 200


def fill(client, by, numbers):
    """So many of each: documents, letters to doctors, letters sent and printed papers."""
    now = timezone.now()
    for n in numbers:
        kept(client, by, f"%PDF-1.7 {n}".encode(), title=f"Number {n}")
        for kind in ("decision", "safety_plan", "medical_reply", "summary", "consent"):
            papers.keep(
                subject=client.pk, kind=kind, title=f"{kind} {n}", data=PDF, media_type="application/pdf", by=by
            )
        said = {"kind": "session_reminder", "to": "m@example.org", "about": client.pk, "client": client.pk}
        Letter.objects.create(key=f"{client.pk}{n}", state="sent", due_at=now, sent_at=now, **said)


def test_each_paper_leads_to_where_it_is_opened(mrs_lee, anna, as_anna):
    made = medical_letters.ask(
        mrs_lee, name="Dr Field", address="", text="We ask.", client_agreed_on=timezone.localdate(), by=anna
    )
    fill(mrs_lee, anna, [0])
    page = body(as_anna.get(url("documents", mrs_lee)))
    paper = {one.kind: one for one in Paper.objects.all()}
    assert url("paper", mrs_lee, made.paper) in page and "Letter to Dr Field" in page
    assert url("safety_paper", mrs_lee, paper["safety_plan"]) in page
    assert reverse("sessions:paper", args=[paper["summary"].pk]) in page
    for kind in ("decision", "medical_reply"):
        assert as_anna.get(url("paper", mrs_lee, paper[kind])).status_code == 200
    assert "Reminder of a session" in page and "m@example.org" not in page


def test_nothing_yet_teaches_the_next_step(mrs_lee, as_anna, as_sam, as_olga):
    assert url("add_document", mrs_lee) in body(as_anna.get(url("documents", mrs_lee)))
    assert url("add_document", mrs_lee) not in body(as_sam.get(url("documents", mrs_lee)))
    assert "You have added nothing yet" in body(as_olga.get(url("documents", mrs_lee)))


def queries(browser, where):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(where).status_code == 200
    return len(captured)


def test_the_list_costs_the_same_with_one_of_each_and_with_three(mrs_lee, anna, as_anna, as_olga, olga):
    fill(mrs_lee, anna, [0])
    kept(mrs_lee, olga, b"%PDF-1.7 by post")
    one = [queries(browser, url("documents", mrs_lee)) for browser in (as_anna, as_olga)]
    fill(mrs_lee, anna, [1, 2])
    for n in range(2):
        kept(mrs_lee, olga, f"%PDF-1.7 by post {n}".encode())
    documents.put_aside(kept(mrs_lee, olga, b"%PDF-1.7 old"), reason="x", is_misfiled=False, by=anna)
    assert [queries(browser, url("documents", mrs_lee)) for browser in (as_anna, as_olga)] == one


def signed(client, text, by, *, at, who=None):
    asked = consent.ask(client, text, by=by, at=at, send=False, signer=Signer(who, "permission") if who else None)
    made = sign_together(asked, at=at)
    consent_papers.paper_of(made)
    return made


def lines(page):
    return [" ".join(strip_tags(line).split()) for line in page.split('<li class="line')[1:]]


def test_a_signed_paper_says_who_signed_when_and_where_it_stands(mrs_lee, anna, texts, as_anna):
    of_age_from(18)
    outdoors, run = texts["outdoors"], texts["running"]
    now = timezone.now()
    ancient, old, new = (now - timedelta(days=days) for days in (500, 40, 3))
    ada = parent(mrs_lee, "Ada Lee", by=anna, relation="representative")
    signed(mrs_lee, run, anna, at=ancient)
    signed(mrs_lee, outdoors, anna, at=old)
    second = signed(mrs_lee, outdoors, anna, at=new)
    taken = signed(mrs_lee, outdoors, anna, at=old, who=ada)
    consent.withdraw(taken, by=anna, at=new)
    found = "\n".join(lines(body(as_anna.get(url("documents", mrs_lee)))))
    ended = [words.short_day(timezone.localdate(day)) for day in (new, second.answered_at, old)]
    assert f"{ended[2]}, signed by Ada Lee, legal representative Taken back on {ended[0]}" in found
    assert f"{ended[2]}, signed by Mary Lee A newer one was signed on {ended[1]}" in found
    assert f"{ended[1]}, signed by Mary Lee Active, until" in found
    assert f"{words.short_day(timezone.localdate(ancient))}, signed by Mary Lee It ran out on" in found
    stamps = re.findall(r'<time datetime="([^"]+)"', body(as_anna.get(url("documents", mrs_lee))))
    assert stamps == sorted(stamps, reverse=True), "in the order of the days on which they were signed"


def test_where_a_signature_stands_is_said_in_the_same_words_everywhere(mrs_lee, anna, texts, as_anna, as_mrs_lee):
    outdoors, run = texts["outdoors"], texts["running"]
    now = timezone.now()
    old = signed(mrs_lee, outdoors, anna, at=now - timedelta(days=40))
    consent.withdraw(signed(mrs_lee, run, anna, at=now - timedelta(days=9)), by=anna, at=now)
    pages = [(as_anna, url("consents", mrs_lee)), (as_mrs_lee, "/sessions/mine"), (as_anna, url("documents", mrs_lee))]
    before = [_cost(browser, page) for browser, page in pages]
    second = signed(mrs_lee, outdoors, anna, at=now - timedelta(days=3))
    superseded = f"A newer one was signed on {words.short_day(timezone.localdate(second.answered_at))}"
    alone = (as_anna, reverse("clients:consent", args=[mrs_lee.pk, old.pk]))
    for browser, page in [*pages, alone]:
        assert superseded in body(browser.get(page)), page
    assert "Taken back on" in body(as_anna.get(pages[0][1]))
    assert [_cost(browser, page) for browser, page in pages] == before


def _cost(browser, page):
    browser.get(page)
    with CaptureQueriesContext(connection) as queries:
        browser.get(page)
    return len(queries)


def test_paper_is_dated_by_the_day_on_it(mrs_lee, anna, texts, as_anna):
    day = timezone.localdate() - timedelta(days=100)
    scan = Upload(PDF, "application/pdf")
    on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=day, scan=scan, by=anna)
    [line] = lines(body(as_anna.get(url("documents", mrs_lee))))
    assert f"{words.short_day(day)}, signed on paper by Mary Lee Active, until" in line


def test_the_list_costs_the_same_with_one_signed_paper_and_with_three(mrs_lee, anna, texts, as_anna):
    now = timezone.now()
    signed(mrs_lee, texts["outdoors"], anna, at=now - timedelta(days=9))
    one = queries(as_anna, url("documents", mrs_lee))
    ada = parent(mrs_lee, "Ada Lee", by=anna, relation="representative")
    signed(mrs_lee, texts["outdoors"], anna, at=now - timedelta(days=8), who=ada)
    signed(mrs_lee, texts["running"], anna, at=now - timedelta(days=7))
    assert queries(as_anna, url("documents", mrs_lee)) == one


def test_a_long_list_is_paged(mrs_lee, anna, as_anna, monkeypatch):
    monkeypatch.setattr(pages, "A_PAGE", 5)
    fill(mrs_lee, anna, [0])
    first, second = (body(as_anna.get(url("documents", mrs_lee), {"page": n})) for n in (1, 2))
    assert "Page 1 of 2" in first and first.count('<span class="what">') == 5
    assert second.count('<span class="what">') == 2
    assert as_anna.get(url("documents", mrs_lee), {"page": "x"}).status_code == 200


def test_the_bytes_are_not_read_for_the_list(mrs_lee, anna, as_anna):
    kept(mrs_lee, anna)
    with CaptureQueriesContext(connection) as captured:
        as_anna.get(url("documents", mrs_lee))
    assert not [one["sql"] for one in captured if '"practice_paper"."sealed"' in one["sql"]]


def test_looking_leaves_a_trace(mrs_lee, as_anna):
    before = AuditEntry.objects.count()
    as_anna.get(url("documents", mrs_lee))
    assert AuditEntry.objects.count() == before + 1
    assert "documents.opened" in AuditEntry.objects.latest("pk").body


def test_ten_megabytes_pass_the_server(mrs_lee, as_anna):
    whole = b"%PDF-" + bytes(uploads.LARGEST - 5)
    assert send(as_anna, mrs_lee, file=file(whole)).status_code == 302
    assert Paper.objects.get().size == uploads.LARGEST
    assert Paper.objects.get().kept_at > timezone.now() - timedelta(minutes=1)
