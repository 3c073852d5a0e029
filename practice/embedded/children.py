"""The processes of a running Alongside: a log each, watched, started again when one dies, stopped in order."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from practice.embedded import process

MARK = "ALONGSIDE_RUN"  # stands in the environment of every child, so that a killed launcher's are found again
LARGEST_LOG = 5_000_000
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0


@dataclass
class Child:
    """One process and whatever it starts: they share a process group of their own."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(repr=False)
    log: Path
    folder: Path
    running: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = 0.5
    due: float = 0.0

    def start(self) -> None:
        _rotate(self.log)
        with open(self.log, "ab", opener=lambda name, flags: os.open(name, flags, 0o600)) as output:
            self.running = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches the launcher only, which stops them in order
            )
        self.started, self.due = time.monotonic(), 0.0

    def ended(self) -> int | None:
        """The exit code, when it is no longer running."""
        return self.running.poll() if self.running else 0

    def stop(self, seconds: float = 10.0) -> None:
        """Ask, wait, insist: also for what the process left behind in its group."""
        if self.running is None:
            return
        if self.running.poll() is None:
            self.running.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.running.wait(seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()
        self.running = None

    def revive(self) -> str:
        """When it has died: say so, and start it again after a pause that grows while it keeps dying."""
        code = self.ended()
        if code is None:
            return ""
        if self.due:
            if time.monotonic() >= self.due:
                self.stop(0)
                self.start()
            return ""
        self.pause = 1.0 if time.monotonic() - self.started > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
        self.due = time.monotonic() + self.pause
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        said = process.last_lines(self.log, 1) if code > 0 else ""
        return f"The {self.name} {how}; it is started again." + (f" Its last line: {said}" if said else "")


def left_behind(mark: str) -> list[int]:
    """Processes of an earlier start whose launcher was killed: they carry its mark, and none of them is us."""
    if sys.platform != "linux":
        return []
    wanted, found = f"{MARK}={mark}".encode(), []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return [pid for pid in found if process.alive(pid)]


def end_left_behind(mark: str) -> int:
    """End them, so that ports and queues are free again. Answers with how many there were."""
    found = left_behind(mark)
    for number, seconds in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        deadline = time.monotonic() + seconds
        for pid in left_behind(mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        while left_behind(mark) and time.monotonic() < deadline:
            time.sleep(0.1)
    return len(found)


def _rotate(log: Path) -> None:
    with contextlib.suppress(OSError):
        if log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_name(f"{log.name}.1"))
