"""Calendars elsewhere: one's own sessions at an address that is shown once, with as few words as one chose."""

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone
from icalendar import Calendar

from clients.models import Client
from practice.models import Membership, Mode, Role
from sessions.domain import booking, calendar_feed
from sessions.models import CalendarFeed, Session
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)
CANARY = "canary-7f3k"


def token_of(address):
    return address.rsplit("/", 1)[1].removesuffix(".ics")


def feed(user, shows="busy"):
    return token_of(calendar_feed.make(user, called="my phone", shows=shows))


def events(token, now=NOW):
    found = calendar_feed.read(token, now=now)
    return Calendar.from_ical(found.body).events if found else None


def walk(anna, *people, at=NOW + DAY, **fields):
    route = factories.route(anna, name=f"{CANARY} loop, {at}", alias=f"{CANARY} gate")
    given = {"mode": Mode.WALK, "route": route, "fallback": "room", "name": f"{CANARY} group"}
    return factories.session(anna, *people, starts_at=at, **given | fields)


def said(token, now=NOW):
    return [event["SUMMARY"] for event in events(token, now)]


def test_busy_says_busy_and_never_how_where_or_with_whom(anna, mrs_lee):
    walk(anna, mrs_lee)
    token = feed(anna)
    body = calendar_feed.read(token, now=NOW).body.decode()
    assert said(token) == ["Busy"]
    assert not [word for word in (CANARY, "Lee", "Mary", "alk", "LOCATION", "DESCRIPTION", "Larch") if word in body]


def test_initials_for_one_for_two_and_for_a_group(anna, mrs_lee):
    other = factories.client("Peter Ode", anna)
    walk(anna, mrs_lee)
    walk(anna, mrs_lee, other, at=NOW + 2 * DAY, kind="couple")
    walk(anna, mrs_lee, other, at=NOW + 3 * DAY, kind="group")
    token = feed(anna, "initials")
    assert said(token) == ["M. L.", "M. L. + P. O.", "Group"]
    assert CANARY not in calendar_feed.read(token, now=NOW).body.decode()


@pytest.mark.parametrize(
    ("shows", "words"), [("busy", "Busy"), ("appointment", "Appointment"), ("named", "Appointment with Anna")]
)
def test_a_client_reads_of_her_own_and_nobody_elses(anna, mrs_lee, shows, words):
    walk(anna, mrs_lee)
    walk(anna, factories.client("Peter Ode", anna), at=NOW + 2 * DAY)
    token = feed(mrs_lee.user, shows)
    body = calendar_feed.read(token, now=NOW).body.decode()
    assert said(token) == [words] and not [word for word in (CANARY, "Ode", "P. O.", "alk") if word in body]


def test_a_clinician_reads_her_own_and_not_a_colleagues(anna, ben, mrs_lee, mr_ode):
    factories.session(anna, mrs_lee, starts_at=NOW + DAY)
    factories.session(ben, mr_ode, starts_at=NOW + DAY)
    assert said(feed(ben, "initials")) == ["P. O."]


def test_the_span_is_30_days_back_and_180_ahead(anna, mrs_lee):
    for days in (-31, -29, 179, 181):
        factories.session(anna, mrs_lee, starts_at=NOW + days * DAY)
    assert [event["DTSTART"].dt.astimezone(UTC) for event in events(feed(anna))] == [NOW - 29 * DAY, NOW + 179 * DAY]


def test_states_are_those_of_a_calendar(anna, mrs_lee):
    hold = {"held_until": NOW + DAY}
    for day, status in enumerate(("requested", "held", "booked", "arrived", "kept", "missed"), start=1):
        extra = hold if status in ("requested", "held") else {}
        factories.session(anna, mrs_lee, starts_at=NOW + day * DAY, status=status, **extra)
    assert [event["STATUS"] for event in events(feed(anna))] == ["TENTATIVE"] * 2 + ["CONFIRMED"] * 4


def test_what_is_cancelled_is_said_so_for_30_days(anna, mrs_lee):
    factories.session(anna, mrs_lee, starts_at=NOW + 60 * DAY, status="cancelled", cancelled_at=NOW)
    token = feed(anna)
    assert [event["STATUS"] for event in events(token, NOW + 29 * DAY)] == ["CANCELLED"]
    assert events(token, NOW + 32 * DAY) == []


