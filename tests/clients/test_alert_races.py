"""Two who look at the same moment, on committed rows: each of the cover list is written to once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

from django.db import connection

from clients.domain import alerts, calling, intake
from clients.models import Alert
from practice.domain import audit
from practice.models import CoverPerson, Letter, Role
from tests import factories

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def _at_once(count, act):
    gate = Barrier(count)

    def one(number):
        try:
            gate.wait(10)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def _begin():
    factories.practice()
    anna = factories.user("Anna Reiter", Role.THERAPIST)
    for position, name in enumerate(("Ben Castle", "Mira Solberg", "Jo Field"), start=1):
        CoverPerson.objects.create(user=factories.user(name, Role.THERAPIST), position=position)
    sent = intake.send(factories.client("Mary Lee", anna), by=anna, reader=anna)
    intake.save(sent, intake.steps()[-1], {"hurt": "yes"})
    calling.call(sent.pk)
    return anna, sent, Alert.objects.get()


def test_two_runs_at_the_same_moment_write_to_one_person_each_step(fresh_db):
    _anna, _sent, alert = _begin()
    Alert.objects.update(told_at=NOON)
    for step in (1, 2, 3):
        later = NOON + timedelta(minutes=30 * step)
        told = _at_once(4, lambda number, later=later: alerts.escalate(now=later))
        assert sum(told) == (1 if step < 3 else 0)
    alert.refresh_from_db()
    assert len(alert.told) == len(set(alert.told)) == 3 and alert.exhausted_at
    letters = Letter.objects.filter(kind="please_make_sure").values_list("to", flat=True)
    assert sorted(letters) == ["ben.castle@larchstreet.example", "jo.field@larchstreet.example",
                               "mira.solberg@larchstreet.example"]  # fmt: skip


def test_seen_and_escalated_at_the_same_moment_lose_neither(fresh_db):
    anna, sent, alert = _begin()
    Alert.objects.update(told_at=NOON)
    later = NOON + timedelta(minutes=30)
    _at_once(2, lambda number: alerts.escalate(now=later) if number else intake.see(sent, by=anna))
    alert.refresh_from_db()
    assert alert.seen_by == anna
    assert len(alert.told) == Letter.objects.filter(kind="please_make_sure").count()


def test_two_who_act_at_the_same_moment_leave_what_one_of_them_did(fresh_db):
    anna, _sent, alert = _begin()
    _at_once(4, lambda number: alerts.act(Alert.objects.get(), words=f"rang {number}", by=anna))
    alert.refresh_from_db()
    assert alert.acted.startswith("rang ")
    assert audit.verify().whole
