"""Checking a paper: the command, the page that is open to everyone, and what other programs say of the same file."""

import random
import re
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import checking, consent, consent_demo, consent_papers, paper_standing, signatories, signing
from clients.domain.paper_standing import Standing
from clients.domain.signatories import Named
from clients.domain.signers import Signer
from clients.models import Consent, ConsentText
from practice.domain import papers, seal
from practice.models import Paper, Practice
from tests import factories, sealed
from tests.clients.guardians import of_age_from, parent

pytestmark = pytest.mark.django_db
SIGNED_ON = datetime(2026, 10, 8, 10, 26, tzinfo=UTC)
LATER = SIGNED_ON + timedelta(days=40)
NAMES = re.compile(r"Mary|Mrs Lee|Anna|Reiter")


@pytest.fixture
def signed(mrs_lee, anna, text):
    """Signed and kept, with a small paper that is sealed like any other."""
    row = consent_demo.sign_for_demo(mrs_lee, text, on=SIGNED_ON, by=anna)
    sealed.paper().by.save(force_insert=True)
    row.paper = papers.keep(
        subject=mrs_lee.pk, kind="consent", title="Walking together, 1", data=sealed.paper().data,
        media_type="application/pdf", by=None, number="AL-2026-1008-7F3K",
    )  # fmt: skip
    row.save(update_fields=["paper"])
    return row


@pytest.fixture
def data() -> bytes:
    return sealed.paper().data


def stands(data: bytes, at: datetime = LATER) -> Standing | None:
    known = checking.check(data, at=at).known
    return known.standing if known else None


# --- a real one ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils looks at the seal too")
def test_a_signed_consent_is_valid_and_whole_to_poppler_to_pyhanko_and_to_us(mrs_lee, anna, text, tmp_path):
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    row = consent_demo.sign_for_demo(mrs_lee, text, on=timezone.now(), by=anna)
    paper = consent_papers.paper_of(row)
    data, by = papers.read(paper), seal.certificate()
    file = tmp_path / "signed.pdf"
    file.write_bytes(data)
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in said and "Total document signed" in said and "ETSI.CAdES.detached" in said
    [found] = PdfFileReader(BytesIO(data)).embedded_signatures
    theirs = validate_pdf_signature(found, ValidationContext(trust_roots=[Certificate.load(bytes(by.certificate))]))
    assert theirs.bottom_line and theirs.coverage.name == "ENTIRE_FILE"
    assert paper.sha256 == checking.check(data).verdict.sha256 and checking.check(data).is_good
    words = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert reverse("verify") in words and row.shown["signing"]["meaning"][:40] in " ".join(words.split())
    assert consent_papers.in_fours(by.fingerprint)[:39] in words
    call_command("verify_document", str(file))


# --- where it stands -------------------------------------------------------------------------------------------------


def test_a_paper_that_stands_is_good(signed, data):
    checked = checking.check(data, at=LATER)
    assert checked.is_good and checked.known.status == "active, until 8 Oct 2027"
    assert (checked.known.number, checked.known.sealed_by) == ("AL-2026-1008-7F3K", "Larch Street")


def test_taken_back(signed, data):
    consent.withdraw(signed, by=None, at=LATER - timedelta(days=3))
    checked = checking.check(data, at=LATER)
    assert not checked.is_good and checked.known.standing == Standing.WITHDRAWN
    assert "taken back on 14 Nov 2026" in checked.said


def test_a_newer_one_of_the_same_text_takes_its_place_for_good(signed, data, mrs_lee, anna, text, texts):
    consent_demo.sign_for_demo(mrs_lee, texts["running"], on=SIGNED_ON + timedelta(days=5), by=anna)
    consent_demo.sign_for_demo(factories.client("Nora Field", anna), text, on=SIGNED_ON + timedelta(days=5), by=anna)
    consent.ask(mrs_lee, text, by=anna, send=False, at=LATER)
    assert stands(data) == Standing.ACTIVE
    newer = consent_demo.sign_for_demo(mrs_lee, text, on=SIGNED_ON + timedelta(days=9), by=anna)
    assert stands(data) == Standing.SUPERSEDED
    consent.withdraw(newer, by=None)
    assert stands(data) == Standing.SUPERSEDED


