"""“Nothing has changed”: asked before a decision runs out, confirmed by the therapist, never instead of a full look."""

from datetime import datetime, time, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from clients import tasks
from clients.domain import asq, calling, contacts, decision, enquiry, intake, review, running_out
from clients.models import ContactPoint, Decision, Review
from practice.domain import links, post
from practice.models import AuditEntry, CoverPerson, Letter, Link
from tests import factories

pytestmark = pytest.mark.django_db
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
ACUTE = NO | {"thoughts": "yes", "now": "yes"}
NOW = "2026-01-05T10:00:00Z"
TODAY = timezone.localdate
NOTHING, CHANGED, CONFIRMED = Review.Status.NOTHING, Review.Status.CHANGED, Review.Status.CONFIRMED


def decided(client, by, *modes, days_ago=70, lasts=91, **fields):
    """A decision of some days ago that runs out 91 days after it was made, unless it says otherwise."""
    at = timezone.now() - timedelta(days=days_ago)
    fields = {
        "at": at,
        "look_again_on": timezone.localdate(at) + timedelta(days=lasts),
        "limits": ["no_hills"],
    } | fields
    return factories.decision(client, by, *(modes or ("indoor", "walk")), **fields)


@pytest.fixture
def running(mrs_lee, anna):
    """A decision that runs out in three weeks."""
    return decided(mrs_lee, anna)


def asked(client):
    return Review.objects.get(client=client)


def kinds():
    return sorted(Letter.objects.values_list("kind", flat=True))


# --- what nobody has opened ---


@pytest.mark.parametrize("is_called", [True, False])
def test_it_does_not_go_on_over_answers_that_nobody_has_opened(running, mrs_lee, anna, ben, is_called):
    CoverPerson.objects.create(user=ben, position=1)
    phq9 = intake.send(mrs_lee, by=anna, reader=anna, kind="phq9")
    intake.save(phq9, intake.steps("phq9")[0], {"better_off_dead": "3"})
    if is_called:
        calling.call(phq9.pk)
    with pytest.raises(review.CannotGoOn, match="nobody has opened them"):
        review.confirm(mrs_lee, by=anna)
    phq9.refresh_from_db()
    intake.see(phq9, by=anna)
    assert review.confirm(mrs_lee, by=anna).carries_on == running


# --- the nightly look ---


