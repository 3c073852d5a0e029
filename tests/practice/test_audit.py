"""The audit chain: appended at commit, read whole, never changed by the runtime role."""

import threading

import pytest
from django.db import ProgrammingError, connection, transaction

from practice.domain import audit
from practice.models import AuditEntry, AuditHead
from tests.databases import Surroundings


def number_now() -> None:
    """Number what this transaction wrote, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS audit_chain IMMEDIATE")
        cursor.execute("SET CONSTRAINTS audit_chain DEFERRED")


def test_entries_are_chained_and_whole(anna, mrs_lee):
    audit.record("read_note", by=anna, subject=mrs_lee.pk)
    audit.record("sign_note", by=anna, subject=mrs_lee.pk, detail={"note": "7"})
    number_now()
    verdict = audit.verify()
    assert verdict.whole
    assert verdict.entries == 2
    first, second = AuditEntry.objects.all()
    assert second.previous == first.hash
    assert str(mrs_lee.pk) in first.body and "Lee" not in first.body


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE practice_auditentry SET body = '{}'",
        "DELETE FROM practice_auditentry",
        "TRUNCATE practice_auditentry",
        "INSERT INTO practice_auditentry (body) VALUES ('{}')",
        "UPDATE practice_audithead SET seq = 0",
        "ALTER TABLE practice_auditentry DISABLE TRIGGER ALL",
        "SELECT audit_number()",
    ],
)
def test_the_runtime_role_cannot_touch_the_chain(anna, statement):
    audit.record("read_note", by=anna)
    number_now()
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert audit.verify().whole


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE practice_auditentry SET body = replace(body, 'b', 'x') WHERE seq = 2", "Entry 2 was changed"),
        ("DELETE FROM practice_auditentry WHERE seq = 2", "Entry 2 is missing"),
        ("DELETE FROM practice_auditentry WHERE seq = 3", "cut off"),
        ("UPDATE practice_auditentry SET seq = CASE seq WHEN 1 THEN 2 ELSE 1 END WHERE seq < 3", "does not follow"),
    ],
)
def test_damage_by_a_superuser_is_found(fresh_db, surroundings: Surroundings, damage, said):
    for action in ("a", "b", "c"):
        audit.record(action, by=None)
    with surroundings.admin(fresh_db.name) as admin:
        admin.execute("ALTER TABLE practice_auditentry DISABLE TRIGGER ALL")
        admin.execute("ALTER TABLE practice_auditentry DROP CONSTRAINT IF EXISTS practice_auditentry_seq_key")
        admin.execute(damage)
    verdict = audit.verify()
    assert not verdict.whole
    assert said in verdict.problem


def test_writers_at_the_same_time_make_one_chain(fresh_db):
    def write() -> None:
        for _ in range(10):
            with transaction.atomic():
                audit.record("race", by=None)
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert audit.verify() == audit.Verdict(80)
    assert AuditHead.objects.get().seq == 80


def test_an_entry_goes_with_its_transaction(fresh_db):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record("undone", by=None)
        raise ZeroDivisionError
    assert audit.verify() == audit.Verdict(0)
