"""What the surroundings say: every environment variable is read and checked here, and nowhere else.

Pure standard library, because the launcher reads it before Django (or anything else) can be imported.
A wrong value is refused with one sentence that names the variable and never repeats a password.
"""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from practice.config import texting
from practice.config.addresses import Database, Email, Misconfigured, Tiles, Valkey, Weather
from practice.config.receiving import Receiving

__all__ = ["Database", "Email", "Environment", "Misconfigured", "Tiles", "Valkey", "Weather", "read"]

ROOT = Path(__file__).resolve().parents[2]
MODES = ("demo", "practice", "test")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
KEY_BYTES = 32
SECRET_KEY_LENGTH = 50

# What the launcher leaves in <home>/run/environment.json, so that `manage.py shell` works beside `make run`.
FOR_ALL = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "ALONGSIDE_URL")
FOR_OWNER = ("OWNER_DATABASE_URL", "ADMIN_DATABASE_URL")


@dataclass(frozen=True)
class Environment:
    """The checked surroundings. `owner` and `admin` are None in every process that only serves the practice."""

    mode: str
    home: Path
    secret_key: str = field(repr=False)
    allowed_hosts: list[str]
    app: Database = field(repr=False)
    owner: Database | None = field(repr=False)
    admin: Database | None = field(repr=False)
    valkey: Valkey = field(repr=False)
    email: Email = field(repr=False)
    weather: Weather
    sms: texting.Texts
    base_url: str
    key_file: Path | None
    key: bytes = field(repr=False)
    health_token: str = field(repr=False)
    mail_from: str
    receiving: Receiving
    tiles: Tiles
    proxies: int  # how many proxies of ours stand in front of the web server
    as_owner: bool
    debug: bool = False

    @property
    def broker_url(self) -> str:
        return self.valkey.broker_url

    @property
    def cache_url(self) -> str:
        return self.valkey.cache_url

    @property
    def _pool(self) -> dict[str, object]:
        """A thread that the web server reaps would leak a persistent connection; a pool does not (decision 11)."""
        return {} if self.mode == "test" else {"pool": {"min_size": 1, "max_size": 8, "timeout": 10}}

    def database(self, *, as_owner: bool | None = None) -> dict[str, object]:
        """Django's DATABASES entry: the app role, or the owner for migrations, dumps and restores."""
        if not (self.as_owner if as_owner is None else as_owner):
            return self.app.django() | {"OPTIONS": dict(self.app.options) | self._pool}
        if self.owner is None:
            raise Misconfigured("OWNER_DATABASE_URL is not set: migrating and backing up need the owner's log-in.")
        return self.owner.django()


def read(environ: Mapping[str, str] = os.environ, *, as_owner: bool | None = None) -> Environment:
    """Read and check the environment. Raises Misconfigured with one sentence."""
    mode = _mode(environ)
    home = _home(environ, mode)
    owner_wanted = _as_owner(environ) if as_owner is None else as_owner
    values = dict(environ) if mode == "practice" else _left_by_launcher(home, owner=owner_wanted) | _set(environ)
    if mode == "practice":
        _refuse_missing(values)
    key_file, key = _key(values, home, mode)
    owner, admin = values.get("OWNER_DATABASE_URL", ""), values.get("ADMIN_DATABASE_URL", "")
    return Environment(
        mode=mode,
        home=home,
        secret_key=_secret_key(values, mode),
        allowed_hosts=_allowed_hosts(values, mode),
        app=Database.parse("DATABASE_URL", values.get("DATABASE_URL") or _nowhere(home)),
        owner=Database.parse("OWNER_DATABASE_URL", owner) if owner else None,
        admin=Database.parse("ADMIN_DATABASE_URL", admin) if admin else None,
        valkey=Valkey.parse("REDIS_URL", values.get("REDIS_URL") or f"unix://{home}/run/valkey.sock"),
        email=Email.parse("EMAIL_URL", values.get("EMAIL_URL") or "smtp://127.0.0.1:2525"),
        weather=_weather(values, mode),
        sms=texting.read(values, mode),
        base_url=_base_url(values, mode),
        key_file=key_file,
        key=key,
        health_token=values.get("ALONGSIDE_HEALTH_TOKEN", ""),
        mail_from=_mail_from(values),
        receiving=Receiving.read(values),
        tiles=Tiles.parse(values.get("ALONGSIDE_TILES", ""), by=values.get("ALONGSIDE_TILES_BY", "")),
        proxies=_proxies(values),
        as_owner=owner_wanted,
    )


