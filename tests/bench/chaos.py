"""Reminders while everything that sends them is killed: how many arrive twice, and how many are lost unseen.

    python -m tests.bench.chaos [LETTERS [KILLS]]       10,000 letters and 200 kills unless said otherwise

Real workers, beat and Valkey send real reminders to a mail server of our own; one after the other is killed (SIGKILL)
and started again, PostgreSQL too in the long form. In the end every letter has to be in the mail server's hands once,
or be listed as doubtful: not twice, and not lost. Ends with code 1 otherwise.
"""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

from practice.embedded import postgres, valkey

ROOT = Path(__file__).resolve().parent.parent.parent
WORKERS = 2
A_SECOND = 25
"""So many letters fall due in a second of the long form."""
SILENCE = 20
"""Seconds without a letter after which somebody is killed all the same."""
SLOW = 0.5
PATIENCE = 3600


@dataclass
class Sink:
    """Counts the letters that were put into its hands, by their Message-ID."""

    seen: Counter[str] = field(default_factory=Counter)
    slow_at: int = 0
    """The answer to this letter is slow: whoever is killed now has sent it and does not know."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        content = envelope.content or b""
        lines = (content if isinstance(content, bytes) else content.encode()).splitlines()
        self.seen[next(line.split(b" ", 1)[1].decode() for line in lines if line.startswith(b"Message-ID: "))] += 1
        if self.seen.total() == self.slow_at:
            await asyncio.sleep(SLOW)
        return "250 taken"


class MailServer(Controller):
    """Speaks SMTP on loopback."""

    def factory(self) -> SMTP:
        return SMTP(self.handler, enable_SMTPUTF8=True)


@dataclass(frozen=True)
class Outcome:
    """What became of the letters."""

    letters: int
    kills: Counter[str]
    once: int
    doubtful: int
    twice: int
    lost: int

    @property
    def is_sound(self) -> bool:
        return self.twice == self.lost == 0

    def __str__(self) -> str:
        killed = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return (
            f"{self.letters} letters, {sum(self.kills.values())} kills ({killed}): {self.once} arrived once, "
            f"{self.doubtful} listed as doubtful, {self.twice} arrived twice, {self.lost} lost."
        )


class Chaos:
    """Workers, beat and a Valkey of their own on one database, and who kills them."""

    def __init__(self, place: Path, database: str, *, restart_postgres: Callable[[], int] | None = None) -> None:
        self.place, self.restart_postgres = place, restart_postgres
        self.kills: Counter[str] = Counter()
        self.dice = random.Random(20270304)  # the same order of kills each time
        self.sink = Sink()
        self.mail = MailServer(self.sink, hostname="127.0.0.1", port=_free_port())
        self.valkey = valkey.start(place / "home")
        self.environment = os.environ | {
            "DATABASE_URL": database,
            "REDIS_URL": self.valkey.url(),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "PYTHONPATH": str(ROOT),
        }
        celery = [sys.executable, "-m", "celery", "-A", "practice.config.celery"]
        worker = ["worker", "-P", "solo", "--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
        self.commands = {f"worker {n}": [*celery, *worker, "-n", f"chaos{n}@%h"] for n in range(WORKERS)}
        self.commands["beat"] = [*celery, "beat", "-s", str(place / "schedule"), "--pidfile=", "--loglevel", "ERROR"]
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Chaos":
        self.mail.start()
        for name in self.commands:
            self.start(name)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()
        self.valkey.stop()
        self.mail.stop()

    def start(self, name: str) -> None:
        with (self.place / "log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.commands[name], env=self.environment, cwd=ROOT, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """One of them, at random, and start it again. Then a hint, as each booking sends one."""
        name = self.dice.choice([*self.commands, "Valkey", *(["PostgreSQL"] if self.restart_postgres else [])])
        self.kills[name.partition(" ")[0]] += 1
        if name == "Valkey":
            _end(self.valkey)
            self.valkey = valkey.start(self.place / "home")
        elif name == "PostgreSQL" and self.restart_postgres:
            self.restart_postgres()
        else:
            self.running[name].kill()
            self.running[name].wait()
            self.start(name)
        self.hint()

    def wait_for(self, letters: int) -> None:
        """Until so many more have come, or none has for a while."""
        wanted, last, since = self.sink.seen.total() + letters, -1, time.monotonic()
        self.sink.slow_at = wanted
        while (come := self.sink.seen.total()) < wanted and time.monotonic() - since < SILENCE:
            since, last = (since, last) if come == last else (time.monotonic(), come)
            time.sleep(0.01)

    def hint(self) -> None:
        """Ask a worker to look now."""
        from celery import current_app

        from practice.domain import hints

        current_app.conf.broker_url = self.valkey.address().broker_url
        hints.send("practice.tasks.dispatch_post")


def run(chaos: Chaos, *, kills: int, hurry: bool) -> Outcome:
    """Kill while letters are on their way, until nothing waits. `hurry`: leases of killed senders end at once."""
    from practice.domain import post
    from practice.models import Letter

    waiting, until = [Letter.State.DUE, Letter.State.RETRY], time.monotonic() + PATIENCE
    step = max(1, Letter.objects.count() * 4 // 5 // kills)
    while _ask(Letter.objects.filter(state__in=waiting).exists) and time.monotonic() < until:
        chaos.wait_for(step)
        if sum(chaos.kills.values()) < kills:
            chaos.kill()
        else:
            chaos.hint()
            _ask(lambda: Letter.objects.filter(state=Letter.State.RETRY).update(due_at=_now()))
    if hurry:
        Letter.objects.filter(state=Letter.State.LEASED).update(lease_until=_now() - timedelta(seconds=1))
    while _ask(Letter.objects.filter(state=Letter.State.LEASED).exists) and time.monotonic() < until:
        _ask(post.dispatch)
        time.sleep(0.2)
    return _count(chaos)


def _count(chaos: Chaos) -> Outcome:
    from practice.models import Letter

    seen = chaos.sink.seen
    letters = list(Letter.objects.all())
    away = [one for one in letters if one.message_id not in seen]
    return Outcome(
        letters=len(letters),
        kills=chaos.kills,
        once=sum(1 for count in seen.values() if count == 1),
        doubtful=sum(1 for one in letters if one.state == Letter.State.UNCERTAIN),
        twice=sum(1 for count in seen.values() if count > 1),
        lost=sum(1 for one in away if one.state != Letter.State.UNCERTAIN),
    )


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def _ask(question: Callable[[], Any]) -> Any:
    """An answer of the database, once it has come back to life."""
    from django.db import DatabaseError, connections

    for _attempt in range(100):
        try:
            return question()
        except DatabaseError:
            connections.close_all()
            time.sleep(0.1)
    return question()


def fill(letters: int, *, over: timedelta) -> None:
    """So many booked sessions of as many clients, and their reminders, due one after the other over some time."""
    from practice.models import Letter
    from sessions.domain import reminder_plan
    from sessions.models import Session
    from tests import factories

    factories.practice(quiet_from="00:00", quiet_until="00:00", late_a_minute=600)
    anna, begins = factories.user("Anna Reiter", factories.Role.THERAPIST), _now()
    for number in range(letters):
        person = factories.client(f"Client {number}", anna)
        factories.session(anna, person, starts_at=begins + timedelta(days=30, hours=number))
    reminder_plan.plan(Session.objects.all())
    for number, pk in enumerate(Letter.objects.values_list("pk", flat=True)):
        Letter.objects.filter(pk=pk).update(due_at=_now() + over * (number / letters))


def _end(server: valkey.Valkey | postgres.Postgres) -> None:
    """SIGKILL, and wait until it is gone."""
    os.kill(server.pid, signal.SIGKILL)
    while server.alive():
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def main(letters: int = 10_000, kills: int = 200) -> int:
    """The long form, on a database and a Valkey of its own."""
    from tests import databases

    here = databases.surround()
    databases.clone(here, here.name)

    def restart_postgres() -> int:
        running = postgres.attach(databases.HOME)
        if running:
            _end(running)
        return postgres.start(databases.HOME).pid

    import django

    django.setup()
    from django.db import connections

    try:
        fill(letters, over=timedelta(seconds=letters / A_SECOND))
        connections.close_all()
        with here.admin() as server:
            server.execute("CHECKPOINT")
        restart_postgres()  # that of the tests forgets what it has just promised; a practice's does not
        url = here.app(here.name).url
        with (
            tempfile.TemporaryDirectory() as place,
            Chaos(Path(place), url, restart_postgres=restart_postgres) as chaos,
        ):
            outcome = run(chaos, kills=kills, hurry=False)
    finally:
        connections.close_all()
        databases.drop(here, here.name)
        if running := postgres.attach(databases.HOME):
            running.stop()
    print(outcome)
    return 0 if outcome.is_sound else 1


if __name__ == "__main__":
    sys.exit(main(*(int(one) for one in sys.argv[1:3])))
