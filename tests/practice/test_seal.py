"""The practice's seal: who makes it, what it closes, and that whatever is done to a paper afterwards shows."""

import logging
import random
import threading
import time
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from django.db import connection, connections

from practice.domain import invitations, papers, seal, vault
from practice.domain.examining import State, examine
from practice.models import SealingCertificate
from tests import factories, sealed

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def state(data: bytes) -> State:
    return examine(data, ours=[sealed.paper().by]).state


# --- the certificate -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_practice_that_begins_has_its_certificate():
    invitations.begin(name="Mill Lane", owner="Rosa Venn", email="rosa@mill.example")
    made = SealingCertificate.objects.get()
    read = x509.load_der_x509_certificate(bytes(made.certificate))
    assert {part.value for part in read.subject} == {"Mill Lane"} == {part.value for part in read.issuer}
    usage = read.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature and usage.content_commitment and not usage.key_cert_sign
    assert not read.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.django_db
def test_one_seals_for_three_years_is_valid_for_ten_and_the_one_before_stays(practice):
    first = seal.certificate(at=NOW)
    assert seal.certificate(at=NOW + timedelta(days=3 * 365 - 1)) == first
    assert first.valid_until - first.valid_from == timedelta(days=3650)
    later = seal.certificate(at=NOW + timedelta(days=3 * 365))
    assert later != first and set(seal.certificates()) == {first, later}


@pytest.mark.django_db
def test_under_another_name_another_certificate(practice):
    first = seal.certificate()
    practice.name = "Larch " * 20
    practice.save(update_fields=["name"])
    assert seal.certificate() != first
    assert seal.certificate().name == practice.name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Практика психотерапии на свежем воздухе", "Практика психотерапии на свежем во"),
        ("林間心理治療診所" * 8, "林間心理治療診所林間心理治療診所林間心理治"),
        ("🌿🚶\u200d♀\ufe0f" * 12, "♀\ufe0f" * 10 + "♀"),
        ("Larch 🌿 Street", "Larch Street"),
        ("🌿", "Alongside"),
        ("Larch מרכז (12)", "מרכז"),
    ],
)
def test_a_name_of_any_script_and_length_seals(name, short):
    by = seal.new(name, at=NOW)
    read = x509.load_der_x509_certificate(bytes(by.certificate))
    [common] = read.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert (by.name, common.value) == (name, short)
    assert examine(seal.seal(sealed.printed(), by=by, reason=""), ours=[by]).is_intact


@pytest.mark.django_db
def test_the_key_lies_sealed_and_opens_in_its_own_row_alone(practice):
    first, other = seal.certificate(), sealed.certificate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM practice_sealingcertificate c")
        assert vault.unwrap(bytes(first.key_sealed), place=seal._place(first)).hex() not in cursor.fetchone()[0]
    first.key_sealed = other.key_sealed
    with pytest.raises(vault.CannotBeRead):
        seal.seal(sealed.printed(), by=first, reason="")


def test_two_that_need_the_first_one_at_once_make_one(fresh_db):
    factories.practice()
    made, together = [], threading.Barrier(4)

    def ask() -> None:
        together.wait()
        made.append(seal.certificate().pk)
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1 == SealingCertificate.objects.count() and len(made) == 4


# --- what was sealed -------------------------------------------------------------------------------------------------


def test_a_sealed_paper_is_whole_and_says_whose_seal_and_when():
    paper = sealed.paper()
    verdict = examine(paper.data, ours=[sealed.certificate(), paper.by])
    assert (verdict.state, verdict.by) == (State.INTACT, paper.by)
    assert verdict.at and abs(datetime.now(UTC) - verdict.at) < timedelta(hours=1)


def test_an_older_paper_is_whole_when_its_certificate_has_run_out():
    old = seal.new(sealed.NAME, at=NOW - timedelta(days=4000))
    assert examine(seal.seal(sealed.printed(), by=old, reason=""), ours=[sealed.certificate(), old]).is_intact


def _anywhere() -> list[int]:
    """Forty places anywhere, chosen anew each day so that over the year they are many."""
    chance = random.Random(datetime.now(UTC).date().isoformat())
    return [chance.randrange(len(sealed.paper().data)) for _ in range(40)]


def test_one_other_byte_anywhere_under_the_seal_is_told():
    paper = sealed.paper()
    for at in _anywhere():
        if not paper.begins <= at < paper.ends:
            assert state(sealed.flipped(paper.data, at)) in (State.BROKEN, State.UNREADABLE, State.NOT_A_PDF), at


@pytest.mark.parametrize("before_the_end", [2, 3, 50, 100])
@pytest.mark.parametrize("bit", [1, 0x20])
def test_one_other_byte_in_the_filling_of_its_own_place_is_told(before_the_end, bit):
    paper = sealed.paper()
    at = paper.ends - before_the_end
    assert paper.data[at : at + 1] == b"0"
    assert state(sealed.flipped(paper.data, at, bit)) in (State.BROKEN, State.UNREADABLE)


