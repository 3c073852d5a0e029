"""The first time on rougher ground: consent is asked for anew, once, and the page says so before it is booked."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import consent, coverage
from clients.models import Consent, ConsentStep, Signatory
from practice.models import Mode, Practice
from sessions.domain import booking, new_ground, slot
from sessions.models import Session
from tests import factories
from tests.sessions import people

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
START = (datetime.now(UTC) + 3 * DAY).replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def easy(anna):
    return factories.route(anna, "Park", surface="paved", max_grade_pct=1)


@pytest.fixture
def rough(anna):
    made = factories.route(anna, "Cliff path", surface="paved", max_grade_pct=1)
    made.hazards.create(kind="drop", words="Straight down.")
    return made


@pytest.fixture
def walker(mrs_lee, anna):
    return people.ready(mrs_lee, anna)


@pytest.fixture
def signed(walker):
    return Consent.objects.get(client=walker)


def walk(client, route, *, days=0, by, mode=Mode.WALK):
    return booking.book(
        therapist=by, clients=[client], mode=mode, starts_at=START + days * DAY, place=factories.place(), by=by,
        route=route, fallback="room",
    )  # fmt: skip


def due(row):
    row.refresh_from_db()
    return row.due_again_on


def steps(row):
    return row.steps.filter(kind=ConsentStep.Kind.DUE_AGAIN)


def chip(session, client):
    return next(one for one in slot.ready(session, [client]).chips if one.key == "consent")


def test_rougher_ground_asks_anew_from_that_day_and_is_a_look(walker, signed, easy, rough, anna):
    gentle, steep = walk(walker, easy, by=anna), walk(walker, rough, days=1, by=anna)
    day = (START + DAY).date()
    assert due(signed) == day
    assert (chip(gentle, walker).tone, chip(steep, walker).tone) == ("ok", "look")
    [step] = steps(signed)
    assert step.by == anna and step.detail["because"].startswith("First time on rough ground: Cliff path, ")
    assert coverage.covers(walker, "walk", day).lacking == (None,)


def test_the_first_session_after_the_signature_was_talked_through_with_it(walker, signed, easy, rough, anna):
    for days, route in enumerate((rough, easy, rough)):
        walk(walker, route, days=days, by=anna)
    assert due(signed) is None and not steps(signed).exists()


def test_it_asks_once_for_a_kind_of_ground_and_not_at_every_booking(walker, signed, easy, rough, anna):
    walk(walker, easy, by=anna)
    for days in (1, 2, 3):
        walk(walker, rough, days=days, by=anna)
    assert due(signed) == (START + DAY).date() and steps(signed).count() == 1
    again = people.consent(walker, anna, answered_at=timezone.now() + timedelta(seconds=1))
    walk(walker, easy, days=4, by=anna)
    walk(walker, rough, days=5, by=anna)
    assert due(again) is None


def test_what_was_met_on_since_it_was_asked_anew_needs_no_third_signature(walker, signed, easy, rough, anna):
    for days, route in ((0, easy), (1, rough)):
        walk(walker, route, days=days, by=anna)
    again = people.consent(walker, anna, answered_at=START + 2 * DAY)
    walk(walker, easy, days=3, by=anna)
    walk(walker, rough, days=4, by=anna)
    assert due(again) is None


def test_a_cancelled_walk_has_not_been_met_on(walker, signed, easy, rough, anna):
    booking.cancel(walk(walker, easy, by=anna), by=anna)
    walk(walker, rough, days=1, by=anna)
    assert due(signed) is None


def test_earlier_or_moved_earlier_it_asks_from_that_day(walker, signed, easy, rough, anna):
    walk(walker, easy, by=anna)
    walk(walker, rough, days=9, by=anna)
    assert due(signed) == (START + 9 * DAY).date()
    earlier = walk(walker, rough, days=5, by=anna)
    assert due(signed) == (START + 5 * DAY).date()
    moved = booking.move(earlier, to=START + 2 * DAY, by=anna)
    assert due(signed) == (START + 2 * DAY).date() and chip(moved, walker).tone == "look"


def test_everybody_who_signed_for_it_is_asked_anew(walker, signed, easy, rough, anna):
    Practice.objects.update(majority_age=18)
    partner = Signatory.objects.create(client=walker, name="Max Lee", relation="partner", email="max@example.org")
    his = people.consent(walker, anna, signatory=partner)
    walk(walker, easy, by=anna)
    walk(walker, rough, days=1, by=anna)
    assert due(signed) == due(his) == (START + DAY).date()


def test_nothing_is_asked_in_the_room_and_of_what_was_taken_back(walker, signed, easy, rough, anna):
    walk(walker, easy, by=anna)
    consent.withdraw(signed, by=None, modes=["run"])
    session = Session(mode="run", route=rough, place=factories.place(), starts_at=START + DAY)
    assert new_ground.overtaken(session, [walker]) == []
    session.mode = "walk"
    assert new_ground.overtaken(session, [walker]) == [signed]
    session.mode = "indoor"
    assert new_ground.overtaken(session, [walker]) == []


def test_as_many_queries_after_one_walk_as_after_three(walker, easy, rough, anna):
    session = Session(mode="walk", route=rough, place=factories.place(), starts_at=START + 9 * DAY)

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert new_ground.overtaken(session, [walker])
        return len(found)

    walk(walker, easy, by=anna)
    one = queries()
    for days in (1, 2):
        walk(walker, factories.route(anna, f"Park {days}", surface="grass"), days=days, by=anna)
    assert queries() == one


def test_the_page_says_it_before_it_is_booked_to_whoever_may_know(walker, signed, easy, rough, anna, as_anna, as_olga):
    walk(walker, easy, by=anna)
    day = (START + DAY).date().isoformat()
    sent = {
        "therapist": str(anna.pk), "client": str(walker.pk), "mode": "walk", "day": day, "starts": "12:00",
        "minutes": "50", "place": str(factories.place().pk), "route": str(rough.pk), "fallback": "room", "travel": "0",
        "request_key": str(uuid4()), "look": "1",
    }  # fmt: skip
    where, said = reverse("sessions:book"), "First time on rough ground"
    page = as_anna.post(where, sent).content.decode()
    assert said in page and "Talk it through: consent will be asked for anew." in page
    assert said not in as_olga.post(where, sent).content.decode()
    assert said not in as_anna.post(where, sent | {"route": str(easy.pk)}).content.decode()
    assert due(signed) is None


def test_a_drag_that_asked_anew_is_not_undone_and_says_so(walker, signed, easy, rough, anna, as_anna):
    steep, gentle = walk(walker, rough, by=anna), walk(walker, easy, days=2, by=anna)
    for to, status in ((START + DAY, 302), (gentle.starts_at + DAY, 409)):
        where = {"to": f"{to.astimezone(ZoneInfo('Europe/London')):%Y-%m-%dT%H:%M}", "minutes": 50}
        assert as_anna.post(f"/sessions/{steep.pk}/shift", where).status_code == 302
        answer = as_anna.post(f"/sessions/{steep.pk}/undo")
        assert answer.status_code == status
    assert "consent is asked for anew" in answer.content.decode()
    steep.refresh_from_db()
    assert steep.starts_at == gentle.starts_at + DAY and due(signed) == steep.starts_at.date()
