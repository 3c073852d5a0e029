"""`make bench`: how many answers a second, and how soon, from the real server on a real database.

A bare view behind every middleware (`hello`) and the sign-in page; then the pages of a large practice (`diary`), each
with its share of hello's answers, its goal, and how many statements one answer takes: with a tenth of the sessions,
then with all of them, and what ten times the data cost. Then one paper: a signed consent, printed and sealed
(`sealing`). `make bench ONLY=week` asks only what has that in its title.
"""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import quantiles

from practice.embedded.surroundings import free_port
from tests import databases
from tests.bench import diary, sealing

PAGES = {"hello": "/livez", "sign-in page": "/account/login/"}
SECONDS, CALLERS, WARM_UP = 5.0, 8, 20
LOSES = 15


@dataclass(frozen=True)
class Measured:
    answers: int
    wrong: int
    seconds: float
    times: list[float]

    @property
    def a_second(self) -> float:
        return self.answers / self.seconds

    def __str__(self) -> str:
        cuts = quantiles(self.times, n=100)
        milliseconds = " ".join(
            f"{name} {cuts[at] * 1000:.1f} ms" for name, at in (("p50", 49), ("p95", 94), ("p99", 98))
        )
        return f"{self.a_second:7.0f} answers/s   {milliseconds}" + (f"   {self.wrong} WRONG" * bool(self.wrong))


Request = Callable[[], tuple[str, str, str]]
CSRF = "c" * 32
HEADERS = {"X-CSRFToken": CSRF, "Content-Type": "application/x-www-form-urlencoded"}


def get(path: str) -> Request:
    return lambda: ("GET", path, "")


def ask(connection: http.client.HTTPConnection, request: Request, cookie: str = "", status: int = 200) -> bool:
    method, path, body = request()
    headers = HEADERS | {"Cookie": f"session={cookie}; csrf={CSRF}"} if cookie else {}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status == status


def measure(port: int, request: Request, cookie: str = "", status: int = 200) -> Measured:
    times: list[list[float]] = [[] for _ in range(CALLERS)]
    wrong = [0] * CALLERS
    until = time.perf_counter() + SECONDS

    def call(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < until:
            began = time.perf_counter()
            wrong[number] += not ask(connection, request, cookie, status)
            times[number].append(time.perf_counter() - began)
        connection.close()

    began = time.perf_counter()
    callers = [threading.Thread(target=call, args=(number,)) for number in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    whole = sorted(each for some in times for each in some)
    return Measured(len(whole), sum(wrong), time.perf_counter() - began, whole)


def main() -> None:
    here = databases.surround()
    name, port = f"{here.name}_bench", free_port(28000)
    values = {"DATABASE_URL": databases.clone(here, name).url, "ALONGSIDE_URL": f"http://127.0.0.1:{port}"}
    os.environ |= values
    workers = str(os.cpu_count() or 1)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", workers]
    command += [
        "--blocking-threads",
        "4",
        "--no-access-log",
        "--log-level",
        "error",
        "practice.config.wsgi:application",
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        with here.admin(name) as admin:
            questions = [one for one in _practice() if only in one.title]
            # As the demo it keeps its connections to the database in a pool, as a practice does.
            served = os.environ | {"ALONGSIDE_MODE": "demo"}
            with subprocess.Popen(command, cwd=databases.ROOT, env=served, **quiet) as server:
                try:
                    _wait(port)
                    print(f"granian, {workers} processes, {CALLERS} callers on the same machine, {SECONDS:.0f} s each")
                    print(f"{diary.sessions(admin, diary.A_TENTH)} sessions")
                    few = _ask_all(port, questions)
                    print(f"{diary.sessions(admin, set(diary.WEEKS) - set(diary.A_TENTH))} sessions")
                    many = _ask_all(port, questions)
                finally:
                    server.terminate()
        print(f"ten times the sessions (goal: every one loses less than {LOSES} %)")
        for title, share in many.items():
            print(f"{title:14}{100 * (share / few[title] - 1):+.0f} %")
        if not only:
            sealing.measure()
    finally:
        _let_go()
        databases.drop(here, name)


def _practice() -> list[diary.Asked]:
    import django

    django.setup()
    diary.people()
    return diary.questions()


def _ask_all(port: int, questions: list[diary.Asked]) -> dict[str, float]:
    """Ask and print; each one's share of hello's answers, in per cent."""
    shares = {}
    for title, path in PAGES.items():
        print(f"{title:14}{measure(port, get(path))}", flush=True)
    for one in questions:
        cookie, statements = _signed_in(one)
        _warm(port, one, cookie)
        hello, found = [measure(port, get(PAGES["hello"]))], measure(port, one.request, cookie, one.status)
        hello.append(measure(port, get(PAGES["hello"])))  # before and after, for the machine may have become busier
        share = shares[one.title] = 100 * found.a_second / (sum(each.a_second for each in hello) / 2)
        less = "   LESS THAN ITS GOAL" * (share < one.goal)
        held = f"{share:4.1f} % of hello (goal {one.goal} %), {statements} statements"
        print(f"{one.title:14}{found}   {held}{less}", flush=True)
    return shares


def _warm(port: int, one: diary.Asked, cookie: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _time in range(WARM_UP):
        ask(connection, one.request, cookie, one.status)
    connection.close()


def _signed_in(one: diary.Asked) -> tuple[str, int]:
    """A log-in for whoever asks, and how many statements the third of three answers took."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from practice.models import User

    browser = Client()
    browser.force_login(User.objects.get(email=one.browser))
    for _time in range(3):
        method, path, body = one.request()
        with CaptureQueriesContext(connection) as queries:
            answer = browser.generic(method, path, body, content_type=HEADERS["Content-Type"])
        assert answer.status_code == one.status, (path, answer.status_code, answer.content[:2000])
    return browser.cookies["session"].value, len(queries)


def _let_go() -> None:
    from django.db import connections

    for connection in connections.all():
        connection.close_pool()


def _wait(port: int) -> None:
    deadline, warm = time.monotonic() + 60, 0
    while warm < WARM_UP:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            warm += all(ask(connection, get(path)) for path in PAGES.values())
            connection.close()
        except OSError:
            time.sleep(0.1)
        if time.monotonic() > deadline:
            sys.exit("The web server did not answer.")


if __name__ == "__main__":
    main()
