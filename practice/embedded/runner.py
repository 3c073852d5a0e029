"""`make run`: everything of Alongside on one machine, started in order, watched, and stopped in order."""

import contextlib
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from practice.config import environment
from practice.config.addresses import Misconfigured
from practice.embedded import bootstrap, children, folder, postgres, surroundings, valkey
from practice.embedded.children import Child
from practice.embedded.folder import Refused
from practice.embedded.surroundings import Surroundings

READY_SECONDS = 60
LOOK_SECONDS = 0.5
ASKED = {
    signal.SIGINT: "Ctrl-C (SIGINT)",
    signal.SIGTERM: "another process asked for it (SIGTERM)",
    signal.SIGHUP: "the terminal was closed (SIGHUP)",
}


class Stopped(BaseException):
    """Ctrl-C, a closed terminal or a polite kill; its text says which."""


def run(given: Mapping[str, str]) -> int:
    """Start, watch until told to stop, stop. Answers with the exit code."""
    os.umask(0o077)  # whatever a process of ours writes is its owner's alone
    for number in ASKED:
        signal.signal(number, _stop)
    try:
        here = environment.read(given, as_owner=True)
        if here.mode == "test":
            raise Misconfigured("ALONGSIDE_MODE is 'test': that is for the tests; a start takes demo or practice.")
        bootstrap.check_pango()
        home = folder.prepare(here.home)
        with folder.locked(home / "run" / "alongside.lock", wait=False) as ours:
            if not ours:
                raise Refused(_already(home))
            return Run(here, given).all_of_it()
    except (Misconfigured, Refused, bootstrap.Missing) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    except Stopped:
        return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped(ASKED[signal.Signals(number)])


def _already(home: Path) -> str:
    known = folder.read_json(home / "run" / "running.json")
    where = f" at {known['url']} (process {known['pid']})" if "url" in known else ""
    return f"Alongside is already running in this folder{where}. Stop it with Ctrl-C in its own window."


