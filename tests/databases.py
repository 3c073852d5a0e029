"""The databases of the tests: real PostgreSQL and Valkey of their own in var/test, logged in as the app role.

The servers are started once and stay running between runs (`make stop-test` stops them). A template database, named by
a hash of all migrations, is migrated once as the owner; every test process works on a clone of it, made in 40 ms.

    python -m tests.databases                       stop the servers
    python -m tests.databases manage COMMAND …      one of Django's commands on a clone
"""

import atexit
import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psycopg

from practice.config.addresses import Database
from practice.domain import provisioning
from practice.embedded import folder, postgres, valkey

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "test"
SECRET_KEY = "of the tests only: " + "not a secret " * 4
KEPT_TEMPLATES = 2


@dataclass(frozen=True)
class Surroundings:
    """What one test process works with."""

    servers: postgres.Postgres
    valkey: valkey.Valkey
    passwords: folder.Passwords
    name: str

    def app(self, name: str) -> Database:
        return self.servers.database(name, user=provisioning.APP, password=self.passwords.app)

    def owner(self, name: str) -> Database:
        return self.servers.database(name, user=provisioning.OWNER, password=self.passwords.owner)

    @contextlib.contextmanager
    def admin(self, name: str = "postgres") -> Iterator[psycopg.Connection]:
        with psycopg.connect(**self.servers.database(name).conninfo(), autocommit=True) as connection:
            yield connection


def surround() -> Surroundings:
    """Start or find the servers and set the environment that settings.py reads. Before Django is set up."""
    home = folder.prepare(HOME)
    servers, broker = postgres.start(home, durable=False), valkey.start(home)
    found = Surroundings(servers, broker, folder.passwords(home), f"test_{os.getpid()}")
    ours = ("ALONGSIDE_", "EMAIL_URL", "ALLOWED_HOSTS", "ADMIN_DATABASE_URL", "OWNER_DATABASE_URL")
    for variable in [name for name in os.environ if name.startswith(ours)]:
        del os.environ[variable]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "practice.config.settings",
        "ALONGSIDE_MODE": "test",
        "ALONGSIDE_HOME": str(home),
        "ALONGSIDE_KEY_FILE": str(folder.key_file(home)),
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": found.app(found.name).url,
        "REDIS_URL": broker.url(_valkey_number(home)),
    }
    return found


def _valkey_number(home: Path) -> int:
    """A pair of Valkey databases of our own (broker, cache); a lock gives it back when this process dies."""
    for number in range(0, valkey.DATABASES, 2):
        handle = os.open(home / "run" / f"valkey-{number}.taken", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            continue
        atexit.register(os.close, handle)
        return number
    raise folder.Refused("Every database of the test Valkey is taken: too many test runs at once.")


def clone(here: Surroundings, name: str) -> Database:
    """A fresh database with all migrations; answers with the app role's log-in."""
    with folder.locked(HOME / "run" / "template.lock"):
        template = _template(here)
        with here.admin() as server:
            provisioning.drop_database(server, name)
            provisioning.make_database(server, name, template=template)
    return here.app(name)


def drop(here: Surroundings, name: str) -> None:
    with here.admin() as server:
        provisioning.drop_database(server, name)


def drop_abandoned(here: Surroundings) -> None:
    """Databases of test processes that were killed: their names hold the pid."""
    with here.admin() as server:
        names = [row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")]
        for name in names:
            if not Path(f"/proc/{name.split('_')[1]}").exists() and sys.platform == "linux":
                provisioning.drop_database(server, name)


def _hash_of_migrations() -> str:
    """All that decides what `migrate` makes: our migrations, and the versions of the apps that bring their own."""
    seen = hashlib.sha256()
    domain = ROOT / "practice" / "domain"
    files = [*ROOT.glob("*/migrations/*.py"), domain / "provisioning.py", domain / "grants.py"]
    for file in sorted(files):
        seen.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    seen.update(json.dumps([version(name) for name in ("Django", "django-allauth", "django-pghistory")]).encode())
    return seen.hexdigest()[:16]


def _template(here: Surroundings) -> str:
    """The migrated database that others are cloned from; made when a migration changed. Called under the lock."""
    name = f"template_{_hash_of_migrations()}"
    with here.admin() as server:
        known = [row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template\\__%'")]
        if name in known:
            return name
        known = sorted(each for each in known if each.startswith("template_") and len(each) == len(name))
        for old in known[:-KEPT_TEMPLATES]:
            _close_template(server, old, closed=False)
            provisioning.drop_database(server, old)
        half = f"half_{name}"
        provisioning.drop_database(server, half)
        _migrate(here, half)
        server.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
        _close_template(server, name, closed=True)
    return name


def _close_template(server: psycopg.Connection, name: str, *, closed: bool) -> None:
    """Nobody may connect to a template: not even autovacuum, which would make a clone wait."""
    server.execute(f'ALTER DATABASE "{name}" WITH IS_TEMPLATE {closed} ALLOW_CONNECTIONS {not closed}')


def _migrate(here: Surroundings, name: str) -> None:
    logins = {"admin": here.servers.database(), "owner": here.owner(name), "app": here.app(name)}
    provisioning.provision(**{role: login.conninfo() for role, login in logins.items()})
    ran = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity=0"],
        env=os.environ
        | {"ALONGSIDE_AS": "owner", "DATABASE_URL": here.app(name).url, "OWNER_DATABASE_URL": here.owner(name).url},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise folder.Refused(f"The migrations failed:\n{ran.stdout}{ran.stderr}")


def stop() -> None:
    """Stop the servers of the tests."""
    for server in (valkey.attach(HOME), postgres.attach(HOME)) if HOME.exists() else ():
        if server:
            server.stop()


def manage(*arguments: str) -> int:
    """One of Django's commands on a clone, as the app role."""
    try:
        here = surround()
        clone(here, here.name)
    except folder.Refused as refusal:
        sys.exit(str(refusal))
    try:
        return subprocess.run([sys.executable, str(ROOT / "manage.py"), *arguments], check=False).returncode
    finally:
        drop(here, here.name)


if __name__ == "__main__":
    if sys.argv[1:2] == ["manage"]:
        sys.exit(manage(*sys.argv[2:]))
    stop()
