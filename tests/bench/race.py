"""`make bench-race`: 100,000 attempts from 20 processes at once in one crowded diary: to ask for, hold, book, say yes,
move, cancel and let go.

Prints what became of them and how many pairs overlap, by a join of the table with itself; exit 1 if there is one, or if
an attempt ended in anything but a session or a refusal. `python -m tests.bench.race ATTEMPTS PROCESSES` for less.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

ATTEMPTS, PROCESSES = 100_000, 20
THERAPISTS, ROOMS, CLIENTS, DAYS = 4, 3, 12, 3
FIRST = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=30)
WEIGHTS = {"request": 20, "hold": 10, "book": 25, "confirm": 10, "move": 20, "cancel": 14, "let_go": 1}


def furnish() -> None:
    """Four therapists who all care for the same twelve people, and three rooms."""
    from clients.models import CareTeamMember
    from tests import factories

    factories.practice()
    therapists = [factories.user(f"Therapist {n}", "therapist") for n in range(THERAPISTS)]
    people = [factories.client(f"Person {n:02}", therapists[0]) for n in range(CLIENTS)]
    others = [(person, one) for person in people for one in therapists[1:]]
    CareTeamMember.objects.bulk_create(CareTeamMember(client=c, user=u, is_lead=False) for c, u in others)
    for n in range(ROOMS):
        factories.room(f"Room {n}")


class Racer:
    """One who tries at random; a seed of its own makes what it tries repeatable."""

    def __init__(self, seed: int) -> None:
        from clients.models import Client
        from practice.models import Place, Room, User

        self.chance = random.Random(seed)
        self.people = list(Client.objects.order_by("name"))
        self.therapists = list(User.objects.filter(memberships__role="therapist").order_by("name"))
        self.rooms: list[Room | None] = [*Room.objects.order_by("name"), None]
        self.place = Place.objects.get()
        self.came_to: Counter[str] = Counter()

    def run(self, attempts: int) -> Counter[str]:
        """So many attempts; what became of them, by verb and outcome."""
        from sessions.domain import booking

        refusals = (booking.Clash, booking.NotPossible)
        for _turn in range(attempts):
            [verb] = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
            try:
                done = self._act(verb)
                outcome = "done" if done else "nothing there"
            except refusals as refusal:
                outcome = type(refusal).__name__
            except Exception as error:  # whatever else it is, it is wrong, and counted
                outcome = f"WRONG {type(error).__name__}: {str(error)[:80]}"
            self.came_to[f"{verb}: {outcome}"] += 1
        return self.came_to

    def _act(self, verb: str) -> object:
        from sessions.domain import booking, holds

        if verb == "let_go":
            return holds.let_go(now=datetime.now(UTC) + timedelta(days=self.chance.choice([0, 3]))) or True
        begun: dict[str, Callable[..., Any]] = {"request": booking.request, "hold": booking.hold, "book": booking.book}
        if verb in begun:
            return begun[verb](
                therapist=self.chance.choice(self.therapists),
                clients=[self.chance.choice(self.people)],
                room=self.chance.choice(self.rooms),
                minutes=self.chance.choice([25, 50, 80]),
                travel=self.chance.choice([0, 10]),
                mode="indoor",
                starts_at=self._time(),
                place=self.place,
                by=self.therapists[0],
            )
        session = self._one()
        if session is None:
            return None
        if verb == "move":
            return booking.move(session, to=self._time(), by=self.therapists[0], room=self.chance.choice(self.rooms))
        return (booking.confirm if verb == "confirm" else booking.cancel)(session, by=self.therapists[0])

    def _time(self) -> datetime:
        day, quarter = self.chance.randrange(DAYS), self.chance.randrange(24)
        return FIRST + timedelta(days=day, minutes=15 * quarter)

    def _one(self) -> Any:
        from sessions.models import Session

        keys = list(Session.objects.holding().order_by("pk").values_list("pk", flat=True))
        return Session.objects.get(pk=self.chance.choice(keys)) if keys else None


def race(attempts: int, processes: int) -> int:
    """The whole of it, on a database of its own; how many things are wrong."""
    from tests import databases

    here = databases.surround()
    databases.clone(here, here.name)
    import django
    from django.db import connections

    try:
        django.setup()
        furnish()
        began, each = time.monotonic(), -(-attempts // processes)
        command = [sys.executable, "-m", "tests.bench.race", "racer", str(each)]
        racers = [
            subprocess.Popen([*command, str(seed)], cwd=databases.ROOT, stdout=subprocess.PIPE, text=True)
            for seed in range(processes)
        ]
        total: Counter[str] = Counter()
        for racer in racers:
            for line in racer.communicate()[0].splitlines():
                outcome, number = line.rsplit("\t", 1)
                total[outcome] += int(number)
        return told(total, time.monotonic() - began, attempts=each * processes, processes=processes)
    finally:
        for connection in connections.all():
            connection.close_pool()
        databases.drop(here, here.name)


def told(total: Counter[str], seconds: float, *, attempts: int, processes: int) -> int:
    """Print what happened; how many things are wrong."""
    from sessions.models import Session
    from tests import overlaps

    for outcome, number in sorted(total.items()):
        print(f"{number:8}  {outcome}")
    found, lost = overlaps.count(), attempts - sum(total.values())
    wrong = sum(number for outcome, number in total.items() if "WRONG" in outcome)
    print(f"{attempts} attempts from {processes} processes in {seconds:.0f} s, {attempts / seconds:.0f} a second")
    print(
        f"{Session.objects.holding().count()} sessions hold their slot; {found} overlaps, {wrong} errors, {lost} lost"
    )
    return found + wrong + lost


def racer(attempts: int, seed: int) -> None:
    """One process, on the database that it is told of."""
    import django

    django.setup()
    for outcome, number in Racer(seed).run(attempts).items():
        print(f"{outcome}\t{number}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["racer"]:
        racer(int(sys.argv[2]), int(sys.argv[3]))
    else:
        asked = [int(one) for one in sys.argv[1:3]]
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.config.settings")
        sys.exit(bool(race(*(asked + [ATTEMPTS, PROCESSES][len(asked) :]))))
