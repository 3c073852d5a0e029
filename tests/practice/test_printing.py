"""Papers opened again: their words, pages, faces and size; and that printing reaches nothing outside."""

import http.server
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from practice.domain import press, printing
from practice.models import Practice

PRACTICE = Practice(
    name="Larch Street Therapy",
    tagline="Talking, indoors and out",
    address="14 Larch Street, Fenwell FN4 2LS",
    phone="01632 960 142",
    email="post@larchstreet.example",
    country="GB",
)
NAMES = {
    "Latin": "Ines Marlow",
    "further Latin": "Łukasz Żółć",
    "Vietnamese": "Đặng Thị Hà",
    "Cyrillic": "Ольга Петрова",
    "Greek": "Ελένη Παππά",
    "Hebrew": "רות",
    "Arabic": "ليلى",
    "Han": "李小明",
    "Hangul": "한지민",
    "Devanagari": "अनिल कुमार",
    "Bengali": "অনিল",
    "Gurmukhi": "ਅਨਿਲ",
    "Gujarati": "અનિલ",
    "Tamil": "தமிழ் செல்வி",
    "Telugu": "అనిల్",
    "Kannada": "ಅನಿಲ್",
    "Malayalam": "അനിൽ",
    "Sinhala": "අනිල්",
    "Thai": "ณัฐวุฒิ สุขใจ",
    "Lao": "ສົມສັກ",
    "Khmer": "សុខា",
    "Myanmar": "အောင်",
    "Georgian": "გიორგი მაისურაძე",
    "Armenian": "Նարեկ",
    "Ethiopic": "አበበ",
}
NOTO = [name for name in NAMES if name not in ("Latin", "further Latin", "Vietnamese", "Cyrillic", "Greek")]
OURS = re.compile(rf"^(Inter|Fraunces|Noto-({'|'.join(NOTO)}|Emoji))(-|$)")
needs_poppler = pytest.mark.skipif(not shutil.which("pdffonts"), reason="poppler-utils reads the PDF again")


def read(tool: str, data: bytes, folder: Path, *options: str) -> str:
    """What poppler says about a PDF."""
    file = folder / "paper.pdf"
    file.write_bytes(data)
    said = subprocess.run([tool, *options, str(file), *(["-"] if tool == "pdftotext" else [])], capture_output=True)
    assert said.returncode == 0, said.stderr
    return said.stdout.decode()


def faces(data: bytes, folder: Path) -> set[str]:
    """The names of the faces in a PDF, without the six letters of their subset."""
    rows = read("pdffonts", data, folder).splitlines()[2:]
    return {row.split()[0].split("+")[-1] for row in rows}


def body(inside: str) -> bytes:
    return press.printed(f"<html lang='en'><body>{inside}</body></html>", country="GB")


@needs_poppler
def test_a_letter_carries_head_foot_and_numbers(tmp_path):
    paper = printing.pdf(
        "pdf/base.html", {"practice": PRACTICE, "document_id": "AL-7F3K", "private_for": "Ines Marlow"}
    )
    text = read("pdftotext", paper, tmp_path)
    for words in (
        "Larch Street Therapy",
        "01632 960 142",
        "Document AL-7F3K",
        "Private, for Ines Marlow",
        "Page 1 of 1",
    ):
        assert words in text
    about = read("pdfinfo", paper, tmp_path)
    assert "Author:          Larch Street Therapy" in about
    assert re.search(r"Title: +Letter", about)
    assert "Tagged:          yes" in about


@needs_poppler
@pytest.mark.parametrize(("country", "size"), [("GB", "A4"), ("US", "letter")])
def test_the_paper_is_the_country_s(country, size, tmp_path):
    practice = Practice(name="Larch Street", country=country)
    about = read("pdfinfo", printing.pdf("pdf/base.html", {"practice": practice}), tmp_path)
    assert f"({size})" in about


