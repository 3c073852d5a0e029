"""`make bench`: how many answers a second, and how soon, from the real server on a real database.

Two addresses in a first version: /livez (a bare view behind every middleware) and the sign-in page (a whole page).
Then one paper: a signed consent, printed and sealed (`sealing`).
"""

import http.client
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from statistics import quantiles

from practice.embedded.surroundings import free_port
from tests import databases
from tests.bench import sealing

PAGES = {"hello": "/livez", "sign-in page": "/account/login/"}
SECONDS, CALLERS, WARM_UP = 5.0, 8, 20


@dataclass(frozen=True)
class Measured:
    answers: int
    wrong: int
    seconds: float
    times: list[float]

    def __str__(self) -> str:
        cuts = quantiles(self.times, n=100)
        milliseconds = " ".join(
            f"{name} {cuts[at] * 1000:.1f} ms" for name, at in (("p50", 49), ("p95", 94), ("p99", 98))
        )
        return f"{self.answers / self.seconds:7.0f} answers/s   {milliseconds}" + (
            f"   {self.wrong} WRONG" * bool(self.wrong)
        )


def ask(connection: http.client.HTTPConnection, path: str) -> bool:
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status == 200


def measure(port: int, path: str) -> Measured:
    times: list[list[float]] = [[] for _ in range(CALLERS)]
    wrong = [0] * CALLERS
    until = time.perf_counter() + SECONDS

    def call(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < until:
            began = time.perf_counter()
            wrong[number] += not ask(connection, path)
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
    try:
        with subprocess.Popen(command, cwd=databases.ROOT, env=os.environ | values, **quiet) as server:
            try:
                _wait(port)
                print(f"granian, {workers} processes, {CALLERS} callers on the same machine, {SECONDS:.0f} s each")
                for title, path in PAGES.items():
                    print(f"{title:14}{measure(port, path)}", flush=True)
            finally:
                server.terminate()
    finally:
        databases.drop(here, name)
    _papers(here)


def _papers(here: databases.Surroundings) -> None:
    """In this process, on a database of its own."""
    import django
    from django.db import connections

    databases.clone(here, here.name)
    try:
        django.setup()
        sealing.measure()
    finally:
        for connection in connections.all():
            connection.close_pool()
        databases.drop(here, here.name)


def _wait(port: int) -> None:
    deadline, warm = time.monotonic() + 60, 0
    while warm < WARM_UP:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            warm += all(ask(connection, path) for path in PAGES.values())
            connection.close()
        except OSError:
            time.sleep(0.1)
        if time.monotonic() > deadline:
            sys.exit("The web server did not answer.")


if __name__ == "__main__":
    main()
