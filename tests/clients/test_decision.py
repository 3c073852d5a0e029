"""The suicide questions, the decision, and who may meet whom where."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, consent, consent_texts, decision, intake, signing, story
from clients.models import Decision, Screening
from practice.domain import post
from practice.models import AuditEntry, CoverPerson, Letter, Mode
from tests import factories
from tests.clients.safety import assess

pytestmark = pytest.mark.django_db
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
TODAY = timezone.localdate


def ask(browser, client, **answers):
    return browser.post(reverse("clients:asq", args=[client.pk]), NO | {"manner": "room"} | answers)


def decide(client, by, *modes, days=90, **fields):
    fields = {"limits": [], "reasoning": "We considered it.", "look_again_on": TODAY() + timedelta(days=days)} | fields
    return decision.decide(client, modes=modes, by=by, **fields)


def form(**changes):
    return {
        "modes": ["indoor", "walk"],
        "limits": ["heat_mild"],
        "reasoning": "She and I considered how walking helps her begin.",
        "look_again_on": (TODAY() + timedelta(days=60)).isoformat(),
    } | changes


def write(browser, client, **changes):
    """Open the page and send its form, with the answers that it showed."""
    where = reverse("clients:decide", args=[client.pk])
    return browser.post(where, form(read=browser.get(where).context["read"]) | changes)


def test_all_no_is_written_down_and_nobody_is_alarmed(mrs_lee, as_anna):
    assert ask(as_anna, mrs_lee).url == reverse("clients:show", args=[mrs_lee.pk])
    assert asq.outcome(Screening.objects.get()) == "negative"
    assert not Letter.objects.exists()


def test_the_fifth_question_is_needed_when_one_of_four_is_not_a_no(mrs_lee, as_anna):
    answer = ask(as_anna, mrs_lee, tried="refused")
    assert answer.status_code == 422
    assert "Please ask this one too" in answer.content.decode()
    assert not Screening.objects.exists()


@pytest.mark.parametrize("missing", ["wished_dead", "manner"])
def test_an_unanswered_question_is_not_written_down_as_no(mrs_lee, as_anna, missing):
    assert ask(as_anna, mrs_lee, **{missing: ""}).status_code == 422
    assert not Screening.objects.exists()


def test_a_positive_screen_leads_to_what_to_do_before_parting(mrs_lee, as_anna):
    answer = ask(as_anna, mrs_lee, tried="yes", now="no")
    page = as_anna.get(answer.url).content.decode()
    assert "Before you part" in page and "Stay with" not in page
    assert not Letter.objects.exists()


def test_an_acute_one_says_what_to_do_now_and_calls_the_cover_list_without_a_clinical_word(mrs_lee, as_anna, ben, sam):
    CoverPerson.objects.create(user=ben, position=1)
    CoverPerson.objects.create(user=sam, position=2)
    answer = ask(as_anna, mrs_lee, thoughts="yes", now="yes")
    page = as_anna.get(answer.url).content.decode()
    for words in ("Stay with Mrs Lee now", "ring 999", "Ben Castle", "116 123", "not left alone"):
        assert words in page
    letters = Letter.objects.filter(kind="please_ring")
    assert {letter.to for letter in letters} == {ben.email, sam.email}
    words = post.kinds["please_ring"].render(letters[0])
    for body in (words.subject, words.text, words.html):
        for secret in ("Lee", "suicid", "Samaritans"):
            assert secret not in body
        assert "Anna" in body


def test_a_positive_answer_stays_open_until_it_is_assessed(mrs_lee, as_anna):
    now = ask(as_anna, mrs_lee, thoughts="yes", now="yes").url
    assert "Write the safety assessment" in as_anna.get(now).content.decode()
    made = Screening.objects.get()
    assert asq.is_open(made, on=TODAY())
    assert not asq.is_open(made, on=TODAY() + timedelta(days=31))
    assert "still open" in as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).content.decode()


def test_stated_intent_pauses_outdoors_and_a_new_decision_lifts_it(mrs_lee, anna):
    decide(mrs_lee, anna, "indoor", "walk")
    assert decision.permits(mrs_lee, "walk", TODAY()).open
    asq.record(mrs_lee, NO | {"thoughts": "yes", "now": "yes"}, manner="phone", by=anna)
    paused = decision.permits(mrs_lee, "walk", TODAY())
    assert not paused.open
    assert (paused.for_desk, paused.for_client) == ("Not yet, ask Anna", "Let's talk first")
    assert decision.permits(mrs_lee, "indoor", TODAY()).open
    assess(mrs_lee, anna)
    assert not decision.permits(mrs_lee, "walk", TODAY()).open, "settled, and not yet decided upon"
    decide(mrs_lee, anna, "indoor", "walk")
    assert decision.permits(mrs_lee, "walk", TODAY()).open


def test_honesty_does_not_cost_the_walk(mrs_lee, anna):
    """A positive screen that is not acute, and self-harm in the intake, move no booking by themselves."""
    decide(mrs_lee, anna, "indoor", "walk")
    asq.record(mrs_lee, NO | {"wished_dead": "yes", "now": "no"}, manner="room", by=anna)
    made = intake.together(mrs_lee, manner="room", by=anna)
    intake.save(made, intake.steps()[-1], {"hurt": "yes"})
    intake.hand_in(made, by=anna)
    assert decision.permits(mrs_lee, "walk", TODAY()).open


def test_before_the_first_decision_no_outdoor_mode_is_open(mrs_lee):
    opened = {mode: decision.permits(mrs_lee, mode, TODAY()).open for mode in Mode.values}
    assert opened == {"indoor": True, "online": True, "sit": False, "walk": False, "run": False}


def test_only_what_was_agreed_is_open(mrs_lee, anna):
    decide(mrs_lee, anna, "indoor", "sit", limits=["no_hills"])
    assert decision.permits(mrs_lee, "sit", TODAY()).open
    assert decision.permits(mrs_lee, "sit", TODAY()).limits == ("no_hills",)
    walk = decision.permits(mrs_lee, "walk", TODAY())
    assert not walk.open and "does not include walking" in walk.reasons[0]


def test_a_decision_that_ran_out_is_amber_for_two_weeks_and_then_closed(mrs_lee, anna):
    made = decide(mrs_lee, anna, "walk", days=10)
    last = made.look_again_on
    days = [(0, True, False), (1, True, True), (30, True, True), (31, False, False)]
    for later, is_open, lapsed in days:
        may = decision.permits(mrs_lee, "walk", last + timedelta(days=later))
        assert (may.open, may.lapsed) == (is_open, lapsed), later
    assert decision.current(mrs_lee, last) == made
    assert decision.current(mrs_lee, last + timedelta(days=1)) is None


def test_the_newest_decision_stands_and_none_is_changed(mrs_lee, anna):
    first = decide(mrs_lee, anna, "walk", "run")
    decide(mrs_lee, anna, "indoor")
    assert not decision.permits(mrs_lee, "walk", TODAY()).open
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=first.pk).update(modes=["run"])
    with pytest.raises(DatabaseError), transaction.atomic():
        first.delete()


def test_where_many_stand_costs_the_same_as_where_one_stands(mrs_lee, anna):
    def cost(some):
        with CaptureQueriesContext(connection) as seen:
            decision.standing(some)
        return len(seen)

    people = [mrs_lee, *(factories.client(name, anna) for name in ("Ada", "Bea"))]
    for person in people:
        decide(person, anna, "walk")
    assert cost(people) == cost(people[:1]) == 3, "what there is, the decisions, the practice"
    for person in people:
        for answers in (NO, NO | {"thoughts": "yes", "now": "yes"}):
            asq.record(person, answers, manner="room", by=anna)
    assert cost(people) == cost(people[:1]) <= 7


def test_deciding_keeps_the_words_the_limits_and_the_trace(mrs_lee, anna, as_anna):
    asq.record(mrs_lee, NO, manner="room", by=anna)
    assert write(as_anna, mrs_lee).status_code == 302
    made = Decision.objects.get()
    assert (made.modes, made.limits, made.by) == (["indoor", "walk"], ["heat_mild"], anna)
    assert made.reasoning.startswith("She and I considered")
    assert made.rule_set and "INCOMPLETE" in made.considered
    assert b"considered" not in bytes(made.reasoning_sealed)
    page = as_anna.get(reverse("clients:decision", args=[mrs_lee.pk, made.pk])).content.decode()
    assert "She and I considered" in page and "INCOMPLETE" not in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("reasoning", "", "required"),
        ("reasoning", "We considered …", "finish the sentence"),
        ("modes", [], "required"),
        ("modes", ["fly"], "valid"),
        ("limits", ["no_fun"], "valid"),
        ("look_again_on", "2020-01-01", "still to come"),
        ("look_again_on", "2099-01-01", "a year at most"),
        ("look_again_on", "soon", "valid date"),
    ],
)
def test_a_decision_with_a_gap_comes_back_with_what_was_written(mrs_lee, as_anna, field, value, words):
    answer = as_anna.post(reverse("clients:decide", args=[mrs_lee.pk]), form(**{field: value}))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Decision.objects.exists()


def test_choosing_against_a_finding_asks_for_a_thought_and_then_stands(mrs_lee, anna, as_anna):
    made = intake.together(mrs_lee, manner="room", by=anna)
    intake.save(made, intake.steps()[1], {"chest_pain": "yes", "chest_pain.looked": "no"})
    intake.hand_in(made, by=anna)
    first = write(as_anna, mrs_lee)
    assert first.status_code == 422
    assert "Worth a second look" in first.content.decode()
    assert write(as_anna, mrs_lee, thought_about="on").status_code == 302


def test_outdoors_waits_while_a_crisis_is_open_and_not_longer(mrs_lee, anna, as_anna):
    asq.record(mrs_lee, NO | {"thoughts": "yes", "now": "yes"}, manner="room", by=anna)
    assert write(as_anna, mrs_lee, thought_about="on").status_code == 422
    assert write(as_anna, mrs_lee, modes=["indoor"]).status_code == 302
    assess(mrs_lee, anna)
    assert write(as_anna, mrs_lee, thought_about="on").status_code == 302


def test_while_safety_is_open_the_page_asks_for_one_thing_only(mrs_lee, anna, as_anna):
    asq.record(mrs_lee, NO | {"thoughts": "yes", "now": "yes"}, manner="room", by=anna)
    answer = write(as_anna, mrs_lee)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["modes"]


def test_reading_leaves_a_trace_before_it_shows(mrs_lee, anna, as_anna):
    made = asq.record(mrs_lee, NO, manner="room", by=anna)
    before = AuditEntry.objects.count()
    as_anna.get(reverse("clients:answers", args=[mrs_lee.pk, made.pk]))
    entry = AuditEntry.objects.order_by("pk").last()
    assert AuditEntry.objects.count() == before + 1
    assert "screening.read" in entry.body and str(mrs_lee.pk) in entry.body


def test_the_page_says_one_next_step_at_a_time(mrs_lee, anna):
    def step():
        client = type(mrs_lee).objects.get(pk=mrs_lee.pk)
        return story.next_step(client, story.chart(client), on=TODAY())

    assert step() == story.Next.SEND_INTAKE
    made = intake.together(mrs_lee, manner="room", by=anna)
    assert step() == story.Next.WAIT_FOR_INTAKE
    intake.hand_in(made, by=anna)
    assert step() == story.Next.READ_ANSWERS
    made.refresh_from_db()
    intake.see(made, by=anna)
    assert step() == story.Next.ASK_ASQ
    asq.record(mrs_lee, NO, manner="room", by=anna)
    assert step() == story.Next.DECIDE
    decide(mrs_lee, anna, "indoor", "walk")
    assert step() == story.Next.EMERGENCY_CONTACT
    factories.emergency_contact(mrs_lee)
    assert step() == story.Next.CONSENT
    consent_texts.publish_shipped()
    asked = consent.ask(mrs_lee, consent_texts.current()[0], by=anna, send=False)
    assert step() == story.Next.WAIT_FOR_CONSENT
    signing.talk(asked)
    assert step() == story.Next.TALK_ABOUT_CONSENT


def test_decided_for_indoors_there_is_no_consent_to_ask_for_and_no_path_to_find(mrs_lee, anna, as_anna):
    decide(mrs_lee, anna, "indoor")
    assert story.next_step(mrs_lee, story.chart(mrs_lee), on=TODAY()) == story.Next.BOOK
    step = as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).content.decode().split("next-step")[1]
    assert "not outdoors for now" in step.split("</section")[0] and "path" not in step.split("</section")[0]


def test_unread_answers_come_before_questions_that_were_asked_since(mrs_lee, anna, as_anna):
    first = intake.together(mrs_lee, manner="room", by=anna)
    intake.hand_in(first, by=anna)
    intake.together(mrs_lee, manner="phone", by=anna)
    assert story.next_step(mrs_lee, story.chart(mrs_lee), on=TODAY()) == story.Next.READ_ANSWERS
    read = reverse("clients:answers", args=[mrs_lee.pk, first.pk])
    assert (
        f'href="{read}"' in as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).content.decode().split("</aside")[0]
    )
    as_anna.get(read)
    assert story.next_step(mrs_lee, story.chart(mrs_lee), on=TODAY()) == story.Next.WAIT_FOR_INTAKE


def test_an_intake_begun_and_left_lying_asks_for_a_ring_and_is_not_a_refusal(mrs_lee, anna):
    made = intake.together(mrs_lee, manner="phone", by=anna)
    intake.save(made, intake.steps()[0], {"active": "yes"})
    read = story.chart(mrs_lee)
    assert story.next_step(mrs_lee, read, on=TODAY() + timedelta(days=8)) == story.Next.RING