class TestNight:
    def test_the_client_is_asked_once_and_the_therapist_is_told_once(self, running, mrs_lee, anna):
        tasks.ask_what_runs_out()
        tasks.ask_what_runs_out()
        assert running_out.look(now=timezone.now() + timedelta(days=3)) == 0
        assert (asked(mrs_lee).manner, asked(mrs_lee).status) == ("link", "asked")
        assert kinds() == ["decisions_run_out", "has_anything_changed"]
        question, told = Letter.objects.order_by("-kind")
        assert (question.to, question.client) == ("mary.lee@example.org", mrs_lee.pk)
        assert (told.to, told.client, told.about) == (anna.email, None, anna.pk)

    @pytest.mark.parametrize(("days_ago", "is_asked"), [(0, False), (6, False), (7, True), (14, True)])
    def test_a_short_decision_is_asked_about_in_its_second_half(self, mrs_lee, anna, days_ago, is_asked):
        decided(mrs_lee, anna, days_ago=days_ago, lasts=14)
        assert running_out.look() == is_asked

    @pytest.mark.parametrize(
        ("days_ago", "is_asked"), [(60, False), (61, True), (91, True), (92, True), (121, True), (122, False)]
    )
    def test_from_thirty_days_before_to_the_end_of_grace(self, mrs_lee, anna, days_ago, is_asked):
        noon = datetime.combine(TODAY(), time(12), tzinfo=timezone.get_current_timezone())
        decided(mrs_lee, anna, at=noon - timedelta(days=days_ago), look_again_on=TODAY() + timedelta(91 - days_ago))
        assert running_out.look(now=noon) == is_asked

    @pytest.mark.parametrize("change", [{"is_safe": False}, {"stopped_at": NOW}, {"suspended_at": NOW}])
    def test_where_nothing_may_go_by_itself_the_therapist_asks_in_person(self, running, mrs_lee, change):
        ContactPoint.objects.update(**change)
        running_out.look()
        assert asked(mrs_lee).manner == "room"
        assert kinds() == ["decisions_run_out"]

    @pytest.mark.parametrize("why", ["a year is over", "something is new", "danger was stated"])
    def test_when_everything_is_due_the_client_is_not_asked_for_a_tap(self, mrs_lee, anna, why):
        decided(mrs_lee, anna, **({"days_ago": 345, "lasts": 365} if why == "a year is over" else {}))
        if why == "something is new":
            review.note_change(mrs_lee, by=anna)
        if why == "danger was stated":
            asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        running_out.look()
        assert Review.objects.get(asked_by=None).manner == "full"
        assert kinds() == ["decisions_run_out"]

    def test_nobody_is_asked_about_rooms_old_decisions_or_closed_files(self, mrs_lee, anna):
        decided(mrs_lee, anna, "indoor")
        anew = factories.client("Ada North", anna)
        decided(anew, anna)
        factories.decision(anew, anna)
        decided(factories.client("Bea South", anna, status="closed"), anna)
        assert running_out.look() == 0

    def test_many_are_one_letter_a_night_and_cost_no_more_to_find(self, anna, ben, django_assert_max_num_queries):
        for name in ("Ada", "Bea", "Cleo"):
            decided(factories.client(name, anna), anna)
        decided(factories.client("Dan", ben), ben)
        assert running_out.look() == 4
        assert Letter.objects.filter(kind=running_out.TELL).count() == 2
        with django_assert_max_num_queries(9):
            assert running_out.look() == 0

    def test_what_was_decided_anew_lapses_with_its_link_and_letter(self, running, mrs_lee, anna):
        running_out.look()
        links.make(review.PURPOSE, subject=asked(mrs_lee).pk, lasts=timedelta(days=9), by=None)
        factories.decision(mrs_lee, anna)
        letter = Letter.objects.get(kind=review.ASK)
        assert not post.kinds[letter.kind].still_wanted(letter)
        running_out.look()
        assert asked(mrs_lee).status == Review.Status.LAPSED
        assert not Link.objects.filter(purpose=review.PURPOSE, ended_at=None).exists()
        assert Letter.objects.get(kind=review.ASK).state == Letter.State.CANCELLED

    def test_the_database_asks_only_once_too(self, running, mrs_lee):
        running_out.look()
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.create(client=mrs_lee, decision=running, manner="link")

    def test_it_is_in_the_timetable(self):
        from practice.config.celery import app

        assert app.conf.beat_schedule["running_out"]["task"] == tasks.ask_what_runs_out.name


# --- the letters ---


def render(kind):
    letter = Letter.objects.get(kind=kind)
    assert post.kinds[kind].still_wanted(letter)
    return post.kinds[kind].render(letter)


CLINICAL = ("herap", "uicid", "decision", "mood", "medic", "sleep", "walk", "health", "screen")


@pytest.mark.parametrize(("may_say", "names_us"), [("everything", True), ("name_only", False)])
def test_the_question_says_nothing_clinical_and_nothing_of_us_where_it_may_not(running, mrs_lee, may_say, names_us):
    ContactPoint.objects.update(may_say=may_say)
    running_out.look()
    words = render(review.ASK)
    for body in (words.subject, words.text, words.html):
        assert not any(word in body for word in CLINICAL)
    assert ("Larch Street" in words.text + words.subject + words.sender) is names_us
    assert "/c/" in words.text and "Lee" not in words.subject


@pytest.mark.parametrize("kind", [running_out.TELL, review.CHANGED])
def test_letters_to_the_therapist_name_no_client_and_nothing_clinical(running, mrs_lee, anna, kind):
    running_out.look()
    if kind == review.CHANGED:
        review.say(asked(mrs_lee), CHANGED)
    words = render(kind)
    for body in (words.subject, words.text, words.html):
        assert not any(word in body for word in (*CLINICAL, "Lee"))
    assert Letter.objects.get(kind=kind).client is None


def test_letters_that_nobody_needs_any_more_do_not_leave(running, mrs_lee, anna):
    running_out.look()
    review.say(asked(mrs_lee), CHANGED)
    told, changed = Letter.objects.get(kind=running_out.TELL), Letter.objects.get(kind=review.CHANGED)
    assert not post.kinds[told.kind].still_wanted(told)
    assert post.kinds[changed.kind].still_wanted(changed)
    factories.decision(mrs_lee, anna)
    assert not post.kinds[changed.kind].still_wanted(changed)


