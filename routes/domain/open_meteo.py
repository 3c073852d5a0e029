"""Open-Meteo: what leaves this machine is one cell and the names of the variables, nothing else.

Formats: https://open-meteo.com/en/docs and https://open-meteo.com/en/docs/air-quality-api. The data are under CC BY 4.0
(https://open-meteo.com/en/license), the words that it asks for stand in `routes.models.Forecast.Source`. It has no
official warnings.
"""

import json
import ssl
import time
from datetime import datetime
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BufferedReader, RawIOBase
from socket import socket
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from routes.domain import forecast
from routes.domain.provider import Cell, NoAnswer, Service

PATHS = {Service.FORECAST: "/v1/forecast", Service.AIR: "/v1/air-quality"}
VARIABLES = {Service.FORECAST: forecast.WEATHER, Service.AIR: forecast.AIR}
DAYS = 4
"""Today in GMT and three more: whatever starts within 48 hours ends before."""
SILENCE_SECONDS = 5
TOTAL_SECONDS = 10
LARGEST = 1_000_000
"""Bytes; an answer has some 15,000."""


def ask(service: Service, cell: Cell, _now: datetime) -> dict[str, Any]:
    """What a service says about a cell. Raises `NoAnswer`. Follows no redirect and goes through no proxy."""
    asked = {
        "latitude": cell.lat,
        "longitude": cell.lon,
        "hourly": ",".join(VARIABLES[service]),
        "timezone": "GMT",
        "forecast_days": DAYS,
    }
    if settings.WEATHER.key:
        asked["apikey"] = settings.WEATHER.key
    try:
        told = json.loads(_get(_connection(service), f"{PATHS[service]}?{urlencode(asked, safe=',')}"))
    except (OSError, HTTPException, ValueError, RecursionError) as error:
        raise NoAnswer(type(error).__name__) from None
    if not isinstance(told, dict):
        raise NoAnswer("not an object")
    return told


def _connection(service: Service) -> HTTPConnection:
    address = urlsplit(settings.WEATHER.forecast_url if service == Service.FORECAST else settings.WEATHER.air_url)
    host = address.hostname or ""
    if address.scheme == "http":
        return HTTPConnection(host, address.port, timeout=SILENCE_SECONDS)
    return HTTPSConnection(host, address.port, timeout=SILENCE_SECONDS, context=ssl.create_default_context())


def _get(connection: HTTPConnection, path: str) -> bytes:
    """The body of a 200. Raises `NoAnswer`, OSError, HTTPException."""
    connection.response_class = partial(_Answer, until=time.monotonic() + TOTAL_SECONDS)  # type: ignore[assignment]
    body = b""
    try:
        connection.request("GET", path, headers={"User-Agent": "Alongside", "Accept": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise NoAnswer(f"HTTP {answer.status}")
        while part := answer.read1(65536):
            body += part
            if len(body) > LARGEST:
                raise NoAnswer("too large")
    finally:
        connection.close()
    return body


class _Answer(HTTPResponse):
    """An answer that has to be whole, from its first header to its last byte, by `until` on the monotonic clock."""

    def __init__(self, sock: socket, *rest: Any, until: float, **more: Any) -> None:
        super().__init__(sock, *rest, **more)
        self.fp = BufferedReader(_Until(sock, self.fp.detach(), until))


class _Until(RawIOBase):
    """Reads a socket to the same end, however slowly its bytes drip."""

    def __init__(self, sock: socket, raw: RawIOBase, until: float) -> None:
        super().__init__()
        self.sock, self.raw, self.until = sock, raw, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(min(left, SILENCE_SECONDS))
        return self.raw.readinto(buffer)

    def close(self) -> None:
        self.raw.close()
        super().close()
