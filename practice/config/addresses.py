"""The addresses Alongside is given: database, Valkey, mail server and weather, parsed and checked.

Pure standard library. A refusal names the variable and what is wrong; it shows scheme, host and path, never a password.
"""

import ipaddress
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit


class Misconfigured(Exception):
    """A value in the environment cannot be used. Its text is one sentence for the person who set it."""


def _split(variable: str, url: str, schemes: tuple[str, ...], example: str) -> SplitResult:
    names = [f"{scheme}://" for scheme in schemes]
    wanted = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Misconfigured(f"{variable} cannot be read as an address. For example: {example}") from None
    if parts.scheme not in schemes or "://" not in url:
        raise Misconfigured(f"{variable} is {_shown(url)!r}: it must start with {wanted}. For example: {example}")
    if port == 0:
        raise Misconfigured(f"{variable} has the port 0. For example: {example}")
    return parts


def _shown(url: str) -> str:
    """The address without what could be a secret: only the scheme, when there is one."""
    scheme, separator, _ = url.partition("://")
    return f"{scheme}{separator}…" if separator else "…"


@dataclass(frozen=True)
class Database:
    """One log-in to one PostgreSQL database. `host` is a name, or the folder of a unix socket."""

    name: str
    user: str
    password: str = field(repr=False)
    host: str
    port: str
    options: tuple[tuple[str, str], ...] = ()

    KNOWN = ("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "target_session_attrs")
    EXAMPLE = "postgresql://al_app:password@db.example:5432/alongside"

    @classmethod
    def parse(cls, variable: str, url: str) -> "Database":
        parts = _split(variable, url, ("postgresql", "postgres"), cls.EXAMPLE)
        query = dict(parse_qsl(parts.query))
        # urlsplit lower-cases .hostname, which would break a socket folder: take the host as it was written.
        written = parts.netloc.rpartition("@")[2]
        bracketed = written.startswith("[")  # an IPv6 address
        written = written[1:].partition("]")[0] if bracketed else written.partition(":")[0]
        host = query.pop("host", "") or unquote(written)
        port = query.pop("port", "") or str(parts.port or "")
        name = unquote(parts.path.lstrip("/"))
        if not name or "/" in name:
            raise Misconfigured(f"{variable} does not name a database. For example: {cls.EXAMPLE}")
        if not parts.username:
            raise Misconfigured(f"{variable} does not say who logs in. For example: {cls.EXAMPLE}")
        if not host:
            raise Misconfigured(f"{variable} has no host (nor ?host=/folder/of/a/socket). For example: {cls.EXAMPLE}")
        for option in query:
            if option not in cls.KNOWN:
                raise Misconfigured(
                    f"{variable} has the option {option!r}, which is not one of {', '.join(cls.KNOWN)}."
                )
        if not query.get("connect_timeout", "1").isascii() or not query.get("connect_timeout", "1").isdigit():
            raise Misconfigured(f"{variable} has a connect_timeout that is not a number of seconds.")
        password = unquote(parts.password or "")
        return cls(name, unquote(parts.username), password, host, port, tuple(sorted(query.items())))

    @property
    def url(self) -> str:
        """The same log-in as an address; a socket folder goes into ?host=."""
        socket = self.host.startswith("/")
        query = dict(self.options) | ({"host": self.host} if socket else {})
        if socket and self.port:
            query["port"] = self.port
        password = f":{quote(self.password, safe='')}" if self.password else ""
        host = "" if socket else (f"[{self.host}]" if ":" in self.host else self.host)
        place = "" if socket or not self.port else f":{self.port}"
        tail = f"?{urlencode(query)}" if query else ""
        return f"postgresql://{quote(self.user, safe='')}{password}@{host}{place}/{quote(self.name, safe='')}{tail}"

    def django(self) -> dict[str, object]:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "OPTIONS": dict(self.options),
        }

    def conninfo(self) -> dict[str, str]:
        """Keyword arguments for psycopg.connect."""
        known = {"host": self.host, "port": self.port, "user": self.user, "password": self.password}
        return {name: value for name, value in known.items() if value} | {"dbname": self.name} | dict(self.options)


