"""The printing press: HTML and our own faces in, a PDF out, and nothing fetched from anywhere.

Imported only when something is printed, so that everything else runs on a machine without Pango.
"""

import base64
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML  # type: ignore[attr-defined]
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

STATIC = Path(__file__).resolve().parent.parent / "static"
SHEET = STATIC / "practice" / "print.css"
LETTER_COUNTRIES = frozenset({"US", "CA", "MX", "CL", "CO", "PH"})
LETTER = "@page{size:Letter;margin:18mm 25mm 23mm}@page:first{margin-top:15mm}"

# WeasyPrint takes one file per family name, so each subset is a family of its own; print.css lists them in one order.
# Reading a face costs time once a process, so it is read when a document has its letters; the files are WOFF because
# WOFF2 of the Han face takes eight seconds to unpack.
_INTER = tuple((weight, "normal") for weight in (400, 500, 600, 700))
_FRAUNCES = ((400, "normal"), (400, "italic"), (600, "normal"))
_TWO = ((400, "normal"), (600, "normal"))
_ONE = ((400, "normal"),)
_FAR_LATIN = "[\u0100-\u02ff\u1d00-\u1e9f\u1ef2-\u1eff\u2020\u20a0-\u20c0\u2113\u2c60-\u2c7f\ua720-\ua7ff]"
_VIETNAMESE = "[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u0300-\u0329\u1ea0-\u1ef9]"
FACES: list[tuple[str, str, str, tuple[tuple[int, str], ...]]] = [
    # (family, letters that call for it, file, cuts)
    ("Inter", "", "inter/inter-latin-{weight}", _INTER),
    ("Inter Ext", _FAR_LATIN, "inter/inter-latin-ext-{weight}", _INTER),
    ("Inter Vietnamese", _VIETNAMESE, "inter/inter-vietnamese-{weight}", _INTER),
    ("Inter Cyrillic", "[\u0400-\u04ff]", "inter/inter-cyrillic-{weight}", _INTER),
    (
        "Inter Cyrillic Ext",
        "[\u0460-\u052f\u1c80-\u1c8a\u2de0-\u2dff\ua640-\ua69f]",
        "inter/inter-cyrillic-ext-{weight}",
        _INTER,
    ),
    ("Inter Greek", "[\u0370-\u03ff]", "inter/inter-greek-{weight}", _INTER),
    ("Fraunces", "", "fraunces/fraunces-latin-{weight}-{style}", _FRAUNCES),
    ("Fraunces Ext", _FAR_LATIN, "fraunces/fraunces-latin-ext-{weight}-{style}", _FRAUNCES),
    ("Fraunces Vietnamese", _VIETNAMESE, "fraunces/fraunces-vietnamese-{weight}-{style}", _FRAUNCES),
    (
        "Noto Arabic",
        "[\u0600-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]",
        "noto-sans-arabic/noto-sans-arabic-{weight}",
        _TWO,
    ),
    ("Noto Hebrew", "[\u0590-\u05ff\ufb1d-\ufb4f]", "noto-sans-hebrew/noto-sans-hebrew-{weight}", _TWO),
    ("Noto Han", "[\u2e80-\u9fff\uf900-\ufaff\uff01-\uffef]", "noto-sans-sc/noto-sans-sc-{weight}", _ONE),
    ("Noto Armenian", "[\u0530-\u058f\ufb13-\ufb17]", "noto-sans-armenian/noto-sans-armenian-{weight}", _ONE),
    ("Noto Bengali", "[\u0980-\u09ff]", "noto-sans-bengali/noto-sans-bengali-{weight}", _ONE),
    (
        "Noto Devanagari",
        "[\u0900-\u097f\u1cd0-\u1cff\ua8e0-\ua8ff]",
        "noto-sans-devanagari/noto-sans-devanagari-{weight}",
        _ONE,
    ),
    ("Noto Ethiopic", "[\u1200-\u139f\u2d80-\u2ddf]", "noto-sans-ethiopic/noto-sans-ethiopic-{weight}", _ONE),
    (
        "Noto Georgian",
        "[\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2f]",
        "noto-sans-georgian/noto-sans-georgian-{weight}",
        _ONE,
    ),
    ("Noto Gujarati", "[\u0a80-\u0aff]", "noto-sans-gujarati/noto-sans-gujarati-{weight}", _ONE),
    ("Noto Gurmukhi", "[\u0a00-\u0a7f]", "noto-sans-gurmukhi/noto-sans-gurmukhi-{weight}", _ONE),
    ("Noto Kannada", "[\u0c80-\u0cff]", "noto-sans-kannada/noto-sans-kannada-{weight}", _ONE),
    ("Noto Khmer", "[\u1780-\u17ff\u19e0-\u19ff]", "noto-sans-khmer/noto-sans-khmer-{weight}", _ONE),
    ("Noto Hangul", "[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]", "noto-sans-kr/noto-sans-kr-{weight}", _ONE),
    ("Noto Lao", "[\u0e80-\u0eff]", "noto-sans-lao/noto-sans-lao-{weight}", _ONE),
    ("Noto Malayalam", "[\u0d00-\u0d7f]", "noto-sans-malayalam/noto-sans-malayalam-{weight}", _ONE),
    ("Noto Myanmar", "[\u1000-\u109f]", "noto-sans-myanmar/noto-sans-myanmar-{weight}", _ONE),
    ("Noto Sinhala", "[\u0d80-\u0dff]", "noto-sans-sinhala/noto-sans-sinhala-{weight}", _ONE),
    ("Noto Tamil", "[\u0b80-\u0bff]", "noto-sans-tamil/noto-sans-tamil-{weight}", _ONE),
    ("Noto Telugu", "[\u0c00-\u0c7f]", "noto-sans-telugu/noto-sans-telugu-{weight}", _ONE),
    ("Noto Thai", "[\u0e00-\u0e7f]", "noto-sans-thai/noto-sans-thai-{weight}", _ONE),
    ("Noto Emoji", "[\u203c\u2049\u2190-\u2bff\U0001f000-\U0001faff]", "noto-emoji/noto-emoji-{weight}", _ONE),
]
_turn = Lock()