def test_a_move_and_a_cancellation_raise_the_sequence_of_the_same_entry(anna, mrs_lee):
    start = timezone.now() + 3 * DAY
    session = booking.book(
        therapist=anna, clients=[mrs_lee], mode=Mode.INDOOR, starts_at=start, place=factories.place(), by=anna
    )
    token = feed(anna)

    def state():
        [event] = events(token, timezone.now())
        return event["UID"], event["SEQUENCE"], event["STATUS"], event["DTSTART"].dt.astimezone(UTC)

    whole = start.replace(microsecond=0)
    assert state() == (f"{session.pk}@alongside", 0, "CONFIRMED", whole)
    booking.move(session, to=start + DAY, by=anna)
    assert state() == (f"{session.pk}@alongside", 1, "CONFIRMED", whole + DAY)
    booking.cancel(session, by=anna)
    assert state() == (f"{session.pk}@alongside", 2, "CANCELLED", whole + DAY)


def test_only_a_hash_is_kept(anna):
    token = feed(anna)
    kept = CalendarFeed.objects.get()
    assert token.encode() not in bytes(kept.token_hash) and len(bytes(kept.token_hash)) == 32 and len(token) == 43


def test_the_day_of_the_last_reading_is_kept_and_no_more(anna):
    token = feed(anna)
    for _turn in range(2):
        calendar_feed.read(token, now=NOW)
    assert CalendarFeed.objects.get().last_read_on == NOW.date()


def test_the_address_is_shown_once(anna, as_anna):
    page = as_anna.post("/sessions/calendars", {"called": "my phone", "shows": "initials"})
    token = token_of(page.context["address"])
    assert page.status_code == 200 and page.content.decode().count(token) == 2
    again = as_anna.get("/sessions/calendars").content.decode()
    assert token not in again and "my phone" in again and "Not read yet." in again
    assert Browser().get(f"/feeds/{token}.ics").status_code == 200
    assert "Last read on" in as_anna.get("/sessions/calendars").content.decode()


def test_a_client_is_offered_other_words_than_staff(as_anna, as_mrs_lee):
    hers, annas = (browser.get("/sessions/calendars").content.decode() for browser in (as_mrs_lee, as_anna))
    assert 'value="named"' in hers and 'value="initials"' not in hers
    assert 'value="initials"' in annas and 'value="named"' not in annas
    answer = as_mrs_lee.post("/sessions/calendars", {"called": "my phone", "shows": "initials"})
    assert answer.status_code == 422 and "my phone" in answer.content.decode() and not CalendarFeed.objects.exists()


def test_without_saying_where_it_is_for_nothing_is_made(as_anna):
    answer = as_anna.post("/sessions/calendars", {"called": " ", "shows": "initials"})
    assert answer.status_code == 422 and "Please say where it is for" in answer.content.decode()
    assert not CalendarFeed.objects.exists()


def test_nobody_without_sessions_has_the_page(as_olga, as_rosa, as_mallory):
    assert [browser.get("/sessions/calendars").status_code for browser in (as_olga, as_rosa)] == [404, 404]
    assert as_mallory.get("/sessions/calendars").status_code == 302


def test_one_of_several_is_ended_and_by_nobody_else(anna, as_anna, as_ben, as_mallory):
    tokens = [feed(anna) for _number in range(2)]
    ended = CalendarFeed.objects.order_by("made_at")[0]
    address = f"/sessions/calendars/{ended.pk}/end"
    assert as_ben.post(address).status_code == 404
    assert as_anna.post(address, follow=True).status_code == 200
    assert [as_mallory.get(f"/feeds/{token}.ics").status_code for token in tokens] == [404, 200]
    assert as_anna.post(address).status_code == 404


def lose_role(user):
    Membership.objects.filter(user=user).delete()


def lose_access(user):
    user.is_active = False
    user.save(update_fields=["is_active"])


def become_desk(user):
    Membership.objects.filter(user=user).update(role=Role.FRONT_DESK)


