"""What the runtime role may do, asked of PostgreSQL itself."""

import pghistory.models
import pgtrigger
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from practice.domain import grants
from practice.models import AuditEntry, AuditHead, DataKey, Paper
from sessions.models import Note
from tests import factories

pytestmark = pytest.mark.django_db
EVENTS = [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]


def ask(question, *values):
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()


def test_the_tests_run_as_the_runtime_role():
    [(role, super_user)] = ask("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
    assert (role, super_user) == ("al_app", False)


def test_it_owns_nothing_and_makes_nothing():
    assert ask("SELECT relname FROM pg_class WHERE relowner = current_user::regrole") == []
    assert ask("SELECT has_schema_privilege('public', 'CREATE')") == [(False,)]


def test_every_table_has_just_the_privileges_of_the_list():
    for table, expected in grants.of_tables().items():
        for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"):
            [(has,)] = ask("SELECT has_table_privilege(%s, %s)", table, privilege)
            assert has == (privilege in expected.split(", ")), (table, privilege)


def test_no_table_is_outside_the_list():
    tables = {table for (table,) in ask("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v') AND "
                                        "relnamespace = 'public'::regnamespace")}  # fmt: skip
    assert tables <= set(grants.of_tables())


@pytest.mark.parametrize("model", [*EVENTS, AuditEntry, AuditHead, DataKey, Paper], ids=lambda model: model._meta.label)
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {0}", "TRUNCATE {0}"])
def test_history_papers_keys_and_audit_cannot_be_rewritten(model, verb):
    column = model._meta.pk.column
    statement = verb.format(model._meta.db_table, column, column)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        ask(statement + " RETURNING 1" if not verb.startswith("TRUNCATE") else statement)


def test_no_session_can_ask_the_triggers_to_look_away(mrs_lee, anna):
    """pgtrigger's own way around its triggers is shut, for bulk changes too."""
    made = factories.decision(mrs_lee, anna)
    before = type(made).objects.get().reasoning
    with pgtrigger.ignore():
        for change in (lambda rows: rows.update(rule_set="other"), lambda rows: rows.delete()):
            with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
                change(type(made).objects.filter(pk=made.pk))
    assert type(made).objects.get().reasoning == before


def test_a_signed_note_stays_as_it_is_even_so(mrs_lee, anna):
    past = factories.session(anna, mrs_lee)
    note = Note.objects.create(
        seat=past.seats.get(), author=anna, status="signed", signed_at=factories.NOON, content={"focus": "the bench"}
    )
    with pgtrigger.ignore(), pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(status="draft")
    assert Note.objects.get().content == {"focus": "the bench"}


def test_history_knows_who_and_in_which_request(as_rosa, rosa, anna):
    import pghistory

    from practice.models import CoverPerson

    with pghistory.context(actor=str(rosa.pk), request="r1"):
        cover = CoverPerson.objects.create(user=anna, position=1)
        cover.delete()
    events = list(apps.get_model("practice", "CoverPersonEvent").objects.order_by("pgh_id"))
    assert [event.pgh_label for event in events] == ["insert", "delete"]
    assert events[0].pgh_context == {"actor": str(rosa.pk), "request": "r1"}