class Sealed(URLFetcher):  # type: ignore[misc]
    """Reads `data:` addresses and nothing else: no network, no files, no redirects."""

    def __init__(self) -> None:
        super().__init__(timeout=1, allowed_protocols=["data"], allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return what a `data:` address holds; ValueError for any other, which leaves the place empty."""
        if not url.lower().startswith("data:"):
            raise ValueError("papers load nothing from outside")
        return super().fetch(url, headers)


def _face(family: str, weight: int, style: str, file: str) -> str:
    data = base64.b64encode((STATIC / "vendor" / f"{file}.woff").read_bytes()).decode()
    source = f'url("data:font/woff;base64,{data}")'
    return f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};src:{source}}}'


def families(text: str) -> frozenset[str]:
    """Return the families whose letters stand in a document."""
    return frozenset(family for family, letters, _, _ in FACES if re.search(letters, text))


def undrawn(text: str) -> list[str]:
    """The letters for which none of our faces has a sign, once each in their order: they would print as empty boxes."""
    seen = (sign for sign in dict.fromkeys(text) if unicodedata.category(sign)[0] not in "CZ")
    return [sign for sign in seen if not any(ord(sign) in _signs(family) for family in families(sign))]


@cache
def _signs(family: str) -> frozenset[int]:
    """The letters of a face, by its first cut."""
    file, (weight, style) = next((file, cuts[0]) for name, _, file, cuts in FACES if name == family)
    with TTFont(STATIC / "vendor" / f"{file.format(weight=weight, style=style)}.woff", lazy=True) as face:
        return frozenset(face.getBestCmap())


@lru_cache(maxsize=8)
def _type(wanted: frozenset[str]) -> tuple[FontConfiguration, CSS]:
    """Set the type once a process and set of scripts: the faces as data, then the sheet."""
    fonts = FontConfiguration()
    faces = [
        _face(family, weight, style, file.format(weight=weight, style=style))
        for family, _, file, cuts in FACES
        for weight, style in cuts
        if family in wanted
    ]
    text = "".join(faces) + SHEET.read_text()
    return fonts, CSS(string=text, font_config=fonts, url_fetcher=Sealed())


class TooLong(Exception):
    """A document that takes more pages than it may."""


def printed(html: str, *, country: str, at_most: int | None = None) -> bytes:
    """Print one document; A4, or US Letter where that is the paper.

    Raises ValueError on an empty document, and TooLong when it takes more than `at_most` pages.
    """
    if not re.search(r"<body\b", html):
        raise ValueError("A paper needs a body.")
    with _turn:
        fonts, sheet = _type(families(html))
        sheets: list[Any] = [sheet]
        if country in LETTER_COUNTRIES:
            sheets.append(CSS(string=LETTER, font_config=fonts, url_fetcher=Sealed()))
        paper = HTML(string=html, url_fetcher=Sealed(), base_url="data:,")
        document = paper.render(stylesheets=sheets, font_config=fonts, pdf_tags=True)
        if at_most and len(document.pages) > at_most:
            raise TooLong(f"It takes {len(document.pages)} pages.")
        data: bytes = document.write_pdf(pdf_tags=True)
        return data
