"""Roles, database and extensions, made by the server's administrator. Runs before there is a database, so: no Django.

Two roles: `al_owner` owns the tables, migrates and dumps; `al_app` runs the practice and owns nothing. What the app
role may do with a table is said by the migration that makes the table, never here. May run any number of times.
"""

from collections.abc import Mapping

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

OWNER, APP = "al_owner", "al_app"
EXTENSIONS = ("btree_gist", "unaccent")
# A statement that hangs must not hold the diary for ever.
LIMITS = {"statement_timeout": "60s", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "300s"}
OLDEST_SERVER = 17_00_00
ONE_AT_A_TIME = 720_2026  # advisory lock

Login = Mapping[str, str]  # what psycopg.connect takes


class CannotProvision(Exception):
    """One sentence for the person who ran it."""


def provision(*, admin: Login, owner: Login, app: Login) -> list[str]:
    """Make what is missing; answer with what was made, as sentences."""
    _check(owner, app)
    name = owner["dbname"]
    with connect(admin) as server:
        if server.info.server_version < OLDEST_SERVER:
            raise CannotProvision("The database server is too old: PostgreSQL 17 or newer is needed, 18 is tested.")
        server.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        done = [*_role(server, OWNER, owner), *_role(server, APP, app)]
        for setting, value in LIMITS.items():
            server.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(_id(APP), _id(setting), sql.Literal(value)))
        done += make_database(server, name)
    with connect({**admin, "dbname": name}) as inside:
        for extension in EXTENSIONS:
            if not inside.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [extension]).fetchone():
                inside.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(_id(extension)))
                done.append(f"extension {extension}")
        inside.execute(sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC, {}").format(_id(APP)))
        inside.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(_id(APP)))
    return done


def connect(login: Login) -> psycopg.Connection:
    """A plain connection outside Django, each statement by itself."""
    return psycopg.connect(make_conninfo("", **{"connect_timeout": "10", **login}), autocommit=True)


def make_database(server: psycopg.Connection, name: str, *, template: str = "template0") -> list[str]:
    """A database of the owner that the app role may enter, and nobody else. One collation everywhere."""
    done = []
    if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(_id(name), _id(OWNER), _id(template))
        if template == "template0":
            make += sql.SQL(" ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'")
        server.execute(make)
        done.append(f"database {name}")
    server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(_id(name)))
    server.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(_id(name), _id(APP)))
    return done


def drop_database(server: psycopg.Connection, name: str) -> None:
    """Gone, with whoever was in it."""
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_id(name)))


def _check(owner: Login, app: Login) -> None:
    for variable, login, role in (("OWNER_DATABASE_URL", owner, OWNER), ("DATABASE_URL", app, APP)):
        if login.get("user") != role:
            raise CannotProvision(f"{variable} logs in as {login.get('user')!r}: the role is called {role}.")
    if owner["dbname"] != app["dbname"]:
        raise CannotProvision("OWNER_DATABASE_URL and DATABASE_URL name different databases.")


def _role(server: psycopg.Connection, role: str, login: Login) -> list[str]:
    """A role that may log in and nothing else. The server gets a verifier of the password, never the password."""
    known = server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if not known:
        server.execute(sql.SQL("CREATE ROLE {}").format(_id(role)))
    superuser = server.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,)
    powers = "NOCREATEDB NOCREATEROLE" + (" NOSUPERUSER NOBYPASSRLS NOREPLICATION" if superuser else "")
    server.execute(sql.SQL("ALTER ROLE {} LOGIN " + powers).format(_id(role)))
    if login.get("password"):
        verifier = server.pgconn.encrypt_password(login["password"].encode(), role.encode(), b"scram-sha-256")
        server.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(_id(role), sql.Literal(verifier.decode())))
    if role == OWNER and not superuser:  # a hosted administrator must be a member to give to it
        server.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(_id(role)))
    return [] if known else [f"role {role}"]


def _id(name: str) -> sql.Identifier:
    return sql.Identifier(name)
