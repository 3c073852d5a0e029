"""A backup is checked before it is trusted; what is damaged, newer or of another key changes nothing."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from practice.domain import backups, provisioning, upgrades
from tests import databases
from tests.databases import ROOT, Surroundings

KEY, NOW = b"k" * 32, datetime(2026, 11, 22, 19, 30, tzinfo=UTC)
Logins = dict[str, dict[str, str]]


def clone(surroundings: Surroundings, name: str) -> Iterator[Logins]:
    databases.clone(surroundings, name)
    yield {
        "admin": surroundings.servers.database().conninfo(),
        "owner": surroundings.owner(name).conninfo(),
        "app": surroundings.app(name).conninfo(),
    }
    with surroundings.admin() as server:
        for row in server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name]).fetchall():
            provisioning.drop_database(server, row[0])


@pytest.fixture
def logins(surroundings: Surroundings) -> Iterator[Logins]:
    """A database with all tables, and one word in it."""
    for found in clone(surroundings, f"{surroundings.name}_backup"):
        note(found, "before")
        yield found


def note(logins: Logins, word: str) -> None:
    with provisioning.connect(logins["app"]) as app:
        app.execute(
            "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, '', now())"
            " ON CONFLICT (session_key) DO NOTHING",
            [word],
        )


def words(logins: Logins) -> set[str]:
    with provisioning.connect(logins["app"]) as app:
        return {row[0] for row in app.execute("SELECT session_key FROM django_session")}


@pytest.fixture(scope="module")
def original(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One backup, made once: of a database like that of `logins`."""
    for found in clone(surroundings, f"{surroundings.name}_original"):
        note(found, "before")
        seen = upgrades.applied(found["owner"])
        to = tmp_path_factory.mktemp("backups") / "backups"
        made = backups.back_up(owner=found["owner"], key=KEY, to=to, migrations=seen, now=NOW)
    return made


@pytest.fixture
def file(original: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copy(original, tmp_path))


def restore(file: Path, logins: Logins) -> str:
    return backups.restore(file, backups.check(file, key=KEY, known=upgrades.known()), **logins, now=NOW)


def test_a_backup_is_one_private_file_that_says_what_it_is(original):
    file = original
    assert file.name == "alongside-20261122T193000Z.backup"
    assert file.stat().st_mode & 0o077 == 0 and file.parent.stat().st_mode & 0o077 == 0
    manifest = backups.check(file, key=KEY, known=upgrades.known())
    assert manifest.made_at == "2026-11-22T19:30:00+00:00"
    assert "practice.0001_first" in manifest.migrations
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_the_key_is_not_in_it(file):
    assert KEY not in file.read_bytes()


def test_a_restore_brings_back_what_was_and_keeps_what_is(file, logins):
    note(logins, "after")
    kept = restore(file, logins)
    assert words(logins) == {"before"}
    name = logins["app"]["dbname"]
    assert kept == f"{name}_before_20261122t193000"
    assert words({**logins, "app": {**logins["app"], "dbname": kept}}) == {"before", "after"}


def test_after_a_restore_the_app_role_may_do_what_it_could_and_no_more(file, logins):
    rights = (
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'al_app' ORDER BY table_name, privilege_type"
    )
    triggers = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"

    def seen() -> list[object]:
        with provisioning.connect(logins["owner"]) as owner:
            return [owner.execute(rights).fetchall(), owner.execute(triggers).fetchall()]

    before = seen()
    assert all(before)
    restore(file, logins)
    assert seen() == before


def damage(file: Path, where: int) -> None:
    content = bytearray(file.read_bytes())
    content[where] ^= 0xFF
    file.write_bytes(bytes(content))


@pytest.mark.parametrize("part", [backups.MANIFEST, backups.CHECKSUM, backups.DUMP])
def test_one_flipped_byte_anywhere_is_found(file, part):
    with tarfile.open(file) as tar:
        member = tar.getmember(part)
    damage(file, member.offset_data + member.size // 2)
    with pytest.raises(backups.BackupRefused, match="damaged.*Nothing was changed"):
        backups.check(file, key=KEY, known=upgrades.known())


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.95])
def test_a_file_that_was_cut_off_is_found(file, share):
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    with pytest.raises(backups.BackupRefused):
        backups.check(file, key=KEY, known=upgrades.known())


def test_something_else_is_not_a_backup(tmp_path):
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(backups.BackupRefused, match="not a backup of Alongside"):
        backups.check(tmp_path / "letter.pdf", key=KEY, known=set())
    with pytest.raises(backups.BackupRefused, match="There is no file"):
        backups.check(tmp_path / "none", key=KEY, known=set())


def test_a_backup_of_a_newer_version_is_refused_by_what_it_knows(file):
    older = {each for each in upgrades.known() if each[0] != "moving_sessions"}
    with pytest.raises(backups.BackupRefused, match=r"newer Alongside \(it knows moving_sessions\.0001"):
        backups.check(file, key=KEY, known=older)


