"""Asking, answering, taking back, and whether it is covered; what is signed stays as it is."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.domain import consent, consent_demo, consent_letters, consent_papers, signatories, signature, signing
from clients.domain.agreement import disclosure_print
from clients.domain.consent import State
from clients.domain.signatories import Named
from clients.domain.signers import Signer
from clients.models import Client, Consent, ContactPoint
from clients.tasks import keep_signed_consent
from practice.domain import links, papers, post, seal
from practice.domain.audit import canonical
from practice.domain.words import apart
from practice.models import AuditEntry, Letter, Link, Mode, Paper, Practice
from tests import factories
from tests.clients.guardians import parent
from tests.clients.test_signature import DRAWN

pytestmark = pytest.mark.django_db
SIGNED_ON = datetime(2026, 10, 8, 10, 26, tzinfo=UTC)
THAT_DAY = SIGNED_ON.date()


def agreement(asked: Consent, **changed) -> signing.Agreement:
    plan = {"what": "carry_on", "who": "nobody", "sign": "touching the scarf"}
    given = {"plan": plan, "shown_sha256": asked.shown_sha256, "name": "Mary Lee"}
    return signing.Agreement(**given | changed)


def around(asked: Consent, **changed) -> signing.Circumstances:
    """Signed in with her own account, on a telephone."""
    given = {"address": "203.0.113.9", "agent": "A telephone", "login": asked.client.user}
    return signing.Circumstances(**given | changed)


def disclose(asked: Consent, at: datetime = SIGNED_ON) -> Consent:
    before = at - timedelta(minutes=3)
    signing.disclose(asked, sha256=disclosure_print(asked), circumstances=around(asked), at=before)
    return asked


@pytest.fixture
def asked(mrs_lee, anna, text):
    return consent.ask(mrs_lee, text, by=anna, at=SIGNED_ON - timedelta(days=2))


@pytest.fixture
def signed(asked):
    return signing.sign(disclose(asked), agreement(asked), circumstances=around(asked), at=SIGNED_ON)


# --- asking ----------------------------------------------------------------------------------------------------------


def test_a_letter_goes_to_the_safe_address_with_a_link_for_thirty_days(mrs_lee, anna, text):
    asked = consent.ask(mrs_lee, text, by=anna)
    letter = Letter.objects.get(about=asked.request_id)
    assert (letter.kind, letter.to, letter.client) == ("consent_request", "mary.lee@example.org", mrs_lee.pk)
    kind = post.kinds["consent_request"]
    assert kind.still_wanted(letter)
    words = kind.render(letter)
    token = re.search(r"/s/([\w-]+)/", words.text)[1]
    assert token in words.html and "Mrs Lee" in words.text
    link = links.find(token, "consent")
    assert link.subject == asked.request_id
    assert timedelta(days=29) < link.expires_at - timezone.now() <= timedelta(days=30)
    assert not re.search(r"therap|consent|clinic|walk", words.subject, re.IGNORECASE)


def test_where_nothing_may_be_said_the_letter_names_neither_us_nor_the_matter(asked, mrs_lee):
    mrs_lee.contact_points.update(may_say=ContactPoint.MaySay.NAME_ONLY, sender="M. Castle")
    words = consent_letters.render(Letter.objects.get(about=asked.request_id))
    assert words.sender == "M. Castle" and words.subject == "A message for you"
    for said in (words.text, words.html):
        assert not re.search(r"Larch|Anna|Samaritans|outdoors|session|sign", said)


@pytest.mark.parametrize("change", [{"is_safe": False}, {"may_say": ContactPoint.MaySay.NOTHING}])
def test_without_a_safe_address_no_letter_goes_and_none_leaves(mrs_lee, anna, text, change):
    asked = consent.ask(mrs_lee, text, by=anna)
    mrs_lee.contact_points.update(**change)
    assert not consent_letters.still_wanted(Letter.objects.get(about=asked.request_id))
    with pytest.raises(consent.CannotAsk, match="safe to use"):
        consent.ask(mrs_lee, text, by=anna)
    assert consent.ask(mrs_lee, text, by=anna, send=False).is_open


def test_asking_again_takes_the_place_of_the_open_one_and_ends_its_links(asked, mrs_lee, anna, text, texts):
    token = links.make("consent", subject=asked.pk, lasts=timedelta(days=30), by=anna)
    running = consent.ask(mrs_lee, texts["running"], by=anna)
    again = consent.ask(mrs_lee, text, by=anna)
    asked.refresh_from_db()
    running.refresh_from_db()
    assert (asked.status, again.status, running.status) == ("replaced", "asked", "asked")
    assert links.find(token, "consent") is None
    assert Letter.objects.get(about=asked.request_id).state == Letter.State.CANCELLED
    with pytest.raises(consent.NotOpen):
        signing.sign(asked, agreement(asked), circumstances=around(asked), at=SIGNED_ON)


# --- answering -------------------------------------------------------------------------------------------------------


def test_a_typed_name_is_sealed_with_its_evidence(signed, mrs_lee):
    row = Consent.objects.get(pk=signed.pk)
    assert (row.status, row.manner, row.covers_until) == ("signed", "typed", date(2027, 10, 8))
    assert row.signer == row.signature == "Mary Lee"
    assert row.answers["plan"] == {"what": "carry_on", "who": "nobody", "sign": "touching the scarf"}
    seen = row.evidence
    assert (seen["address"], seen["agent"], seen["how"]) == ("203.0.113.9", "A telephone", "login")
    assert seen["signed_at"] == "2026-10-08T10:26:00+00:00" and seen["zone"] == "Europe/London"
    assert seen["shown_sha256"] == row.shown_sha256 and seen["text_sha256"] == row.text.sha256
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM clients_consent c WHERE id = %s", [row.pk])
        raw = cursor.fetchone()[0]
    assert "scarf" not in raw and "203.0.113" not in raw and "Mary" not in raw
    assert any('"consent.signed"' in entry.body for entry in AuditEntry.objects.all())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202eeeL yraM", "eeL yraM"),
        ("مريم\u200f لي\u2067", "مريم لي"),
        ("می\u200cخواهم 👩\u200d🌾", "می\u200cخواهم 👩\u200d🌾"),
    ],
)
def test_a_typed_name_is_kept_without_what_turns_words_around(asked, typed, kept):
    row = signing.sign(disclose(asked), agreement(asked, name=typed), circumstances=around(asked), at=SIGNED_ON)
    assert row.signer == row.signature == kept


def test_a_drawn_name_is_kept_as_strokes_and_printed_under_her_own_name(asked):
    given = agreement(asked, name="", drawing=signature.read(DRAWN))
    row = signing.sign(disclose(asked), given, circumstances=around(asked), at=SIGNED_ON)
    assert (row.manner, row.signer) == ("drawn", "Mary Lee")
    assert consent_papers.drawing(row) == signature.read(DRAWN)


@pytest.mark.parametrize(
    "missing",
    [
        {"name": ""},
        {"name": "  .  "},
        {"name": "🙂"},
        {"name": "\u3164\u3164"},
        {"name": "\u115f\u1160\uffa0A"},
        {"plan": {}},
        {"plan": {"what": "carry_on"}},
        {"plan": {"what": "carry_on", "who": "the pope"}},
        {"shown_sha256": "0" * 64},
    ],
)
def test_nothing_partial_becomes_signed(asked, missing):
    disclose(asked)
    with pytest.raises(signing.NotWhole):
        signing.sign(asked, agreement(asked, **missing), circumstances=around(asked), at=SIGNED_ON)
    asked.refresh_from_db()
    assert asked.status == "asked" and not asked.signature_sealed


def test_the_database_refuses_a_signature_without_its_evidence(asked):
    rows = Consent.objects.filter(pk=asked.pk)
    until = date(2027, 1, 1)
    for values in ({}, {"answered_at": SIGNED_ON, "covers_until": until, "manner": "typed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(status="signed", **values)


def test_she_may_talk_first_and_sign_afterwards(asked):
    signing.talk(asked, words="Will the school see us?", at=SIGNED_ON - timedelta(hours=3))
    row = signing.sign(disclose(asked), agreement(asked), circumstances=around(asked), at=SIGNED_ON)
    assert row.answers["talk"] == "Will the school see us?"
    assert row.evidence["talked_at"] == "2026-10-08T07:26:00+00:00"


def test_declining_ends_the_asking_and_keeps_her_words(asked):
    signing.decline(asked, words="Not while the nights are long.", at=SIGNED_ON)
    row = Consent.objects.get(pk=asked.pk)
    assert (row.status, row.answers["declined"]) == ("declined", "Not while the nights are long.")
    with pytest.raises(consent.NotOpen):
        signing.sign(row, agreement(row), circumstances=around(row), at=SIGNED_ON)
    assert Letter.objects.get(about=asked.request_id).state == Letter.State.CANCELLED


def test_decline_after_signing_changes_nothing(signed):
    with pytest.raises(consent.NotOpen):
        signing.decline(signed)
    signed.refresh_from_db()
    assert signed.status == "signed"


# --- what stands -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"status": "asked"},
        {"covers_until": date(2099, 1, 1)},
        {"signature_sealed": b"x"},
        {"evidence_sealed": b"x"},
        {"answers_sealed": b"x"},
        {"shown_sealed": b"x"},
        {"shown_sha256": "0" * 64},
        {"modes": ["run"]},
        {"answered_at": SIGNED_ON - timedelta(days=1)},
        {"status": "withdrawn", "withdrawn_at": SIGNED_ON, "signature_sealed": b"x"},
    ],
)
def test_a_signed_consent_can_only_be_withdrawn(signed, values):
    with pytest.raises(DatabaseError, match="pgtrigger: Cannot|permission denied"), transaction.atomic():
        Consent.objects.filter(pk=signed.pk).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"due_again_on": None},
        {"due_again_on": date(2099, 1, 1)},
        {"withdrawn_at": SIGNED_ON},
        {"withdrawn_at": SIGNED_ON + timedelta(days=9)},
        {"withdrawn_by": None},
        {"withdrawn_at": SIGNED_ON, "withdrawn_modes": ["sit", "walk"]},
        {"withdrawn_at": None, "withdrawn_modes": []},
    ],
)
def test_when_it_was_taken_back_or_is_due_again_is_not_put_off(signed, anna, values):
    consent.due_again(signed, because="A fall", by=anna, on=date(2026, 11, 1))
    consent.withdraw(signed, by=anna, modes=["sit"], at=SIGNED_ON + timedelta(days=1))
    with pytest.raises(DatabaseError, match="pgtrigger: Cannot|permission denied"), transaction.atomic():
        Consent.objects.filter(pk=signed.pk).update(**values)
    assert consent.due_again(signed, because="A fall", by=anna, on=date(2026, 10, 20)).due_again_on.day == 20
    assert consent.withdraw(signed, by=None, at=SIGNED_ON + timedelta(days=2)).status == "withdrawn"


def test_a_signed_consent_cannot_be_deleted_and_a_withdrawn_one_cannot_come_back(signed):
    with pytest.raises(DatabaseError, match="pgtrigger: Cannot|permission denied"), transaction.atomic():
        Consent.objects.filter(pk=signed.pk).delete()
    consent.withdraw(signed, by=None)
    with pytest.raises(DatabaseError, match="pgtrigger: Cannot|permission denied"), transaction.atomic():
        Consent.objects.filter(pk=signed.pk).update(status="signed")


def test_each_change_is_kept_in_its_history(signed, anna):
    consent.withdraw(signed, by=anna)
    kept = Consent.pgh_event_model.objects.filter(id=signed.pk).order_by("pgh_id")
    assert [event.status for event in kept] == ["asked", "signed", "withdrawn"]


# --- the paper -------------------------------------------------------------------------------------------------------


def test_the_paper_is_made_once_kept_sealed_and_says_what_was_signed(signed, tmp_path):
    import subprocess

    first = consent_papers.paper_of(signed)
    again = consent_papers.paper_of(Consent.objects.get(pk=signed.pk))
    assert first == again and Paper.objects.filter(kind="consent").count() == 1
    path = tmp_path / "signed.pdf"
    path.write_bytes(papers.read(first))
    ran = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True)
    words = " ".join(ran.stdout.split())
    assert first.number in words and "8 Oct 2026, 11:26" in words and "Europe/London" in words
    assert "Typed by Mary Lee" in words and "touching the scarf" in words and "203.0.113.9" in words
    assert consent_papers.in_fours(signed.shown_sha256)[:29] in words
    with pytest.raises(DatabaseError, match="pgtrigger: Cannot|permission denied"), transaction.atomic():
        Consent.objects.filter(pk=signed.pk).update(paper=None)


def printed(row: Consent) -> str:
    row = Consent.objects.select_related("client", "text", "signatory").get(pk=row.pk)
    context = consent_papers.context(row, "AL-1", seal.new("Larch Street", at=SIGNED_ON))
    return render_to_string("pdf/consent.html", context | {"practice": Practice.load()})


def test_the_paper_says_the_names_of_the_day_it_was_signed(signed, mrs_lee, anna, text):
    ada = parent(mrs_lee, "Ada Lee", by=anna)
    hers = consent_demo.sign_for_demo(mrs_lee, text, on=SIGNED_ON, by=anna, signer=Signer(ada, "permission"))
    Client.objects.filter(pk=mrs_lee.pk).update(name="Somebody Else")
    named = Named("Nobody Now", "guardian", "ada@example.net")
    signatories.put(mrs_lee, named, by=anna, signatory=ada)
    for row, name in ((signed, "Mary Lee"), (hers, "Ada Lee")):
        paper = printed(row)
        assert "Somebody Else" not in paper and "Nobody Now" not in paper
        assert f"made ready for {name}" in paper and "<bdi>Mary Lee</bdi> with" in paper
    assert "Signed as parent of Mary Lee." in printed(hers)


def test_a_paper_signed_before_names_were_kept_says_those_of_now(signed):
    evidence = {name: value for name, value in signed.evidence.items() if name not in ("client", "signs")}
    row = Consent.objects.select_related("client", "text").get(pk=signed.pk)
    row.evidence_text = canonical(evidence)
    assert consent_papers.client_of(row) == "Mary Lee"
    assert any("made ready for Mary Lee" in one.what for one in consent_papers.happenings(row))


def test_a_name_from_right_to_left_leaves_the_words_beside_it_where_they_are(asked, mrs_lee):
    Client.objects.filter(pk=mrs_lee.pk).update(name="مريم لي")
    given = agreement(asked, name="\u202eمريم لي 🌿")
    paper = printed(signing.sign(disclose(asked), given, circumstances=around(asked), at=SIGNED_ON))
    set_apart = "<bdi>\u2068مريم لي 🌿\u2069</bdi>"
    assert f"Typed by {set_apart}, 8 Oct" in paper and f"how {set_apart} signed" in paper
    assert "made ready for \u2068مريم لي\u2069" in paper and "\u202e" not in paper
    assert (apart("مريم"), apart("Mary Lee 🌿"), apart("")) == ("\u2068مريم\u2069", "Mary Lee 🌿", "")


def test_a_paper_names_the_letters_that_it_has_no_sign_for(asked):
    given = agreement(asked, name="Mary ᏣᎳᎩ 한지민")
    paper = printed(signing.sign(disclose(asked), given, circumstances=around(asked), at=SIGNED_ON))
    assert "no sign for U+13E3 CHEROKEE LETTER TSA, U+13B3 CHEROKEE LETTER LA, U+13A9 CHEROKEE LETTER GI." in paper


def test_a_text_sets_the_names_that_it_is_filled_with_apart(mrs_lee, anna, text):
    anna.name = "ענת רייטר"
    anna.save(update_fields=["name"])
    shown = consent.ask(mrs_lee, text, by=anna, send=False).shown
    assert any("and \u2068ענת\u2069 follows the plan" in sentence for sentence in shown["sentences"])


def test_there_is_no_paper_of_what_was_not_signed(asked):
    with pytest.raises(consent_papers.NotSigned):
        consent_papers.paper_of(asked)


# --- whether it is covered -------------------------------------------------------------------------------------------


def state(client: Client, mode: str, on: date = THAT_DAY) -> State:
    return consent.covers(client, mode, on).state


def test_signed_counts_to_its_last_day_and_then_has_run_out(signed, mrs_lee):
    assert state(mrs_lee, Mode.WALK) == state(mrs_lee, Mode.SIT) == State.COVERED
    assert state(mrs_lee, Mode.WALK, date(2027, 10, 8)) == State.COVERED
    late = consent.covers(mrs_lee, Mode.WALK, date(2027, 10, 9))
    assert (late.state, late.until, late.stops) == (State.RAN_OUT, date(2027, 10, 8), False)
    assert consent.covers(mrs_lee, Mode.WALK, SIGNED_ON.date()).words == "Consent to 8 Oct 2027"


def test_walking_says_nothing_about_running_and_rooms_need_nothing(signed, mrs_lee):
    assert state(mrs_lee, Mode.RUN) == State.NEVER
    assert consent.covers(mrs_lee, Mode.RUN, SIGNED_ON.date()).stops
    assert state(mrs_lee, Mode.INDOOR) == state(mrs_lee, Mode.ONLINE) == State.COVERED


def test_the_newest_answer_counts(signed, mrs_lee, anna, text):
    again = consent.ask(mrs_lee, text, by=anna, send=False)
    assert state(mrs_lee, Mode.WALK) == State.COVERED  # being asked again takes nothing away
    signing.talk(again)
    assert state(mrs_lee, Mode.WALK) == State.COVERED
    signing.decline(again)
    assert state(mrs_lee, Mode.WALK) == State.DECLINED


def test_before_the_first_answer(mrs_lee, anna, text):
    assert consent.covers(mrs_lee, Mode.WALK, SIGNED_ON.date()).words == "No consent yet"
    asked = consent.ask(mrs_lee, text, by=anna, at=SIGNED_ON)
    assert consent.covers(mrs_lee, Mode.WALK, SIGNED_ON.date()).words == "Consent sent 8 Oct 2026, not signed yet"
    signing.talk(asked, at=SIGNED_ON)
    assert state(mrs_lee, Mode.WALK) == State.TALK


def test_taking_back_acts_at_once_and_signing_again_covers_again(signed, mrs_lee, anna, text):
    consent.withdraw(signed, by=None, at=SIGNED_ON + timedelta(days=1))
    assert state(mrs_lee, Mode.WALK) == State.WITHDRAWN and state(mrs_lee, Mode.SIT) == State.WITHDRAWN
    with pytest.raises(consent.NotOpen):
        consent.withdraw(signed, by=None)
    again = consent_demo.sign_for_demo(mrs_lee, text, on=SIGNED_ON + timedelta(days=5), by=anna)
    assert consent.covers(mrs_lee, Mode.WALK, again.answered_at.date()).is_covered


def test_many_are_answered_in_three_queries(mrs_lee, anna, text):
    people = [mrs_lee, *(factories.client(f"Client {number}", anna) for number in range(3))]
    for person in people:
        consent_demo.sign_for_demo(person, text, on=SIGNED_ON, by=anna)
    for some in (people[:1], people):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = consent.covers_many([(one, mode, SIGNED_ON.date()) for one in some for mode in Mode])
        assert len(queries) == 3 and len(found) == len(some) * len(Mode)


def test_the_demo_signs_by_the_same_verbs_at_the_given_moment_without_a_letter(mrs_lee, anna, text):
    row = consent_demo.sign_for_demo(mrs_lee, text, on=SIGNED_ON, by=anna)
    assert (row.status, row.answered_at, row.covers_until) == ("signed", SIGNED_ON, date(2027, 10, 8))
    assert row.evidence["how"] == "together" and row.evidence["witness"] == anna.name
    assert not Letter.objects.exists() and not Link.objects.exists()


def test_a_leap_day_lasts_to_the_last_day_of_february():
    assert signing.in_a_year(date(2028, 2, 29)) == date(2029, 2, 28)


def test_a_worker_keeps_the_paper_however_often_it_is_told(signed):
    keep_signed_consent(str(signed.pk))
    keep_signed_consent(str(signed.pk))
    assert Paper.objects.get(kind="consent") == Consent.objects.get(pk=signed.pk).paper


def test_whose_file_is_closed_is_asked_nothing(mrs_lee, anna, text):
    type(mrs_lee).objects.filter(pk=mrs_lee.pk).update(status="closed")
    with pytest.raises(consent.CannotAsk, match="file is closed"):
        consent.ask(mrs_lee, text, by=anna)
    assert not Consent.objects.exists() and not Letter.objects.exists()
