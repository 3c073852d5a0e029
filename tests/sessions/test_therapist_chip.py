"""What of the therapist herself a session needs: papers in date, her hours, her caps; and who reads what of it."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from practice.models import Mode, Practice, User
from sessions.domain import booking, readiness, slot, stranded
from sessions.models import Session
from tests import factories
from tests.sessions.people import ready

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
TOMORROW = datetime.now(LONDON).date() + timedelta(days=1)


def at(hour, day=TOMORROW):
    return datetime.combine(day, time(hour), LONDON)


def judged(therapist, person, *, mode=Mode.INDOOR, day=TOMORROW, hour=11):
    outdoors = {"route": factories.route(therapist), "fallback": "room"} if mode == Mode.WALK else {}
    session = factories.session(therapist, person, starts_at=at(hour, day), mode=mode, **outdoors)
    return slot.ready(session, [person])


def of_therapist(found):
    keys = {"therapist", "hours", "unrecorded"}
    return [(chip.key, chip.tone, chip.refuses) for chip in found.chips if chip.key in keys]


@pytest.mark.parametrize("mode", [Mode.INDOOR, Mode.WALK])
def test_all_in_date_says_nothing(anna, mrs_lee, mode):
    assert of_therapist(judged(anna, ready(mrs_lee, anna), mode=mode)) == []


@pytest.mark.parametrize("name", ["licence_until", "insurance_until"])
@pytest.mark.parametrize("mode", [Mode.INDOOR, Mode.WALK])
def test_licence_or_insurance_over_on_the_day_refuses_everywhere(anna, mrs_lee, name, mode):
    factories.record(anna, **{name: TOMORROW - timedelta(days=1)})
    assert of_therapist(judged(anna, ready(mrs_lee, anna), mode=mode)) == [("therapist", "stop", True)]


def test_on_its_last_day_a_licence_still_counts(anna, mrs_lee):
    factories.record(anna, licence_until=TOMORROW)
    assert of_therapist(judged(anna, mrs_lee)) == []
    with pytest.raises(booking.NotYet):
        book(anna, mrs_lee, day=TOMORROW + timedelta(days=1))


def book(therapist, person, *, day=TOMORROW, hour=15, **fields):
    return booking.book(
        therapist=therapist, clients=[person], mode=Mode.INDOOR, starts_at=at(hour, day), place=factories.place(),
        by=therapist, **fields,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["first_aid_until", "outdoor_training_until"])
@pytest.mark.parametrize(("ago", "tone"), [(1, "look"), (30, "look"), (31, "stop")])
def test_what_merely_ran_out_is_a_look_for_the_days_of_grace_and_outdoors_alone(anna, mrs_lee, name, ago, tone):
    factories.record(anna, **{name: TOMORROW - timedelta(days=ago)})
    ready(mrs_lee, anna)
    assert of_therapist(judged(anna, mrs_lee, mode=Mode.WALK)) == [("therapist", tone, tone == "stop")]
    assert of_therapist(judged(anna, mrs_lee, hour=15)) == []


def test_what_was_never_recorded_is_one_look(anna, mrs_lee):
    anna.clinician.delete()
    anna = User.objects.get(pk=anna.pk)
    found = judged(anna, ready(mrs_lee, anna), mode=Mode.WALK)
    assert of_therapist(found) == [("unrecorded", "look", False)]
    (chip,) = (chip for chip in found.chips if chip.key == "unrecorded")
    assert chip.text == "Not recorded for Anna: licence, insurance, first aid, outdoor training"
    (indoors,) = judged(anna, mrs_lee, hour=15).chips
    assert indoors.text == "Not recorded for Anna: licence, insurance"
    factories.record(anna, insurance_until=None)
    assert [chip.text for chip in judged(anna, mrs_lee, hour=17).chips] == ["Not recorded for Anna: insurance"]


def test_outside_hours_on_a_holiday_and_over_a_cap_is_one_look(anna, mrs_lee):
    factories.hours(anna, 0, 1, 2, 3, 4, 5, 6, ends=time(10))
    factories.record(anna, sessions_a_day=0)
    found = judged(anna, mrs_lee)
    assert of_therapist(found) == [("hours", "look", False)]
    assert found.chips[0].text == "Outside the hours of Anna"
    assert found.chips[0].reason == "More than Anna does in a day: at most 0 sessions."
    Practice.objects.update(closed_on_holidays=True, country="GB", region="")
    christmas = date(TOMORROW.year + 1, 12, 25)
    assert (
        judged(anna, mrs_lee, day=christmas, hour=9).chips[0].text == "The practice is closed that day: Christmas Day"
    )


def test_the_desk_reads_it_as_it_is_and_the_client_only_that_they_talk_first(anna, mrs_lee):
    factories.record(anna, licence_until=TOMORROW - timedelta(days=1))
    found = judged(anna, ready(mrs_lee, anna), mode=Mode.WALK)
    assert [chip.text for chip in found.for_desk() if chip.refuses] == ["Licence of Anna ran out"]
    assert [chip.text for chip in found.for_client()] == ["Let's talk first"]


def test_nothing_of_it_reaches_a_client_where_it_is_only_a_look(anna, mrs_lee):
    anna.clinician.delete()
    anna = User.objects.get(pk=anna.pk)
    factories.hours(anna, 0, 1, 2, 3, 4, 5, 6, ends=time(10))
    found = judged(anna, ready(mrs_lee, anna), mode=Mode.WALK)
    assert len(of_therapist(found)) == 2
    assert "Anna" not in " ".join(chip.text + chip.reason for chip in found.for_client())


def test_whoever_keeps_the_practice_is_one_tap_from_the_new_day(anna, rosa, olga, mrs_lee, as_rosa, as_olga):
    factories.record(anna, licence_until=TOMORROW - timedelta(days=1))
    session = factories.session(anna, mrs_lee, starts_at=at(11))
    address, link = f"/sessions/{session.pk}", f"/practice/record/{anna.pk}"
    for browser, may in ((as_rosa, True), (as_olga, False)):
        page = browser.get(address).content.decode()
        assert "Licence of Anna ran out" in page
        assert (link in page) is may


def test_sessions_are_stranded_by_hours_papers_and_closures_and_nothing_else(anna, ben, mrs_lee):
    fits = factories.session(anna, mrs_lee, starts_at=at(11))
    late = factories.session(anna, mrs_lee, starts_at=at(18))
    gone = factories.session(anna, mrs_lee, starts_at=at(20), status="cancelled")
    his = factories.session(ben, mrs_lee, starts_at=at(21))

    def found(whose=anna):
        return [(one.session, one.reasons) for one in stranded.of(whose, reader=anna, now=at(8))]

    assert found() == []
    factories.hours(anna, 0, 1, 2, 3, 4, 5, 6)
    assert found() == [(late, ["Outside the hours of Anna"])]
    factories.record(anna, licence_until=TOMORROW - timedelta(days=1))
    over = "Licence of Anna ran out"
    assert found() == [(fits, [over]), (late, [over, "Outside the hours of Anna"])]
    assert stranded.of(anna, reader=anna, now=at(19)) == []
    factories.record(anna, first_aid_until=TOMORROW - timedelta(days=1))
    late.delete()
    sits = {"starts_at": at(13), "mode": Mode.SIT, "fallback": "room"}
    outdoors = factories.session(anna, mrs_lee, **sits)
    assert found() == [], "in its days of grace"
    factories.record(anna, first_aid_until=TOMORROW - timedelta(days=31))
    assert found() == [(outdoors, ["First aid of Anna ran out"])]
    for one in (fits, gone, his):
        before = one.status
        one.refresh_from_db()
        assert one.status == before


def test_stranded_sessions_are_found_in_a_fixed_number_of_queries(anna, ben):
    counts = []
    assert anna.roles, "known before, as in a request"
    for number in range(3):
        for whose in (anna, ben):
            factories.session(whose, factories.client(f"{whose.name} {number}", whose), starts_at=at(9 + number))
        factories.record(anna, licence_until=TOMORROW - timedelta(days=1))
        with CaptureQueriesContext(connection) as queries:
            assert len(stranded.of(None, reader=anna, now=at(8))) == number + 1
        counts.append(len(queries))
    assert counts[0] == counts[2], counts


def test_many_sessions_are_judged_in_as_many_queries_as_one(anna, ben):
    from sessions.domain import grounds

    wanted = []
    for number in range(3):
        for whose in (anna, ben):
            person = factories.client(f"{whose.name} {number}", whose)
            made = factories.session(whose, person, starts_at=at(9 + number))
            wanted.append((Session.objects.select_related("therapist__clinician", "place").get(pk=made.pk), [person]))
    counts = []
    for some in (wanted[:1], wanted):
        with CaptureQueriesContext(connection) as queries:
            shelf = grounds.load(some)
            assert not [chip for one, people in some for chip in readiness.of(one, shelf.of(one, people)).chips]
        counts.append(len(queries))
    assert counts[0] == counts[1], counts
