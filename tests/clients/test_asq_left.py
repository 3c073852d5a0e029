"""The ninth answer of a PHQ-9 in the room calls for the suicide questions: left, it goes on being said."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, baseline, intake, recording, waiting
from clients.domain.instruments import shipped
from clients.domain.waiting import Why
from clients.domain.worry import Known
from clients.models import Screening
from practice.models import CoverPerson
from sessions.domain import hand
from tests import factories
from tests.clients.safety import assess

pytestmark = pytest.mark.django_db
CALM = {item.key: "0" for item in shipped()["phq9"].items if item.needed}
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
NOW = timezone.now


def ninth(person, by, answer, *, ago=0):
    at = NOW() - timedelta(minutes=ago)
    return recording.record(person, "phq9", CALM | {"better_off_dead": answer}, manner="room", by=by, now=at)


def left(person):
    return person.pk in asq.left_out([person.pk], on=timezone.localdate())


def page(browser, person):
    return browser.get(reverse("clients:show", args=[person.pk])).content.decode()


def first_in_queue(reader):
    return waiting.of(waiting.in_care(reader), now=NOW(), today=timezone.localdate())[0]


def test_left_it_goes_on_being_said_on_the_page_in_the_queue_and_today(mrs_lee, anna, as_anna):
    factories.decision(mrs_lee, anna)
    asq.record(factories.client("Ada", anna), NO, manner="room", by=anna, now=NOW() - timedelta(days=20))
    as_anna.post(
        reverse("clients:ask_here", args=[mrs_lee.pk, "phq9"]), CALM | {"better_off_dead": "1", "manner": "room"}
    )
    ask = reverse("clients:asq", args=[mrs_lee.pk])
    step = page(as_anna, mrs_lee).split("next-step")[1].split("</section")[0]
    assert "The suicide questions were left" in step
    assert ask in step and reverse("clients:assess", args=[mrs_lee.pk]) in step
    found = first_in_queue(anna)
    assert (found.client, found.first.why) == (mrs_lee, Why.ASQ_LEFT)
    queue = as_anna.get(reverse("clients:waiting")).content.decode()
    assert ask in queue and "Questions about safety were left" in queue and "uicid" not in queue
    today = hand.of(anna, now=NOW(), today=timezone.localdate())
    assert ask in [one.url for one in today]


def test_an_earlier_asking_or_assessment_does_not_end_it(mrs_lee, anna):
    asq.record(mrs_lee, NO, manner="room", by=anna, now=NOW() - timedelta(hours=1))
    assess(mrs_lee, anna, at=NOW() - timedelta(minutes=30))
    ninth(mrs_lee, anna, "1", ago=5)
    ninth(mrs_lee, anna, "0")
    assert left(mrs_lee), "a later nought takes nothing back"


def test_the_questions_end_it(mrs_lee, anna):
    ninth(mrs_lee, anna, "2", ago=5)
    asq.record(mrs_lee, NO, manner="room", by=anna)
    assert not left(mrs_lee)


def test_an_assessment_ends_it(mrs_lee, anna):
    ninth(mrs_lee, anna, "2", ago=5)
    assess(mrs_lee, anna, "open")
    assert not left(mrs_lee)


def test_what_is_known_asks_for_nothing_and_more_than_that_does(mrs_lee, mr_ode, anna):
    later = timezone.localdate() + timedelta(days=30)
    baseline.write(mrs_lee, words="passive thoughts", known=Known(item9=1), review_by=later, by=anna)
    ninth(mrs_lee, anna, "1", ago=5)
    ninth(mr_ode, anna, "1", ago=5)
    assert not left(mrs_lee) and left(mr_ode)
    assert asq.left_out([mrs_lee.pk], on=later + timedelta(days=1)), "its review has lapsed"
    ninth(mrs_lee, anna, "2")
    assert left(mrs_lee)


def test_a_nought_or_nothing_asks_for_nothing(mrs_lee, anna):
    ninth(mrs_lee, anna, "0")
    recording.record(mrs_lee, "phq9", {"interest": "3"}, manner="phone", by=anna)
    assert not left(mrs_lee)


def test_by_link_somebody_is_called_instead(mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    sent = intake.send(mrs_lee, by=anna, reader=anna, kind="phq9")
    intake.save(sent, intake.steps("phq9")[0], CALM | {"better_off_dead": "2"})
    intake.hand_in(Screening.objects.get(pk=sent.pk))
    assert not left(mrs_lee)


def test_many_cost_what_one_costs(mrs_lee, anna):
    people = [mrs_lee, *(factories.client(name, anna) for name in ("Ada", "Bea"))]
    later = timezone.localdate() + timedelta(days=30)
    for person in people:
        baseline.write(person, words="known", known=Known(item9=1), review_by=later, by=anna)
        ninth(person, anna, "2")

    def cost(some):
        with CaptureQueriesContext(connection) as captured:
            assert len(asq.left_out([one.pk for one in some], on=timezone.localdate())) == len(some)
        return len(captured)

    assert cost(people) == cost(people[:1]) <= 4
