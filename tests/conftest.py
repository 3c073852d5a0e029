"""Fixtures that every test may use: the databases. The cast stands in `tests/cast.py`."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from practice.config.addresses import Database
from practice.embedded.folder import Refused
from tests import databases

# --- databases -------------------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Set the environment before settings.py reads it."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return  # this process only hands out tests; what it set, its workers would inherit in place of their own
    try:
        config.stash[SURROUNDINGS] = databases.surround()
    except Refused as refusal:
        pytest.exit(str(refusal), returncode=2)
    import django

    django.setup()
    config.pluginmanager.import_plugin("tests.cast")


SURROUNDINGS = pytest.StashKey[databases.Surroundings]()


@pytest.fixture(scope="session")
def surroundings(request: pytest.FixtureRequest) -> databases.Surroundings:
    """The servers of the tests and their log-ins."""
    return request.config.stash[SURROUNDINGS]


@pytest.fixture(scope="session")
def django_db_setup(surroundings: databases.Surroundings) -> Iterator[None]:
    """A clone of the migrated template for this process, used as the app role, in place of Django's test database."""
    try:
        databases.drop_abandoned(surroundings)
        databases.clone(surroundings, surroundings.name)
    except Refused as refusal:
        pytest.exit(str(refusal), returncode=2)
    yield
    _use(surroundings.name)
    databases.drop(surroundings, surroundings.name)


@pytest.fixture
def fresh_db(
    request: pytest.FixtureRequest, surroundings: databases.Surroundings, django_db_blocker: DjangoDbBlocker
) -> Iterator[Database]:
    """A database of its own for a test that must commit: races, workers, journeys. Gone afterwards.

    Every connection of this process, in every thread, goes there; `fresh_db.url` is the DATABASE_URL for a subprocess.
    """
    if {"db", "transactional_db"} & set(request.fixturenames):
        raise pytest.UsageError("fresh_db takes the place of db: do not mark the test with django_db.")
    from django.conf import settings

    name = f"{surroundings.name}_fresh"
    login = databases.clone(surroundings, name)
    with django_db_blocker.unblock():
        before = settings.DATABASES["default"]["NAME"]
        _use(name)
        try:
            yield login
        finally:
            _use(before)
            databases.drop(surroundings, name)


def _use(name: str) -> None:
    from django.db import connections

    connection = connections["default"]
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    connections.databases["default"]["NAME"] = name
