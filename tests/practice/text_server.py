"""A service for text messages of our own: a real HTTP server on loopback in the format of Twilio."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs

SID = "AC" + "0" * 32
Answer = Callable[[BaseHTTPRequestHandler], None]


class Service:
    """Keeps what it was handed; `answer` says what it does about it."""

    def __init__(self) -> None:
        self.handed: list[dict[str, str]] = []
        self.logins: list[str | None] = []
        self.answer: Answer = taken
        self.closing = Event()
        self.url = ""


def say(code: int, **body: Any) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        sent = json.dumps(body).encode()
        handler.send_response(code)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(sent)))
        handler.end_headers()
        handler.wfile.write(sent)

    return answer


taken = say(201, sid="SM" + "1" * 32, status="queued")


def refuse(status: int) -> Answer:
    return say(status, message="Not so.", status=status)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


@contextmanager
def running() -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            service.handed.append({name: values[0] for name, values in parse_qs(body).items()} | {"path": self.path})
            service.logins.append(self.headers["Authorization"])
            try:
                service.answer(self)
            except OSError:
                self.close_connection = True  # whoever asked has gone

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        service.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