def test_somebody_else_who_signs_the_same_text_replaces_nothing(signed, data, mrs_lee, anna, text):
    partner = signatories.put(mrs_lee, Named("Paul Lee", "partner", "paul@example.net"), by=anna)
    signer = Signer(partner, Consent.Meaning.CONSENT)
    consent_demo.sign_for_demo(mrs_lee, text, on=SIGNED_ON + timedelta(days=9), by=anna, signer=signer)
    assert stands(data) == Standing.ACTIVE


def test_taken_back_in_part(signed, data, as_mallory, tmp_path, capsys):
    consent.withdraw(signed, by=None, modes=["walk"], at=LATER - timedelta(days=3))
    checked = checking.check(data, at=LATER)
    assert not checked.is_good and checked.known.standing == Standing.IN_PART
    assert "sealed it. Walking was taken back on 14 Nov 2026; the rest stands." in checked.said
    assert "stands in part" in given(as_mallory, data).content.decode()
    assert run(data, tmp_path, capsys)[0] == 1
    several = paper_standing.in_part(["walk", "run"], "14 Nov 2026")
    assert several == "walking and running were taken back on 14 Nov 2026; the rest stands"


def test_asked_for_anew(signed, data, anna):
    consent.due_again(signed, because="a fall", by=anna, on=date(2026, 11, 1))
    assert stands(data, datetime(2026, 10, 31, 12, tzinfo=UTC)) == Standing.ACTIVE
    checked = checking.check(data, at=LATER)
    assert not checked.is_good and checked.known.standing == Standing.DUE_AGAIN
    assert "to be signed anew since 1 Nov 2026" in checked.said and "fall" not in checked.said


@pytest.mark.parametrize(
    ("other", "expected"),
    [({}, Standing.RENEWED), ({"renews": False}, Standing.ACTIVE), ({"language": "de"}, Standing.ACTIVE)],
)
def test_a_version_that_asks_for_new_signatures(signed, data, text, other, expected):
    same = {name: getattr(text, name) for name in ("key", "language", "title", "modes", "body", "sha256")}
    published = SIGNED_ON + timedelta(days=20)
    ConsentText.objects.create(**same | {"version": text.version + 1, "published_at": published} | other)
    assert stands(data, published - timedelta(days=1)) == Standing.ACTIVE
    assert stands(data) == expected


def test_what_was_signed_under_age_ends_with_the_birthday_which_is_not_told(mrs_lee, anna, text):
    of_age_from(18)
    mrs_lee.birth_date = date(2008, 11, 5)
    mrs_lee.save(update_fields=["birth_date"])
    ada = parent(mrs_lee, "Ada Lee", by=anna)
    own, hers = Signer(None, Consent.Meaning.ASSENT), Signer(ada, Consent.Meaning.PERMISSION)
    for signer in (own, hers):
        row = consent_demo.sign_for_demo(mrs_lee, text, on=SIGNED_ON, by=anna, signer=signer)
        assert _standing(row, datetime(2026, 11, 4, 12, tzinfo=UTC))[0] == Standing.ACTIVE
        standing, words = _standing(row, datetime(2026, 11, 5, 12, tzinfo=UTC))
        assert standing == Standing.OF_AGE and "Nov" not in words


@pytest.mark.parametrize(("meaning", "years"), [("consent", 18), ("assent", 16)])
def test_what_she_signed_young_ends_when_her_word_comes_to_mean_more(mrs_lee, anna, text, meaning, years):
    of_age_from(18, minor_age=16)
    mrs_lee.birth_date = date(2026 - years, 11, 5)
    mrs_lee.save(update_fields=["birth_date"])
    row = consent_demo.sign_for_demo(mrs_lee, text, on=SIGNED_ON, by=anna, signer=Signer(None, meaning))
    assert _standing(row, datetime(2026, 11, 4, 12, tzinfo=UTC))[0] == Standing.ACTIVE
    assert _standing(row, datetime(2026, 11, 5, 12, tzinfo=UTC))[0] == Standing.OF_AGE
    mrs_lee.birth_date = None
    mrs_lee.save(update_fields=["birth_date"])
    assert (_standing(row, LATER)[0] == Standing.UNSETTLED) == (meaning == "assent")


