"""What moves a booking by itself: danger stated now, and nothing else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, deciding, decision, intake, medical_letters, recording, review, waiting
from clients.domain.considerations import consider
from clients.domain.facts import Level
from clients.domain.instruments import shipped
from clients.domain.permission import Ground
from clients.domain.waiting import Why
from clients.models import Alert, CareTeamMember, SafetyAssessment, Screening
from practice.domain import post
from practice.models import CoverPerson, Letter
from tests import factories
from tests.clients.safety import assess

pytestmark = pytest.mark.django_db
WORST_MOOD = {item.key: "3" for item in shipped()["phq9"].items if item.needed}


def ground(person):
    return decision.permits(person, "walk", timezone.localdate()).ground


def tell(person, anna, kind, answers):
    return recording.record(person, kind, answers, manner="room", by=anna)


@pytest.fixture
def decided(mrs_lee, anna):
    factories.decision(mrs_lee, anna)
    return mrs_lee


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("day_of_check", {"new": ("chest",)}),
        ("day_of_check", {"without": ("injectors",)}),
        ("picture", {"chest_pain_now": "yes"}),
        ("picture", {"insect_allergy": "yes", "auto_injectors": "1"}),
        ("cssrs", {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "yes", "q5": "no", "q6": "no"}),
    ],
)
def test_danger_pauses_the_outdoor_part(decided, anna, kind, answers):
    tell(decided, anna, kind, answers)
    assert ground(decided) == Ground.PAUSED
    stopped = decision.permits(decided, "sit", timezone.localdate())
    assert not stopped.open and stopped.for_desk == "Not yet, ask Anna" and stopped.for_client == "Let's talk first"
    assert decision.permits(decided, "indoor", timezone.localdate()).open


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("phq9", WORST_MOOD),
        ("day_of_check", {"new": ("fuel", "sick", "harder", "sugar", "fever")}),
        ("day_of_check", {"without": ("inhaler",)}),
        ("picture", {"psychosis": "yes", "self_destructive": "yes", "eating_disorder": "yes", "asthma": "yes"}),
        ("scoff", {f"q{number}": "yes" for number in range(1, 6)}),
        ("cssrs", {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "no", "q5": "no", "q6": "yes", "q7": "no"}),
        ("acsm", {"active": "no", "symptoms": "yes", "disease": "yes"}),
    ],
)
def test_nothing_else_does(decided, anna, kind, answers):
    """After a decision it asks to look again; what was booked stands."""
    tell(decided, anna, kind, answers)
    assert decision.permits(decided, "walk", timezone.localdate()).open


def test_a_calm_answer_afterwards_does_not_lift_it_and_a_decision_does(decided, anna):
    tell(decided, anna, "day_of_check", {"new": ("chest",)})
    tell(decided, anna, "day_of_check", {"new": ("none",)})
    assert ground(decided) == Ground.PAUSED
    factories.decision(decided, anna)
    assert ground(decided) in (Ground.AGREED, Ground.NEW)


def test_an_intake_by_link_pauses_too(decided, anna):
    asked = intake.together(decided, manner="room", by=anna)
    step = next(one for one in intake.steps() if one.part.key == "heart")
    intake.save(asked, step, {"chest_pain": "yes", "chest_pain.new": "yes", "chest_pain.looked": "no"}, by=anna)
    assert ground(decided) == Ground.PAUSED, "nobody waits for the last page"
    intake.hand_in(asked, by=anna)
    assert ground(decided) == Ground.PAUSED


def test_it_costs_the_same_for_one_and_for_three(anna):
    people = [factories.client(f"Person {number}", anna) for number in range(3)]
    for person in people:
        factories.decision(person, anna)
        tell(person, anna, "day_of_check", {"new": ("chest",)})

    def cost(some):
        with CaptureQueriesContext(connection) as seen:
            decision.standing(some)
        return len(seen)

    assert cost(people[:1]) == cost(people)


def test_the_therapist_is_told_at_once_when_somebody_else_wrote_it_down(decided, anna, ben):
    CareTeamMember.objects.create(client=decided, user=ben, is_lead=False)
    made = tell(decided, ben, "day_of_check", {"new": ("chest",)})
    letters = Letter.objects.filter(about=made.pk)
    assert {letter.to for letter in letters} >= {anna.email}
    assert all(post.kinds[letter.kind].still_wanted(letter) for letter in letters)
    assert Alert.objects.get().screening == made


def test_she_is_not_written_to_about_what_she_wrote_down_herself(decided, anna):
    tell(decided, anna, "day_of_check", {"new": ("chest",)})
    assert not Letter.objects.exists()


def test_intent_written_down_from_the_columbia_screener_calls_whoever_covers(decided, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    tell(decided, anna, "cssrs", {"q1": "yes", "q2": "yes", "q3": "no", "q4": "yes", "q5": "no", "q6": "no"})
    assert [(letter.kind, letter.to) for letter in Letter.objects.all()] == [("please_ring", ben.email)]


def test_intent_from_the_columbia_screener_is_a_crisis_like_any_other(decided, anna, as_anna):
    high = {"q1": "yes", "q2": "yes", "q3": "no", "q4": "yes", "q5": "no", "q6": "no"}
    where = reverse("clients:ask_here", args=[decided.pk, "cssrs"])
    answer = as_anna.post(where, high | {"manner": "room"})
    made = Screening.objects.get()
    assert answer["Location"] == reverse("clients:asq_now", args=[decided.pk, made.pk])
    assert "Stay with" in as_anna.get(answer["Location"]).content.decode()
    tell(decided, anna, "cssrs", {"q1": "no", "q2": "no", "q6": "no"})
    factories.decision(decided, anna, "indoor")
    assert table(decided).crisis_is_open
    [row] = waiting.of(waiting.in_care(anna), now=timezone.now(), today=timezone.localdate())
    assert row.first.why == Why.CRISIS
    page = as_anna.get(reverse("clients:show", args=[decided.pk])).content.decode()
    assert reverse("clients:asq_now", args=[decided.pk, made.pk]) in page
    assess(decided, anna)
    assert not table(decided).crisis_is_open


# --- what was stated lies on the table until it is decided upon ---


def table(person):
    return deciding.table(person, on=timezone.localdate())


def test_danger_stated_yesterday_lies_on_the_table_after_a_calm_answer_today(mrs_lee, anna, as_anna):
    decided, yesterday = mrs_lee, timezone.now() - timedelta(days=1)
    factories.decision(decided, anna, at=yesterday - timedelta(days=1))
    recording.record(decided, "day_of_check", {"new": ("chest",)}, manner="room", by=anna, now=yesterday)
    tell(decided, anna, "day_of_check", {"new": ("none",)})
    where = reverse("clients:decide", args=[decided.pk])
    page = as_anna.get(where)
    assert "Chest pain, a faint or breathlessness at rest, today" in page.content.decode()
    assert "Later answers do not take it back" in page.content.decode()
    form = {
        "modes": ["walk"], "reasoning": "We considered it.", "look_again_on": timezone.localdate(),
        "read": page.context["read"],
    }  # fmt: skip
    assert as_anna.post(where, form).status_code == 422, "it speaks against walking, and asks for a tick"
    assert as_anna.post(where, form | {"thought_about": "on"}).status_code == 302
    assert ground(decided) in (Ground.AGREED, Ground.NEW)
    assert not [one for one in table(decided).thoughts if one.said_at]


def told(person, anna):
    tell(person, anna, "day_of_check", {"new": ("chest",)})


def changed(person, anna):
    review.note_change(person, by=anna, said="A new medicine.")


def decided_by_somebody(person, anna):
    factories.decision(person, anna, "indoor")


def assessed(person, anna):
    asq.record(person, {"wished_dead": "yes", "now": "no"}, manner="room", by=anna)


def filled_in(person, anna):
    day = timezone.localdate()
    medical_letters.keep_parq(person, result="any_yes", form_year=day.year, done_on=day, by=anna)


def left_open(person, anna):
    assess(person, by=anna, outcome="plan")


@pytest.mark.parametrize("news", [told, changed, decided_by_somebody, assessed, filled_in, left_open])
def test_nobody_decides_on_a_page_that_is_out_of_date(decided, anna, as_anna, news):
    where = reverse("clients:decide", args=[decided.pk])
    page = as_anna.get(where)
    news(decided, anna)
    before = decided.decisions.count()
    form = {"modes": ["indoor"], "reasoning": "Words of mine.", "look_again_on": timezone.localdate()}
    answer = as_anna.post(where, form | {"read": page.context["read"]})
    assert answer.status_code == 422 and "Something came in" in answer.content.decode()
    assert "Words of mine." in answer.content.decode() and decided.decisions.count() == before
    assert as_anna.post(where, form | {"read": answer.context["read"], "thought_about": "on"}).status_code == 302


def test_pressed_twice_it_is_one_decision(decided, as_anna):
    where = reverse("clients:decide", args=[decided.pk])
    form = {"modes": ["indoor"], "reasoning": "Words of mine.", "look_again_on": timezone.localdate()}
    form |= {"read": as_anna.get(where).context["read"]}
    assert [as_anna.post(where, form).status_code for _ in range(2)] == [302, 302]
    assert decided.decisions.count() == 2


def test_a_positive_answer_keeps_its_limits_when_it_grows_worse(decided, anna):
    positive = {"wished_dead": "no", "better_off": "no", "thoughts": "yes", "tried": "no"}
    asq.record(decided, positive | {"now": "no"}, manner="room", by=anna)
    mild = table(decided).considered.limits
    asq.record(decided, positive | {"now": "yes"}, manner="room", by=anna)
    assert mild and mild <= table(decided).considered.limits
    asq.record(decided, dict.fromkeys(positive, "no"), manner="room", by=anna)
    assert mild <= table(decided).considered.limits, "a later no does not take them back while it is open"


def test_an_empty_line_of_what_is_known_goes_on_saying_what_it_said(decided, anna, as_anna):
    tell(decided, anna, "picture", {"self_destructive": "yes", "insect_allergy": "yes", "auto_injectors": "0"})
    tell(decided, anna, "picture", {"panic": "yes"})
    assert {"S3", "M8", "P2"} <= table(decided).considered.rules
    page = as_anna.get(reverse("clients:ask_here", args=[decided.pk, "picture"]))
    assert page.context["form"]["self_destructive"].value() == "yes"


# --- what was settled stays to be read ---

POSITIVE = {"wished_dead": "yes", "better_off": "no", "thoughts": "yes", "tried": "refused", "now": "yes"}
CALM = dict.fromkeys(("wished_dead", "better_off", "thoughts", "tried"), "no")


def test_a_settled_crisis_and_a_later_no_leave_their_trace_on_the_table(decided, anna, as_anna):
    asq.record(decided, POSITIVE, manner="room", by=anna)
    assert "S1" in table(decided).considered.rules
    assess(decided, anna)
    asq.record(decided, CALM, manner="room", by=anna)
    lies = table(decided)
    assert "S1" not in lies.considered.rules, "it does not shout any more"
    assert "S2" in lies.considered.rules and "INCOMPLETE" not in {one.rule for one in lies.considered.considerations
                                                                  if "asq" in one.said}  # fmt: skip
    assert {"no_water_edge", "no_heights"} <= lies.considered.limits
    page = as_anna.get(reverse("clients:decide", args=[decided.pk])).content.decode()
    assert "a safety assessment settled it" in page
    assert reverse("clients:assessment", args=[decided.pk, SafetyAssessment.objects.get().pk]) in page


def test_a_later_no_hides_no_earlier_yes_that_is_not_settled(decided, anna):
    asq.record(decided, POSITIVE, manner="room", by=anna)
    asq.record(decided, CALM, manner="phone", by=anna)
    found = [thought for thought in table(decided).thoughts if thought.one.rule == "S1"]
    assert found and found[0].said_at and found[0].lines


def test_the_ninth_answer_in_the_room_leads_to_the_suicide_questions(decided, as_anna):
    where = reverse("clients:ask_here", args=[decided.pk, "phq9"])
    answer = as_anna.post(where, WORST_MOOD | {"manner": "room"})
    assert answer["Location"] == reverse("clients:asq", args=[decided.pk])


@pytest.mark.parametrize(("said", "rule", "level"), [("walking_only", "M5", Level.WALK_ONLY),
                                                     ("not_now", "M5", Level.MEDICAL_CLEARANCE)])  # fmt: skip
def test_what_a_doctor_says_against_moving_is_considered(said, rule, level):
    found = consider({}, doctor=said)
    assert (found.rules, found.level) == ({rule}, level)
    assert not consider({}, doctor="agreed").considerations
