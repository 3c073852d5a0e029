"""Processes of a start: stopped with all they started, started again when they die, found again when left behind."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from practice.embedded import children, process
from practice.embedded.children import Child

# A parent that starts one of its own and notes its pid, then both wait.
FAMILY = """
import subprocess, sys, time, pathlib
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1]).write_text(str(inner.pid))
time.sleep(600)
"""


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def family(tmp_path: Path):
    """A child of a start, with a process of its own."""
    note = tmp_path / "inner"
    child = Child(
        name="worker",
        command=[sys.executable, "-c", FAMILY, str(note)],
        environment={children.MARK: str(tmp_path), "PATH": os.environ["PATH"]},
        log=tmp_path / "worker.log",
        folder=tmp_path,
    )
    child.start()
    until(lambda: note.exists() and note.read_text())
    yield child
    child.stop(0)


def inner(child: Child) -> int:
    return int((child.folder / "inner").read_text())


def test_a_stop_ends_what_the_child_had_started_too(family):
    pid = inner(family)
    family.stop()
    until(lambda: not process.alive(pid))
    assert family.running is None


def test_a_killed_child_is_said_and_started_again_and_leaves_no_orphan(family):
    first, orphan = family.running.pid, inner(family)
    assert family.revive() == ""
    os.kill(first, signal.SIGKILL)
    until(lambda: family.ended() is not None)
    assert family.revive() == "The worker was killed by SIGKILL; it is started again."
    assert family.revive() == ""
    family.due = time.monotonic()
    family.revive()
    assert family.ended() is None and family.running.pid != first
    until(lambda: not process.alive(orphan))


def test_a_child_that_keeps_dying_is_given_longer_and_longer_pauses(tmp_path):
    script = "import sys; sys.exit('the reason')"
    child = Child("clock", [sys.executable, "-c", script], dict(os.environ), tmp_path / "clock.log", tmp_path)
    pauses = []
    for _ in range(4):
        child.start()
        until(lambda: child.ended() is not None)
        assert child.revive() == "The clock ended with code 1; it is started again. Its last line: the reason"
        pauses.append(child.pause)
    assert pauses == [1.0, 2.0, 4.0, 8.0]
    child.pause = children.LONGEST_PAUSE
    child.start()
    until(lambda: child.ended() is not None)
    child.revive()
    assert child.pause == children.LONGEST_PAUSE


@pytest.mark.skipif(sys.platform != "linux", reason="found through /proc")
def test_what_a_killed_launcher_left_behind_is_found_by_its_mark_and_ended(family, tmp_path):
    pids = {family.running.pid, inner(family)}
    assert set(children.left_behind(str(tmp_path))) == pids
    assert children.left_behind(f"{tmp_path}-of-another") == []
    assert children.end_left_behind(str(tmp_path)) == 2
    assert not any(process.alive(pid) for pid in pids)


def test_logs_are_private_and_do_not_grow_for_ever(family, tmp_path):
    assert family.log.stat().st_mode & 0o077 == 0
    family.stop()
    with family.log.open("wb") as log:
        log.truncate(children.LARGEST_LOG + 1)
    family.start()
    assert family.log.stat().st_size < 1000
    assert (tmp_path / "worker.log.1").stat().st_size > children.LARGEST_LOG