def test_who_signs_no_more_ends_it(mrs_lee, anna, text):
    of_age_from(18)
    mrs_lee.birth_date = date(2010, 3, 9)
    mrs_lee.save(update_fields=["birth_date"])
    ada = parent(mrs_lee, "Ada Lee", by=anna)
    row = consent_demo.sign_for_demo(mrs_lee, text, on=SIGNED_ON, by=anna, signer=Signer(ada, "permission"))
    assert _standing(row, LATER)[0] == Standing.ACTIVE
    signatories.end(ada, by=anna)
    assert _standing(row, LATER)[0] == Standing.ENDED


def _standing(row: Consent, at: datetime) -> tuple[Standing, str]:
    fresh = paper_standing.rows().get(pk=row.pk)
    found = paper_standing.of([fresh], now=at, practice=Practice.load())[row.pk]
    return found.standing, found.words


def test_a_later_no_of_the_same_person_ends_it_and_a_no_of_another_does_not(signed, data, mrs_lee, anna, text):
    partner = signatories.put(mrs_lee, Named("Paul Lee", "partner", "paul@example.net"), by=anna)
    asked = LATER - timedelta(days=9)
    signing.decline(consent.ask(mrs_lee, text, by=anna, at=asked, signer=Signer(partner, "consent")), at=asked)
    assert stands(data) == Standing.ACTIVE
    signing.decline(consent.ask(mrs_lee, text, by=anna, at=asked), at=asked)
    checked = checking.check(data, at=LATER)
    assert not checked.is_good and checked.known.standing == Standing.DECLINED and "has said no since" in checked.said


def test_it_counts_to_its_last_day_in_the_practice_s_zone(signed, data):
    Practice.objects.update(time_zone="Pacific/Auckland")
    assert stands(data, datetime(2027, 10, 8, 10, 59, tzinfo=UTC)) == Standing.ACTIVE
    assert stands(data, datetime(2027, 10, 8, 11, 1, tzinfo=UTC)) == Standing.RAN_OUT


# --- one byte --------------------------------------------------------------------------------------------------------


def test_one_other_byte_anywhere_makes_it_another_file(signed, data):
    """Its own place included, whose frame and filling are under no signature."""
    chance = random.Random(datetime.now(UTC).date().isoformat())
    paper = sealed.paper()
    places = {chance.randrange(len(data)) for _ in range(40)} | {
        chance.randrange(paper.begins, paper.ends) for _ in range(20)
    }
    places |= {0, paper.begins, paper.begins + 1, paper.begins + 20, paper.ends - 2, paper.ends - 1, len(data) - 1}
    for at in places:
        for bit in (1, 0x20):
            checked = checking.check(sealed.flipped(data, at, bit), at=LATER)
            assert not checked.is_good and checked.known is None, (at, bit)


def test_a_whole_file_of_ours_that_the_register_does_not_have_is_not_good(signed, data):
    unknown = seal.seal(sealed.printed(), by=sealed.paper().by, reason="")
    checked = checking.check(unknown)
    assert checked.verdict.is_intact and not checked.is_good and "not the file that it keeps" in checked.said


# --- the command -----------------------------------------------------------------------------------------------------


def run(data: bytes, folder, capsys) -> tuple[int, str]:
    file = folder / "given.pdf"
    file.write_bytes(data)
    code = 0
    try:
        call_command("verify_document", str(file))
    except SystemExit as end:
        code = int(end.code or 0)
    printed = capsys.readouterr()
    assert bool(printed.out) != bool(printed.err) and (printed.out + printed.err).count("\n") == 1
    return code, printed.out + printed.err


