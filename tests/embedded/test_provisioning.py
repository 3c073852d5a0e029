"""Two roles without power, one database of theirs, as often as wanted."""

from collections.abc import Iterator

import psycopg
import pytest

from practice.domain import provisioning
from tests import databases


@pytest.fixture
def logins(surroundings: databases.Surroundings) -> Iterator[dict[str, dict[str, str]]]:
    name = f"{surroundings.name}_provisioned"
    yield {
        "admin": surroundings.servers.database().conninfo(),
        "owner": surroundings.owner(name).conninfo(),
        "app": surroundings.app(name).conninfo(),
    }
    databases.drop(surroundings, name)


def test_it_says_what_it_made_and_the_second_time_makes_nothing(logins):
    name = logins["app"]["dbname"]
    made = provisioning.provision(**logins)
    assert made == [f"database {name}", "extension btree_gist", "extension unaccent"]
    assert provisioning.provision(**logins) == []


def test_neither_role_has_power_over_the_server(logins):
    provisioning.provision(**logins)
    with provisioning.connect(logins["app"]) as app:
        powers = app.execute(
            "SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls OR rolreplication, rolcanlogin"
            " FROM pg_roles WHERE rolname LIKE 'al\\_%' ORDER BY rolname"
        ).fetchall()
    assert powers == [("al_app", False, True), ("al_owner", False, True)]


def test_only_the_two_may_enter_and_only_the_owner_may_build(logins):
    provisioning.provision(**logins)
    with provisioning.connect(logins["owner"]) as owner:
        owner.execute("CREATE TABLE walks (id int)")
        granted = owner.execute(
            "SELECT has_database_privilege('public', current_database(), 'CONNECT'),"
            " has_database_privilege('al_app', current_database(), 'CONNECT'),"
            " has_database_privilege('al_app', current_database(), 'TEMP'),"
            " has_schema_privilege('al_app', 'public', 'CREATE')"
        ).fetchone()
    assert granted == (False, True, False, False)
    with provisioning.connect(logins["app"]) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("SELECT * FROM walks")


def test_sorting_is_the_same_on_every_server(logins):
    provisioning.provision(**logins)
    with provisioning.connect(logins["app"]) as app:
        found = app.execute(
            "SELECT datlocprovider, datlocale, lower('ÄŽ') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert found == ("b", "C.UTF-8", "äž")


def test_a_hanging_statement_of_the_app_role_ends(logins):
    provisioning.provision(**logins)
    with provisioning.connect(logins["app"]) as app:
        assert app.execute("SHOW statement_timeout").fetchone() == ("1min",)
        assert app.execute("SHOW lock_timeout").fetchone() == ("10s",)


def test_the_password_itself_is_never_sent(logins, surroundings):
    provisioning.provision(**logins)
    with surroundings.admin() as server:
        row = server.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'al_app'").fetchone()
    assert row is not None and row[0].startswith("SCRAM-SHA-256$4096:")


@pytest.mark.parametrize(
    ("role", "change", "says"),
    [
        ("app", {"user": "postgres"}, "DATABASE_URL logs in as 'postgres': the role is called al_app."),
        ("owner", {"user": "al_app"}, "OWNER_DATABASE_URL logs in as 'al_app': the role is called al_owner."),
        ("app", {"dbname": "other"}, "name different databases"),
    ],
)
def test_log_ins_that_do_not_fit_are_refused_before_anything_is_made(logins, role, change, says):
    with pytest.raises(provisioning.CannotProvision, match=says):
        provisioning.provision(**{**logins, role: {**logins[role], **change}})


def test_an_administrator_who_is_not_a_superuser_is_enough(logins, surroundings):
    """As on hosted servers. The roles of this server exist already, so the administrator is made a member of them."""
    role = f"hosted_{surroundings.name}"
    with surroundings.admin() as server:
        server.execute(f"CREATE ROLE {role} LOGIN CREATEDB CREATEROLE PASSWORD 'hosted'")
        server.execute(f"GRANT al_owner, al_app TO {role} WITH ADMIN OPTION")
    try:
        hosted = {**logins["admin"], "user": role, "password": "hosted"}
        assert provisioning.provision(**{**logins, "admin": hosted})[0].startswith("database ")
    finally:
        databases.drop(surroundings, logins["app"]["dbname"])
        with surroundings.admin() as server:
            server.execute(f"DROP OWNED BY {role}")
            server.execute(f"DROP ROLE {role}")
