"""The embedded servers survive kills, attach, stay private, and refuse in sentences."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from practice.embedded import folder, namespaces, postgres, process, valkey
from practice.embedded.folder import Refused

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a name that breaks careless programs: spaces, umlauts, longer than a socket's path may be."""
    place = tmp_path_factory.mktemp("Örtchen mit Leerzeichen ") / ("a long way down " * 6) / "var"
    yield place
    for server in (valkey.attach(place), postgres.attach(place)):
        if server:
            server.stop()


@pytest.fixture
def servers(home: Path) -> tuple[postgres.Postgres, valkey.Valkey]:
    return postgres.start(home), valkey.start(home)


def ask(server: postgres.Postgres, question: str) -> object:
    with psycopg.connect(**server.database().conninfo(), autocommit=True) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def kill(server: postgres.Postgres | valkey.Valkey) -> None:
    """As a power cut would, and wait for it to be true."""
    os.kill(server.pid, signal.SIGKILL)
    until(lambda: not server.alive())


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_both_answer_in_a_folder_with_an_awkward_name(servers):
    assert str(ask(servers[0], "SHOW server_version")).startswith("18.")
    assert ask(servers[0], "SHOW data_checksums") == "on"
    with redis.Redis.from_url(servers[1].url()) as client:
        assert client.config_get("maxmemory-policy", "appendonly") == {
            "maxmemory-policy": "noeviction",
            "appendonly": "yes",
        }


def test_a_second_start_attaches(home, servers):
    again = postgres.start(home), valkey.start(home)
    assert [each.pid for each in again] == [each.pid for each in servers]
    assert all(each.found_running for each in again)


def test_what_was_committed_survives_a_kill_of_both(home, servers):
    database, cache = servers
    with psycopg.connect(**database.database().conninfo()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 'walked' AS what")
    with redis.Redis.from_url(cache.url()) as client:
        client.set("kept", "walked")
    for server in servers:
        kill(server)
    again = postgres.start(home), valkey.start(home)
    assert not any(each.found_running for each in again)
    assert ask(again[0], "SELECT what FROM kept") == "walked"
    with redis.Redis.from_url(again[1].url()) as client:
        assert client.get("kept") == b"walked"


def test_sessions_of_a_killed_server_end_before_the_next_one_writes(home, servers):
    database = servers[0]
    with psycopg.connect(**database.database().conninfo()) as connection:
        backend = connection.info.backend_pid
        connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 10000000000)")
        working = f"SELECT state FROM pg_stat_activity WHERE pid = {backend}"
        until(lambda: ask(database, working) == "active")
        kill(database)
        again = postgres.start(home)
        assert not process.is_server(backend, postgres.PROGRAM, database.data)
        assert ask(again, "SELECT 1") == 1
        connection.pgconn.finish()


def test_a_pid_file_that_names_somebody_elses_process_neither_blocks_nor_harms_it(home, servers):
    database = servers[0]
    database.stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        left = [str(stranger.pid), str(database.data), "1", "5432", "/nowhere", "", "1 1", "ready"]
        (database.data / "postmaster.pid").write_text("\n".join(left) + "\n")
        (home / "run" / "valkey.pid").write_text(str(stranger.pid))
        again = postgres.start(home)
        assert ask(again, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_launcher_killed_before_it_noted_the_pid_does_not_start_a_second_valkey(home, servers):
    (home / "run" / "valkey.pid").unlink()
    assert valkey.start(home).pid == servers[1].pid


def test_a_server_whose_socket_was_tidied_away_is_started_anew(home, servers):
    shutil.rmtree(servers[0].sockets)
    again = postgres.start(home)
    assert not again.found_running
    assert ask(again, "SELECT 1") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="found through /proc")
def test_servers_whose_folder_was_removed_under_them_do_not_haunt_the_next_start(tmp_path):
    home = tmp_path / "var"
    ghost = valkey.start(home)
    shutil.rmtree(home)
    again = valkey.start(home)
    assert again.pid != ghost.pid and not process.alive(ghost.pid)
    again.stop()


def test_a_clean_stop_leaves_no_process_and_no_socket(home, servers):
    for server in servers:
        server.stop()
        assert not server.alive()
    assert not servers[0].sockets.exists()
    assert not servers[1].socket.parent.exists()


def test_everything_is_its_owners_alone(home, servers):
    database, cache = servers
    folders = [home, home / "key", home / "run", home / "log", database.data, cache.data]
    assert {mode(each) for each in [*folders, database.sockets, cache.socket.parent]} == {0o700}
    assert {mode(each) for each in (database.sockets / postgres.SOCKET, cache.socket)} == {0o700}
    files = [home / "key" / "passwords.json", home / "run" / "valkey.conf", *(home / "log").iterdir()]
    assert {mode(each) for each in files} == {0o600}


