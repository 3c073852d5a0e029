"""Twice at the same moment, on committed rows: asked once, one decision, and no “something has changed” is lost."""

from clients.domain import decision, review, running_out
from clients.models import Decision, Review
from practice.models import Letter, Role
from tests import factories
from tests.clients.test_consent_races import _at_once
from tests.clients.test_review import TODAY, decided


def _begin():
    factories.practice()
    anna = factories.user("Anna Reiter", Role.THERAPIST)
    person = factories.client("Mary Lee", anna)
    decided(person, anna)
    return anna, person


def test_two_nights_at_once_ask_once(fresh_db):
    _begin()
    assert sorted(_at_once(3, lambda number: running_out.look())) == [0, 0, 1]
    assert Review.objects.count() == 1
    assert sorted(Letter.objects.values_list("kind", flat=True)) == ["decisions_run_out", "has_anything_changed"]


def test_two_confirmations_at_once_are_one_decision(fresh_db):
    anna, person = _begin()
    made = _at_once(3, lambda number: review.confirm(person, by=anna).pk)
    assert len(set(made)) == 1
    assert Decision.objects.count() == 2 and Review.objects.get().status == "confirmed"


def test_said_and_confirmed_at_the_same_moment_asks_to_look_again_either_way(fresh_db):
    anna, person = _begin()
    running_out.look()
    asked = Review.objects.get()
    review.say(asked, "nothing_changed")

    def act(number):
        try:
            return review.confirm(person, by=anna) if number else review.say(asked, "something_changed")
        except review.CannotGoOn:
            return None

    _at_once(2, act)
    assert Review.objects.filter(status="something_changed").count() == 1
    assert decision.permits(person, "walk", TODAY()).ground == decision.Ground.NEW
