"""The safety assessment: what it closes and what it leaves open, the call that follows, and who may read it."""

import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, decision, safety, story
from clients.models import CareTeamMember, FollowUp, SafetyAssessment
from practice.models import AuditEntry, Paper
from sessions.domain import hand
from tests import factories
from tests.clients.safety import CALM, GRAVE, assess

pytestmark = pytest.mark.django_db
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
ACUTE = NO | {"thoughts": "yes", "now": "yes"}
TODAY = timezone.localdate
SECRET = "canary-heron"
FORM = CALM | {"manner": "room", "outcome": "with_plan"}


def address(name, client, *more):
    return reverse(f"clients:{name}", args=[client.pk, *more])


def outdoors(client, by, reasoning="We considered it."):
    return decision.decide(
        client, modes=["indoor", "walk"], limits=[], reasoning=reasoning,
        look_again_on=TODAY() + timedelta(days=90), by=by,
    )  # fmt: skip


def plan(client, by):
    again = TODAY() + timedelta(days=28)
    return safety.plan(client, {"staying": "The dog."}, look_again_on=again, manner="room", by=by)


def is_paused(client):
    return decision.standing([client])[client.pk].is_paused


class TestClosing:
    @pytest.mark.parametrize("outcome", ["open", "evaluation", "emergency"])
    def test_what_was_not_settled_stays_open(self, mrs_lee, anna, outcome):
        asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        assess(mrs_lee, anna, outcome)
        outdoors(mrs_lee, anna)
        asq.record(mrs_lee, NO, manner="phone", by=anna)
        assert asq.acute_unsettled(asq.all_of(mrs_lee))
        assert is_paused(mrs_lee)

    def test_what_is_said_again_after_it_was_settled_is_no_double_press(self, mrs_lee, anna):
        first = asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        assert asq.record(mrs_lee, ACUTE, manner="room", by=anna) == first
        assess(mrs_lee, anna)
        again = asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        assert again != first and asq.acute_unsettled(asq.all_of(mrs_lee))

    @pytest.mark.parametrize("outcome", ["with_plan", "contact"])
    def test_a_settling_one_closes_every_earlier_asking(self, mrs_lee, anna, outcome):
        for manner in ("room", "phone"):
            asq.record(mrs_lee, ACUTE, manner=manner, by=anna)
        assess(mrs_lee, anna, outcome)
        assert not asq.acute_unsettled(asq.all_of(mrs_lee))
        assert asq.open_one(asq.all_of(mrs_lee), on=TODAY()) is None
        assert is_paused(mrs_lee), "settled, and not yet decided upon"
        outdoors(mrs_lee, anna)
        assert not is_paused(mrs_lee)

    def test_with_a_plan_made_together_it_stays_open_until_the_plan_is_written(self, mrs_lee, anna, as_anna):
        made = asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        plan(factories.client("Ada One", anna), anna)
        read = as_anna.get(address("assess", mrs_lee)).context["read"]
        written = as_anna.post(address("assess", mrs_lee), FORM | {"read": read}).url
        outdoors(mrs_lee, anna)
        assert asq.acute_unsettled(asq.all_of(mrs_lee)) and is_paused(mrs_lee)
        for place in (written, address("asq_now", mrs_lee, made.pk), address("show", mrs_lee)):
            page = as_anna.get(place).content.decode()
            assert "Make the plan together: until it is written, this stays open." in page
            assert address("write_plan", mrs_lee) in page and "Settled by" not in page
        assert any("something was left open" in one.rest for one in hand.of(anna, now=timezone.now(), today=TODAY()))
        plan(mrs_lee, anna)
        assert not asq.acute_unsettled(asq.all_of(mrs_lee)) and not safety.is_left_open(mrs_lee)
        outdoors(mrs_lee, anna, "We have a plan now.")
        assert not is_paused(mrs_lee)
        for place in (written, address("asq_now", mrs_lee, made.pk), address("show", mrs_lee)):
            assert "until it is written" not in as_anna.get(place).content.decode()

    def test_what_was_answered_after_it_asks_for_an_assessment_and_not_for_the_plan(self, mrs_lee, anna, as_anna):
        safety.assess(mrs_lee, CALM, outcome="with_plan", manner="room", by=anna)
        asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        page = as_anna.get(address("show", mrs_lee)).content.decode()
        assert "A safety assessment settles it" in page and "until it is written" not in page

    @pytest.mark.parametrize("outcome", ["with_plan", "contact"])
    def test_where_nothing_was_said_it_cannot_be_left_as_safe(self, mrs_lee, anna, as_anna, outcome):
        unsaid = dict.fromkeys(safety.ASKED, "unsaid")
        said = FORM | unsaid | {"outcome": outcome, "thought_about": "on", "history": SECRET}
        answer = as_anna.post(address("assess", mrs_lee), said)
        assert answer.status_code == 422 and SECRET in answer.content.decode()
        assert "please choose another way to leave it" in answer.content.decode()
        with pytest.raises(safety.CannotKeep, match="cannot be left as safe"):
            safety.assess(mrs_lee, CALM | unsaid, outcome=outcome, manner="room", by=anna)
        assert as_anna.post(address("assess", mrs_lee), said | {"outcome": "open"}).status_code == 302
        assert as_anna.post(address("assess", mrs_lee), said | {"intent": "none"}).status_code == 302

    def test_it_says_nothing_of_what_is_answered_later(self, mrs_lee, anna):
        asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        assess(mrs_lee, anna)
        later = asq.record(mrs_lee, ACUTE, manner="phone", by=anna)
        assert asq.open_one(asq.all_of(mrs_lee), on=TODAY()) == later
        assert asq.acute_unsettled([later])

    def test_an_assessment_of_someone_else_settles_nothing(self, mrs_lee, anna):
        made = asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        assess(factories.client("Ada One", anna), anna)
        assert asq.is_open(made, on=TODAY())

    def test_a_still_open_one_pauses_without_any_asking(self, mrs_lee, anna, as_anna):
        outdoors(mrs_lee, anna)
        assess(mrs_lee, anna, "open")
        assert is_paused(mrs_lee)
        permission = decision.permits(mrs_lee, "walk", TODAY())
        assert permission.reasons[0].startswith("The last safety assessment left something open")
        assert (permission.for_desk, permission.for_client) == ("Not yet, ask Anna", "Let's talk first")
        page = as_anna.get(address("show", mrs_lee)).content.decode()
        assert "still open" in page and address("assess", mrs_lee) in page
        assess(mrs_lee, anna)
        assert not is_paused(mrs_lee)

    def test_it_remembers_the_asking_that_it_answers(self, mrs_lee, anna):
        made = asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        assert assess(mrs_lee, anna).screening == made
        assert assess(mrs_lee, anna, "contact").screening is None


