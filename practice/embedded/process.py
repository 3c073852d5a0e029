"""Is that process really our server, and has it really ended? A pid alone proves nothing: pids are used again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def alive(pid: int) -> bool:
    """A zombie is not alive: it waits for its parent only."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        return False
    return True


def is_server(pid: int, program: str, folder: Path) -> bool:
    """Whether pid runs `program` with `folder` as its working folder."""
    if pid <= 1 or not alive(pid):
        return False
    if sys.platform == "linux":
        try:
            runs = str(Path(f"/proc/{pid}/exe").readlink()).removesuffix(" (deleted)")
            stands = Path(f"/proc/{pid}/cwd").readlink()
        except OSError:
            return False
        return Path(runs).name == program and stands == folder
    command = _ask(["ps", "-p", str(pid), "-o", "comm="])
    where = _ask(["lsof", "-a", "-p", str(pid), "-d", "cwd", "-Fn"])
    return Path(command.strip()).name == program and f"n{folder}" in where.splitlines()


def servers_in(program: str, folder: Path) -> list[int]:
    """Every process that runs `program` with `folder` as its working folder: also orphans whose parent was killed."""
    if sys.platform != "linux":
        return []
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    return [pid for pid in pids if is_server(pid, program, folder)]


def stop(pid: int, program: str, folder: Path, *, signals: tuple[tuple[signal.Signals, float], ...]) -> None:
    """Send each signal in turn and wait its number of seconds, until the process has gone."""
    for number, seconds in signals:
        if not is_server(pid, program, folder):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            reap(pid)
            if not alive(pid):
                return
            time.sleep(0.02)


def reap(pid: int) -> None:
    """Take the exit code of a child of ours; another's child is left to its parent."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def clean_environment() -> dict[str, str]:
    """What a server may see of ours: no passwords, no PG* that would point it elsewhere."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "TZ") if name in os.environ} | {"LC_ALL": "C"}


def last_lines(log: Path, count: int = 3) -> str:
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        return ""
    return " / ".join(lines[-count:])


def _ask(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, check=False, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