def decode_key(variable: str, text: str) -> bytes:
    """The key-encryption key: base64 of exactly 32 bytes."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise Misconfigured(
            f"{variable} does not hold a key of Alongside: base64 of {KEY_BYTES} bytes is expected. "
            "Nothing was changed; put the right key back."
        )
    return key


def _set(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if value != ""}


def _mode(environ: Mapping[str, str]) -> str:
    mode = environ.get("ALONGSIDE_MODE") or "demo"
    if mode not in MODES:
        raise Misconfigured(f"ALONGSIDE_MODE is {mode!r}: it must be demo, practice or test.")
    return mode


def _home(environ: Mapping[str, str], mode: str) -> Path:
    given = environ.get("ALONGSIDE_HOME", "")
    if given:
        home = Path(given).expanduser()
        if not home.is_absolute():
            raise Misconfigured(f"ALONGSIDE_HOME is {given!r}: it must be the full path of a folder.")
        return home
    if mode == "practice":
        return Path(environ.get("HOME") or "/").joinpath(".local/share/alongside")
    return ROOT / "var" / "test" if mode == "test" else ROOT / "var"


def _as_owner(environ: Mapping[str, str]) -> bool:
    value = environ.get("ALONGSIDE_AS", "")
    if value not in ("", "app", "owner"):
        raise Misconfigured(f"ALONGSIDE_AS is {value!r}: it must be app or owner.")
    return value == "owner"


def _proxies(values: Mapping[str, str]) -> int:
    value = values.get("ALONGSIDE_PROXIES") or "0"
    if value not in ("0", "1", "2", "3"):
        raise Misconfigured(f"ALONGSIDE_PROXIES is {value!r}: how many of your proxies stand in front, 0 to 3.")
    return int(value)


def _weather(values: Mapping[str, str], mode: str) -> Weather:
    """A demo shows a sample; a practice asks nobody until its owner says whom. The key is for Open-Meteo's customers,
    who have hosts of their own."""
    source = values.get("ALONGSIDE_WEATHER") or ("off" if mode == "practice" else "sample")
    if source not in Weather.SOURCES:
        raise Misconfigured(f"ALONGSIDE_WEATHER is {source!r}: it must be open-meteo, sample or off.")
    if source == "sample" and mode == "practice":
        raise Misconfigured("ALONGSIDE_WEATHER is 'sample', which invents the weather: a real practice cannot have it.")
    key = values.get("ALONGSIDE_WEATHER_KEY", "")
    forecast, air = (f"https://{'customer-' * bool(key)}{name}.open-meteo.com" for name in ("api", "air-quality-api"))
    return Weather(
        source=source,
        forecast_url=Weather.address("ALONGSIDE_WEATHER_URL", values.get("ALONGSIDE_WEATHER_URL") or forecast),
        air_url=Weather.address("ALONGSIDE_AIR_URL", values.get("ALONGSIDE_AIR_URL") or air),
        key=key,
    )


def _mail_from(values: Mapping[str, str]) -> str:
    given = values.get("ALONGSIDE_MAIL_FROM", "")
    if not given:
        return f"no-reply@{urlsplit(values.get('ALONGSIDE_URL', '')).hostname or 'localhost'}"
    if "@" not in given or any(character in given for character in "\r\n"):
        raise Misconfigured(f"ALONGSIDE_MAIL_FROM is {given!r}: a mail address is expected.")
    return given


def _left_by_launcher(home: Path, *, owner: bool) -> dict[str, str]:
    try:
        left = json.loads((home / "run" / "environment.json").read_text())
    except (OSError, ValueError):
        return {}
    names = FOR_ALL + FOR_OWNER if owner else FOR_ALL
    return {name: str(left[name]) for name in names if left.get(name)}


def _refuse_missing(values: Mapping[str, str]) -> None:
    why = {
        "SECRET_KEY": "a random text of at least 50 characters that signs log-ins",
        "ALLOWED_HOSTS": "the names this practice is reached at, separated by commas",
        "DATABASE_URL": "postgresql://al_app:…@host/alongside",
        "REDIS_URL": "redis://, rediss:// or unix://",
        "EMAIL_URL": "smtp+tls://user:password@host:587",
        "ALONGSIDE_URL": "the address in letters, such as https://practice.example",
    }
    for variable, meaning in why.items():
        if not values.get(variable):
            raise Misconfigured(f"{variable} is not set, and a real practice needs it: {meaning}.")
    if not values.get("ALONGSIDE_KEY_FILE") and not values.get("ALONGSIDE_KEY"):
        raise Misconfigured(
            "ALONGSIDE_KEY_FILE is not set, and a real practice needs it: the file that holds the key of its records."
        )


def _secret_key(values: Mapping[str, str], mode: str) -> str:
    given = values.get("SECRET_KEY", "")
    if not given:
        return secrets.token_urlsafe(SECRET_KEY_LENGTH)
    if mode == "practice" and (len(given) < SECRET_KEY_LENGTH or len(set(given)) < 5):
        raise Misconfigured(
            f"SECRET_KEY is too easy to guess: it needs at least {SECRET_KEY_LENGTH} random characters."
        )
    return given


def _allowed_hosts(values: Mapping[str, str], mode: str) -> list[str]:
    hosts = [host.strip() for host in values.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
    if mode != "practice":
        for host in hosts:
            if host not in LOOPBACK:
                raise Misconfigured(
                    f"ALLOWED_HOSTS names {host!r}: a demo answers on this machine only. "
                    "For a real practice set ALONGSIDE_MODE=practice."
                )
        return hosts or [*LOOPBACK, *(["testserver"] if mode == "test" else [])]
    if "*" in hosts:
        raise Misconfigured("ALLOWED_HOSTS is '*': name the hosts of the practice one by one.")
    for host in hosts:
        if "/" in host or " " in host:
            raise Misconfigured(f"ALLOWED_HOSTS names {host!r}: a host name without http:// or a path is expected.")
    return hosts


def _base_url(values: Mapping[str, str], mode: str) -> str:
    url = values.get("ALONGSIDE_URL") or "http://127.0.0.1:8000"
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Misconfigured("ALONGSIDE_URL cannot be read as an address such as https://practice.example.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise Misconfigured(f"ALONGSIDE_URL is {url!r}: an address such as https://practice.example is expected.")
    if mode == "practice" and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise Misconfigured(f"ALONGSIDE_URL is {url!r}: a real practice is reached over https:// only.")
    return url.rstrip("/")


def _key(values: Mapping[str, str], home: Path, mode: str) -> tuple[Path | None, bytes]:
    given, direct = values.get("ALONGSIDE_KEY_FILE", ""), values.get("ALONGSIDE_KEY", "")
    if given and direct:
        raise Misconfigured("ALONGSIDE_KEY_FILE and ALONGSIDE_KEY are both set: one of them holds the key, not both.")
    if direct:
        return None, decode_key("ALONGSIDE_KEY", direct)
    file = Path(given).expanduser() if given else home / "key" / "alongside.key"
    if not given and not file.exists():
        return file, b""  # a demo that was never started; the vault says so when it is asked
    try:
        mode_bits = file.stat().st_mode & 0o777
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise Misconfigured(f"ALONGSIDE_KEY_FILE is {str(file)!r}, which cannot be read: {reason}.") from None
    if mode_bits & 0o077:
        raise Misconfigured(
            f"ALONGSIDE_KEY_FILE is {str(file)!r}, which others on this machine can open "
            f"(mode {mode_bits:04o}): run chmod 600 on it."
        )
    if mode == "practice" and home.resolve() in file.resolve().parents:
        raise Misconfigured(
            f"ALONGSIDE_KEY_FILE is {str(file)!r}, inside the folder of the records ({home}): "
            "keep the key in a different folder, so that one lost disk or copy is not both."
        )
    return file, decode_key(f"ALONGSIDE_KEY_FILE ({file})", text)


def _nowhere(home: Path) -> str:
    """A demo that is not running: connecting fails with PostgreSQL's own sentence, and no server is guessed."""
    return Database(name="alongside", user="al_app", password="", host=str(home / "run"), port="").url