@pytest.mark.parametrize("lose", [lose_role, lose_access, become_desk])
def test_whoever_lost_her_rights_has_an_ordinary_404(anna, mrs_lee, as_mallory, lose):
    factories.session(anna, mrs_lee, starts_at=timezone.now() + DAY)
    address = f"/feeds/{feed(anna)}.ics"
    assert as_mallory.get(address).status_code == 200
    lose(anna)
    answer, other = as_mallory.get(address), as_mallory.get(f"/feeds/{'A' * 43}.ics")
    assert answer.status_code == other.status_code == 404
    pages = [re.sub(r'csrf-token"[^>]*>|[0-9a-f]{16}', "", one.content.decode()) for one in (answer, other)]
    assert pages[0] == pages[1] and "VCALENDAR" not in pages[0]


def test_a_closed_file_ends_what_a_client_reads(mrs_lee):
    token = feed(mrs_lee.user, "appointment")
    assert events(token) == []
    Client.objects.filter(pk=mrs_lee.pk).update(status="closed")
    assert events(token) is None


@pytest.mark.parametrize("lose", [lose_role, lose_access])
def test_a_client_whose_log_in_ended_reads_nothing(mrs_lee, lose):
    token = feed(mrs_lee.user, "appointment")
    assert events(token) == []
    lose(mrs_lee.user)
    assert events(token) is None


def test_it_is_read_and_never_written(anna, as_mallory):
    address = f"/feeds/{feed(anna)}.ics"
    for method in ("post", "put", "delete", "patch"):
        assert getattr(as_mallory, method)(address).status_code == 405
    assert as_mallory.head(address).status_code == 200


def test_an_unchanged_file_is_not_sent_twice(anna, mrs_lee, as_mallory):
    session = factories.session(anna, mrs_lee, starts_at=timezone.now() + DAY)
    address = f"/feeds/{feed(anna)}.ics"
    first = as_mallory.get(address)
    known = {"If-None-Match": first["ETag"]}
    assert first["Content-Type"] == "text/calendar; charset=utf-8" and first["Cache-Control"] == "private, no-cache"
    assert first["X-Robots-Tag"] == "noindex" and first["Referrer-Policy"] == "no-referrer"
    again = as_mallory.get(address, headers=known)
    assert again.status_code == 304 and not again.content and again["Cache-Control"] == "private, no-cache"
    assert as_mallory.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    longer = session.ends_at + timedelta(minutes=10)
    Session.objects.filter(pk=session.pk).update(ends_at=longer, blocked_until=longer)
    assert as_mallory.get(address, headers=known).status_code == 200


def test_no_line_of_the_log_holds_the_address(anna, as_mallory, caplog):
    tokens = [feed(anna), "wrong" * 9]
    with caplog.at_level(logging.INFO):
        for token in tokens:
            as_mallory.get(f"/feeds/{token}.ics")
    lines = [
        f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name.startswith("alongside")
    ]
    assert len(lines) == 2 and not [line for line in lines for token in tokens if token in line]


@pytest.mark.parametrize("shows", ["busy", "initials"])
def test_one_session_or_three_take_the_same_statements(anna, mrs_lee, django_assert_num_queries, as_mallory, shows):
    address, soon = f"/feeds/{feed(anna, shows)}.ics", timezone.now() + DAY
    factories.session(anna, mrs_lee, starts_at=soon)
    as_mallory.get(address)
    count = {"busy": 4, "initials": 5}[shows]
    with django_assert_num_queries(count):
        as_mallory.get(address)
    for number in (1, 2):
        factories.session(anna, factories.client(f"Person {number}", anna), starts_at=soon + number * DAY)
    with django_assert_num_queries(count):
        as_mallory.get(address)


def test_the_page_takes_the_same_statements_for_one_and_for_three(anna, as_anna, django_assert_max_num_queries):
    feed(anna)
    with django_assert_max_num_queries(30) as one:
        as_anna.get("/sessions/calendars")
    for _number in range(2):
        feed(anna)
    with django_assert_max_num_queries(len(one)):
        as_anna.get("/sessions/calendars")
