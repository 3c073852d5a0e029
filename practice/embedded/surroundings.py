"""What a start works with: the servers it was given or starts itself, and the environment it hands to its processes."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
import redis

from practice.config import environment
from practice.config.addresses import Database, Misconfigured
from practice.domain import provisioning
from practice.embedded import children, folder, postgres, valkey

FIRST_PORT, FIRST_MAIL_PORT, TRIES = 8000, 2525, 100
NAME = "alongside"
LAST_PORT = "port.txt"
GIVEN = ("SECRET_KEY", "ALLOWED_HOSTS", "ALONGSIDE_MODE", "ALONGSIDE_KEY", "ALONGSIDE_MAIL_FROM", "ALONGSIDE_PROXIES")
OWNERS = ("OWNER_DATABASE_URL", "ADMIN_DATABASE_URL")


@dataclass(frozen=True)
class Surroundings:
    """`values` is what a process of ours finds in its environment; owner's log-ins are given to few."""

    home: Path
    mode: str
    postgres: postgres.Postgres | None
    valkey: valkey.Valkey | None
    mail_port: int  # 0: letters go to EMAIL_URL
    port: int
    last_port: int  # of the start before this one in the same folder; 0: there was none
    values: Mapping[str, str] = field(repr=False)
    owner: Database | None = field(repr=False, default=None)
    admin: Database | None = field(repr=False, default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, *, as_owner: bool = False) -> dict[str, str]:
        """For a process: the machine's own, without the owner's log-ins unless it acts as the owner."""
        kept = {name: value for name, value in os.environ.items() if name not in OWNERS}
        found = kept | dict(self.values) | {children.MARK: str(self.home), "PYTHONUNBUFFERED": "1"}
        if sys.platform == "darwin":
            found.setdefault("DYLD_FALLBACK_LIBRARY_PATH", "/opt/homebrew/lib:/usr/local/lib:/usr/lib")
        if as_owner and self.owner:
            found |= {"ALONGSIDE_AS": "owner", "OWNER_DATABASE_URL": self.owner.url}
        return found


def begin(here: environment.Environment, given: Mapping[str, str]) -> Surroundings:
    """Start what was not given. Raises Refused or Misconfigured, with nothing started that was not there before."""
    home = folder.prepare(here.home)
    secrets = folder.passwords(home)
    servers = None if given.get("DATABASE_URL") else postgres.start(home)
    broker = None
    try:
        broker = None if given.get("REDIS_URL") else valkey.start(home)
        return _assemble(here, given, secrets, servers, broker)
    except BaseException:
        for server in (broker, servers):
            if server:
                server.stop()
        raise


def _assemble(
    here: environment.Environment,
    given: Mapping[str, str],
    secrets: folder.Passwords,
    servers: postgres.Postgres | None,
    broker: valkey.Valkey | None,
) -> Surroundings:
    app, owner, admin = here.app, here.owner, here.admin
    if servers:
        app = servers.database(NAME, user=provisioning.APP, password=secrets.app)
        owner = servers.database(NAME, user=provisioning.OWNER, password=secrets.owner)
        admin = servers.database()
    elif owner is None:
        raise Misconfigured("OWNER_DATABASE_URL is not set: beside DATABASE_URL, the start needs it to migrate.")
    home = here.home.expanduser().resolve()
    last_port = _last_port(home)
    port = last_port if last_port and not given.get("ALONGSIDE_URL") and _take(last_port) else 0
    port = port or free_port(_first_port(given))
    mail_port = 0 if given.get("EMAIL_URL") else free_port(FIRST_MAIL_PORT)
    values = {name: given[name] for name in GIVEN if given.get(name)} | {
        "ALONGSIDE_HOME": str(home),
        "SECRET_KEY": given.get("SECRET_KEY") or secrets.secret_key,
        "DATABASE_URL": app.url,
        "REDIS_URL": broker.url() if broker else given["REDIS_URL"],
        "EMAIL_URL": given.get("EMAIL_URL") or f"smtp://127.0.0.1:{mail_port}",
        "ALONGSIDE_URL": given.get("ALONGSIDE_URL") or f"http://127.0.0.1:{port}",
    }
    if not given.get("ALONGSIDE_KEY"):
        key_file = given.get("ALONGSIDE_KEY_FILE") or str(folder.key_file(home))
        values["ALONGSIDE_KEY_FILE"] = key_file
    found = Surroundings(home, here.mode, servers, broker, mail_port, port, last_port, values)
    return replace(found, owner=owner, admin=admin)


