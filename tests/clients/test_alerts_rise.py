"""Answers that grow worse after somebody has heard of them call again; what is equal or milder calls nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clients.domain import alerts, baseline, calling, intake, worry
from clients.domain.answering import Change
from clients.domain.worry import Signs
from clients.models import Alert, Screening
from practice.models import CoverPerson, Letter, Role
from tests import factories

EIGHT = ("interest", "low", "sleep", "tired", "appetite", "failure", "concentrating", "moving")


@pytest.fixture
def asked(mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    CoverPerson.objects.create(user=factories.user("Jo Field", "therapist"), position=2)
    return intake.send(mrs_lee, by=anna, reader=anna, kind="phq9")


def nine(asked, value, **others):
    """The ninth question answered, and the others with it; the worker comes at once."""
    asked.refresh_from_db()
    said = {key: Change(answer) for key, answer in ({"better_off_dead": value} | others).items()}
    intake.keep(asked, intake.steps("phq9")[0], said)
    calling.call(asked.pk)


def hears(how, asked, by):
    if how == "reached":
        alerts.reached(Alert.objects.get(), by=by)
    elif how == "seen":
        asked.refresh_from_db()
        intake.see(asked, by=by)
    else:
        Alert.objects.update(exhausted_at=timezone.now())


def calls():
    """Letters to colleagues: to the reader, and to whoever covers."""
    kinds = ("answers_came_in", "please_make_sure")
    return [Letter.objects.filter(kind=kind).count() for kind in kinds]


def later(hours):
    return timezone.now() + timedelta(hours=hours)


@pytest.mark.parametrize("how", ["reached", "seen", "exhausted"])
def test_worse_than_somebody_has_heard_of_calls_again(db, asked, ben, how):
    nine(asked, "1")
    assert calls() == [1, 1]
    hears(how, asked, ben)
    assert alerts.escalate(now=later(1)) == 0
    nine(asked, "2")
    assert calls() == [2, 2] and Alert.objects.unheard().filter(exhausted_at=None).count() == 1
    assert [one.told for one in Alert.objects.all()] == [[ben.pk], [ben.pk]], "from the beginning of the list"
    assert alerts.escalate(now=later(1)) == 1
    nine(asked, "3")
    assert calls() == [2, 3], "one that still calls serves for what comes meanwhile"


@pytest.mark.parametrize("how", ["reached", "seen"])
@pytest.mark.parametrize("again", ["2", "1", "0"])
def test_equal_or_milder_calls_nobody(db, asked, ben, how, again):
    nine(asked, "2")
    hears(how, asked, ben)
    nine(asked, again, low="3")
    assert calls() == [1, 1] and Alert.objects.count() == 1
    nine(asked, "2")
    assert Alert.objects.count() == 1, "back to what was heard of is no rise"


def test_what_grew_while_it_still_called_is_what_was_heard_of(db, asked, ben):
    nine(asked, "1")
    nine(asked, "3")
    assert Alert.objects.count() == 1
    alerts.reached(Alert.objects.get(), by=ben)
    nine(asked, "2")
    nine(asked, "3")
    assert Alert.objects.count() == 1


@pytest.mark.parametrize("how", ["reached", "seen"])
def test_handed_in_worse_than_it_was_heard_of_calls_again(db, asked, anna, ben, how):
    nine(asked, "1")
    hears(how, asked, ben)
    nine(asked, "3", **dict.fromkeys(EIGHT, "3"))
    intake.hand_in(Screening.objects.get(pk=asked.pk))
    assert Alert.objects.unheard().count() == 1
    assert sum(alerts.escalate(now=later(hours)) for hours in (1, 6)) == 1


def test_another_danger_to_the_body_is_a_rise_and_the_same_one_told_more_of_is_none(db, mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    asked = intake.send(mrs_lee, by=anna, reader=anna)
    heart = next(step for step in intake.steps() if "chest_pain" in step.keys)

    def says(**answers):
        asked.refresh_from_db()
        intake.keep(asked, heart, {key.replace("__", "."): Change(value) for key, value in answers.items()})
        calling.call(asked.pk)

    says(chest_pain="yes", chest_pain__new="yes", chest_pain__looked="no")
    hears("seen", asked, anna)
    says(chest_pain__effort="yes")
    assert Alert.objects.count() == 1
    says(collapse="yes", collapse__new="yes", collapse__looked="no")
    assert Alert.objects.unheard().count() == 1


@pytest.mark.parametrize(
    ("first", "then", "calls_again"),
    [
        (("inhaler",), ("inhaler", "injectors"), True),
        (("inhaler",), ("inhaler", "sugar"), True),
        (("inhaler", "sugar"), ("inhaler",), False),
    ],
)
def test_one_thing_missing_is_told_from_another(db, mrs_lee, anna, ben, first, then, calls_again):
    CoverPerson.objects.create(user=ben, position=1)
    asked = intake.send(mrs_lee, by=anna, reader=anna, kind="day_of_check")
    (day,) = intake.steps("day_of_check")

    def says(**answers):
        asked.refresh_from_db()
        intake.keep(asked, day, {key: Change(value) for key, value in answers.items()})
        calling.call(asked.pk)

    says(without=first)
    hears("seen", asked, anna)
    says(without=then)
    assert Alert.objects.unheard().exists() is calls_again


def test_what_raised_no_danger_makes_none_of_its_own():
    said = worry.signs({"day_of_check": {"new": ["fuel"]}})
    assert said.dangers == {"unfuelled_today:new:fuel"}
    assert worry.signs({"day_of_check": {"new": ["fuel", "sleep"]}}) == said
    assert worry.is_worse(worry.signs({"day_of_check": {"new": ["fuel", "sick"]}}), said, worry.NOTHING_KNOWN)


def test_danger_to_the_body_is_more_than_any_other_danger():
    named = frozenset({"a:b"})
    assert worry.is_worse(
        Signs(danger=True, dangers=named, body=True), Signs(danger=True, dangers=named), worry.Known()
    )


def test_what_is_known_is_no_rise(db, asked, mrs_lee, anna, ben):
    soon = timezone.localdate() + timedelta(days=20)
    baseline.write(mrs_lee, words="as ever", known=worry.Known(item9=2), review_by=soon, by=anna)
    nine(asked, "2")
    assert not Alert.objects.exists()
    nine(asked, "3")
    assert Alert.objects.count() == 1


def test_what_somebody_was_called_for_is_sealed(db, asked):
    nine(asked, "2")
    alert = Alert.objects.get()
    assert b"item9" not in bytes(alert.raised_sealed) and worry.read(alert.raised) == Signs(item9=2)
    assert worry.read("") == worry.NONE, "an older alert does not say, so whatever comes is more"
    every = Signs(True, True, 3, frozenset({"tried"}), "yes", frozenset({"severe_symptom:chest_pain"}))
    assert worry.read(worry.written(every)) == every


def test_the_database_keeps_each_call_once(db, asked):
    nine(asked, "1")
    first = Alert.objects.get()
    with pytest.raises(DatabaseError, match="alert_once_a_moment"), transaction.atomic():
        Alert.objects.create(screening=asked, moment=first.moment, number=first.number)


def test_reached_while_it_grows_worse_loses_no_call(fresh_db):
    """Whichever comes first: either the running call holds what is worse, or another one is raised."""
    factories.practice()
    anna, ben = (factories.user(name, Role.THERAPIST) for name in ("Anna Reiter", "Ben Castle"))
    CoverPerson.objects.create(user=ben, position=1)
    for number in range(4):
        asked = intake.send(factories.client(f"Mary Lee {number}", anna), by=anna, reader=anna, kind="phq9")
        nine(asked, "1")
        alert, gate = Alert.objects.get(screening=asked), Barrier(4)

        def act(which, asked=asked, alert=alert, gate=gate):
            try:
                gate.wait(10)
                alerts.reached(alert, by=ben) if which == 0 else nine(Screening.objects.get(pk=asked.pk), "3")
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(act, range(4)))
        rows = list(Alert.objects.filter(screening=asked).order_by("created_at"))
        assert len(rows) <= 2 and worry.read(rows[-1].raised).item9 == 3
        letters = Letter.objects.filter(about=asked.pk, kind="answers_came_in")
        assert letters.count() == len(rows)
