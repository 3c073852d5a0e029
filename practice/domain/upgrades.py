"""Which migrations the data has seen and which the code knows: the difference decides whether a start is safe."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from practice.domain import provisioning

Migration = tuple[str, str]


@dataclass(frozen=True)
class State:
    """`newer`: the data knows them and the code does not. `missing`: the code knows them and the data does not."""

    applied: frozenset[Migration]
    known: frozenset[Migration]

    @property
    def newer(self) -> list[Migration]:
        return sorted(self.applied - self.known)

    @property
    def missing(self) -> list[Migration]:
        return sorted(self.known - self.applied)

    @property
    def is_empty(self) -> bool:
        return not self.applied


def known() -> set[Migration]:
    """Every migration of this code, and those that a squashed one replaced. Asks no database."""
    loader = MigrationLoader(None)
    found = loader.disk_migrations or {}
    return set(found) | {each for migration in found.values() for each in migration.replaces}


def state() -> State:
    """Both sides, through Django's own connection."""
    applied = frozenset(MigrationRecorder(connection).applied_migrations())
    loader = MigrationLoader(None)
    replaced = known() - set(loader.disk_migrations or {})
    return State(applied=applied, known=frozenset(set(loader.disk_migrations or {}) | (replaced & applied)))


def applied(login: Mapping[str, str]) -> set[Migration]:
    """What the database behind this log-in has seen, asked without Django's connection."""
    with provisioning.connect(login) as database:
        if database.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
            return set()
        return {(row[0], row[1]) for row in database.execute("SELECT app, name FROM django_migrations")}