@dataclass(frozen=True)
class Valkey:
    """Where Valkey (or Redis) answers: a database for Celery's broker, and the next one for the cache."""

    scheme: str
    login: str = field(repr=False)  # percent-encoded "user:password", or empty
    place: str  # host:port, or the path of the socket
    number: int
    query: str = ""

    EXAMPLE = "redis://:password@127.0.0.1:6379/0"

    @classmethod
    def parse(cls, variable: str, url: str) -> "Valkey":
        parts = _split(variable, url, ("redis", "rediss", "unix"), cls.EXAMPLE)
        login, _, host = parts.netloc.rpartition("@")
        query = dict(parse_qsl(parts.query))
        if parts.scheme == "unix":
            number = query.pop("db", "") or "0"
            if host or not parts.path.strip("/"):
                raise Misconfigured(
                    f"{variable} must name the socket's full path. For example: unix://:password@/run/valkey/valkey.sock"
                )
            place = unquote(parts.path)
        else:
            number = query.pop("db", "") or parts.path.strip("/") or "0"
            place = host
            if not parts.hostname:
                raise Misconfigured(f"{variable} has no host. For example: {cls.EXAMPLE}")
        if not number.isascii() or not number.isdigit():
            raise Misconfigured(f"{variable} has a database that is not a number. For example: {cls.EXAMPLE}")
        return cls(parts.scheme, login, place, int(number), urlencode(query))

    def url(self, number: int) -> str:
        """The form that redis-py reads, for one database."""
        at = f"{self.login}@" if self.login else ""
        if self.scheme == "unix":
            return f"unix://{at}{quote(self.place)}?db={number}" + (f"&{self.query}" if self.query else "")
        return f"{self.scheme}://{at}{self.place}/{number}" + (f"?{self.query}" if self.query else "")

    @property
    def broker_url(self) -> str:
        """The form that kombu reads: it spells a unix socket in its own way."""
        if self.scheme != "unix":
            return self.url(self.number)
        at = f"{self.login}@" if self.login else ""
        return f"redis+socket://{at}{quote(self.place)}?virtual_host={self.number}"

    @property
    def cache_url(self) -> str:
        return self.url(self.number + 1)


@dataclass(frozen=True)
class Email:
    """The mail server. `tls` is "" (none), "starttls" or "ssl"."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: str

    PORTS: ClassVar[dict[str, int]] = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
    TLS: ClassVar[dict[str, str]] = {"smtp": "", "smtps": "ssl", "smtp+tls": "starttls"}
    EXAMPLE = "smtp+tls://user:password@mail.example:587"

    @classmethod
    def parse(cls, variable: str, url: str) -> "Email":
        parts = _split(variable, url, ("smtp", "smtps", "smtp+tls"), cls.EXAMPLE)
        if not parts.hostname:
            raise Misconfigured(f"{variable} has no host. For example: {cls.EXAMPLE}")
        if parts.path.strip("/") or parts.query:
            raise Misconfigured(
                f"{variable} ends in a path or a query, which means nothing here. For example: {cls.EXAMPLE}"
            )
        return cls(
            host=parts.hostname,
            port=parts.port or cls.PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=cls.TLS[parts.scheme],
        )


@dataclass(frozen=True)
class Weather:
    """Where forecasts come from: `source` is open-meteo, sample or off, the addresses are those of the two services."""

    source: str
    forecast_url: str
    air_url: str
    key: str = field(repr=False)

    SOURCES: ClassVar[tuple[str, ...]] = ("open-meteo", "sample", "off")
    EXAMPLE = "https://weather.example"

    @classmethod
    def address(cls, variable: str, url: str) -> str:
        """Scheme, host and port. Plain http is for a server of the practice's own: nobody on the way may change what
        decides about a walk, or read the key."""
        parts = _split(variable, url, ("https", "http"), cls.EXAMPLE)
        if not parts.hostname:
            raise Misconfigured(f"{variable} has no host. For example: {cls.EXAMPLE}")
        if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
            raise Misconfigured(
                f"{variable} has a log-in, a path or a query, which means nothing here. For example: {cls.EXAMPLE}"
            )
        if parts.scheme == "http" and not _near(parts.hostname):
            raise Misconfigured(f"{variable} must start with https://, unless its host stands in your own network.")
        return f"{parts.scheme}://{parts.netloc}"


def _near(host: str) -> bool:
    """A private address, or a name without a dot as containers have them."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host
