"""The signing page on a slow line: everything that a browser fetches for it, uncompressed."""

import re
from pathlib import Path
from posixpath import join, normpath

import pytest
from django.contrib.staticfiles import finders
from django.test import Client as Browser

from clients.domain import consent
from tests.clients.signing import address, disclosed, token_of

pytestmark = pytest.mark.django_db
LIMIT = 250_000
UNUSED = {"fraunces-latin-ext", "inter-latin-ext", "fraunces-variable/"}
"""Cuts that a browser leaves: those for letters that English has none of (unicode-range), and the variable serif, in
whose place a client's page has one cut. A journey asks a real browser."""
LEAVES = {"answers.js", "starters.js"}
"""Behaviours that app.js fetches only for pages that ask for them."""
POINTS = re.compile(r'@import url\("([^"]+)"|url\("([^"]+\.woff2?)"\)|(?:import|from)[ (]*"([^"]+\.js)"')


def fetched(name: str, seen: dict[str, int]) -> None:
    """A static file and whatever it points at."""
    found = finders.find(name)
    if name in seen or name.rsplit("/", 1)[-1] in LEAVES or any(cut in name for cut in UNUSED):
        return
    assert found, name
    content = Path(found).read_bytes()
    seen[name] = len(content)
    if name.endswith((".css", ".js")):
        for pointed in POINTS.findall(content.decode()):
            fetched(normpath(join(name, "..", "".join(pointed))), seen)


def test_the_page_with_all_that_it_fetches_is_light(mrs_lee, anna, text):
    asked = disclosed(consent.ask(mrs_lee, text, by=anna))
    page = Browser().get(address(token_of(asked), asked)).content
    seen: dict[str, int] = {}
    for name in re.findall(r'(?:href|src)="/static/([^"#?]+)"', page.decode()):
        fetched(name, seen)
    names = " ".join(seen)
    for expected in ("client.css", "tokens.css", "signature_pad", "holding.js", "fraunces-latin-600", "inter-latin"):
        assert expected in names, names
    assert len(page) + sum(seen.values()) < LIMIT, (len(page), seen)
