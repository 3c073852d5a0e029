"""Every URL x method x role x relation. The matrix stands in authz_matrix.toml; a URL that is not in it fails."""

import tomllib
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from practice.models import Role
from tests.house import world as w

MATRIX: dict[str, Any] = tomllib.loads((Path(__file__).parent / "authz_matrix.toml").read_text())
PAGES: dict[str, Any] = {
    name: MATRIX["page"].get(page.get("same_as"), {}) | {key: value for key, value in page.items() if key != "same_as"}
    for name, page in MATRIX["page"].items()
}
METHODS = ("GET", "POST")
# What a refusal looks like: the page is not there, or not for this method.
REFUSED = {404, 405}


def _names(patterns: list[Any], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found |= _names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.add(f"{prefix}{pattern.name}")
        else:
            found.add(f"(unnamed) {pattern.pattern}")
    return found


def test_every_address_is_in_the_matrix():
    known = set(PAGES) | set(MATRIX["account"]["names"]) | {*MATRIX["open"]["names"], *MATRIX["open"]["token"]}
    assert _names(get_resolver().url_patterns) == known


def _cases() -> list[tuple[str, str]]:
    return [(name, method) for name in PAGES for method in METHODS]


def _address(page: dict[str, Any], name: str, person: Any, world: w.World) -> str:
    return reverse(name, args=[_argument(kind, person, world) for kind in page.get("args", [])])


def _argument(kind: str, person: Any, world: w.World) -> Any:
    if kind.isdigit():
        return int(kind)
    if kind.startswith("="):
        return kind[1:]
    if person is None:
        return 0 if kind == "hazard" else uuid.uuid4()
    return w.ON_ROUTES[kind](world.route) if kind in w.ON_ROUTES and world.route else w.OBJECTS[kind](person)


def _relations(page: dict[str, Any], role: str, world: w.World) -> list[str]:
    kinds = page.get("args", [])
    if all(kind.startswith("=") for kind in kinds):
        return ["other"]
    return ["other", "none"] if kinds[0] == "route" else world.relations(role)


def _ask(browser: Browser, method: str, address: str) -> Any:
    """One request that leaves nothing behind."""
    with transaction.atomic():
        answer = browser.generic(method, address)
        transaction.set_rollback(True)
    return answer


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One world for this module; each request in it is rolled back, and at the end the world is."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield w.build()
        transaction.set_rollback(True)


@pytest.mark.parametrize(("name", "method"), _cases())
def test_who_may(name, method, world):
    page = PAGES[name]
    allowed = {relation: set(roles.split()) for relation, roles in page.get(method, {}).items()}
    readers = set(f"{MATRIX['canaries']['may_read']} {page.get('canary', '')}".split())
    wrong = []
    for role in Role.values:
        browser = Browser()
        with transaction.atomic():
            browser.force_login(world.people[role])
        for relation in _relations(page, role, world):
            answer = _ask(browser, method, _address(page, name, world.client(role, relation), world))
            may = role in allowed.get(relation, set()) and relation != "none"
            if may == (answer.status_code in REFUSED) or answer.status_code >= 500:
                wrong.append(f"{role} {relation}: {answer.status_code}, expected {'in' if may else 'refused'}")
            if role not in readers and w.CANARY.encode() in answer.content:
                wrong.append(f"{role} {relation}: protected words on the page")
            if not may and w.CANARY.encode() in answer.content:
                wrong.append(f"{role} {relation}: protected words in a refusal")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("name", "method"), _cases())
def test_nobody_is_asked_to_sign_in(name, method, world):
    for relation in ("other", "none"):
        address = _address(PAGES[name], name, world.client(w.NOBODY, relation), world)
        answer = _ask(Browser(), method, address)
        assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_login")), relation


def _by_link(name: str, token: str) -> str:
    for more in ([], [1]):
        with suppress(NoReverseMatch):
            return reverse(name, args=[token, *more])
    return reverse(name, args=[token, uuid.uuid4()])


@pytest.mark.parametrize("name", MATRIX["open"]["token"])
@pytest.mark.parametrize("method", METHODS)
def test_a_guessed_link_opens_nothing(name, method, world):
    answer = Browser().generic(method, _by_link(name, "A" * 43))
    assert answer.status_code in REFUSED | {410}
    assert w.CANARY.encode() not in answer.content


@pytest.mark.parametrize("name", MATRIX["open"]["token"])
def test_a_link_for_another_purpose_opens_nothing(name, world):
    person = world.clients[w.NOBODY, "other"]
    for kind in w.OBJECTS:
        token = w.token("something else", w.OBJECTS[kind](person))
        for method in METHODS:
            assert Browser().generic(method, _by_link(name, token)).status_code in REFUSED | {410}
