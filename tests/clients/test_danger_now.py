"""What moves a booking by itself: danger stated now, and nothing else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import deciding, decision, intake, recording
from clients.domain.instruments import shipped
from clients.domain.permission import Ground
from clients.models import Alert, CareTeamMember
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
    assert ground(decided) != Ground.PAUSED
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


def test_intent_from_the_columbia_screener_is_closed_by_an_assessment_alone(decided, anna, as_anna):
    high = {"q1": "yes", "q2": "yes", "q3": "no", "q4": "yes", "q5": "no", "q6": "no"}
    where = reverse("clients:ask_here", args=[decided.pk, "cssrs"])
    answer = as_anna.post(where, high | {"manner": "room"})
    assert answer["Location"] == reverse("clients:assess", args=[decided.pk])
    assert deciding.table(decided, on=timezone.localdate()).crisis_is_open
    tell(decided, anna, "cssrs", {"q1": "no", "q2": "no", "q6": "no"})
    assert deciding.table(decided, on=timezone.localdate()).crisis_is_open
    assess(decided, anna)
    assert not deciding.table(decided, on=timezone.localdate()).crisis_is_open