class Run:
    """One start, from the first line said to the last process stopped."""

    def __init__(self, here: environment.Environment, given: Mapping[str, str]) -> None:
        self.here, self.given = here, given
        self.began = time.monotonic()
        self.found: Surroundings | None = None
        self.children: list[Child] = []
        self.asked = ""

    def say(self, text: str) -> None:
        print(f"{time.monotonic() - self.began:5.1f} s  {text}", flush=True)

    def all_of_it(self) -> int:
        try:
            self.start()
            self.watch()
        except Stopped as stopped:
            self.asked = str(stopped)
            return 0
        finally:
            for number in ASKED:
                signal.signal(number, signal.SIG_IGN)  # stopping is not stopped: it takes seconds, and saves the data
            self.stop()
        return 0

    def start(self) -> None:
        left = children.end_left_behind(str(self.here.home.expanduser().resolve()))
        if left:
            self.say(f"Ended {left} processes that an earlier start had left behind")
        found = self.found = surroundings.begin(self.here, self.given)
        surroundings.check_reachable(found)
        self.say("PostgreSQL and Valkey are running")
        surroundings.provision(found)
        surroundings.note(found)
        self.command("upgrade", as_owner=True)
        self.say("The database is of this version")
        logins = ""
        if found.mode == "demo":
            logins = self.fill(found)
        else:
            self.command("collectstatic", "--noinput", "--verbosity=0")
        self.children = _children(found)
        web, *others = self.children
        web.start()
        self.wait_for_web(found)
        for child in others:
            child.start()
        folder.write(found.home / "run" / "running.json", f'{{"url": "{found.url}", "pid": "{os.getpid()}"}}')
        self.greet(found, logins)

    def fill(self, found: Surroundings) -> str:
        """The demo practice, once; answers with who can sign in, remembered because asking costs a second."""
        remembered = found.home / "run" / "logins.txt"
        if self.command("demo", "--if-empty") or not remembered.exists():
            folder.write(remembered, surroundings.manage(found, "demo", "--logins").stdout)
        return remembered.read_text()

    def command(self, *arguments: str, as_owner: bool = False) -> str:
        """A command of Django's that must succeed; what it says is said on, with the seconds."""
        assert self.found is not None  # noqa: S101  (said to mypy: start() sets it first)
        ran = surroundings.manage(self.found, *arguments, as_owner=as_owner)
        for line in ran.stdout.splitlines():
            self.say(line)
        if ran.returncode:
            last = [line for line in ran.stderr.splitlines() if line.strip()]
            (self.found.home / "log" / "start.log").write_text(ran.stderr)
            said = last[-1].removeprefix("CommandError: ") if last else f"manage.py {arguments[0]} failed"
            raise Refused(said)
        return ran.stdout

    def wait_for_web(self, found: Surroundings) -> None:
        question = urllib.request.Request(f"{found.url}/livez", headers={"Host": self.here.allowed_hosts[0]})  # noqa: S310
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self.children[0].ended() is not None:
                break
            with contextlib.suppress(OSError), urllib.request.urlopen(question, timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise Refused(f"The web server did not start; its log is {self.children[0].log}")

    def greet(self, found: Surroundings, logins: str) -> None:
        wanted = found.last_port or surroundings.FIRST_PORT
        if found.port != wanted and not self.given.get("ALONGSIDE_URL"):
            self.say(f"Port {wanted} is taken on this machine: using {found.port}")
        self.say(f"Alongside is ready: {found.url}")
        if logins:
            print(f"\n{logins.rstrip()}")
        if found.mail_port:
            print(f"\nLetters are kept in {found.home / 'mail'} and read at {found.url}/demo/mail: none is sent.")
        print("Ctrl-C stops everything. The data stays in", found.home, flush=True)

    def watch(self) -> None:
        """Until told to stop: what dies is started again, and said."""
        while True:
            for child in self.children:
                if said := child.revive():
                    self.say(said)
            if self.found and self.found.postgres and not postgres.attach(self.found.home):
                postgres.start(self.found.home)
                self.say("PostgreSQL had died and was started again; nothing committed is lost.")
            if self.found and self.found.valkey and not valkey.attach(self.found.home):
                valkey.start(self.found.home)
                self.say("Valkey had died and was started again.")
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Web first, so that no new work comes; the servers last, so that all work is kept."""
        if self.children:
            print(flush=True)
            self.say(f"Stopping: {self.asked}" if self.asked else "Stopping")
        for child in self.children:
            child.stop()
        if self.found:
            (self.found.home / "run" / "running.json").unlink(missing_ok=True)
            for server in (
                valkey.attach(self.found.home) if self.found.valkey else None,
                postgres.attach(self.found.home) if self.found.postgres else None,
            ):
                if server:
                    server.stop()
            self.say("Stopped")


def _children(found: Surroundings) -> list[Child]:
    """In the order of stopping: web, beat, worker, letter box."""
    python, environment_of_all = sys.executable, found.environment()
    celery = [python, "-m", "celery", "--app", "practice.config.celery"]
    schedule = str(found.home / "run" / "beat-schedule")
    web = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(found.port)]
    web += ["--workers", str(os.cpu_count() or 1), "--blocking-threads", "4", "--respawn-failed-workers"]
    web += ["--no-access-log", "--log-level", "warning", "practice.config.wsgi:application"]
    worker = ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    commands = {
        "web server": web,
        "clock": [*celery, "beat", "--schedule", schedule, "--pidfile=", "--loglevel", "WARNING"],
        "worker": [*celery, *worker, "--hostname", f"alongside-{found.port}@%h"],
    }
    if found.mail_port:
        sink = [python, "-m", "practice.embedded.sink", str(found.home / "mail"), str(found.mail_port)]
        commands["letter box"] = sink
    return [
        Child(name, command, environment_of_all, found.home / "log" / f"{name.replace(' ', '-')}.log", environment.ROOT)
        for name, command in commands.items()
    ]
