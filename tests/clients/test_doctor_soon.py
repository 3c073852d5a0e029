"""Whoever tells of new chest pain, a collapse or breathlessness reads at once not to wait for us, and nothing else."""

import pytest
from django.urls import reverse

from clients.domain import doctor_soon, intake
from practice.models import CoverPerson
from tests.clients.test_intake import STEPS, calm, url, walk_through

pytestmark = pytest.mark.django_db
SAID = "You told us about something a doctor should look at soon. Please do not wait for us."
HEART = next(step.number for step in STEPS if doctor_soon.is_asked_on(step))
NEW = {"chest_pain": "yes", "chest_pain.new": "yes", "chest_pain.looked": "no", "chest_pain.effort": "yes"}
KNOWN = {"chest_pain": "yes", "chest_pain.new": "no", "chest_pain.looked": "yes", "chest_pain.effort": "no"}


@pytest.fixture
def token(mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    return intake.link_for(intake.send(mrs_lee, by=anna, reader=anna), by=anna)


@pytest.mark.parametrize(
    ("said", "is_told"),
    [
        ({}, False),
        ({"chest_pain": "no", "collapse": "no", "breathless_rest": "no"}, False),
        (NEW, True),
        (KNOWN, False),
        (KNOWN | {"chest_pain.new": "yes"}, True),
        (KNOWN | {"chest_pain.looked": "no"}, True),
        ({"collapse": "yes"}, True),
        ({"breathless_rest": "yes", "breathless_rest.looked": "yes", "breathless_rest.new": "no"}, False),
        ({"racing": "yes", "racing.new": "yes", "racing.looked": "no"}, False),
    ],
)
def test_what_is_told(said, is_told):
    assert doctor_soon.is_told({"everyday_health": said}) is is_told


def test_what_is_felt_today_counts_as_well():
    assert doctor_soon.is_told({"day_of_check": {"new": ["cold", "chest"]}})
    assert not doctor_soon.is_told({"day_of_check": {"new": ["cold"]}})


def test_it_stands_on_the_page_after_and_with_the_thanks(client, token, practice):
    page = STEPS[HEART - 1]
    client.post(url(token, HEART), calm(page) | NEW | {"way": "on"})
    shown = [number for number in range(1, len(STEPS) + 1) if SAID in client.get(url(token, number)).content.decode()]
    assert shown == [HEART + 1]
    after = client.get(url(token, HEART + 1)).content.decode()
    box = after[after.index(SAID) - 300 : after.index(SAID) + 300]
    assert 'href="tel:999"' in box and "chest" not in box.lower()
    walk_through(client, token, **NEW)
    thanks = client.get(url(token)).content.decode()
    assert SAID in thanks and "Anna has had your answers since" in thanks


def test_and_where_somebody_stops_there(client, token, practice):
    answer = client.post(url(token, HEART), calm(STEPS[HEART - 1]) | NEW | {"way": "stop"}, follow=True)
    assert SAID in answer.content.decode()
    assert SAID not in client.get(url(token)).content.decode()


def test_the_number_is_the_countrys(client, token, practice):
    practice.country = "DE"
    practice.save(update_fields=["country"])
    walk_through(client, token, **NEW)
    assert 'href="tel:112"' in client.get(url(token)).content.decode()


def test_what_is_known_and_looked_into_asks_for_nothing(client, token):
    walk_through(client, token, **KNOWN)
    assert SAID not in client.get(url(token)).content.decode()


def test_it_reads_the_same_when_it_is_filled_in_together(mrs_lee, anna, as_anna):
    asked = intake.together(mrs_lee, manner="room", by=anna)
    where = reverse("clients:together_part", args=[mrs_lee.pk, asked.pk, HEART])
    as_anna.post(where, calm(STEPS[HEART - 1]) | NEW | {"way": "on"})
    after = reverse("clients:together_part", args=[mrs_lee.pk, asked.pk, HEART + 1])
    assert SAID in as_anna.get(after).content.decode()
