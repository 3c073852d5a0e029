"""Notes: two windows never overwrite each other, signing locks, and the database keeps it so."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test import Client as Browser

from clients.models import Client
from practice.domain import papers
from practice.models import AuditEntry, Paper, User
from sessions.domain import booking, notes, summary
from sessions.models import Note, Seat, Session
from tests import factories

pytestmark = pytest.mark.django_db
PAST = datetime(2026, 9, 3, 12, 0, tzinfo=UTC)
WHOLE = {
    "interventions": "Grounding.",
    "response": "Breath settled.",
    "risk": "Asked; none.",
    "plan": "Same path next week.",
    "for_client": "Naming what you see helps.",
}


@pytest.fixture
def seat(anna: User, mrs_lee: Client) -> Seat:
    return factories.session(anna, mrs_lee, starts_at=PAST).seats.select_related("session", "client").get()


def written(**content: str) -> notes.Written:
    return notes.Written(content, PAST, PAST + timedelta(minutes=50))


def signed(seat: Seat, anna: User) -> Note:
    return notes.sign(notes.save(seat, written(**WHOLE), version=0, by=anna), by=anna)


def test_what_another_window_saved_is_not_overwritten(seat: Seat, anna: User) -> None:
    notes.save(seat, written(focus="first"), version=0, by=anna)
    with pytest.raises(notes.Overtaken) as overtaken:
        notes.save(seat, written(focus="second"), version=0, by=anna)
    assert overtaken.value.note.content["focus"] == "first"
    assert notes.save(seat, written(focus="both"), version=1, by=anna).version == 2


def test_signing_asks_for_what_a_note_needs(seat: Seat, anna: User) -> None:
    draft = notes.save(seat, notes.Written({"focus": "only this"}, None, None), version=0, by=anna)
    with pytest.raises(notes.NotReady) as refused:
        notes.sign(draft, by=anna)
    assert refused.value.missing == ["times", "interventions", "response", "risk", "plan"]


def test_a_signed_note_is_locked_and_the_session_took_place(seat: Seat, anna: User) -> None:
    signed(seat, anna)
    with pytest.raises(notes.Locked):
        notes.save(seat, written(focus="later"), version=1, by=anna)
    seat.refresh_from_db()
    assert seat.status == "kept"


def test_only_the_version_that_was_seen_is_signed(seat: Seat, anna: User) -> None:
    seen = notes.save(seat, written(**WHOLE), version=0, by=anna)
    notes.save(seat, written(**WHOLE | {"risk": "Asked; something."}), version=1, by=anna)
    with pytest.raises(notes.Overtaken) as overtaken:
        notes.sign(seen, by=anna)
    assert overtaken.value.note.content["risk"] == "Asked; something."
    assert Note.objects.get().status == "draft"


def test_what_was_cancelled_or_has_not_begun_is_not_signed(seat: Seat, anna: User) -> None:
    draft = notes.save(seat, written(**WHOLE), version=0, by=anna)
    with pytest.raises(notes.NotNow, match="not begun"):
        notes.sign(draft, by=anna, now=PAST - timedelta(minutes=1))
    booking.cancel(seat.session, by=anna)
    with pytest.raises(notes.NotNow, match="cancelled"):
        notes.sign(draft, by=anna)
    assert Note.objects.get().status == "draft"


def test_what_has_a_signed_note_took_place(seat: Seat, anna: User, as_anna: Browser) -> None:
    signed(seat, anna)
    for act in (booking.mark_missed, booking.cancel):
        with pytest.raises(booking.NotPossible):
            act(Session.objects.get(), by=anna)
    page = as_anna.post(f"/sessions/{seat.session_id}/missed", follow=True).content.decode()
    assert "A note of this session is signed: it took place." in page
    assert Session.objects.get().status == "kept"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE moving_sessions_note SET content_sealed = ''",
        "UPDATE moving_sessions_note SET status = 'draft'",
        "DELETE FROM moving_sessions_note",
        "TRUNCATE moving_sessions_note",
        "TRUNCATE moving_sessions_note CASCADE",
        "ALTER TABLE moving_sessions_note DISABLE TRIGGER ALL",
        "DELETE FROM moving_sessions_noteevent",
        "UPDATE moving_sessions_noteevent SET status = 'draft'",
    ],
)
def test_the_app_role_cannot_touch_a_signed_note(seat: Seat, anna: User, sql: str) -> None:
    signed(seat, anna)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Note.objects.get().content["risk"] == "Asked; none."


def test_drafts_keep_no_history(seat: Seat, anna: User) -> None:
    draft = notes.save(seat, written(**WHOLE), version=0, by=anna)
    events = Note.objects.get().events.model.objects  # type: ignore[attr-defined]
    assert events.count() == 0
    notes.sign(draft, by=anna)
    assert events.count() == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Slowed at the bridge.", []),
        ("Her pace dropped, 300 kcal", ["300 kcal", "pace"]),
        ("A weight off her mind", ["weight"]),
        ("She lost 4 kg, then 2,5kg", ["2,5kg", "4 kg"]),
        ("5:30 per km, later 6:05/km", ["5:30 per km", "6:05/km"]),
        ("120 bpm at the gate; bpm again", ["120 bpm", "bpm"]),
        ("From 14:30 per our plan, 2 stone steps, 2 kilometres of background.", []),
    ],
)
def test_words_that_measure_a_body_are_noticed(text: str, found: list[str]) -> None:
    assert notes.measures({"focus": text}) == found


def form(**fields: Any) -> dict[str, Any]:
    return {"version": 0, "started": "13:00", "stopped": "13:50"} | WHOLE | fields


class TestPages:
    def test_a_draft_is_saved_and_signed(self, seat: Seat, as_anna: Browser) -> None:
        address = f"/sessions/seat/{seat.pk}/note"
        assert as_anna.get(address).status_code == 200
        assert as_anna.post(address, form(later="1")).status_code == 302
        note = Note.objects.get()
        assert note.started_at == PAST
        assert as_anna.post(address, form(version=1, sign="1")).status_code == 302
        page = as_anna.get(address).content.decode()
        assert "Signed by Anna Reiter" in page
        assert "<textarea" not in page

    def test_by_htmx_it_answers_with_the_new_version(self, seat: Seat, as_anna: Browser) -> None:
        answer = as_anna.post(f"/sessions/seat/{seat.pk}/note", form(), headers={"HX-Request": "true"})
        assert 'name="version" value="1"' in answer.content.decode()
        assert "<html" not in answer.content.decode()

    def test_two_windows_both_keep_their_words(self, seat: Seat, as_anna: Browser) -> None:
        address = f"/sessions/seat/{seat.pk}/note"
        as_anna.post(address, form(focus="from the telephone"))
        answer = as_anna.post(address, form(focus="from the desk"))
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "from the telephone" in page
        assert "from the desk" in page
        assert Note.objects.get().content["focus"] == "from the telephone"
        assert as_anna.post(address, form(version=1, focus="both")).status_code == 302

    def test_a_second_window_after_signing_takes_its_words_along(self, seat: Seat, as_anna: Browser) -> None:
        address = f"/sessions/seat/{seat.pk}/note"
        as_anna.post(address, form(sign="1"))
        answer = as_anna.post(address, form(version=1, focus="an afterthought", later="1"))
        assert answer.status_code == 409
        assert "an afterthought" in answer.content.decode()
        assert "was not kept" in answer.content.decode()
        quiet = as_anna.post(address, form(version=1, focus="an afterthought"), headers={"HX-Request": "true"})
        assert (quiet.status_code, "signed in another window" in quiet.content.decode()) == (409, True)
        assert as_anna.post(address, form(sign="1")).status_code == 302  # pressed twice: nothing is lost
        assert Note.objects.get().content["focus"] != "an afterthought"

    def test_signing_before_it_began_is_refused_in_a_sentence(
        self, anna: User, mrs_lee: Client, as_anna: Browser
    ) -> None:
        session = factories.session(anna, mrs_lee, starts_at=datetime(2037, 3, 4, 10, 0, tzinfo=UTC))
        answer = as_anna.post(f"/sessions/seat/{session.seats.get().pk}/note", form(sign="1"))
        assert answer.status_code == 422
        assert "This session has not begun." in answer.content.decode()
        assert Note.objects.get().status == "draft"

    def test_signing_too_early_says_what_is_missing(self, seat: Seat, as_anna: Browser) -> None:
        answer = as_anna.post(f"/sessions/seat/{seat.pk}/note", form(risk="", sign="1"))
        assert answer.status_code == 422
        assert "Risk, as asked and judged" in answer.content.decode()
        assert Note.objects.get().status == "draft"

    def test_a_measuring_word_asks_once(self, seat: Seat, as_anna: Browser) -> None:
        address = f"/sessions/seat/{seat.pk}/note"
        answer = as_anna.post(address, form(response="Spoke of her weight.", sign="1"))
        assert (answer.status_code, Note.objects.get().status) == (422, "draft")
        assert "Is this needed?" in answer.content.decode()
        as_anna.post(address, form(response="Spoke of her weight.", sign="1", measured="on", version=1))
        assert Note.objects.get().status == "signed"

    def test_who_may_not(self, seat: Seat, anna: User, as_ben: Browser, as_olga: Browser, as_rosa: Browser) -> None:
        signed(seat, anna)
        for browser in (as_ben, as_olga, as_rosa):
            answer = browser.get(f"/sessions/seat/{seat.pk}/note")
            assert answer.status_code == 404
        assert Browser().get(f"/sessions/seat/{seat.pk}/note").status_code == 302

    def test_a_supervisor_reads_what_is_signed_and_it_is_on_record(
        self, seat: Seat, anna: User, as_sam: Browser
    ) -> None:
        draft = notes.save(seat, written(**WHOLE), version=0, by=anna)
        address = f"/sessions/seat/{seat.pk}/note"
        assert as_sam.get(address).status_code == 404
        notes.sign(draft, by=anna)
        before = AuditEntry.objects.count()
        assert "Breath settled." in as_sam.get(address).content.decode()
        assert '"action":"note.read"' in AuditEntry.objects.order_by("-id")[0].body
        assert AuditEntry.objects.count() == before + 1
        assert as_sam.post(address, form()).status_code == 404


class TestSummary:
    def test_only_signed_notes_make_a_letter(self, seat: Seat, anna: User, mrs_lee: Client) -> None:
        notes.save(seat, written(**WHOLE), version=0, by=anna)
        with pytest.raises(summary.NothingSigned):
            summary.make(mrs_lee, by=anna)

    @pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils reads the PDF again")
    def test_the_letter_read_back(self, seat: Seat, anna: User, mrs_lee: Client) -> None:
        signed(seat, anna)
        paper = summary.make(mrs_lee, by=anna)
        data = papers.read(paper)
        assert data.startswith(b"%PDF-")
        text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True).stdout
        said = " ".join(text.decode().split())
        for words in ("Our first session", "Mary Lee", "Naming what you see helps.", paper.number, "116 123", "50"):
            assert words in said
        for words in ("Asked; none.", "Breath settled.", " km", "Same path next week."):
            assert words not in said

    def test_it_downloads(self, seat: Seat, anna: User, as_anna: Browser, as_ben: Browser, as_mrs_lee: Browser) -> None:
        signed(seat, anna)
        answer = as_anna.post(f"/sessions/client/{seat.client_id}/summary", follow=True)
        assert answer["Content-Type"] == "application/pdf"
        assert "attachment" in answer["Content-Disposition"]
        address = f"/sessions/paper/{Paper.objects.get().pk}"
        assert as_mrs_lee.get(address).status_code == 200
        assert as_ben.get(address).status_code == 404
