"""Questionnaires before every so many sessions: counted right, asked once, and never when they should not be."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import contacts, measure_plans, measures, recording, results
from clients.domain.instruments import shipped
from clients.models import Client, ContactPoint, MeasurePlan, Screening
from practice.domain import links, post
from practice.models import CoverPerson, Letter, Practice
from sessions import tasks
from sessions.domain import hand, letter_log, measures_due, measures_today
from sessions.models import MeasureDue, Session
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)


def plan(person, by, *, weeks_ago=10, **fields):
    """A plan that began some weeks ago."""
    made = {"kinds": ["phq9"], "every": 4, "how": "room"} | fields
    return MeasurePlan.objects.create(client=person, by=by, at=NOW - timedelta(weeks=weeks_ago), **made)


def meet(anna, person, *weeks_ago, status="kept"):
    """Sessions of the weeks before."""
    return [
        factories.session(anna, person, starts_at=NOW - timedelta(weeks=weeks, hours=-2), status=status)
        for weeks in weeks_ago
    ]


def ahead(anna, person, hours=20, **fields):
    """A session that is booked."""
    return factories.session(anna, person, starts_at=NOW + hours * HOUR, **fields)


@pytest.fixture
def cover(anna):
    return CoverPerson.objects.create(user=anna, position=1)


# --- which session it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "every", "asked"), [
    (0, 1, 1), (0, 2, 0), (1, 2, 1), (2, 4, 0), (3, 4, 1), (4, 4, 0), (7, 4, 1), (19, 20, 1), (18, 20, 0),
])  # fmt: skip
def test_before_every_nth_session_since_the_plan_began(anna, mrs_lee, before, every, asked):
    plan(mrs_lee, anna, every=every, weeks_ago=30)
    meet(anna, mrs_lee, *range(1, before + 1))
    ahead(anna, mrs_lee)
    assert measures_due.ask(now=NOW) == asked


def test_missed_and_cancelled_sessions_and_those_before_the_plan_do_not_count(anna, mrs_lee):
    plan(mrs_lee, anna, every=2, weeks_ago=5)
    meet(anna, mrs_lee, 8, 7, 6)
    meet(anna, mrs_lee, 4, status="missed")
    meet(anna, mrs_lee, 3, status="cancelled")
    seat = ahead(anna, mrs_lee).seats.get()
    assert measures_due.ask(now=NOW) == 0
    meet(anna, mrs_lee, 2)
    assert measures_due.ask(now=NOW) == 1 and MeasureDue.objects.get().seat == seat


def test_a_session_that_nobody_has_closed_yet_counts_and_sessions_of_others_do_not(anna, ben, mrs_lee, mr_ode):
    plan(mrs_lee, anna, every=2)
    meet(ben, mr_ode, 3)
    ahead(anna, mrs_lee)
    assert measures_due.ask(now=NOW) == 0
    meet(anna, mrs_lee, 1, status="booked")
    assert measures_due.ask(now=NOW) == 1


def test_each_plan_counts_from_its_own_beginning(anna, mrs_lee):
    older = factories.client("Ruth Abara", anna)
    plan(older, anna, every=20, weeks_ago=20)
    plan(mrs_lee, anna, every=2, weeks_ago=5)
    meet(anna, mrs_lee, 9)
    ahead(anna, older, 4)
    ahead(anna, mrs_lee)
    assert measures_due.due(now=NOW) == []


def test_two_sessions_ahead_are_counted_in_order(anna, mrs_lee):
    plan(mrs_lee, anna, every=2)
    ahead(anna, mrs_lee, 10)
    second = ahead(anna, mrs_lee, 30)
    assert measures_due.ask(now=NOW) == 1 and MeasureDue.objects.get().seat == second.seats.get()


def test_in_a_session_of_two_each_has_their_own_plan(anna, mrs_lee):
    other = factories.client("Ruth Abara", anna)
    plan(mrs_lee, anna, every=1)
    plan(other, anna, every=2)
    session = factories.session(anna, mrs_lee, other, starts_at=NOW + 5 * HOUR)
    assert measures_due.ask(now=NOW) == 1
    assert MeasureDue.objects.get().seat == session.seats.get(client=mrs_lee)


# --- when, and of whom ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "asked"), [(-1, 0), (1, 1), (47, 1), (49, 0)])
def test_only_sessions_of_the_next_two_days(anna, mrs_lee, hours, asked):
    plan(mrs_lee, anna, every=1)
    ahead(anna, mrs_lee, hours)
    assert measures_due.ask(now=NOW) == asked


@pytest.mark.parametrize("status", ["cancelled", "missed", "requested", "held", "kept"])
def test_only_booked_sessions(anna, mrs_lee, status):
    plan(mrs_lee, anna, every=1)
    ahead(anna, mrs_lee, status=status, held_until=NOW + HOUR if status in ("requested", "held") else None)
    assert measures_due.ask(now=NOW) == 0


@pytest.mark.parametrize("status", ["closed", "enquiry"])
def test_only_clients_in_treatment(anna, mrs_lee, status):
    plan(mrs_lee, anna, every=1)
    ahead(anna, mrs_lee)
    mrs_lee.status = status
    mrs_lee.save(update_fields=["status"])
    assert measures_due.ask(now=NOW) == 0


def test_stopped_is_stopped(anna, mrs_lee):
    plan(mrs_lee, anna, every=1)
    measure_plans.stop(mrs_lee, by=anna)
    ahead(anna, mrs_lee)
    assert measures_due.ask(now=NOW) == 0


def test_nobody_is_asked_the_same_twice_within_a_week(anna, mrs_lee, cover):
    plan(mrs_lee, anna, every=1, how="link")
    ahead(anna, mrs_lee, 20)
    ahead(anna, mrs_lee, 44)
    assert measures_due.ask(now=NOW) == 1
    ahead(anna, mrs_lee, 24 * 6 + 20)
    assert measures_due.ask(now=NOW + timedelta(days=6)) == 0
    ahead(anna, mrs_lee, 24 * 8)
    assert measures_due.ask(now=NOW + timedelta(days=7)) == 1


def test_what_was_answered_in_the_last_week_is_not_asked_again(anna, mrs_lee):
    plan(mrs_lee, anna, every=1, kinds=["gad7", "phq9"])
    recording.record(mrs_lee, "phq9", {"interest": "1"}, manner="room", by=anna, now=NOW - timedelta(days=2))
    ahead(anna, mrs_lee)
    assert measures_due.ask(now=NOW) == 1 and MeasureDue.objects.get().kind == "gad7"


def test_a_week_later_at_the_same_hour_is_a_week_later(anna, mrs_lee):
    plan(mrs_lee, anna, every=1)
    first = ahead(anna, mrs_lee, 1)
    assert measures_due.ask(now=NOW) == 1
    recording.record(mrs_lee, "phq9", {"interest": "1"}, manner="room", by=anna, now=first.starts_at + HOUR / 2)
    ahead(anna, mrs_lee, 1 + 7 * 24)
    assert measures_due.ask(now=NOW + timedelta(days=6)) == 1


# --- once, whoever looks ----------------------------------------------------------------------------------------------


def test_the_task_twice_asks_once(anna, mrs_lee, cover):
    plan(mrs_lee, anna, every=1, how="link", kinds=["gad7", "phq9"])
    ahead(anna, mrs_lee)
    for _turn in range(3):
        tasks.ask_measures()
    assert MeasureDue.objects.count() == 2 == Screening.objects.count()
    assert Letter.objects.filter(kind=measures_due.LETTER).count() == 1


def test_the_database_holds_once_for_a_seat(anna, mrs_lee):
    seat = ahead(anna, mrs_lee).seats.get()
    MeasureDue.objects.create(seat=seat, kind="phq9", how="room")
    with pytest.raises(IntegrityError, match="measure_due_once"), transaction.atomic():
        MeasureDue.objects.create(seat=seat, kind="phq9", how="room")
    with pytest.raises(IntegrityError, match="measure_due_sent_has_its_screening"), transaction.atomic():
        MeasureDue.objects.create(seat=seat, kind="gad7", how="link")


def test_a_moved_session_is_not_asked_about_again(anna, mrs_lee):
    plan(mrs_lee, anna, every=1)
    session = ahead(anna, mrs_lee)
    measures_due.ask(now=NOW)
    session.starts_at, session.ends_at = NOW + timedelta(days=9), NOW + timedelta(days=9, hours=1)
    session.blocked_from, session.blocked_until = session.starts_at, session.ends_at
    session.save(update_fields=["starts_at", "ends_at", "blocked_from", "blocked_until"])
    assert measures_due.ask(now=NOW + timedelta(days=8)) == 0


def test_looking_costs_the_same_with_any_number_of_clients(anna):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            measures_due.due(now=NOW)
        return len(seen)

    for number in range(4):
        person = factories.client(f"Person {number}", anna)
        plan(person, anna, every=2)
        meet(anna, person, 3 + number)
        ahead(anna, person, 5 + number)
        if not number:
            one = cost()
    assert cost() == one and len(measures_due.due(now=NOW)) == 4


# --- by link ----------------------------------------------------------------------------------------------------------


def test_by_link_one_letter_with_a_link_each_and_no_clinical_word(anna, mrs_lee, cover):
    plan(mrs_lee, anna, every=1, how="link", kinds=["gad7", "phq9"])
    session = ahead(anna, mrs_lee)
    assert measures_due.ask(now=NOW) == 2
    asked = Screening.objects.get(kind="phq9")
    assert (asked.manner, asked.status, asked.asked_by, asked.read_by) == ("link", "asked", anna, anna)
    assert asked.read_until == session.starts_at and asked.answers == {}
    post.dispatch()
    [letter] = mail.outbox
    assert letter.to == ["mary.lee@example.org"] and letter.body.count("/i/") == 2
    for word in ("PHQ", "GAD", "depress", "anxi", "questionnaire"):
        said = f"{letter.subject} {letter.body} {letter.alternatives[0].content}".lower()
        assert word.lower() not in re.sub(r"/i/\w+", "", said), word
    token = letter.body.split("/i/")[1].split("/")[0]
    assert links.find(token, "intake").subject in set(Screening.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("own", ["", "Europe/Paris"])
def test_the_letter_names_the_clocks_of_the_place_and_her_own(anna, mrs_lee, cover, own):
    Practice.objects.update(time_zone="Europe/Paris")
    Client.objects.filter(pk=mrs_lee.pk).update(own_zone=own)
    plan(mrs_lee, anna, every=1, how="link")
    there = ahead(anna, mrs_lee).starts_at.astimezone(ZoneInfo("Europe/London"))
    measures_due.ask(now=NOW)
    post.dispatch()
    [letter] = mail.outbox
    said = f"{there:%H:%M} in London, " if own else f"{there:%H:%M} (Europe/London)"
    for text in (letter.body, letter.alternatives[0].content):
        assert said in text and ("for you in Paris" in text) is bool(own)


def test_a_discreet_address_names_nobody_and_nothing(anna, mrs_lee, cover):
    mrs_lee.contact_points.update(may_say="name_only")
    plan(mrs_lee, anna, every=1, how="link")
    ahead(anna, mrs_lee)
    measures_due.ask(now=NOW)
    post.dispatch()
    [letter] = mail.outbox
    assert letter.subject == "A message for you"
    assert "Larch Street" not in f"{letter.body} {letter.alternatives[0].content} {letter.from_email}"


@pytest.mark.parametrize("hindered", ["no cover", "no address", "no words"])
def test_what_cannot_go_by_link_is_asked_in_the_room(anna, mrs_lee, hindered):
    if hindered != "no cover":
        CoverPerson.objects.create(user=anna, position=1)
    if hindered == "no address":
        mrs_lee.contact_points.update(is_safe=False)
    plan(mrs_lee, anna, every=1, how="link", kinds=["who5" if hindered == "no words" else "phq9"])
    ahead(anna, mrs_lee, 1)
    assert measures_due.ask(now=NOW) == 1
    assert MeasureDue.objects.get().how == "instead"
    assert not Screening.objects.exists() and not Letter.objects.exists()
    if not hour_is_late():
        [line] = measures_today.hands(anna, NOW)
        assert "could not go by link" in line.rest


def test_to_whoever_said_stop_none_goes_and_the_therapist_asks(anna, mrs_lee, cover):
    contacts.stop(mrs_lee.contact_points.get())
    plan(mrs_lee, anna, every=1, how="link")
    _session, morning = at_noon(anna, mrs_lee)
    assert measures_due.ask(now=morning) == 1
    assert MeasureDue.objects.get().how == "instead" and not Letter.objects.exists() and not Screening.objects.exists()
    [line] = measures_today.hands(anna, morning)
    assert "could not go by link" in line.rest


def test_of_two_addresses_the_one_without_a_stop_is_written_to(anna, mrs_lee, cover):
    ContactPoint.objects.create(client=mrs_lee, kind="email", value="other@example.org")
    contacts.stop(mrs_lee.contact_points.get(value="mary.lee@example.org"))
    plan(mrs_lee, anna, every=1, how="link")
    ahead(anna, mrs_lee)
    measures_due.ask(now=NOW)
    assert Letter.objects.get().to == "other@example.org"


def test_a_letter_that_waits_stays_after_a_stop_and_the_log_says_why(anna, mrs_lee, cover):
    plan(mrs_lee, anna, every=1, how="link")
    session, morning = at_noon(anna, mrs_lee)
    measures_due.ask(now=morning)
    assert not list(measures_today.hands(anna, morning))
    contacts.stop(mrs_lee.contact_points.get())
    post.dispatch()
    letter, why = Letter.objects.get(), "They asked for no more messages there: please ask in person."
    assert mail.outbox == [] and (letter.state, letter.why_not) == (Letter.State.CANCELLED, why)
    assert why in [line.why for line in letter_log.of(session, now=morning)]
    [line] = measures_today.hands(anna, morning)
    assert (line.link, line.url) == ("PHQ-9 with Mary Lee", reverse("clients:ask_here", args=[mrs_lee.pk, "phq9"]))
    assert "could not go by link" in line.rest


@pytest.mark.parametrize("meanwhile", ["cancelled", "closed", "unsafe", "answered", "begun already", "no cover"])
def test_nothing_leaves_for_what_is_no_longer_wanted(anna, mrs_lee, cover, meanwhile):
    plan(mrs_lee, anna, every=1, how="link")
    session = ahead(anna, mrs_lee)
    measures_due.ask(now=NOW)
    if meanwhile == "cancelled":
        Session.objects.filter(pk=session.pk).update(status="cancelled")
    elif meanwhile == "closed":
        type(mrs_lee).objects.update(status="closed")
    elif meanwhile == "unsafe":
        mrs_lee.contact_points.update(is_safe=False)
    elif meanwhile == "no cover":
        CoverPerson.objects.all().delete()
    elif meanwhile == "begun already":
        Session.objects.filter(pk=session.pk).update(status="arrived")
    else:
        recording.record(mrs_lee, "phq9", {"interest": "1"}, manner="room", by=anna)
    post.dispatch()
    assert mail.outbox == [] and Letter.objects.get().state == Letter.State.CANCELLED


def test_what_was_never_begun_is_put_aside_after_the_session_and_what_was_begun_stays(anna, mrs_lee, cover):
    plan(mrs_lee, anna, every=1, how="link", kinds=["gad7", "phq9"])
    session = ahead(anna, mrs_lee)
    measures_due.ask(now=NOW)
    post.dispatch()
    Screening.objects.filter(kind="gad7").update(status="started")
    measures_due.ask(now=session.ends_at - HOUR / 2)
    assert Screening.objects.get(kind="phq9").status == "asked"
    measures_due.ask(now=session.ends_at)
    assert Screening.objects.get(kind="phq9").status == "withdrawn"
    assert Screening.objects.get(kind="gad7").status == "started"


# --- in the room ------------------------------------------------------------------------------------------------------


def hour_is_late():
    """In the last two hours of a day, the next hour may be tomorrow's."""
    return timezone.localtime().hour >= 21