def test_no_port_is_open(servers):
    assert ask(servers[0], "SHOW listen_addresses") == ""
    with redis.Redis.from_url(servers[1].url()) as client:
        assert client.config_get("port") == {"port": "0"}


def test_no_password_no_entry(servers):
    database, cache = servers
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(host=str(database.sockets), user="postgres", dbname="postgres")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=str(database.sockets), user="postgres", dbname="postgres", password="postgres")
    with (
        redis.Redis(unix_socket_path=str(cache.socket), retry=Retry(NoBackoff(), 0)) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


@as_root
def test_another_user_of_the_machine_cannot_even_knock(servers):
    knock = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    for path in (servers[0].sockets / postgres.SOCKET, servers[1].socket):
        with socket.socket(socket.AF_UNIX) as own:
            own.connect(str(path))
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        python = Path("/usr/bin/python3")
        if not python.exists():
            pytest.skip("no Python that another user may run")
        tried = subprocess.run([*nobody, python, "-c", knock, path], capture_output=True, text=True, check=False)
        assert "PermissionError" in tried.stderr


@as_root
def test_root_runs_them_without_power_a_new_user_or_a_loosened_folder(home, servers):
    users = Path("/etc/passwd").read_text()
    parents = {each: mode(each) for each in home.parents}
    for server in servers:
        server.stop()
    for server in (postgres.start(home), valkey.start(home)):
        state = Path(f"/proc/{server.pid}/status").read_text()
        assert "CapEff:\t0000000000000000" in state
    assert Path("/etc/passwd").read_text() == users
    assert {each: mode(each) for each in home.parents} == parents


def test_an_error_is_logged_without_the_statement_and_without_the_row(home, servers):
    log = home / "log" / "postgres.log"
    with psycopg.connect(**servers[0].database().conninfo(), autocommit=True) as connection:
        connection.execute("CREATE TABLE once (word text UNIQUE)")
        for refused in (False, True):
            try:
                connection.execute("INSERT INTO once VALUES (%s)", ["a very private word"])
            except psycopg.errors.UniqueViolation:
                assert refused
        connection.execute("DROP TABLE once")
    assert "duplicate key" in log.read_text()
    assert "private" not in log.read_text()


def test_data_of_another_postgresql_is_refused_and_left_alone(tmp_path):
    data = folder.prepare(tmp_path / "var") / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("15\n")
    with pytest.raises(Refused, match="written by PostgreSQL 15, and this is PostgreSQL 18"):
        postgres.start(tmp_path / "var")
    assert [each.name for each in data.iterdir()] == ["PG_VERSION"]


def test_a_half_made_database_is_made_again_and_a_strange_one_is_not_touched(tmp_path):
    home = folder.prepare(tmp_path / "var")
    (home / "postgres.new").mkdir()
    (home / "postgres.new" / "half").touch()
    server = postgres.start(home)
    server.stop()
    (server.data / "PG_VERSION").unlink()
    with pytest.raises(Refused, match="PG_VERSION is missing"):
        postgres.start(home)


def test_a_folder_that_holds_other_things_is_not_taken_over(tmp_path):
    (tmp_path / "holiday.jpg").touch()
    tmp_path.chmod(0o755)
    with pytest.raises(Refused, match="holds other things"):
        folder.prepare(tmp_path)
    assert mode(tmp_path) == 0o755


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "var").touch()
    with pytest.raises(Refused, match="cannot be used"):
        folder.prepare(tmp_path / "var")


@as_root
def test_a_folder_of_another_user_is_refused(tmp_path):
    os.chown(tmp_path, 65534, 65534)
    with pytest.raises(Refused, match="belongs to another user"):
        folder.prepare(tmp_path)


@as_root
def test_root_in_another_users_closed_folder_is_told_before_anything_is_made(tmp_path):
    closed = tmp_path / "of another"
    closed.mkdir(mode=0o700)
    os.chown(closed, 65534, 65534)
    with pytest.raises(Refused, match="closed to root's servers"):
        postgres.start(closed / "var")
    assert not (closed / "var" / "postgres").exists()


@as_root
def test_where_namespaces_are_refused_root_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(namespaces, "UNSHARE", ("false",))
    namespaces.prefix.cache_clear()
    try:
        with pytest.raises(Refused, match="set DATABASE_URL"):
            namespaces.prefix()
    finally:
        namespaces.prefix.cache_clear()


def test_a_server_that_cannot_start_says_why_with_its_own_last_line(tmp_path):
    home = folder.prepare(tmp_path / "var")
    server = postgres.start(home)
    server.stop()
    (server.data / "postgresql.conf").write_text("nonsense = 'yes'\n")
    with pytest.raises(Refused, match="PostgreSQL did not start: .*nonsense"):
        postgres.start(home)


def test_a_pid_of_ours_is_not_a_server():
    assert not process.is_server(os.getpid(), Path(sys.executable).name, Path("/nowhere"))
    assert not process.is_server(0, "postgres", Path("/"))
