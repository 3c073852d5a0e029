"""A weather service of our own: a real HTTP server on loopback in the format of Open-Meteo, and one that is broken."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.routes import open_meteo

Answer = Callable[[BaseHTTPRequestHandler], None]


class Service:
    """Keeps what it was asked, and answers with a mild day unless `answers` says otherwise for a path."""

    def __init__(self) -> None:
        self.asked: list[BaseHTTPRequestHandler] = []
        self.answers: dict[str, Answer] = {}
        self.closing = Event()
        self.url = ""

    def paths(self) -> list[str]:
        return [urlsplit(one.path).path for one in self.asked]

    def queries(self) -> list[dict[str, list[str]]]:
        return [parse_qs(urlsplit(one.path).query, strict_parsing=True) for one in self.asked]

    def break_down(self, answer: Answer, *paths: str) -> None:
        for path in paths or ("/v1/forecast", "/v1/air-quality"):
            self.answers[path] = answer


def mild(handler: BaseHTTPRequestHandler) -> None:
    send(mild_day(handler.path))(handler)


def mild_day(path: str) -> bytes:
    make = open_meteo.air if "/air-quality" in path else open_meteo.weather
    return json.dumps(make(first="2026-06-15T00:00", hours=96)).encode()


def send(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.asked.append(self)
            try:
                service.answers.get(urlsplit(self.path).path, mild)(self)
            except OSError:
                self.close_connection = True  # whoever asked has gone

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http{'s' * bool(tls)}://127.0.0.1:{server.server_port}"
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        service.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