@pytest.mark.parametrize("why", ["answered", "unsafe", "stopped", "left"])
def test_the_question_does_not_leave_when_it_is_not_to_be_asked(running, mrs_lee, rosa, why):
    running_out.look()
    letter = Letter.objects.get(kind=review.ASK)
    if why == "answered":
        review.say(asked(mrs_lee), NOTHING)
    if why == "unsafe":
        ContactPoint.objects.update(is_safe=False)
    if why == "stopped":
        contacts.stop(mrs_lee.contact_points.get())
    if why == "left":
        enquiry.close(mrs_lee, reason="Moved away.", by=rosa)
    assert not post.kinds[letter.kind].still_wanted(letter)


# --- what the client says ---


class TestSaid:
    def test_nothing_has_changed_waits_for_the_therapist(self, running, mrs_lee):
        running_out.look()
        review.say(asked(mrs_lee), NOTHING)
        assert asked(mrs_lee).status == NOTHING
        assert Decision.objects.get() == running
        assert review.CHANGED not in kinds()

    def test_something_has_changed_tells_the_therapist_once_and_closes_nothing(self, running, mrs_lee):
        running_out.look()
        for _ in range(2):
            review.say(asked(mrs_lee), CHANGED)
        assert kinds().count(review.CHANGED) == 1
        found = decision.permits(mrs_lee, "walk", TODAY())
        assert found.open and found.needs_a_look
        assert found.reasons[0].startswith("Said on")

    def test_it_may_still_become_something_and_never_nothing_again(self, running, mrs_lee):
        running_out.look()
        for said in (NOTHING, CHANGED, NOTHING):
            review.say(asked(mrs_lee), said)
        assert asked(mrs_lee).status == CHANGED

    def test_what_was_said_stands(self, running, mrs_lee):
        running_out.look()
        review.say(asked(mrs_lee), CHANGED)
        for change in ({"status": "asked"}, {"words_sealed": b"x"}, {"answered_at": None}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Review.objects.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Review.objects.all().delete()

    @pytest.mark.parametrize("change", [{"manner": "room"}, {"asked_at": timezone.now() - timedelta(days=9)}])
    def test_the_asking_stands(self, running, change):
        running_out.look()
        with pytest.raises(DatabaseError), transaction.atomic():
            Review.objects.update(**change)

    @pytest.mark.parametrize("status", [NOTHING, CHANGED, CONFIRMED])
    def test_an_answer_has_a_time(self, running, status):
        running_out.look()
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.update(status=status)


# --- what the therapist confirms ---


class TestConfirm:
    def test_a_new_decision_with_the_same_ways_and_limits(self, running, mrs_lee, anna):
        running_out.look()
        review.say(asked(mrs_lee), NOTHING)
        made = review.confirm(mrs_lee, by=anna, said="We spoke about spring.")
        assert made != running and decision.newest(mrs_lee) == made
        assert (made.modes, made.limits, made.by) == (running.modes, running.limits, anna)
        assert (made.carries_on, made.fully_at) == (running, running.at)
        assert made.look_again_on == TODAY() + timedelta(days=91), "as long again as was chosen"
        assert "answered on their own page that nothing had changed" in made.reasoning
        assert "Anna Reiter confirmed it" in made.reasoning and made.reasoning.endswith("We spoke about spring.")
        one = asked(mrs_lee)
        assert (one.status, one.made, one.confirmed_by, one.answered_by) == (CONFIRMED, made, anna, None)
        assert decision.permits(mrs_lee, "walk", running.look_again_on + timedelta(days=60)).open

    def test_said_in_person_needs_no_letter(self, running, mrs_lee, anna):
        made = review.confirm(mrs_lee, by=anna)
        assert "said in person that nothing had changed" in made.reasoning
        one = asked(mrs_lee)
        assert (one.manner, one.status, one.answered_by) == ("room", CONFIRMED, anna)

    def test_in_person_the_mailed_question_ends(self, running, mrs_lee, anna):
        running_out.look()
        links.make(review.PURPOSE, subject=asked(mrs_lee).pk, lasts=timedelta(days=9), by=None)
        review.confirm(mrs_lee, by=anna)
        assert asked(mrs_lee).answered_by == anna
        assert Letter.objects.get(kind=review.ASK).state == Letter.State.CANCELLED
        assert not Link.objects.filter(purpose=review.PURPOSE, ended_at=None).exists()

    def test_pressed_twice_is_one_decision(self, running, mrs_lee, anna):
        assert review.confirm(mrs_lee, by=anna) == review.confirm(mrs_lee, by=anna)
        assert Decision.objects.count() == 2

    def test_what_was_considered_goes_along(self, mrs_lee, anna):
        decided(mrs_lee, anna, considered='[{"rule": "S2"}]', rule_set="9")
        made = review.confirm(mrs_lee, by=anna)
        assert (made.considered, made.rule_set) == ('[{"rule": "S2"}]', "9")
        assert AuditEntry.objects.filter(body__contains="review.confirmed").count() == 1
        asq.record(mrs_lee, NO | {"wished_dead": "yes", "now": "no"}, manner="room", by=anna)
        assert decision.permits(mrs_lee, "walk", TODAY()).ground == decision.Ground.AGREED, "known before, not new"

    @pytest.mark.parametrize(
        ("why", "words"),
        [
            ("undecided", "no decision yet"),
            ("changed", "Something is new"),
            ("danger", "Outdoors is paused"),
            ("a year is over", "It is due again"),
        ],
    )
    def test_it_does_not_go_on_by_itself_when(self, mrs_lee, anna, why, words):
        if why != "undecided":
            decided(mrs_lee, anna, **({"days_ago": 345, "lasts": 365} if why == "a year is over" else {}))
        if why == "changed":
            review.note_change(mrs_lee, by=anna)
        if why == "danger":
            asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        before = Decision.objects.count()
        with pytest.raises(review.CannotGoOn, match=words):
            review.confirm(mrs_lee, by=anna)
        assert Decision.objects.count() == before

    def test_two_of_them_never_reach_beyond_a_year_after_everything_was_looked_at(self, mrs_lee, anna, monkeypatch):
        full = decided(mrs_lee, anna, days_ago=300, lasts=365)
        first = decided(mrs_lee, anna, days_ago=200, lasts=91, carries_on=full)
        assert review.until(first, on=first.look_again_on) == timezone.localdate(full.at) + review.FULL_LASTS
        second = decided(mrs_lee, anna, days_ago=90, lasts=91, carries_on=full)
        made = review.confirm(mrs_lee, by=anna)
        assert made.carries_on == full
        assert made.look_again_on == timezone.localdate(full.at) + review.FULL_LASTS
        assert made.look_again_on < timezone.localdate(second.at) + timedelta(days=366)
        monkeypatch.setattr(review, "TWICE", timedelta(0))  # a minute later
        with pytest.raises(review.CannotGoOn, match="due again"):
            review.confirm(mrs_lee, by=anna)

    @pytest.mark.parametrize("lasts", [14, 28, 91])
    def test_it_keeps_the_interval_that_the_clinician_chose_for_everything(self, mrs_lee, anna, lasts):
        full = decided(mrs_lee, anna, days_ago=lasts - 7, lasts=lasts)
        made = review.confirm(mrs_lee, by=anna)
        assert (made.carries_on, made.look_again_on) == (full, TODAY() + timedelta(days=lasts))
        assert review.until(made, on=made.look_again_on) == made.look_again_on + timedelta(days=lasts), "and again"

    def test_in_the_days_of_grace_it_may_still_go_on(self, mrs_lee, anna):
        old = decided(mrs_lee, anna, days_ago=100, lasts=91)
        assert old.look_again_on < TODAY()
        assert review.confirm(mrs_lee, by=anna).look_again_on > TODAY()


# --- an event ---


class TestChange:
    def test_the_words_lie_sealed_and_the_same_twice_is_once(self, running, mrs_lee, anna):
        for _ in range(2):
            review.note_change(mrs_lee, by=anna, said="canary-lark")
        one = asked(mrs_lee)
        assert (one.status, one.words, one.answered_by) == (CHANGED, "canary-lark", anna)
        assert b"canary" not in bytes(one.words_sealed)

    def test_another_event_is_another_row(self, running, mrs_lee, anna):
        review.note_change(mrs_lee, by=anna, said="New medicine.")
        review.note_change(mrs_lee, by=anna, said="A fall.")
        assert Review.objects.count() == 2

    def test_it_answers_what_was_asked(self, running, mrs_lee, anna):
        running_out.look()
        review.note_change(mrs_lee, by=anna, said="A fall.")
        assert (asked(mrs_lee).status, asked(mrs_lee).words) == (CHANGED, "A fall.")

    def test_before_the_first_decision_there_is_nothing_to_look_at_again(self, mrs_lee, anna):
        with pytest.raises(review.CannotGoOn):
            review.note_change(mrs_lee, by=anna)
