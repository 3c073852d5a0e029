"""A doctor's word on its pages: asked, followed up, written down, and seen by the care team alone."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import intake, medical, medical_letters
from clients.models import MedicalLetter, ParQ
from practice.domain import papers, uploads
from practice.models import AuditEntry
from tests import pictures

pytestmark = pytest.mark.django_db
CANARY = "canary-brambling"
TODAY = timezone.localdate
PNG = pictures.drawn("PNG")


def url(name, *args):
    return reverse(f"clients:{name}", args=[getattr(one, "pk", one) for one in args])


def body(answer):
    return answer.content.decode()


def filled(person, by, **answers):
    made = intake.together(person, manner="room", by=by)
    for step in intake.steps():
        if here := {key: value for key, value in answers.items() if key in step.keys}:
            intake.save(made, step, here)
    return intake.hand_in(made, by=by)


@pytest.fixture
def symptom(mrs_lee, anna):
    """An intake with a racing heart that nobody has looked into."""
    return filled(mrs_lee, anna, racing="yes", **{"racing.new": "yes", "racing.looked": "no"})


@pytest.fixture
def letter(mrs_lee, anna):
    return medical_letters.ask(
        mrs_lee, name="Dr Field", address="2 Mill Lane", text=f"We ask {CANARY}.", client_agreed_on=TODAY(), by=anna
    )


def request(page, **changes):
    """The form as it would be sent with everything offered ticked."""
    return {
        "doctor_name": "Dr Imogen Field",
        "doctor_address": "2 Mill Lane",
        "about": [value for value, _label in page.context["form"].fields["about"].choices],
        "ways": ["walk"],
        "client_agrees": "on",
        "client_agreed_on": TODAY().isoformat(),
    } | changes


class TestAsking:
    def test_first_the_text_then_the_letter(self, mrs_lee, symptom, as_anna):
        where = url("ask_doctor", mrs_lee)
        page = as_anna.get(where)
        assert "A racing heart or dizziness that is new or has changed lately" in body(page)
        assert not re.search(r"<input[^>]*\schecked", body(page)), "nothing is ticked beforehand"
        sent = request(page)
        second = as_anna.post(where, sent)
        assert second.status_code == 200 and not MedicalLetter.objects.exists()
        text = second.context["written"].initial["text"]
        assert "nobody has looked into it yet." in text and "walking outdoors" in text
        assert "word soon" not in text
        answer = as_anna.post(where, sent | {"text": text + "\nA word of my own."})
        made = MedicalLetter.objects.get()
        assert answer.url == url("doctor_letter", mrs_lee, made)
        assert made.text.endswith("A word of my own.") and made.doctor_name == "Dr Imogen Field"

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("doctor_name", "", "required"),
            ("about", [], "required"),
            ("about", ["Suicide"], "valid"),
            ("ways", [], "required"),
            ("ways", ["fly"], "valid"),
            ("client_agrees", "", "required"),
            ("client_agreed_on", "2099-01-01", "still to come"),
            ("client_agreed_on", "soon", "valid date"),
        ],
    )
    def test_a_gap_comes_back_with_what_was_written(self, mrs_lee, symptom, as_anna, field, value, words):
        where = url("ask_doctor", mrs_lee)
        answer = as_anna.post(where, request(as_anna.get(where)) | {field: value})
        assert answer.status_code == 422 and words in body(answer) and "2 Mill Lane" in body(answer)

    @pytest.mark.parametrize("text", ["", "x" * 6001])
    def test_a_letter_needs_its_text(self, mrs_lee, symptom, as_anna, text):
        where = url("ask_doctor", mrs_lee)
        answer = as_anna.post(where, request(as_anna.get(where)) | {"text": text})
        assert answer.status_code == 422 and not MedicalLetter.objects.exists()

    def test_with_nothing_to_tick_one_can_still_ask(self, mrs_lee, as_anna):
        where = url("ask_doctor", mrs_lee)
        page = as_anna.get(where)
        assert "No answer asks for a doctor" in body(page)
        assert as_anna.post(where, request(page)).status_code == 200


class TestReplying:
    def reply(self, browser, letter, **changes):
        said = {
            "said": "walking_only",
            "wrote_on": TODAY().isoformat(),
            "expires_on": medical.a_year_after(TODAY()).isoformat(),
            "words": f"No hills. {CANARY}",
        }
        return browser.post(url("doctor_letter", letter.client_id, letter), said | changes)

    def test_it_is_kept_with_its_document_and_stands_beside_the_next_decision(self, mrs_lee, letter, as_anna):
        file = SimpleUploadedFile("evil.exe", b"%PDF-1.7 scanned", content_type="application/x-evil")
        assert self.reply(as_anna, letter, document=file).status_code == 302
        letter.refresh_from_db()
        assert (letter.status, letter.doctor_said) == ("replied", "walking_only")
        assert letter.reply.startswith("No hills") and b"hills" not in bytes(letter.reply_sealed)
        page = body(as_anna.get(url("doctor_letter", mrs_lee, letter)))
        assert "Walking only" in page and CANARY in page and "A reply came" not in page
        download = as_anna.get(url("paper", mrs_lee, letter.reply_paper_id))
        assert download.content == b"%PDF-1.7 scanned" and download["Content-Type"] == "application/pdf"
        assert ".exe" not in download["Content-Disposition"]
        assert "Walking only, says the letter of" in body(as_anna.get(url("decide", mrs_lee)))

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("said", "", "required"),
            ("said", "perhaps", "valid"),
            ("wrote_on", "2099-01-01", "still to come"),
            ("expires_on", "2020-01-01", "within twelve months"),
            ("expires_on", "2099-01-01", "within twelve months"),
            ("words", "x" * 4001, "4000"),
        ],
    )
    def test_a_gap_comes_back_with_what_was_written(self, letter, as_anna, field, value, words):
        answer = self.reply(as_anna, letter, **{field: value})
        assert answer.status_code == 422 and words in body(answer)
        letter.refresh_from_db()
        assert letter.is_waiting

    @pytest.mark.parametrize("data", [b"MZ\x90\x00 program", b"<svg onload=x>", b"GIF89a", b"\n%PDF-1.7"])
    def test_what_is_no_pdf_jpeg_or_png_is_refused(self, letter, as_anna, data):
        file = SimpleUploadedFile("reply.pdf", data, content_type="application/pdf")
        answer = self.reply(as_anna, letter, document=file)
        assert answer.status_code == 422 and "not a PDF, JPEG, PNG or WebP" in body(answer)

    def test_a_file_that_is_too_large_is_refused(self, letter, as_anna, monkeypatch):
        monkeypatch.setattr(uploads, "LARGEST", 30)
        answer = self.reply(as_anna, letter, document=SimpleUploadedFile("reply.png", PNG))
        assert answer.status_code == 422 and "more than 10 MB" in body(answer)

    def test_another_reply_later_says_that_the_first_stands(self, mrs_lee, letter, as_anna):
        self.reply(as_anna, letter)
        answer = as_anna.post(
            url("doctor_letter", mrs_lee, letter),
            {"said": "agreed", "wrote_on": TODAY().isoformat(), "expires_on": TODAY().isoformat()},
            follow=True,
        )
        assert "it stands" in body(answer)

    def test_asked_again_and_put_aside(self, mrs_lee, letter, as_anna):
        assert as_anna.post(url("doctor_again", mrs_lee, letter)).status_code == 302
        assert as_anna.get(url("put_letter_aside", mrs_lee, letter)).status_code == 200
        assert as_anna.post(url("put_letter_aside", mrs_lee, letter)).status_code == 302
        letter.refresh_from_db()
        assert letter.asked_again_at and letter.status == "withdrawn"
        assert "Put aside" in body(as_anna.get(url("doctor_letter", mrs_lee, letter)))


class TestParQ:
    def keep(self, browser, person, **changes):
        said = {"result": "any_yes", "form_year": str(TODAY().year), "done_on": TODAY().isoformat()}
        return browser.post(url("parq", person), said | changes)

    def test_the_result_is_kept_and_its_questions_are_not(self, mrs_lee, as_anna):
        page = body(as_anna.get(url("parq", mrs_lee)))
        assert 'href="https://eparmedx.com"' in page
        assert self.keep(as_anna, mrs_lee, document=SimpleUploadedFile("form.png", PNG)).status_code == 302
        kept = ParQ.objects.get()
        assert papers.read(kept.paper) == uploads.read(PNG).data
        assert "Yes to at least one question" in body(as_anna.get(url("decide", mrs_lee)))
        assert as_anna.get(url("paper", mrs_lee, kept.paper))["Content-Type"] == "image/png"

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("result", "", "required"),
            ("form_year", "2001", "2011"),
            ("form_year", "2099", "still to come"),
            ("form_year", "x", "whole number"),
            ("done_on", "2099-01-01", "still to come"),
            ("done_on", "2015-01-01", "ask for a new one"),
        ],
    )
    def test_a_gap_comes_back(self, mrs_lee, as_anna, field, value, words):
        answer = self.keep(as_anna, mrs_lee, **{field: value})
        assert answer.status_code == 422 and words in body(answer)
        assert not ParQ.objects.exists()


def test_a_new_symptom_asks_again_on_the_page_to_decide(mrs_lee, anna, letter, as_anna):
    day = TODAY() - timedelta(days=3)
    said = {"said": "agreed", "wrote_on": day, "expires_on": medical.a_year_after(day), "words": ""}
    medical_letters.write_down_reply(letter, **said, by=anna)
    assert "Activity agreed in the letter of" in body(as_anna.get(url("decide", mrs_lee)))
    filled(mrs_lee, anna, racing="yes", **{"racing.new": "yes", "racing.looked": "no"})
    assert "A new symptom since the letter of" in body(as_anna.get(url("decide", mrs_lee)))


def test_the_story_says_that_a_doctor_was_asked_and_replied_and_not_what(mrs_lee, anna, letter, as_anna, as_olga):
    day = TODAY()
    said = {"said": "not_now", "wrote_on": day, "expires_on": day, "words": CANARY}
    medical_letters.write_down_reply(letter, **said, by=anna)
    page = body(as_anna.get(url("show", mrs_lee)))
    assert "Dr Field was asked for a word" in page and "Dr Field replied" in page
    assert "Not now" not in page and CANARY not in page
    assert "Dr Field" not in body(as_olga.get(url("show", mrs_lee)))
    medical_letters.put_aside(letter, by=anna)
    assert "Dr Field" not in body(as_anna.get(url("show", mrs_lee)))


def test_who_may_not(mrs_lee, letter, as_ben, as_sam, as_olga, as_rosa, as_mrs_lee, as_mallory):
    pages = [
        url("medical", mrs_lee),
        url("doctor_letter", mrs_lee, letter),
        url("paper", mrs_lee, letter.paper_id),
        url("ask_doctor", mrs_lee),
        url("parq", mrs_lee),
    ]
    for where in pages:
        for browser in (as_ben, as_olga, as_rosa, as_mrs_lee):
            answer = browser.get(where)
            assert answer.status_code == 404 and CANARY.encode() not in answer.content, where
        assert as_mallory.get(where).status_code == 302
    assert [as_sam.get(where).status_code for where in pages] == [200, 200, 200, 404, 404]
    assert as_sam.post(pages[1], {"said": "agreed"}).status_code == 404


def test_a_letter_of_another_client_is_not_found(mrs_lee, mr_ode, letter, as_ben, as_anna):
    assert as_ben.get(url("doctor_letter", mr_ode, letter)).status_code == 404
    assert as_ben.get(url("paper", mr_ode, letter.paper_id)).status_code == 404


def test_other_papers_are_not_given_out_here(mrs_lee, anna, as_anna):
    kept = papers.keep(
        subject=mrs_lee.pk, kind="consent", title="x", data=b"%PDF-", media_type="application/pdf", by=anna
    )
    assert as_anna.get(url("paper", mrs_lee, kept)).status_code == 404


def test_reading_leaves_a_trace_before_it_shows(mrs_lee, letter, as_anna):
    for where, said in (("doctor_letter", "medical.read"), ("paper", "paper.read")):
        before = AuditEntry.objects.count()
        as_anna.get(url(where, mrs_lee, letter if where == "doctor_letter" else letter.paper_id))
        assert AuditEntry.objects.count() == before + 1
        assert said in AuditEntry.objects.order_by("pk").last().body


def queries(browser, where):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(where).status_code == 200
    return len(captured)


def _replied_and_filled_in(client, letter, by, day):
    said = {"said": "agreed", "wrote_on": day, "expires_on": day + timedelta(days=300), "words": ""}
    medical_letters.write_down_reply(letter, **said, by=by)
    medical_letters.keep_parq(client, result="all_no", form_year=2026, done_on=day, by=by)


def test_the_pages_cost_the_same_with_one_letter_and_with_three(mrs_lee, anna, letter, as_anna):
    pages = [url("medical", mrs_lee), url("decide", mrs_lee)]
    _replied_and_filled_in(mrs_lee, letter, anna, TODAY())
    one = [queries(as_anna, where) for where in pages]
    for number in range(2):
        said = {"name": f"Dr {number}", "address": "", "text": "We ask.", "client_agreed_on": TODAY()}
        made = medical_letters.ask(mrs_lee, **said, by=anna)
        _replied_and_filled_in(mrs_lee, made, anna, TODAY() - timedelta(days=number + 1))
    assert [queries(as_anna, where) for where in pages] == one
    assert max(one) <= 32  # the client's page: with what is covered, unread and still to be called for