class TestStanding:
    def test_what_is_written_stands(self, mrs_lee, anna):
        made = assess(mrs_lee, anna)
        for change in ({"outcome": "open"}, {"words_sealed": b"x"}, {"at": timezone.now()}):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                SafetyAssessment.objects.filter(pk=made.pk).update(**change)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            made.delete()

    def test_triggers_hold_even_where_a_role_may_more(self, db):
        """The runtime role has no right to change these rows; whoever has it meets a trigger."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'")
            names = " ".join(name for (name,) in cursor.fetchall())
        for trigger in ("safety_assessment_stands", "safety_plan_stands", "plan_given_stands", "follow_up_stands"):
            assert f"pgtrigger_{trigger}" in names

    def test_its_words_lie_sealed(self, mrs_lee, anna):
        made = assess(mrs_lee, anna, history=SECRET, decision=SECRET)
        assert SECRET.encode() not in bytes(made.words_sealed)
        assert SafetyAssessment.objects.get().words["history"] == SECRET
        assert not AuditEntry.objects.filter(body__contains=SECRET).exists()

    def test_pressed_twice_it_is_one(self, mrs_lee, anna, ben):
        assert assess(mrs_lee, anna) == assess(mrs_lee, anna)
        assert assess(mrs_lee, anna, "open") != assess(mrs_lee, ben, "open")
        assert SafetyAssessment.objects.count() == 3

    def test_an_answer_that_is_none_is_refused(self, mrs_lee, anna):
        with pytest.raises(safety.CannotKeep):
            safety.assess(mrs_lee, CALM | {"intent": "perhaps"}, outcome="open", manner="room", by=anna)


class TestTheCall:
    def test_it_is_promised_for_the_next_day_of_the_practice(self, mrs_lee, anna):
        late = datetime(2026, 6, 9, 23, 30, tzinfo=UTC)  # half past midnight in London
        safety.assess(mrs_lee, GRAVE, outcome="with_plan", manner="room", by=anna, at=late)
        assert FollowUp.objects.get().due_on.isoformat() == "2026-06-11"

    @pytest.mark.parametrize(
        ("words", "outcome", "calls"),
        [
            (CALM, "with_plan", 0),
            (CALM | {"means": "near"}, "with_plan", 0),
            (CALM | {"thoughts": "wish"}, "with_plan", 1),
            (CALM | {"intent": "unsaid"}, "with_plan", 1),
            (CALM | {"method": "vague"}, "with_plan", 1),
            (CALM, "contact", 1),
            (CALM, "open", 1),
            (CALM, "emergency", 1),
        ],
    )
    def test_whenever_something_was_found_or_left(self, mrs_lee, anna, words, outcome, calls):
        safety.assess(mrs_lee, words, outcome=outcome, manner="room", by=anna)
        assert FollowUp.objects.count() == calls

    def test_two_assessments_on_a_day_promise_one(self, mrs_lee, anna):
        assess(mrs_lee, anna, "open")
        assess(mrs_lee, anna, "contact")
        assert FollowUp.objects.count() == 1

    def test_done_is_written_once_and_stands(self, mrs_lee, anna, as_anna, as_sam):
        assess(mrs_lee, anna, "contact")
        task = FollowUp.objects.get()
        where = address("follow_up", mrs_lee, task.pk)
        assert as_sam.get(where).status_code == 404
        empty = as_anna.post(where, {"words": " "})
        assert empty.status_code == 422
        assert as_anna.post(where, {"words": f"Slept. {SECRET}"}).status_code == 302
        as_anna.post(where, {"words": "Again."})
        task.refresh_from_db()
        assert (task.done_by, task.words) == (anna, f"Slept. {SECRET}")
        assert SECRET.encode() not in bytes(task.words_sealed)
        assert SECRET in as_anna.get(where).content.decode()
        for change in ({"done_at": None, "done_by": None}, {"words_sealed": b"x"}, {"due_on": TODAY()}):
            with pytest.raises(DatabaseError), transaction.atomic():
                FollowUp.objects.filter(pk=task.pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            task.delete()

    def test_what_was_promised_is_not_put_off_nor_done_by_nobody(self, mrs_lee, anna):
        assess(mrs_lee, anna, "contact")
        with pytest.raises(DatabaseError), transaction.atomic():
            FollowUp.objects.update(due_on=TODAY() + timedelta(days=9))
        with pytest.raises(IntegrityError, match="follow_up_done_says_by_whom"), transaction.atomic():
            FollowUp.objects.update(done_at=timezone.now())


class TestPages:
    def test_from_the_panel_to_the_assessment_and_to_what_comes_next(self, mrs_lee, anna, as_anna):
        made = asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        panel = as_anna.get(address("asq_now", mrs_lee, made.pk)).content.decode()
        assert "Stay with Mrs Lee now" in panel and 'href="tel:999"' in panel
        assert address("assess", mrs_lee) in panel
        read = as_anna.get(address("assess", mrs_lee)).context["read"]
        answer = as_anna.post(address("assess", mrs_lee), FORM | GRAVE | {"history": SECRET, "read": read})
        written = SafetyAssessment.objects.get()
        assert answer.url == address("assessment", mrs_lee, written.pk)
        page = as_anna.get(answer.url).content.decode()
        for words in (SECRET, "Since Sunday, most nights.", "Thoughts of ending their life", "Sam Holt, 14:20."):
            assert words in page
        assert address("write_plan", mrs_lee) in page
        assert address("follow_up", mrs_lee, FollowUp.objects.get().pk) in page
        plan(mrs_lee, anna)
        panel = as_anna.get(address("asq_now", mrs_lee, made.pk)).content.decode()
        assert "Settled by the safety assessment of Anna" in panel and SECRET not in panel

    def test_the_panel_says_whom_they_named_and_opens_the_plan(self, mrs_lee, anna, as_anna):
        made = asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        factories.emergency_contact(mrs_lee, may_say=f"{SECRET} may be said")
        plan(mrs_lee, anna)
        page = as_anna.get(address("asq_now", mrs_lee, made.pk)).content.decode()
        for words in ('href="tel:07700900123"', f"{SECRET} may be said", address("plan", mrs_lee)):
            assert words in page
        assert AuditEntry.objects.filter(body__contains="client.emergency_contact_read").exists()

    def test_what_was_typed_is_kept_when_something_is_missing(self, mrs_lee, as_anna):
        answer = as_anna.post(address("assess", mrs_lee), FORM | {"told": "", "history": SECRET})
        assert answer.status_code == 422
        assert SECRET in answer.content.decode()
        assert set(answer.context["form"].errors) == {"told"}
        assert set(as_anna.post(address("assess", mrs_lee)).context["form"].errors) == {
            "manner", "thoughts", "intent", "method", "means", "outcome", "decision", "told",
        }  # fmt: skip
        assert not SafetyAssessment.objects.exists()

    @pytest.mark.parametrize("grave", [{"intent": "yes"}, {"method": "made", "means": "near"}])
    def test_something_grave_and_settled_asks_to_be_read_once_more(self, mrs_lee, as_anna, grave):
        first = as_anna.post(address("assess", mrs_lee), FORM | grave)
        assert first.status_code == 422 and "Worth a second look" in first.content.decode()
        assert as_anna.post(address("assess", mrs_lee), FORM | grave | {"outcome": "open"}).status_code == 302
        assert as_anna.post(address("assess", mrs_lee), FORM | grave | {"thought_about": "on"}).status_code == 302

    def test_what_was_recorded_meanwhile_is_read_before_anything_is_settled(self, mrs_lee, anna, ben, as_anna):
        CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
        asq.record(mrs_lee, ACUTE | {"now": "no"}, manner="room", by=anna)
        read = as_anna.get(address("assess", mrs_lee)).context["read"]
        later = asq.record(mrs_lee, ACUTE, manner="phone", by=ben)
        answer = as_anna.post(address("assess", mrs_lee), FORM | {"read": read, "history": SECRET})
        page = answer.content.decode()
        assert answer.status_code == 422 and not SafetyAssessment.objects.exists()
        assert page.count("recorded since this page was opened: please read them first") == 1 and SECRET in page
        assert address("answers", mrs_lee, later.pk) in page
        assert asq.acute_unsettled(asq.all_of(mrs_lee))
        again = FORM | {"read": answer.context["read"], "history": SECRET}
        assert as_anna.post(address("assess", mrs_lee), again).status_code == 302

    def test_without_a_mark_only_an_assessment_that_answers_nothing_is_written(self, mrs_lee, anna, as_anna):
        assert as_anna.post(address("assess", mrs_lee), FORM).status_code == 302
        asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        for mark in ({}, {"read": "x" * 60_000}):
            assert as_anna.post(address("assess", mrs_lee), FORM | {"outcome": "open"} | mark).status_code == 422

    def test_pressed_twice_on_the_page_it_is_one_even_with_news_between(self, mrs_lee, anna, ben, as_anna):
        CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
        read = as_anna.get(address("assess", mrs_lee)).context["read"]
        as_anna.post(address("assess", mrs_lee), FORM | {"read": read})
        asq.record(mrs_lee, ACUTE, manner="phone", by=ben)
        assert as_anna.post(address("assess", mrs_lee), FORM | {"read": read}).status_code == 302
        assert SafetyAssessment.objects.count() == 1 and asq.acute_unsettled(asq.all_of(mrs_lee))

    def test_sixty_kilobytes_are_not_an_error_of_ours(self, mrs_lee, as_anna):
        answer = as_anna.post(address("assess", mrs_lee), FORM | {"history": "x" * 60_000})
        assert answer.status_code == 422 and not SafetyAssessment.objects.exists()

    def test_reading_it_leaves_a_trace(self, mrs_lee, anna, as_anna, as_sam):
        made = assess(mrs_lee, anna)
        for browser in (as_anna, as_sam):
            assert browser.get(address("assessment", mrs_lee, made.pk)).status_code == 200
        assert AuditEntry.objects.filter(body__contains="safety.assessment_read").count() == 2

    def test_the_story_says_that_and_not_what(self, mrs_lee, anna, as_anna, as_olga):
        made = assess(mrs_lee, anna, "open", history=SECRET)
        titles = [one.title for one in story.entries(mrs_lee, story.chart(mrs_lee))]
        assert "Safety assessment by Anna" in titles
        page = as_anna.get(address("show", mrs_lee)).content.decode()
        assert address("assessment", mrs_lee, made.pk) in page and SECRET not in page
        desk = as_olga.get(address("show", mrs_lee)).content.decode()
        for words in (SECRET, "afety", "assess", "Harder days", "open"):
            assert words not in desk.split('id="main"')[1].split("</main>")[0].replace("Reopen", ""), words

    def test_neither_desk_nor_client_nor_a_stranger_gets_in(
        self, mrs_lee, anna, as_olga, as_rosa, as_mrs_lee, as_ben, as_mallory
    ):
        made = assess(mrs_lee, anna, "contact")
        places = [
            address("assess", mrs_lee),
            address("assessment", mrs_lee, made.pk),
            address("follow_up", mrs_lee, FollowUp.objects.get().pk),
        ]
        for place in places:
            for browser in (as_olga, as_rosa, as_mrs_lee, as_ben):
                assert browser.get(place).status_code == 404
            assert as_mallory.get(place)["Location"].startswith(reverse("account_login"))

    def test_a_page_costs_the_same_with_one_and_with_three(self, mrs_lee, anna, as_anna, django_assert_num_queries):
        def cost(place):
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert as_anna.get(place).status_code == 200
            return len(caught)

        made = asq.record(mrs_lee, ACUTE, manner="room", by=anna)
        first = assess(mrs_lee, anna, "contact")
        places = [
            address("show", mrs_lee),
            address("asq_now", mrs_lee, made.pk),
            address("assess", mrs_lee),
            address("assessment", mrs_lee, first.pk),
            address("follow_up", mrs_lee, FollowUp.objects.get().pk),
        ]
        one = [cost(place) for place in places]
        for days in (1, 2):
            assess(mrs_lee, anna, "contact", at=timezone.now() + timedelta(days=days))
        assert [cost(place) for place in places] == one


class TestOnPaper:
    def test_it_is_printed_once_and_read_again(self, mrs_lee, anna, as_anna, as_sam, as_olga, tmp_path):
        made = assess(mrs_lee, anna, history="A long winter.")
        printing = address("print_assessment", mrs_lee, made.pk)
        answer = as_anna.post(printing)
        assert as_anna.post(printing).url == answer.url
        paper = Paper.objects.get(kind="safety_assessment")
        for browser in (as_anna, as_sam):
            got = browser.get(answer.url)
            assert got["Content-Type"] == "application/pdf" and got.content.startswith(b"%PDF")
        assert as_olga.get(answer.url).status_code == 404
        text = _text(got.content, tmp_path)
        for words in ("Mary Lee", "Safe for now, with a plan", "A long winter.", "Sam Holt, 14:20.", paper.number):
            assert words in text
        for words in ("ASQ", "CRISIS", "S1"):
            assert words not in text


def _text(data, folder):
    (folder / "paper.pdf").write_bytes(data)
    return subprocess.run(["pdftotext", folder / "paper.pdf", "-"], capture_output=True, text=True, check=True).stdout