def at_noon(anna, person, day=1):
    """A session at noon of a day to come, and the morning of that day."""
    noon = NOW.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=day)
    return factories.session(anna, person, starts_at=noon), noon - 3 * HOUR


def test_in_the_room_it_waits_on_today_and_is_gone_once_answered(as_anna, anna, mrs_lee):
    plan(mrs_lee, anna, every=1)
    session, morning = at_noon(anna, mrs_lee)
    measures_due.ask(now=morning)
    [line] = measures_today.hands(anna, morning)
    assert (line.link, line.url) == ("PHQ-9 with Mary Lee", reverse("clients:ask_here", args=[mrs_lee.pk, "phq9"]))
    assert line.rest in ("before 12:00.", "before 13:00.")
    assert line in hand.of(anna, now=morning, today=morning.date())
    recording.record(mrs_lee, "phq9", {"interest": "1"}, manner="room", by=anna, now=morning + HOUR)
    assert not list(measures_today.hands(anna, morning + 2 * HOUR))
    assert session.seats.count() == 1


def test_it_waits_on_the_day_itself_for_its_therapist_and_not_after(anna, ben, olga, sam, mrs_lee):
    plan(mrs_lee, anna, every=1)
    session, morning = at_noon(anna, mrs_lee)
    measures_due.ask(now=morning - timedelta(days=1))
    assert MeasureDue.objects.count() == 1
    assert not list(measures_today.hands(anna, morning - timedelta(days=1)))
    assert list(measures_today.hands(anna, morning))
    for other in (ben, olga, sam):
        assert not list(measures_today.hands(other, morning))
    assert not list(measures_today.hands(anna, session.ends_at))
    Session.objects.filter(pk=session.pk).update(status="cancelled")
    assert not list(measures_today.hands(anna, morning))


