"""What the runtime role may do with each table.

Append-only tables (history, papers, data keys, models that say `append_only`): read and insert. The audit chain: read.
pghistory's contexts: nothing.
"""

from django.apps import apps
from django.db import connections
from psycopg import sql

from practice.models import AuditEntry, AuditHead, DataKey, Paper

RUNTIME = "al_app"
ALL = "SELECT, INSERT, UPDATE, DELETE"
# pgtrigger lets any session ask its triggers to look away, by a setting. Here they never do.
NEVER_LOOK_AWAY = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE AS 'SELECT FALSE'
"""


def of_tables() -> dict[str, str]:
    """Table name -> privileges, for every table of every installed app."""
    import pghistory.models

    grants = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if not model._meta.managed or model._meta.proxy:
            continue
        if issubclass(model, pghistory.models.Context):
            grants[table] = ""
        elif issubclass(model, pghistory.models.Event):
            grants[table] = "SELECT, INSERT"
        elif model in (AuditEntry, AuditHead):
            grants[table] = "SELECT"
        elif model in (DataKey, Paper) or getattr(model, "append_only", False):
            grants[table] = "SELECT, INSERT"
        else:
            grants[table] = ALL
    return grants | {"django_migrations": "SELECT"}


def give(using: str) -> None:
    """Set the privileges of every table that exists. Only its owner can; as the runtime role it does nothing."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == RUNTIME:
            return
        cursor.execute(NEVER_LOOK_AWAY)
        existing = set(connection.introspection.table_names(cursor))
        role = sql.Identifier(RUNTIME)
        for table, privileges in of_tables().items():
            if table not in existing:
                continue
            name = sql.Identifier(table)
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(name, role))
            if privileges:
                statement = sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(privileges), name, role)
                cursor.execute(statement)
        cursor.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(role))
