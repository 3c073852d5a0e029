"""The look against its own rules: tokens that can be read, pages without inline anything, borrowed files untouched."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from practice.management.commands import vendor
from practice.templatetags.alongside import drawings

ROOT = Path(__file__).resolve().parent.parent.parent
STYLES = ROOT / "practice/static/practice"
TEMPLATES = [path for path in (ROOT / "templates").rglob("*.html") if "mail" not in path.relative_to(ROOT).parts]
PYTHON = [path for app in ("practice", "clients", "routes", "sessions") for path in (ROOT / app).rglob("*.py")]

# The table of tokens (light, dark). What stands here is the decision; tokens.css must say the same.
TABLE = {
    "paper": ("#f7f5ef", "#14181a"),
    "card": ("#ffffff", "#1c2225"),
    "ink": ("#1d2a24", "#eef2ee"),
    "ink-2": ("#55635b", "#a9b6ae"),
    "line": ("#dfe3da", "#303a3c"),
    "moss": ("#2b6a4b", "#7cc39d"),
    "fern": ("#e4efe7", "#20372c"),
    "dawn": ("#8a5a00", "#f0c667"),
    "dawn-soft": ("#fbf0d5", "#3a2f14"),
    "clay": ("#a03a22", "#f0907a"),
    "clay-soft": ("#fbe7e1", "#42201a"),
    "sky": ("#2c5f93", "#8fbde8"),
    "sky-soft": ("#e5eef7", "#182a3b"),
    "dusk": ("#3b3f5f", "#9aa0d0"),
}
# Text on its ground: WCAG 2.2 AA asks 4.5 to 1; edges of controls and the focus ring ask 3 to 1.
TEXT = [
    *((text, ground) for text in ("ink", "ink-2", "moss") for ground in ("paper", "card", "fern")),
    *((text, ground) for text in ("ink", "ink-2") for ground in ("dawn-soft", "clay-soft", "sky-soft")),
    *((tone, ground) for tone in ("dawn", "clay", "sky") for ground in (f"{tone}-soft", "paper", "card")),
    ("on-moss", "moss"),
    ("on-moss", "moss-deep"),
    ("on-clay", "clay"),
    ("moss-deep", "paper"),
    ("moss-deep", "card"),
    ("dusk", "paper"),
    ("dusk", "card"),
]
EDGES = [(edge, ground) for edge in ("edge", "moss", "clay") for ground in ("paper", "card")]
SCHEMES = ("light", "dark")


@cache
def schemes() -> dict[str, dict[str, str]]:
    """The tokens as tokens.css gives them: by default, by the system's dark scheme, and by data-theme."""
    css = (STYLES / "tokens.css").read_text()
    light, system, chosen = (
        dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]{6})\b", block))
        for block in re.findall(r"^\s*:root[^{]*\{([^}]*--paper:#[^}]*)\}", css, re.M)
    )
    assert system == chosen, "the two dark schemes differ"
    return {"light": light, "dark": light | chosen}


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_right():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_tokens_are_the_table(scheme):
    said = schemes()[scheme]
    assert {token: said[token] for token in TABLE} == {t: both[scheme == "dark"] for t, both in TABLE.items()}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_pair_can_be_read(scheme):
    tokens = schemes()[scheme]
    faint = [(*pair, round(contrast(tokens[pair[0]], tokens[pair[1]]), 2)) for pair in TEXT]
    assert not [pair for pair in faint if pair[2] < 4.5]
    edges = [(*pair, round(contrast(tokens[pair[0]], tokens[pair[1]]), 2)) for pair in EDGES]
    assert not [pair for pair in edges if pair[2] < 3]


FORBIDDEN = {
    "a style attribute": r"<[^>{%]*\sstyle\s*=",
    "an on… attribute": r"<[^>]*\son[a-z]+\s*=\s*[\"']",
    "hx-on": r"\bhx-on\b",
    "a js: value": r"[\"'](js|javascript):",
    "an htmx trigger filter": r"hx-trigger=[\"'][^\"']*\[",
    "a style element": r"<style\b",
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    "something from outside": r"(?:src|href)=[\"']https?://[^\"']+\.(?:js|css|woff2?)",
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_page_needs_more_than_our_csp(path):
    text = re.sub(r"\{%\s*comment\s*%\}.*?\{%\s*endcomment\s*%\}", "", path.read_text(), flags=re.S)
    assert not [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text)]


@pytest.mark.parametrize(
    "text",
    ['<p style="color:red">', '<a onclick="x()">', '<b hx-on:click="x">', "<script>x()</script>", "<style>p{}</style>"],
)
def test_what_the_csp_refuses_would_be_found(text):
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text)]


def test_styles_and_scripts_fetch_nothing_from_outside():
    ours = [*STYLES.rglob("*.css"), *STYLES.rglob("*.js")]
    assert not [path.name for path in ours if re.search(r"(?:url\(|import|from)\s*[\"']?https?:", path.read_text())]


def test_every_icon_named_is_in_the_sprite():
    named = re.compile(
        r"\{% icon \"([^\"]+)\"|\bicon=\"([a-z0-9-]+)\"|\"icon\": \"([a-z0-9-]+)\"|\|default:\"([a-z0-9-]+)\" %}"
    )
    asked = {
        (next(filter(None, found.groups())), path.name)
        for path in [*TEMPLATES, *PYTHON]
        for found in named.finditer(path.read_text())
    }
    assert asked
    assert not [pair for pair in asked if pair[0] not in drawings()]


def test_every_piece_says_what_it_takes():
    pieces = (ROOT / "templates/components").glob("*.html")
    assert not [path.name for path in pieces if not path.read_text().lstrip().startswith("{% comment %}")]


def test_borrowed_files_are_as_they_were_fetched(capsys):
    call_command("vendor", check=True)
    assert "as they were fetched" in capsys.readouterr().out


def test_a_changed_borrowed_file_is_named(tmp_path, monkeypatch):
    changed = tmp_path / "vendor" / "htmx" / "htmx.min.js"
    changed.parent.mkdir(parents=True)
    changed.write_text("alert(1)")
    monkeypatch.setattr(vendor, "STATIC", tmp_path)
    monkeypatch.setattr(vendor, "VENDOR", tmp_path / "vendor")
    with pytest.raises(CommandError, match=r"htmx/htmx\.min\.js"):
        call_command("vendor", check=True)


def test_nothing_lies_among_the_borrowed_files_unlisted():
    wanted = tomllib.loads(vendor.LIST.read_text())
    listed = {*vendor.held(wanted), vendor.LIST, vendor.VENDOR / "lucide-static" / "LICENSE"}
    assert not [path for path in vendor.VENDOR.rglob("*") if path.is_file() and path not in listed]


def test_every_borrowed_package_brings_its_licence():
    wanted = tomllib.loads(vendor.LIST.read_text())
    assert all("LICENSE" in package["files"] and package["licence"] for package in wanted["package"])
