"""The cast: people whom the tests know by name. Mallory is a stranger; what a page shows, it shows to none of hers."""

import socket
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from clients.models import Client as Person
from practice.domain import hints
from practice.models import Practice, Role, Supervision, User
from tests import factories


@pytest.fixture
def practice(db: None) -> Practice:
    """Larch Street, in London."""
    return factories.practice()


@pytest.fixture
def anna(practice: Practice) -> User:
    """A therapist with clients of her own. Her papers, and Ben's, are in date."""
    person = factories.user("Anna Reiter", Role.THERAPIST, title="psychotherapist, UKCP registered")
    factories.record(person)
    return person


@pytest.fixture
def ben(practice: Practice) -> User:
    """Her colleague."""
    person = factories.user("Ben Castle", Role.THERAPIST)
    factories.record(person)
    return person


@pytest.fixture
def sam(anna: User) -> User:
    """Anna's supervisor."""
    person = factories.user("Sam Holt", Role.SUPERVISOR)
    Supervision.objects.create(supervisor=person, supervisee=anna)
    return person


@pytest.fixture
def olga(practice: Practice) -> User:
    """The front desk: diary and contact points, no notes, no findings."""
    return factories.user("Olga Brandt", Role.FRONT_DESK)


@pytest.fixture
def rosa(practice: Practice) -> User:
    """The owner."""
    return factories.user("Rosa Venn", Role.OWNER)


@pytest.fixture
def mrs_lee(anna: User) -> Person:
    """Anna's client, who has a log-in."""
    login = factories.user("Mary Lee", Role.CLIENT, email="mary.lee@example.org")
    return factories.client("Mary Lee", anna, user=login, called="Mrs Lee")


@pytest.fixture
def mr_ode(ben: User) -> Person:
    """Ben's client, none of Anna's business."""
    return factories.client("Peter Ode", ben)


def _browser(user: User | None = None) -> Client:
    browser = Client()
    if user:
        browser.force_login(user)
    return browser


@pytest.fixture
def as_anna(anna: User) -> Client:
    """A browser in which Anna is logged in; the others likewise."""
    return _browser(anna)


@pytest.fixture
def as_ben(ben: User) -> Client:
    return _browser(ben)


@pytest.fixture
def as_sam(sam: User) -> Client:
    return _browser(sam)


@pytest.fixture
def as_olga(olga: User) -> Client:
    return _browser(olga)


@pytest.fixture
def as_rosa(rosa: User) -> Client:
    return _browser(rosa)


@pytest.fixture
def as_mrs_lee(mrs_lee: Person) -> Client:
    assert mrs_lee.user is not None
    return _browser(mrs_lee.user)


@pytest.fixture
def as_mallory(practice: Practice) -> Client:
    """A stranger: nobody is logged in."""
    return _browser()


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """Outside a request, too, the day of a test is the day of the practice in which it plays."""
    with timezone.override("Europe/London"):
        yield


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """What one test left in Valkey is not there for the next."""
    if {"db", "fresh_db"} & set(request.fixturenames):
        from django.core.cache import cache

        cache.clear()


@pytest.fixture
def valkey_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens where hints are sent, not even on a connection that an earlier test opened."""
    from celery import current_app

    monkeypatch.setattr(current_app.conf, "broker_url", "redis+socket:///nowhere/valkey.sock")


@pytest.fixture
def valkey_silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where hints are sent everybody is let in, and nothing is ever answered."""
    from celery import current_app

    monkeypatch.setattr(hints, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(current_app.conf, "broker_url", f"redis://127.0.0.1:{server.getsockname()[1]}/0")
        yield