def test_the_sessions_page_says_what_was_asked_to_the_care_team_alone(as_anna, as_olga, as_rosa, anna, mrs_lee):
    plan(mrs_lee, anna, every=1, kinds=["gad7", "phq9"])
    session = ahead(anna, mrs_lee)
    measures_due.ask(now=NOW)
    where = reverse("sessions:show", args=[session.pk])
    page = as_anna.get(where).content.decode()
    assert "PHQ-9" in page and "GAD-7" in page and reverse("clients:ask_here", args=[mrs_lee.pk, "gad7"]) in page
    for browser in (as_olga, as_rosa):
        assert "PHQ-9" not in browser.get(where).content.decode()
    recording.record(mrs_lee, "gad7", {"nervous": "1"}, manner="room", by=anna)
    page = as_anna.get(where).content.decode()
    assert reverse("clients:ask_here", args=[mrs_lee.pk, "gad7"]) not in page and "answered" in page


def test_the_pages_cost_the_same_with_any_number_of_questionnaires(as_anna, anna, mrs_lee):
    def cost(where):
        with CaptureQueriesContext(connection) as seen:
            as_anna.get(where)
        return len(seen)

    session = ahead(anna, mrs_lee, 1)
    seat = session.seats.get()
    pages = [reverse("sessions:show", args=[session.pk]), reverse("sessions:today")]
    MeasureDue.objects.create(seat=seat, kind="phq9", how="room")
    one = [cost(where) for where in pages]
    for kind in ("gad7", "who5"):
        MeasureDue.objects.create(seat=seat, kind=kind, how="room")
    assert [cost(where) for where in pages] == one


def test_the_link_opens_that_questionnaire_alone_and_what_is_answered_counts(as_anna, client, anna, mrs_lee, cover):
    plan(mrs_lee, anna, every=1, how="link", kinds=["gad7"])
    session = ahead(anna, mrs_lee)
    measures_due.ask(now=NOW)
    post.dispatch()
    token = mail.outbox[0].body.split("/i/")[1].split("/")[0]
    page = client.get(reverse("intake", args=[token])).content.decode()
    assert "GAD-7" in page and "Anna" in page
    answers = {item.key: "2" for item in shipped()["gad7"].items}
    assert client.post(reverse("intake_part", args=[token, 1]), answers).status_code == 302
    made = Screening.objects.get()
    assert made.status == "submitted" and results.of(made).totals["gad7"]["total"] == 14
    where = reverse("sessions:show", args=[session.pk])
    assert reverse("clients:over_time", args=[mrs_lee.pk]) in as_anna.get(where).content.decode()
    [chart] = measures.charts(mrs_lee)
    assert [row.value for row in chart.rows] == [14]