@needs_poppler
def test_a_long_paper_counts_its_pages(tmp_path):
    html = render_to_string("pdf/base.html", {"practice": PRACTICE}).replace(
        "</body>", "<p>Words.</p>" * 90 + "</body>"
    )
    text = read("pdftotext", press.printed(html, country="GB"), tmp_path)
    pages = text.count("Page ")
    assert pages > 1
    assert f"Page 1 of {pages}" in text and f"Page {pages} of {pages}" in text


@needs_poppler
def test_every_script_and_an_emoji_use_our_faces_only(tmp_path):
    said = "".join(f"<h2>{name}</h2><p>{name} <b>{name}</b></p>" for name in NAMES.values())
    found = faces(body(said + "<p>🌲</p>"), tmp_path)
    assert found
    assert {face for face in found if not OURS.match(face)} == set()
    assert {"Inter-Cyrillic", "Inter-Greek", "Noto-Emoji", *(f"Noto-{script}" for script in NOTO)} <= {
        re.sub("-(Semi-Bold|Medium|Bold)$", "", face) for face in found
    }


@needs_poppler
@pytest.mark.parametrize(
    "script",
    [
        "Latin",
        "further Latin",
        "Vietnamese",
        "Cyrillic",
        "Greek",
        "Han",
        "Hangul",
        "Georgian",
        "Armenian",
        "Ethiopic",
    ],
)
def test_names_can_be_read_again(script, tmp_path):
    assert NAMES[script] in read("pdftotext", body(f"<p>{NAMES[script]}</p>"), tmp_path)


@pytest.mark.parametrize("name", [*NAMES.values(), "Zoë 👩‍👩‍👧 O’Brien", "n\u0303"])
def test_every_letter_of_these_has_a_face(name):
    assert press.undrawn(name) == []


def test_what_has_no_face_is_named():
    assert printing.undrawn("Mo ᏣᎳᎩ Ꮳ") == [
        "U+13E3 CHEROKEE LETTER TSA",
        "U+13B3 CHEROKEE LETTER LA",
        "U+13A9 CHEROKEE LETTER GI",
    ]


def test_a_common_letter_reads_two_families_only():
    assert press.families("Dear Ines, 14°, “Gate B” – and so on…") == {"Inter", "Fraunces"}


@pytest.fixture
def listener():
    """A web server of this machine that remembers whether anybody came."""
    asked: list[str] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_printing_asks_nobody(listener):
    address, asked = listener
    paper = body(
        f'<link rel="stylesheet" href="{address}/sheet.css"><style>@import url("{address}/more.css");'
        f'p{{background:url("{address}/ground.png")}}@font-face{{font-family:X;src:url("{address}/x.woff")}}</style>'
        f'<img src="{address}/picture.png"><object data="{address}/thing.svg"></object><p>Words.</p>'
    )
    assert paper.startswith(b"%PDF")
    assert asked == []


@needs_poppler
def test_printing_reads_no_file(tmp_path):
    secret = tmp_path / "secret.svg"
    secret.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text y="20">overheard</text></svg>'
    )
    inside = f'<img src="{secret.as_uri()}"><img src="file:///etc/passwd"><embed src="{secret.as_uri()}"><p>Words.</p>'
    text = read("pdftotext", body(inside), tmp_path)
    assert "Words." in text
    assert "overheard" not in text and "root:" not in text


@pytest.mark.parametrize(
    "address", ["http://localhost/", "file:///etc/passwd", "ftp://localhost/x", "FILE:///etc/hosts"]
)
def test_the_press_refuses_addresses(address):
    with pytest.raises(ValueError, match="nothing from outside"):
        press.Sealed().fetch(address)


def test_an_empty_paper_is_refused():
    with pytest.raises(ValueError, match="needs a body"):
        press.printed("", country="GB")


@pytest.mark.django_db
def test_the_letterhead_is_the_practice_s_own():
    Practice.objects.create(name="Mill Lane Practice", country="GB")
    assert printing.pdf("pdf/base.html", {}).startswith(b"%PDF")
