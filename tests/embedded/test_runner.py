"""`make run` for real: started, killed in every part, started again, stopped; and what it refuses to start with."""

import concurrent.futures
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from practice.embedded import children, postgres, valkey
from practice.embedded.surroundings import free_port
from tests.databases import ROOT

PATIENCE = 240


def environment(home: Path, **more: str) -> dict[str, str]:
    """A terminal's: nothing of the tests' own surroundings."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "ALONGSIDE_HOME": str(home), **more}


def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"not after {PATIENCE} s: {what}"
        time.sleep(0.1)


class Start:
    """One `make run`, without the installing, in a terminal that is a file."""

    def __init__(self, home: Path) -> None:
        self.home, self.said = home, home.parent / "said.txt"
        with self.said.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "practice.embedded"],
                cwd=ROOT,
                env=environment(home),
                stdout=output,
                stderr=output,
            )
        until(lambda: "Ctrl-C stops everything" in self.text or self.process.poll() is not None, "ready")
        assert self.process.poll() is None, self.text

    @property
    def text(self) -> str:
        return self.said.read_text()

    @property
    def url(self) -> str:
        return json.loads((self.home / "run" / "running.json").read_text())["url"]

    def health(self) -> dict[str, object]:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as answer:
            return json.load(answer)
        except OSError:
            return {}

    def well(self) -> bool:
        return self.health().get("status") == "ok"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("a folder") / "var"
    yield home
    children.end_left_behind(str(home))
    for server in (valkey.attach(home), postgres.attach(home)):
        if server:
            server.stop()


def pid_of(home: Path, word: str) -> int:
    """The first process of this start whose command holds the word."""
    for pid in sorted(children.left_behind(str(home))):
        if word in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
            return pid
    raise AssertionError(f"no {word}")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_starts_survives_a_kill_of_anything_and_stops_in_order(place):
    start = Start(place)
    try:
        database = postgres.attach(place)
        broker = valkey.attach(place)
        assert database and broker

        second = subprocess.run(
            [sys.executable, "-m", "practice.embedded"],
            cwd=ROOT,
            env=environment(place),
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 2
        assert f"already running in this folder at {start.url}" in second.stderr

        for pid in (database.pid, broker.pid, *(pid_of(place, word) for word in ("granian", "worker", "beat"))):
            os.kill(pid, signal.SIGKILL)
        for said in ("PostgreSQL had died", "Valkey had died", "The web server was", "The worker was", "The clock was"):
            until(lambda said=said: said in start.text, said)
        until(start.well, "healthy after five kills")

        start.process.kill()
        start.process.wait()
        at_first = start.url
        assert children.left_behind(str(place)), "a killed launcher leaves its processes: the next start ends them"
        start = Start(place)
        assert "that an earlier start had left behind" in start.text
        taken_meanwhile = f"Port {at_first.rpartition(':')[2]} is taken" in start.text  # by a stranger on this machine
        assert start.url == at_first or taken_meanwhile, "links in kept letters no longer work"
        until(start.well, "healthy after the launcher was killed")
        most = 8 * (os.cpu_count() or 1) + 8  # a pool of 8 in each web process, and what worker and clock hold
        assert max(burst(start.url, place) for _ in range(5)) <= most, "connections grow with bursts"
    finally:
        start.process.send_signal(signal.SIGINT)
        assert start.process.wait(60) == 0
    assert "Stopping: Ctrl-C (SIGINT)" in start.text
    assert start.text.rstrip().endswith("Stopped")
    assert children.left_behind(str(place)) == []
    assert postgres.attach(place) is None and valkey.attach(place) is None
    assert "Traceback" not in start.text


def burst(url: str, home: Path) -> int:
    """Forty pages at once, eight at a time; answers with how many connections the app role holds afterwards."""

    def page(_number: int) -> int:
        with urllib.request.urlopen(f"{url}/account/login/", timeout=30) as answer:
            return answer.status

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        assert set(threads.map(page, range(40))) == {200}
    server = postgres.attach(home)
    assert server
    with psycopg.connect(**server.database("postgres").conninfo()) as admin:
        [count] = admin.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'al_app'").fetchone() or [0]
    return int(count)


def refused(home: Path, **given: str) -> str:
    """What is said in the one line before it ends with code 2."""
    ran = subprocess.run(
        [sys.executable, "-m", "practice.embedded"],
        cwd=ROOT,
        env=environment(home, **given),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ran.returncode == 2, ran.stdout + ran.stderr
    (line,) = ran.stderr.splitlines()
    return line


DATABASES = {
    "DATABASE_URL": "postgresql://al_app:pw@127.0.0.1:1/alongside",
    "OWNER_DATABASE_URL": "postgresql://al_owner:pw@127.0.0.1:1/alongside",
}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"REDIS_URL": "http://localhost"}, "REDIS_URL is 'http://…': it must start with redis://"),
        ({"ALONGSIDE_MODE": "live"}, "ALONGSIDE_MODE is 'live'"),
        ({"ALONGSIDE_MODE": "test"}, "that is for the tests"),
        ({"ALONGSIDE_MODE": "practice"}, "SECRET_KEY is not set, and a real practice needs it"),
        ({"DATABASE_URL": DATABASES["DATABASE_URL"]}, "OWNER_DATABASE_URL is not set"),
        (DATABASES, "OWNER_DATABASE_URL: the database server does not let us in"),
        ({"ALONGSIDE_KEY_FILE": "/nowhere/alongside.key"}, "ALONGSIDE_KEY_FILE is '/nowhere/alongside.key', which"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line_and_nothing_keeps_running(tmp_path, given, says):
    home = tmp_path / "var"
    assert says in refused(home, **given)
    assert children.left_behind(str(home)) == []
    assert valkey.attach(home) is None and postgres.attach(home) is None


def test_valkey_that_does_not_answer_is_refused_by_name(tmp_path):
    said = refused(tmp_path / "var", REDIS_URL="redis://127.0.0.1:1/0")
    assert said.startswith("REDIS_URL: nobody answers there.")
    assert postgres.attach(tmp_path / "var") is None


def test_a_taken_port_is_passed_over_and_a_chosen_one_not_chosen_twice():
    first = free_port(27000)
    assert free_port(first) > first
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert free_port(taken.getsockname()[1]) != taken.getsockname()[1]
