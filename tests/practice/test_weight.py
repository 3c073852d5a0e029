"""A client's first page on a slow line: what it weighs, and that nothing holds it up."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client as Browser
from django.urls import reverse

from clients.domain import intake
from practice.models import CoverPerson

LIMIT = 150_000
"""Bytes, with everything that the first look fetches."""
SQUEEZED = (".css", ".js", ".svg")
"""Kept beside their squeezed twin, which is what a practice serves."""


def at(address: str) -> Path:
    found = finders.find(address.removeprefix("/static/"))
    assert found, address
    return Path(found)


def names_in(path: Path) -> list[str]:
    """What a style sheet or a script fetches in its turn; of a font, the cut for Latin letters alone."""
    text = path.read_text() if path.suffix in (".css", ".js") else ""
    named = re.findall(r'@import url\("([^"]+)"\)|^import "([^"]+)"|import\("([^"]+answers[^"]+)"\)', text, re.M)
    fonts = re.findall(r'font-family:"?([^;"]+)"?;src:url\("([^"]+)"\)', text)
    used = [url for family, url in fonts if family in ("Inter", "Fraunces 600") and "latin-ext" not in url]
    return ["".join(one) for one in named] + used


def fetched(page: str) -> dict[str, Path]:
    """Every file of ours that the page needs, by name, with what each one needs."""
    waiting = [at(url) for url in re.findall(r'(?:src|href)="(/static/[^"#]+)', page)]
    files: dict[str, Path] = {}
    while waiting:
        path = waiting.pop().resolve()
        if str(path) in files:
            continue
        files[str(path)] = path
        for name in names_in(path):
            near = (path.parent / name).resolve()
            waiting.append(near if near.exists() else at("/static/" + re.sub(r"^(\.\./)+", "", name)))
    return files


def weight(path: Path) -> int:
    data = path.read_bytes()
    return len(gzip.compress(data)) if path.suffix in SQUEEZED else len(data)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 2])
def test_the_first_page_by_link_is_light_and_nothing_holds_it_up(mrs_lee, anna, ben, number):
    CoverPerson.objects.create(user=ben, position=1)
    token = intake.link_for(intake.send(mrs_lee, by=anna, reader=anna), by=anna)
    page = Browser().get(reverse("intake_part", args=[token, number]) if number else reverse("intake", args=[token]))
    text = page.content.decode()
    files = fetched(text)
    names = {path.name for path in files.values()}
    assert {"client.css", "phone.css", "clients.css", "inter-latin.woff2", "app.js", "answers.js"} <= names
    assert not {"bootstrap.min.css", "htmx.min.js", "icons.svg"} & names
    total = len(page.content) + sum(weight(path) for path in files.values())
    assert total <= LIMIT, sorted(((weight(path), path.name) for path in files.values()), reverse=True)
    for script in re.findall(r"<script[^>]*>", text):
        assert 'type="module"' in script or " defer" in script
