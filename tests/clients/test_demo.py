"""The demo's clients: 24 invented people with a believable past, the same for the same seed."""

import random
from datetime import date

import pytest
from django.utils import timezone

from clients.domain import asq, decision, demo, measure_plans, measures, measures_demo, results, story
from clients.models import Client, Decision, MedicalLetter, Screening, SecondReading
from practice.models import CoverPerson, Supervision
from tests import factories

pytestmark = pytest.mark.django_db


def test_they_stand_where_real_people_stand_and_their_past_is_in_order(anna, ben, sam):
    CoverPerson.objects.create(user=ben, position=1)
    today = timezone.localdate()
    people = demo.make([anna, ben, sam], today, random.Random(7))
    assert len(people) == len({one.name for one in people}) == 24
    for one in people:
        point = one.contact_points.get(kind="email")
        assert point.is_safe and point.value.endswith("@example.org")
    count = {status: sum(one.status == status for one in people) for status in Client.Status.values}
    assert count == {"enquiry": 2, "active": 21, "closed": 1}
    steps = {story.next_step(one, story.chart(one), on=today) for one in people}
    assert {story.Next.ADMIT, story.Next.READ_ANSWERS, story.Next.WAIT_FOR_INTAKE, story.Next.DECIDE} <= steps
    made = list(Decision.objects.select_related("client"))
    assert len(made) == 20  # 19 in treatment, one who has left
    lapsed = [one for one in made if one.look_again_on < today]
    assert [one.client.name for one in lapsed] == ["Jonah Okonkwo"]
    assert decision.permits(lapsed[0].client, "walk", today).lapsed
    for one in made:
        assert one.at < timezone.now() and one.client.called_name in one.reasoning
        first = Screening.objects.answered().filter(client=one.client).exclude(kind__in=measures_demo.SCORES)
        assert all(each.submitted_at < one.at for each in first)
        assert asq.outcome(asq.latest(one.client)) == "negative"


def test_the_same_seed_makes_the_same_people(anna, ben, sam):
    CoverPerson.objects.create(user=ben, position=1)

    def told():
        people = demo.make([anna, ben, sam], date(2026, 10, 8), random.Random(3))
        return [(one.name, getattr(one, "emergency_contact", None) and one.emergency_contact.phone) for one in people]

    assert told() == told()


def test_a_doctor_has_not_replied_and_a_decision_waits_to_be_read(anna, ben, sam):
    CoverPerson.objects.create(user=ben, position=1)
    mira = factories.user("Mira Solace", "trainee")
    Supervision.objects.create(supervisor=anna, supervisee=mira)
    demo.make([anna, ben, mira], timezone.localdate(), random.Random(7))
    letter = MedicalLetter.objects.to_chase().get()
    assert letter.client.name == "Tomas Kessler" and "A heart murmur" in letter.text
    assert "longer winter" not in letter.text and "harm" not in letter.text
    assert SecondReading.objects.of(anna).waiting().get().decision.client.name == "Mei Tanaka"


def test_one_person_has_lines_that_they_may_see(anna, ben, sam):
    CoverPerson.objects.create(user=ben, position=1)
    person = demo.make([anna, ben, sam], timezone.localdate(), random.Random(7))[0]
    charts = measures.charts(person)
    assert [(chart.title, len(chart.rows)) for chart in charts] == [("PHQ-9", 5), ("GAD-7", 5)]
    assert all(chart.change.startswith("eased by") for chart in charts)
    assert measure_plans.of(person) and measure_plans.agreement(person)
    found = results.of_each(list(person.screenings.filter(kind="phq9")))
    assert all("S2" not in one.rules for one in found)