def note(found: Surroundings) -> None:
    """Leave the port for the next start, and the addresses for `manage.py shell` and such; 0600 in a folder 0700."""
    folder.write(found.home / "run" / LAST_PORT, str(found.port))
    known = {name: found.values[name] for name in environment.FOR_ALL if name in found.values}
    for name, login in (("OWNER_DATABASE_URL", found.owner), ("ADMIN_DATABASE_URL", found.admin)):
        if login:
            known[name] = login.url
    folder.write(found.home / "run" / "environment.json", json.dumps(known, indent=1))


def check_reachable(found: Surroundings) -> None:
    """A given address that nobody answers at is refused now, by name, and not by the first page."""
    login, variable = (found.admin, "ADMIN_DATABASE_URL") if found.admin else (found.owner, "OWNER_DATABASE_URL")
    if login and not found.postgres:
        try:
            provisioning.connect(login.conninfo()).close()
        except psycopg.Error as error:
            reason = str(error).strip().splitlines()[-1]
            raise Misconfigured(f"{variable}: the database server does not let us in. It says: {reason}") from None
    if not found.valkey:
        try:
            with contextlib.closing(redis.Redis.from_url(found.values["REDIS_URL"], socket_timeout=10)) as client:
                client.ping()
        except (redis.RedisError, OSError, ValueError) as error:
            raise Misconfigured(f"REDIS_URL: nobody answers there. The reason: {error}") from None


def provision(found: Surroundings) -> None:
    if found.admin and found.owner:
        app = Database.parse("DATABASE_URL", found.values["DATABASE_URL"])
        try:
            provisioning.provision(admin=found.admin.conninfo(), owner=found.owner.conninfo(), app=app.conninfo())
        except provisioning.CannotProvision as refusal:
            raise Misconfigured(str(refusal)) from None


def manage(found: Surroundings, *arguments: str, as_owner: bool = False) -> "subprocess.CompletedProcess[str]":
    """Run one of Django's commands in the surroundings of this start."""
    return subprocess.run(
        [sys.executable, str(environment.ROOT / "manage.py"), *arguments],
        cwd=environment.ROOT,
        env=found.environment(as_owner=as_owner),
        capture_output=True,
        text=True,
        check=False,
    )


def _first_port(given: Mapping[str, str]) -> int:
    address = given.get("ALONGSIDE_URL", "")
    if not address.startswith("http://"):
        return FIRST_PORT
    return int(address.rpartition(":")[2].strip("/")) if address.count(":") > 1 else FIRST_PORT


def _last_port(home: Path) -> int:
    """The port of the last start in this folder: links in letters of then go on working when it is free again."""
    with contextlib.suppress(OSError, ValueError):
        return int((home / "run" / LAST_PORT).read_text())
    return 0


_claims: list[socket.socket] = []


def free_port(first: int) -> int:
    """The first port from here on that nobody listens at, and that no other start on this machine has just chosen."""
    for port in range(first, min(first + TRIES, 65536)):
        if _take(port):
            return port
    raise folder.Refused(f"No port between {first} and {first + TRIES} is free on this machine.")


def _take(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return _claim(port)


def _claim(port: int) -> bool:
    """Two starts at once must not choose the same port: a name in the kernel, gone with the process (Linux)."""
    if sys.platform != "linux":
        return True
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        claim.bind(f"\0alongside-port-{port}")
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True
