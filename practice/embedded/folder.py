"""The folder that holds everything of one installation: checked, private, with its passwords and run files."""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

# What a folder of ours may hold: one that holds other things only is somebody's documents, not our data.
OURS = {"run", "key", "postgres", "valkey", "mail", "log", "backups", "test", "static"}
LONGEST_SOCKET = 103  # bytes of a socket's path: 107 on Linux, 103 on macOS


class Refused(Exception):
    """The servers cannot run here. The text is one sentence for the person who started them."""


@dataclass(frozen=True)
class Passwords:
    """Random passwords of one installation, made once; the file is 0600 in a folder 0700."""

    admin: str
    owner: str
    app: str
    valkey: str
    secret_key: str


def prepare(home: Path) -> Path:
    """Make the folder and its parts, 0700, or say why it cannot be used. Never loosens a permission."""
    home = home.expanduser().absolute()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home = home.resolve()
        state = home.stat()
        held = {entry.name for entry in home.iterdir()}
    except OSError as error:
        raise Refused(f"The folder {home} cannot be used: {error.strerror}.") from None
    if state.st_uid != os.geteuid():
        raise Refused(
            f"The folder {home} belongs to another user of this machine: start Alongside as that user, "
            "or set ALONGSIDE_HOME to a folder of your own."
        )
    if held and not held & OURS:
        raise Refused(f"The folder {home} holds other things: set ALONGSIDE_HOME to an empty folder.")
    try:
        home.chmod(0o700)
        for part in ("run", "key", "log"):
            private(home / part)
    except OSError as error:
        raise Refused(f"The folder {home} cannot be used: {error.strerror}.") from None
    return home


def private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    return folder


def write(file: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner only."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mkstemp makes it 0600
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).replace(file)


def read_json(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def passwords(home: Path) -> Passwords:
    """Read the passwords, or make them once."""
    file = home / "key" / "passwords.json"
    if not file.exists():
        made = Passwords(**{each.name: secrets.token_urlsafe(50) for each in fields(Passwords)})
        write(file, json.dumps(asdict(made)))
    found = read_json(file)
    try:
        return Passwords(**{each.name: found[each.name] for each in fields(Passwords)})
    except KeyError:
        raise Refused(f"{file} is damaged: put it back from a copy of this folder.") from None


def key_file(home: Path) -> Path:
    """The key of the records of a demo: 32 random bytes, base64, made once."""
    file = home / "key" / "alongside.key"
    if not file.exists():
        write(file, base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    return file


def socket_folder(home: Path, server: str, socket_name: str) -> Path:
    """A private folder with a short path, kept between starts; its path stands in run/<server>.socket."""
    note = home / "run" / f"{server}.socket"
    with contextlib.suppress(OSError):
        known = Path(note.read_text())
        state = known.lstat()
        if state.st_mode == 0o040700 and state.st_uid == os.geteuid():
            return known
    for base in (None, "/tmp"):  # noqa: S108  (mkdtemp makes it 0700 with a random name)
        made = Path(tempfile.mkdtemp(prefix="alongside-", dir=base))
        if len(os.fsencode(made / socket_name)) <= LONGEST_SOCKET:
            write(note, str(made))
            return made
        made.rmdir()
    raise Refused("No folder with a short enough path was found for the sockets: set TMPDIR to a short one.")


@contextlib.contextmanager
def locked(file: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold a file's lock; the kernel lets it go when the process dies, however it dies. Yields whether it is held."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)
