"""The practice's own levels: who, when and why; crisis excepted; from then on, and never backwards."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.domain import reading, recording, results, rule_changes
from clients.domain.considerations import consider, rule_set
from clients.domain.facts import Level
from clients.models import RuleChange
from practice.models import AuditEntry

pytestmark = pytest.mark.django_db
DRIVEN = {"eai": {f"q{number}": "5" for number in range(1, 7)}}
ACUTE = {"asq": {"wished_dead": "no", "better_off": "no", "thoughts": "yes", "tried": "no", "now": "yes"}}


def changed(key, level):
    return consider(DRIVEN | ACUTE, changes={key: level})


def test_a_rule_can_be_loosened_tightened_and_switched_off():
    one = {"driven": None}
    assert "X1" not in consider(DRIVEN, changes=one).rules
    assert consider(DRIVEN, changes={"driven": Level.NOT_SUITABLE_NOW}).level == Level.NOT_SUITABLE_NOW
    assert {"walk", "run"} <= consider(DRIVEN, changes={"driven": Level.NOT_SUITABLE_NOW}).closes
    loosened = consider(DRIVEN, changes={"driven": Level.CLEAR, "some_signs": None})
    assert loosened.level == Level.CLEAR and not loosened.closes and loosened.limits


@pytest.mark.parametrize("level", [None, *Level])
def test_a_crisis_stays_whatever_the_practice_wrote(level):
    assert changed("asq_acute", level).level == Level.CRISIS


def test_a_crisis_cannot_be_changed(rosa):
    with pytest.raises(rule_changes.Fixed):
        rule_changes.change("asq_acute", to="off", why="x", by=rosa)
    with pytest.raises(rule_changes.Fixed):
        rule_changes.change("no_such_rule", to="off", why="x", by=rosa)


def test_the_newest_change_counts_and_the_older_ones_stay(rosa):
    rule_changes.change("driven", to="off", why="Too many.", by=rosa)
    rule_changes.change("driven", to="WALK_ONLY", why="Too few.", by=rosa)
    assert rule_changes.current() == {"driven": Level.WALK_ONLY}
    rule_changes.change("driven", to="as_shipped", why="Back.", by=rosa)
    assert rule_changes.current() == {}
    assert RuleChange.objects.count() == 3
    assert AuditEntry.objects.filter(body__contains="rule.changed").count() == 3


def test_a_change_is_never_rewritten(rosa):
    made = rule_changes.change("driven", to="off", why="Too many.", by=rosa)
    for broken in (lambda: RuleChange.objects.update(why="No."), made.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            broken()


def test_deciding_reads_the_rules_as_the_practice_has_them(rosa, anna, mrs_lee):
    recording.record(mrs_lee, "eai", DRIVEN["eai"], manner="room", by=anna)
    today = results.Screening.objects.get().submitted_at.date()
    assert "X1" in reading.considered(reading.newest(mrs_lee, today=today)).rules
    rule_changes.change("driven", to="off", why="Too many.", by=rosa)
    assert "X1" not in reading.considered(reading.newest(mrs_lee, today=today)).rules


def test_what_an_earlier_version_said_stays(rosa, anna, mrs_lee):
    made = recording.record(mrs_lee, "eai", DRIVEN["eai"], manner="room", by=anna)
    rule_changes.change("driven", to="off", why="Too many.", by=rosa)
    made.refresh_from_db()
    assert "X1" in results.of(made).rules and results.of(made).rule_set == rule_set().version


def test_the_owner_changes_a_rule_on_its_page(as_rosa, rosa):
    page = as_rosa.get(reverse("clients:rules")).content.decode()
    assert "ours, not validated" in page.lower() and reverse("clients:rule", args=["driven"]) in page
    where = reverse("clients:rule", args=["driven"])
    assert as_rosa.post(where, {"to": "off", "why": ""}).status_code == 422
    assert as_rosa.post(where, {"to": "sideways", "why": "x"}).status_code == 422
    assert as_rosa.post(where, {"to": "off", "why": "We look at it in person."}).status_code == 302
    page = as_rosa.get(reverse("clients:rules")).content.decode()
    assert "We look at it in person." in page and "Rosa Venn" in page


def test_a_crisis_has_no_page_to_change_it(as_rosa):
    assert as_rosa.get(reverse("clients:rule", args=["asq_acute"])).status_code == 404
    assert as_rosa.get(reverse("clients:rule", args=["nothing"])).status_code == 404


def test_the_page_costs_the_same_with_any_number_of_changes(as_rosa, rosa):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            as_rosa.get(reverse("clients:rules"))
        return len(seen)

    rule_changes.change("driven", to="off", why="One.", by=rosa)
    one = cost()
    for key in ("panic", "privacy", "moderate"):
        rule_changes.change(key, to="off", why="More.", by=rosa)
    assert cost() == one