def test_the_command_says_it_in_one_line_and_by_its_exit(signed, data, tmp_path, capsys):
    code, said = run(data, tmp_path, capsys)
    assert code == 0 and "AL-2026-1008-7F3K" in said and not NAMES.search(said)
    expected = {
        "A page was added": sealed.with_page(data),
        "Something was added": sealed.with_note(data),
        "was changed after": sealed.flipped(data, 3000),
        "sealed by somebody else": sealed.foreign(),
        "no seal": sealed.printed(),
    }
    for words, other in expected.items():
        code, said = run(other, tmp_path, capsys)
        assert (code, words in said) == (1, True), (words, said)
    assert run(b"letters", tmp_path, capsys) == (2, "This is not a PDF file.\n")
    consent.withdraw(signed, by=None)
    code, said = run(data, tmp_path, capsys)
    assert code == 1 and "taken back on" in said


def test_a_file_that_is_not_there_is_of_no_use(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        call_command("verify_document", str(tmp_path / "gone.pdf"))
    assert end.value.code == 2 and "cannot be read" in capsys.readouterr().err


# --- the page --------------------------------------------------------------------------------------------------------


def given(browser: Browser, data: bytes):
    return browser.post(reverse("verify"), {"file": SimpleUploadedFile("a.pdf", data, "application/pdf")})


def test_without_a_file_the_page_says_nothing_about_anything(signed, as_mallory):
    page = as_mallory.get(reverse("verify")).content.decode()
    assert "Check a paper" in page and "AL-2026" not in page and "Walking" not in page and not NAMES.search(page)
    assert "no-store" in as_mallory.get(reverse("verify"))["Cache-Control"]


def test_whoever_has_the_paper_learns_what_it_is_and_no_name(signed, data, as_mallory):
    answer = given(as_mallory, data)
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in (
        "It is whole, and it stands",
        "AL-2026-1008-7F3K",
        "Walking together, 1",
        "8 Oct 2026",
        "Active, until",
    ):
        assert words in page
    assert not NAMES.search(page)
    consent.withdraw(signed, by=None)
    page = given(as_mallory, data).content.decode()
    assert "no longer stands" in page and "aken back on" in page and not NAMES.search(page)


@pytest.mark.parametrize(
    ("make", "heading"),
    [
        (sealed.foreign, "Not a paper of this practice"),
        (sealed.printed, "Not a paper of this practice"),
        (lambda: sealed.flipped(sealed.paper().data, 3000), "Do not rely on this file"),
    ],
)
def test_of_any_other_file_nothing_is_said_but_what_it_shows_itself(signed, as_mallory, make, heading):
    page = given(as_mallory, make()).content.decode()
    assert heading in page and "AL-2026" not in page and "Walking" not in page


@pytest.mark.parametrize(("data", "words"), [(b"", "empty"), (b"letters", "not a PDF"), (None, "choose a file")])
def test_what_is_no_pdf_comes_back_with_the_form(as_mallory, data, words):
    answer = as_mallory.post(reverse("verify")) if data is None else given(as_mallory, data)
    assert answer.status_code == 422 and words in answer.content.decode()


def test_more_than_twenty_megabytes_are_not_looked_at(as_mallory, practice):
    answer = given(as_mallory, b"%PDF-1.7" + bytes(papers.LARGEST))
    assert answer.status_code == 422 and "more than 20 MB" in answer.content.decode()


def test_nothing_is_kept_of_it_and_as_many_queries_for_one_paper_as_for_three(
    signed, data, as_mallory, mrs_lee, anna, text
):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert given(as_mallory, data).status_code == 200
        assert not [one for one in found if re.match("INSERT|UPDATE", one["sql"])]
        return len(found)

    kept, one = Paper.objects.count(), queries()
    for _ in range(2):
        consent_demo.sign_for_demo(factories.client("Nora Field", anna), text, on=SIGNED_ON, by=anna)
    assert queries() == one and Paper.objects.count() == kept and Consent.objects.count() == 3


def test_twenty_files_in_five_minutes_are_enough(settings, practice, as_mallory):
    settings.ACCOUNT_RATE_LIMITS = {"verify": "3/5m/ip"}
    codes = [given(as_mallory, sealed.printed()).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert as_mallory.get(reverse("verify")).status_code == 200
