"""Who waits for a decision: whom the queue names, in which order, in which words, and at what cost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, calling, intake, recording, results, waiting
from clients.domain.waiting import Why
from clients.models import Client, Screening
from practice.domain import vault
from practice.models import AuditEntry, CoverPerson
from tests import factories
from tests.clients.safety import assess, before_assessments

pytestmark = pytest.mark.django_db
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
ACUTE = NO | {"thoughts": "yes", "now": "yes"}
POSITIVE = NO | {"wished_dead": "yes", "now": "no"}
CANARY = "canary-wren"
NOW = timezone.now


def days(number):
    return timedelta(days=number)


def queue(reader):
    return waiting.of(waiting.in_care(reader), now=NOW(), today=timezone.localdate())


def why(reader):
    return {one.client.name: [reason.why for reason in one.reasons] for one in queue(reader)}


def answered(person, by, *, ago=0, answers=NO):
    """The suicide questions, recorded some days ago."""
    return asq.record(person, answers, manner="room", by=by, now=NOW() - days(ago))


def decided(person, by, *, ago=0, left=200):
    """A decision some days ago that counts for some days more."""
    return factories.decision(person, by, at=NOW() - days(ago), look_again_on=timezone.localdate() + days(left))


def half_way(person, by, *, ago):
    made = intake.together(person, manner="room", by=by)
    intake.save(made, intake.steps()[-1], {"hurt": "no", "line": CANARY})
    Screening.objects.filter(pk=made.pk).update(saved_at=NOW() - days(ago))
    return made


def test_nobody_waits_who_was_only_admitted(mrs_lee, anna):
    assert queue(anna) == []


def test_what_waits_in_neutral_words(mrs_lee, anna):
    answered(mrs_lee, anna, ago=2)
    assert why(anna) == {"Mary Lee": [Why.FIRST]}
    decided(mrs_lee, anna, ago=1)
    assert why(anna) == {}
    answered(mrs_lee, anna)
    assert why(anna) == {}, "nothing new was said"
    recording.record(mrs_lee, "picture", {"privacy": "yes"}, manner="room", by=anna)
    assert why(anna) == {"Mary Lee": [Why.NEW_ANSWERS]}


def test_a_decision_that_ran_out_and_one_about_to(mrs_lee, anna):
    decided(mrs_lee, anna, ago=100, left=-1)
    soon = factories.client("Ada Soon", anna)
    decided(soon, anna, ago=100, left=29)
    later = factories.client("Bea Later", anna)
    decided(later, anna, ago=100, left=30)
    today = factories.client("Cy Today", anna)
    decided(today, anna, ago=100, left=0)
    assert why(anna) == {"Mary Lee": [Why.RAN_OUT], "Ada Soon": [Why.RUNS_OUT], "Cy Today": [Why.RUNS_OUT]}


def test_only_the_newest_decision_runs_out(mrs_lee, anna):
    decided(mrs_lee, anna, ago=100, left=-1)
    decided(mrs_lee, anna)
    assert queue(anna) == []


def test_questions_left_half_way_wait_for_a_ring(mrs_lee, anna):
    half_way(mrs_lee, anna, ago=1)
    assert queue(anna) == []
    Screening.objects.update(saved_at=NOW() - days(3))
    assert why(anna) == {"Mary Lee": [Why.HALF_WAY]}


def test_safety_waits_until_it_is_settled_a_decision_or_not(mrs_lee, anna):
    answered(mrs_lee, anna, ago=2, answers=POSITIVE)
    decided(mrs_lee, anna, ago=1)
    assert why(anna) == {"Mary Lee": [Why.SAFETY]}
    assess(mrs_lee, anna)
    assert queue(anna) == []


def test_the_most_urgent_first_and_then_who_has_waited_longest(anna):
    people = {name: factories.client(name, anna) for name in ("Soon", "New", "Old", "Ring", "Safety", "Crisis", "Out")}
    decided(people["Soon"], anna, ago=300, left=3)
    answered(people["New"], anna, ago=1)
    answered(people["Old"], anna, ago=40)
    half_way(people["Ring"], anna, ago=20)
    answered(people["Safety"], anna, ago=10, answers=POSITIVE)
    answered(people["Crisis"], anna, ago=0, answers=ACUTE)
    decided(people["Out"], anna, ago=300, left=-30)
    assert [one.client.name for one in queue(anna)] == ["Crisis", "Safety", "Old", "Out", "Ring", "New", "Soon"]


def test_answers_that_should_not_wait_come_before_who_has_waited_longer(mrs_lee, anna, ben, as_anna):
    CoverPerson.objects.create(user=ben, position=1)
    answered(factories.client("Ada", anna), anna, ago=20)
    made = intake.send(mrs_lee, by=anna, reader=anna, kind="phq9")
    intake.save(made, intake.steps("phq9")[0], {"better_off_dead": "2"})
    calling.sweep()
    assert [one.client.name for one in queue(anna)] == ["Mary Lee", "Ada"]
    read = reverse("clients:answers", args=[mrs_lee.pk, made.pk])
    assert read in as_anna.get(reverse("clients:waiting")).content.decode()
    as_anna.get(read)
    assert why(anna) == {"Ada": [Why.FIRST]}


def test_an_old_acute_answer_stays_first_until_it_is_settled(mrs_lee, anna):
    answered(mrs_lee, anna, ago=90, answers=ACUTE)
    answered(mrs_lee, anna, ago=1)
    [one] = queue(anna)
    assert [reason.why for reason in one.reasons] == [Why.CRISIS, Why.FIRST]


def test_only_active_clients_in_ones_own_care_and_ones_supervisees(mrs_lee, mr_ode, anna, ben, sam, olga, rosa):
    answered(mrs_lee, anna)
    answered(mr_ode, ben)
    closed = factories.client("Old Friend", anna)
    answered(closed, anna)
    Client.objects.filter(pk=closed.pk).update(status="closed")
    assert list(why(anna)) == ["Mary Lee"] == list(why(sam))
    assert list(why(ben)) == ["Peter Ode"]
    assert queue(olga) == queue(rosa) == []


def page(browser, **data):
    return browser.get(reverse("clients:waiting"), data)


def test_the_page_names_the_person_what_waits_and_one_step(mrs_lee, anna, as_anna):
    made = answered(mrs_lee, anna, answers=ACUTE)
    text = page(as_anna).content.decode()
    assert "Mary Lee" in text and "Safety to be settled now" in text and "A first decision" in text
    assert reverse("clients:asq_now", args=[mrs_lee.pk, made.pk]) in text
    without_tokens = re.sub(r"\b[A-Za-z0-9]{64}\b", "", text)
    for secret in ("S1", "S2", "uicid", "acute", "score", CANARY):
        assert secret not in without_tokens, secret


def test_the_page_leads_on_to_the_decision_or_the_telephone(mrs_lee, anna, as_anna):
    answered(mrs_lee, anna)
    assert reverse("clients:decide", args=[mrs_lee.pk]) in page(as_anna).content.decode()
    ring = factories.client("Ada Ring", anna)
    half_way(ring, anna, ago=5)
    text = page(as_anna).content.decode()
    assert reverse("clients:show", args=[ring.pk]) in text and "Ring" in text and CANARY not in text


def test_who_may_not_see_it(mrs_lee, anna, as_ben, as_olga, as_rosa, as_sam, as_mrs_lee, as_mallory):
    answered(mrs_lee, anna)
    assert "Mary Lee" not in page(as_ben).content.decode()
    for browser in (as_olga, as_rosa, as_sam, as_mrs_lee):
        assert page(browser).status_code == 404
    assert page(as_mallory).status_code == 302


def test_an_empty_queue_teaches(as_anna):
    assert "Nothing waits" in page(as_anna).content.decode()


def test_today_and_the_clients_page_lead_here(mrs_lee, anna, as_anna, as_olga):
    for where in ("/sessions/today", reverse("clients:list")):
        assert reverse("clients:waiting") in as_anna.get(where).content.decode()
        assert reverse("clients:waiting") not in as_olga.get(where).content.decode()


def queries(browser):
    with CaptureQueriesContext(connection) as captured:
        assert page(browser).status_code == 200
    return len(captured)


def test_two_hundred_cost_what_one_costs_and_come_in_pages(anna, as_anna):
    """The suicide questions lie sealed under each client's own key; the keys are fetched together."""
    first = factories.client("Ada 000", anna)
    made = answered(first, anna, answers=POSITIVE)
    before_assessments(made, ("Nobody yet.", "open"))
    one = queries(as_anna)
    for number in range(1, 200):
        person = Client.objects.create(name=f"Ada {number:03}", status="active")
        person.care_team.create(user=anna)
        made = Screening(
            client=person, kind="asq", status="submitted", submitted_at=NOW() - days(1), asked_by=anna, manner="room"
        )
        made.answers = {"asq": POSITIVE}
        results.seal(made)
        made.told = [{"told": "Nobody yet.", "safety": "open"}]
        made.save(force_insert=True)
    assert queries(as_anna) == one
    assert one <= 22  # what still waits for a worker to call, and to be called for here
    second = page(as_anna, page=2)
    assert len(second.context["page"].object_list) == 25
    assert "Page 2 of 8" in second.content.decode()


def test_that_it_was_opened_is_written_down(mrs_lee, anna, as_anna):
    before = AuditEntry.objects.count()
    page(as_anna)
    assert AuditEntry.objects.count() == before + 1
    assert "waiting.opened" in AuditEntry.objects.order_by("pk").last().body


def test_keys_at_hand_open_nothing_that_is_not_hers(mrs_lee, mr_ode, anna):
    sealed = vault.seal(subject=mrs_lee.pk, place="p", plain=b"words")
    vault.seal(subject=mr_ode.pk, place="p", plain=b"other words")
    with vault.keys_at_hand([mrs_lee.pk, mr_ode.pk]):
        assert vault.unseal(subject=mrs_lee.pk, place="p", sealed=sealed) == b"words"
        with pytest.raises(vault.CannotBeRead):
            vault.unseal(subject=mr_ode.pk, place="p", sealed=sealed)