def test_a_backup_of_another_key_is_refused(file):
    with pytest.raises(backups.BackupRefused, match="belongs to another key"):
        backups.check(file, key=b"x" * 32, known=upgrades.known())


def test_a_restore_that_fails_leaves_the_data_as_it_was(file, logins, surroundings):
    with tarfile.open(file) as tar:
        member, manifest = tar.getmember(backups.DUMP), backups._manifest(file, tar)
    with file.open("r+b") as content:
        content.seek(member.offset_data + member.size // 4)
        content.write(bytes(member.size // 2))
    with pytest.raises(backups.BackupRefused, match="damaged"):
        backups.restore(file, manifest, **logins, now=NOW)
    with tarfile.open(file) as tar:
        damaged = tar.extractfile(backups.DUMP).read()
    believed = replace(manifest, dump_sha256=hashlib.sha256(damaged).hexdigest())
    with pytest.raises(backups.BackupRefused, match="pg_restore: error: .* Nothing was changed"):
        backups.restore(file, believed, **logins, now=NOW)
    assert words(logins) == {"before"}
    with surroundings.admin() as server:
        left = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [f"{logins['app']['dbname']}_restoring"])
        assert left.fetchone() is None


def test_a_password_never_stands_on_a_command_line(logins, tmp_path, monkeypatch):
    called: list[tuple[list[str], dict[str, str]]] = []
    real = subprocess.run

    def watched(command, **arguments):
        called.append((command, arguments["env"]))
        return real(command, **arguments)

    monkeypatch.setattr(backups.subprocess, "run", watched)
    backups.back_up(owner=logins["owner"], key=KEY, to=tmp_path / "b", migrations=set(), now=NOW)
    ((command, surroundings_of_it),) = called
    assert not any(logins["owner"]["password"] in word for word in command)
    assert surroundings_of_it["PGPASSWORD"] == logins["owner"]["password"]


# --- the commands, as a person runs them ------------------------------------------------------------------------------


def manage(surroundings: Surroundings, logins: Logins, *arguments: str) -> subprocess.CompletedProcess[str]:
    name = logins["app"]["dbname"]
    values = {
        "DATABASE_URL": surroundings.app(name).url,
        "OWNER_DATABASE_URL": surroundings.owner(name).url,
        "ADMIN_DATABASE_URL": surroundings.servers.database().url,
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | values,
        capture_output=True,
        text=True,
        check=False,
    )


def test_backup_and_restore_by_hand(surroundings, logins, tmp_path):
    made = manage(surroundings, logins, "backup", "--to", str(tmp_path / "b"))
    assert made.returncode == 0, made.stderr
    assert "The key of the records is not in it" in made.stdout and "alongside.key" in made.stdout
    (file,) = (tmp_path / "b").iterdir()
    note(logins, "after")
    asked = manage(surroundings, logins, "restore", str(file))
    assert asked.returncode == 1 and "Run it again with --yes" in asked.stderr
    assert words(logins) == {"before", "after"}
    done = manage(surroundings, logins, "restore", str(file), "--yes")
    assert done.returncode == 0, done.stderr
    assert words(logins) == {"before"}


def test_data_newer_than_the_code_is_refused_and_left_alone(surroundings, logins, monkeypatch):
    monkeypatch.setenv("ALONGSIDE_AS", "owner")
    with provisioning.connect(logins["owner"]) as owner:
        owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('practice', '0999_tomorrow', now())")
    refused = manage(surroundings, logins, "upgrade")
    assert refused.returncode == 1
    assert "written by a newer Alongside: it knows practice.0999_tomorrow" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_data_older_than_the_code_is_backed_up_and_then_migrated(surroundings, logins, monkeypatch, tmp_path):
    monkeypatch.setenv("ALONGSIDE_AS", "owner")
    monkeypatch.setenv("ALONGSIDE_HOME", str(tmp_path))
    back = manage(surroundings, logins, "migrate", "--verbosity=0", "usersessions", "zero")
    assert back.returncode == 0, back.stderr
    done = manage(surroundings, logins, "upgrade")
    assert done.returncode == 0, done.stderr
    assert "The data is older than this code: backed up to" in done.stdout
    (file,) = (tmp_path / "backups").iterdir()
    assert not any(name.startswith("usersessions.") for name in _manifest(file))
    assert upgrades.applied(logins["owner"]) >= upgrades.known()


def _manifest(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return backups._manifest(file, tar).migrations


def test_upgrade_is_for_the_owner(surroundings, logins):
    refused = manage(surroundings, logins, "upgrade")
    assert refused.returncode == 2
    assert refused.stderr == "ALONGSIDE_AS is not owner: `manage.py upgrade` changes tables.\n"
