"""From an answer that should not wait to the call: nothing is lost in between, whoever is away."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.domain import baseline, calling, decision, enquiry, intake, leaving, unread, worry
from clients.domain.answering import Change
from clients.domain.decision import Ground
from clients.models import Alert, CareTeamMember, Client, Screening
from practice.domain import hints
from practice.models import CoverPerson, Letter, Role
from tests import factories

db = pytest.mark.django_db
LAST = intake.steps()[-1]
CHEST = {"chest_pain": "yes", "chest_pain.new": "yes"}


@pytest.fixture
def asked(mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    return intake.send(mrs_lee, by=anna, reader=anna)


@pytest.fixture
def sam(mrs_lee):
    made = factories.user("Sam Okoro", Role.THERAPIST)
    CareTeamMember.objects.create(client=mrs_lee, user=made, is_lead=False)
    return made


def says(asked, answers, *, by=None):
    step = next(one for one in intake.steps(asked.kind) if set(answers) <= set(one.keys))
    fresh = Screening.objects.get(pk=asked.pk)
    intake.keep(fresh, step, {key: Change(value) for key, value in answers.items()}, by=by)
    return Screening.objects.get(pk=asked.pk)


def walks(client):
    return decision.permits(client, "walk", timezone.localdate()).ground


def to_the_therapist(anna):
    return Letter.objects.filter(kind="answers_came_in", to=anna.email).count()


def keeps_by_link(asked, anna):
    token = intake.link_for(asked, by=anna)
    body = {"item": "hurt", "hurt": "yes", "was.hurt": ""}
    return Browser().post(reverse("intake_keep", args=[token, LAST.number]), body)


# --- the row, the hint and the worker ---


@db
def test_it_waits_sealed_in_the_row_of_the_answer_until_it_is_called_for_once(asked, anna, ben):
    row = says(asked, {"hurt": "yes"})
    assert row.calling_since and b"hurt" not in bytes(row.calling_sealed)
    assert worry.read(row.calling).hurt == "yes" and not Alert.objects.exists()
    assert [calling.sweep(), calling.sweep()] == [1, 0]
    assert (Alert.objects.get().moment, Alert.objects.get().told) == ("begun", [ben.pk])
    row.refresh_from_db()
    assert row.calling_since is None and row.calling == ""
    assert to_the_therapist(anna) == 1


@db
@pytest.mark.parametrize("answers", [{"hurt": "no"}, {"line": "a robin"}])
def test_what_can_wait_calls_nobody(asked, answers):
    assert says(asked, answers).calling_since is None and calling.sweep() == 0


@db
@pytest.mark.parametrize("page", ["sessions:today", "clients:waiting", "clients:show"])
def test_while_no_worker_runs_whoever_opens_a_page_finds_it_there(asked, mrs_lee, anna, ben, as_anna, page):
    factories.decision(mrs_lee, anna)
    says(asked, {"hurt": "yes"})
    where = reverse(page, args=[mrs_lee.pk] if page == "clients:show" else [])
    assert "hould not wait" in as_anna.get(where).content.decode()
    assert Alert.objects.get().told == [ben.pk] and to_the_therapist(anna) == 1


@db
def test_a_page_calls_for_the_readers_own_clients_and_waits_for_nothing_that_fails(
    asked, mr_ode, anna, ben, olga, monkeypatch, django_assert_num_queries
):
    says(intake.send(mr_ode, by=ben, reader=ben), {"hurt": "yes"})
    assert unread.calling_for(anna) == 0
    with django_assert_num_queries(1):  # what she may read is known by now
        assert unread.calling_for(anna) == 0
    says(asked, {"hurt": "yes"})
    assert unread.calling_for(olga) == 0
    monkeypatch.setattr(calling.alerts, "came_in", lambda *_, **__: 1 / 0)
    assert unread.calling_for(anna) == 0
    monkeypatch.undo()
    assert [unread.calling_for(anna), unread.calling_for(anna)] == [1, 0]
    assert Alert.objects.get().screening == asked


@db
def test_a_hint_with_nothing_but_an_id_is_all_that_is_sent(
    asked, anna, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(hints, "send", lambda task, *ids: sent.append((task, *ids)) or True)
    with django_capture_on_commit_callbacks(execute=True):
        assert keeps_by_link(asked, anna).status_code == 200
    assert sent == [("clients.tasks.call", asked.pk)] and not Alert.objects.exists()


@db
def test_while_valkey_is_away_the_request_calls_itself(asked, anna, valkey_away, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert keeps_by_link(asked, anna).status_code == 200
    assert Alert.objects.count() == to_the_therapist(anna) == 1


def test_a_valkey_that_lets_in_and_never_answers_is_known_soon(valkey_silent):
    answers = []
    hint = Thread(target=lambda: answers.append(hints.send("clients.tasks.call", uuid4())), daemon=True)
    hint.start()
    hint.join(10)
    assert answers == [False]


@db
def test_while_valkey_is_silent_the_request_calls_itself(
    asked, anna, valkey_silent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert keeps_by_link(asked, anna).status_code == 200
    assert Alert.objects.count() == to_the_therapist(anna) == 1


@db
def test_a_call_that_fails_there_leaves_the_answer_kept_and_waiting(
    asked, anna, valkey_away, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(calling.alerts, "came_in", lambda *_, **__: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):
        assert keeps_by_link(asked, anna).status_code == 200
    monkeypatch.undo()
    assert not Alert.objects.exists() and calling.sweep() == 1


@db
def test_one_that_cannot_be_read_keeps_no_other_from_its_call(asked, mr_ode, ben):
    other = intake.send(mr_ode, by=ben, reader=ben)
    says(asked, {"hurt": "yes"})
    says(other, {"hurt": "yes"})
    Screening.objects.filter(pk=asked.pk).update(calling_sealed=b"\x01torn")
    assert calling.sweep() == 1
    assert Alert.objects.get().screening == other and Screening.objects.calling().get() == asked


def _begun():
    factories.practice()
    anna, ben = (factories.user(name, Role.THERAPIST) for name in ("Anna Reiter", "Ben Castle"))
    CoverPerson.objects.create(user=ben, position=1)
    asked = intake.send(factories.client("Mary Lee", anna), by=anna, reader=anna)
    return anna, says(asked, {"hurt": "yes"})


def test_several_workers_at_the_same_moment_call_once(fresh_db):
    anna, asked = _begun()
    gate = Barrier(4)

    def work(number):
        try:
            gate.wait(10)
            return calling.sweep() if number % 2 else calling.call(asked.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert Alert.objects.count() == to_the_therapist(anna) == 1


def test_neither_a_sweep_nor_a_page_stands_in_line_behind_somebody_who_is_deciding(fresh_db, caplog):
    anna, asked = _begun()
    holds, let_go = Event(), Event()

    def decide():
        try:
            with transaction.atomic():
                Client.objects.select_for_update().get(pk=asked.client_id)
                holds.set()
                let_go.wait(20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(decide)
        assert holds.wait(10)
        try:
            assert calling.sweep() == unread.calling_for(anna) == 0
            assert not caplog.records, "left for the next time, not waited for in vain"
        finally:
            let_go.set()
    assert calling.sweep() == 1


# --- what happens in between ---


@db
def test_taken_back_before_the_worker_came_it_still_calls_and_can_be_read(asked, mrs_lee, anna, as_anna):
    factories.decision(mrs_lee, anna)
    says(asked, CHEST)
    row = says(asked, {"chest_pain": "no"})
    assert intake.may_be_read(row) and worry.called_for(intake.called_for(row)) == ["danger to the body"]
    assert walks(mrs_lee) == Ground.PAUSED
    calling.sweep()
    assert worry.read(Alert.objects.get().raised).body and to_the_therapist(anna) == 1
    assert walks(mrs_lee) == Ground.PAUSED
    page = as_anna.get(reverse("clients:answers", args=[mrs_lee.pk, asked.pk]))
    assert "somebody was called for it: danger to the body." in page.content.decode()


@db
def test_all_that_was_said_meanwhile_counts_together(asked):
    says(asked, {"hurt": "yes"})
    says(asked, {"hurt": "no"})
    says(asked, CHEST)
    calling.sweep()
    raised = worry.read(Alert.objects.get().raised)
    assert raised.hurt == "yes" and raised.body


@db
def test_a_decision_in_between_does_not_lift_the_pause(asked, mrs_lee, anna):
    says(asked, CHEST)
    says(asked, {"chest_pain": "no"})
    factories.decision(mrs_lee, anna)
    assert walks(mrs_lee) == Ground.PAUSED
    calling.sweep()
    assert walks(mrs_lee) == Ground.PAUSED
    factories.decision(mrs_lee, anna)
    assert walks(mrs_lee) == Ground.AGREED


@db
def test_handing_it_in_calls_first(asked, anna):
    says(asked, {"hurt": "yes"})
    says(asked, {"hurt": "no"})
    intake.hand_in(asked)
    assert Alert.objects.get().moment == "begun" and to_the_therapist(anna) == 2
    assert calling.sweep() == 0


@db
def test_whoever_reads_it_before_the_worker_came_has_heard_of_it(asked, mrs_lee, anna, as_anna):
    says(asked, {"hurt": "yes"})
    assert as_anna.get(reverse("clients:answers", args=[mrs_lee.pk, asked.pk])).status_code == 200
    assert Alert.objects.get().seen_by == anna and calling.sweep() == 0


@db
def test_a_file_is_not_closed_while_somebody_is_still_to_be_called(asked, mrs_lee, anna):
    says(asked, {"hurt": "yes"})
    assert len(leaving.still_open(mrs_lee, on=timezone.localdate())) == 1
    with pytest.raises(enquiry.WrongMoment, match="which nobody has opened"):
        enquiry.close(mrs_lee, reason="Moved away.", by=anna)


@db
def test_what_was_put_aside_meanwhile_is_called_for_and_readable(asked, anna):
    says(asked, {"hurt": "yes"})
    enquiry.withdraw(Screening.objects.get(pk=asked.pk))
    assert intake.may_be_read(Screening.objects.get(pk=asked.pk))
    assert calling.sweep() == 1 and to_the_therapist(anna) == 1
    assert intake.may_be_read(Screening.objects.get(pk=asked.pk))


@db
def test_what_is_known_is_called_for_no_more_than_before(asked, mrs_lee, anna):
    review = timezone.localdate()
    baseline.write(mrs_lee, words="as ever", known=worry.Known(hurt="yes"), review_by=review, by=anna)
    says(asked, {"hurt": "yes"})
    assert calling.sweep() == 1, "it is looked at, and nobody is called"
    assert not Alert.objects.exists() and not Screening.objects.calling().exists()


# --- filled in together ---


@db
def test_the_therapist_is_called_for_what_somebody_else_writes_and_not_for_her_own(mrs_lee, anna, sam):
    asked = intake.together(mrs_lee, manner="room", by=anna)
    assert says(asked, {"hurt": "yes"}, by=anna).calling_since is None
    assert says(asked, CHEST, by=sam).calling_since
    assert says(asked, {"hurt": "talk"}, by=anna).calling_since, "what waits already still waits"
    calling.sweep()
    assert Alert.objects.count() == to_the_therapist(anna) == 1


# --- what the database holds ---


@db
@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"calling_sealed": b""}, "screening_calls_for_something"),
        ({"calling_since": None}, "screening_calls_for_something"),
        ({"status": "submitted", "submitted_at": timezone.now()}, "screening_calls_before_it_is_handed_in"),
    ],
)
def test_nothing_that_waits_is_half_forgotten_or_handed_in(asked, change, name):
    says(asked, {"hurt": "yes"})
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Screening.objects.filter(pk=asked.pk).update(**change)