def test_the_same_number_in_small_letters_is_told():
    paper = sealed.paper()
    inside = paper.data[paper.begins : paper.ends]
    assert state(paper.data[: paper.begins] + inside.lower() + paper.data[paper.ends :]) == State.BROKEN


def test_what_was_done_to_it_is_told_apart():
    paper = sealed.paper()
    verdict = examine(sealed.with_page(paper.data), ours=[paper.by])
    assert (verdict.state, verdict.pages) == (State.PAGES_ADDED, 1)
    assert state(sealed.with_note(paper.data)) == State.ADDED_TO
    assert state(paper.data + b"\n") == State.ADDED_TO
    assert state(paper.data[:-1]) == State.BROKEN
    assert state(paper.bare) == State.NO_SEAL
    assert state(sealed.foreign()) == State.FOREIGN
    assert examine(paper.data, ours=[]).state == State.FOREIGN
    assert state(b"") == State.NOT_A_PDF == state(b"%!PS")
    assert state(b"%PDF-" + bytes(papers.LARGEST)) == State.TOO_LARGE


def test_a_seal_moved_onto_other_words_is_broken():
    paper, other = sealed.paper(), seal.seal(sealed.printed("We do not."), by=sealed.certificate(), reason="")
    place = other.index(b"/Contents <") + 10
    inside = paper.data[paper.begins : paper.ends]
    assert state(other[:place] + inside + other[place + len(inside) :]) in (State.BROKEN, State.UNREADABLE)


# --- made to do harm -------------------------------------------------------------------------------------------------


def _table(extra: bytes, rows: bytes = b"") -> bytes:
    """A table of contents after the end, as a stream. With these a reader of PDFs is busy for minutes."""
    at = len(sealed.paper().data) + 1
    head = b"\n99 0 obj\n<</Type/XRef" + extra + b"/Root 2 0 R/Length %d>>\nstream\n" % len(rows)
    return head + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at


HOSTILE = {
    "a table of two thousand million rows of nothing": _table(b"/W[0 0 0]/Size 2000000000"),
    "a table packed small": _table(
        b"/W[1 0 0]/Size 5/Index[0 300000000]/Filter/FlateDecode", zlib.compress(b"\0" * 20_000_000)
    ),
    "a table that names itself": _table(b"/W[1 2 1]/Size 3/Prev %d" % len(sealed.printed()), b"\1\0\0\0" * 3),
    "nested": b"\n2 0 obj\n" + b"[<<" * 200_000,
    "pages without end": b"/Type /Pages " * 200_000,
    "streams without end": b"stream\n" * 200_000,
    "ranges without end": b"/ByteRange [0 1 2 3]" * 100_000,
    "a range without end": b"/ByteRange [0 " + b" " * 2_000_000,
}


@pytest.mark.parametrize("tail", HOSTILE.values(), ids=HOSTILE)
def test_what_is_made_to_keep_a_reader_busy_gets_its_sentence_soon(tail):
    began = time.monotonic()
    found = state(sealed.paper().data + tail), state(b"%PDF-1.7\n" + tail)
    assert found[0] in (State.ADDED_TO, State.PAGES_ADDED)
    assert found[1] in (State.NO_SEAL, State.UNREADABLE)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "inside",
    [b"30" * 60_000, b"3080" * 1000, b"zz" * 50, b"00" * 50, b"", b"30820300" + b"a0" * 3000, b"\xff" * 100],
)
def test_a_seal_made_to_be_unreadable_gets_its_sentence(inside):
    head = b"%PDF-1.7\n<</Type/Sig/SubFilter/ETSI.CAdES.detached/Contents "
    whole = head + b"<" + inside + b">"
    said = whole + b"/ByteRange [0 %d %d 999]>>" % (len(head), len(whole))
    assert state(said) == State.UNREADABLE


def test_a_range_beyond_the_end_is_no_seal():
    huge = sealed.paper().data.replace(b"/ByteRange [0 ", b"/ByteRange [0 9", 1)
    assert state(huge) in (State.UNREADABLE, State.BROKEN)


def test_nothing_of_a_file_is_written_to_a_log():
    heard: list[logging.LogRecord] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record)

    root, ear = logging.getLogger(), Ear()
    root.addHandler(ear)
    try:
        for name in ("pyhanko.sign.validation", "pyhanko_certvalidator.registry"):
            logging.getLogger(name).error("a word of the file")
        for tail in HOSTILE.values():
            state(sealed.paper().data + tail)
        state(sealed.flipped(sealed.paper().data, 100))
    finally:
        root.removeHandler(ear)
    assert not heard
