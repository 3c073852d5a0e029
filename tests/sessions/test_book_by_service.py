"""Booking by a service: it fills in what it says, and shows when there is time."""

from datetime import datetime, time, timedelta
from urllib.parse import parse_qs
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from practice.models import Mode, Service
from sessions.models import Session
from tests import factories
from tests.sessions.people import ready

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/London")
DAY = datetime.now(ZONE).date() + timedelta(days=7)


@pytest.fixture
def walk(anna) -> Service:
    factories.hours(anna, 0, 1, 2, 3, 4, 5, 6, starts=time(9), ends=time(12))
    return factories.service(minutes=45, indoor_minutes=10, travel_minutes=10, note_minutes=7)


def form(therapist, person, **fields):
    at = {"day": DAY.isoformat(), "starts": "10:00", "place": str(factories.place().pk)}
    plain = {"client": str(person.pk), "therapist": str(therapist.pk), "mode": "indoor", "minutes": "50", "travel": "0"}
    return plain | at | {"request_key": "6c1b2a54-1f0e-4f65-9f0e-2b1f6f1d1a11"} | fields


def test_a_service_fills_in_what_it_says_and_books_nothing(as_anna, anna, mrs_lee, walk):
    typed = form(anna, mrs_lee, service=str(walk.pk), fill="1", mode="online", doubled_because="as agreed")
    page = as_anna.post("/sessions/book", typed)
    said = page.context["form"].initial
    assert (said["minutes"], said["indoor_minutes"], said["travel"], said["note"]) == (45, 10, 10, 7)
    assert said["mode"] == "walk", "what it is not met by gives way"
    assert said["doubled_because"] == "as agreed", "nothing that was typed is lost"
    assert page.status_code == 200 and not Session.objects.exists()
    words = page.content.decode()
    assert 'value="45" selected' in words and 'value="7" selected' in words
    kept = as_anna.post("/sessions/book", typed | {"mode": "indoor"})
    assert kept.context["form"].initial["mode"] == "indoor", "what fits stays"


def test_it_is_booked_by_it_with_its_buffers(as_anna, anna, mrs_lee, walk):
    typed = form(anna, mrs_lee, service=str(walk.pk), minutes="45", travel="10", note="7")
    assert as_anna.post("/sessions/book", typed).status_code == 302
    made = Session.objects.get()
    assert (made.service, made.kind, made.capacity) == (walk, "individual", None)
    assert made.starts_at - made.blocked_from == timedelta(minutes=10)
    assert made.blocked_until - made.ends_at == timedelta(minutes=17)


def test_without_one_it_works_as_it_did(as_anna, anna, mrs_lee):
    assert as_anna.post("/sessions/book", form(anna, mrs_lee)).status_code == 302
    assert Session.objects.get().service is None
    assert "Take over its times" not in as_anna.get("/sessions/book").content.decode(), "there is none to choose"


def test_a_group_has_the_seats_of_its_service(as_anna, anna, mrs_lee):
    group = factories.service("Park group", kind="group", seats=6, modes=[Mode.INDOOR])
    assert as_anna.post("/sessions/book", form(anna, mrs_lee, service=str(group.pk))).status_code == 302
    made = Session.objects.get()
    assert (made.kind, made.capacity) == ("group", 6)


@pytest.mark.parametrize(
    ("kind", "seats", "extra", "field", "words"),
    [
        ("individual", 1, {"mode": "online"}, "mode", "is not met this way"),
        ("individual", 1, {"others": True}, "others", "is for fewer people"),
        ("couple", 2, {}, "others", "is for two"),
    ],
)
def test_what_does_not_go_with_a_service_is_said(as_anna, anna, mrs_lee, kind, seats, extra, field, words):
    service = factories.service(kind=kind, seats=seats)
    if "others" in extra:
        extra = {"others": [str(factories.client("Ines Marlow", anna).pk)]}
    answer = as_anna.post("/sessions/book", form(anna, mrs_lee, service=str(service.pk), **extra))
    assert answer.status_code == 422 and words in str(answer.context["form"].errors[field])
    assert not Session.objects.exists()


def test_a_service_that_is_no_longer_offered_cannot_be_chosen(as_anna, anna, mrs_lee, walk):
    walk.is_offered = False
    walk.save(update_fields=["is_offered"])
    assert as_anna.post("/sessions/book", form(anna, mrs_lee, service=str(walk.pk))).status_code == 422
    assert as_anna.post("/sessions/book", form(anna, mrs_lee, service=str(walk.pk), fill="1")).status_code == 200


def links(page):
    return [parse_qs(part.split('"')[0].replace("&amp;", "&")) for part in page.content.decode().split("book?")[1:]]


def test_free_times_are_links_that_fill_the_form_again(as_anna, anna, mrs_lee, walk):
    factories.session(anna, mrs_lee, starts_at=datetime.combine(DAY, time(11, 30), ZONE))
    page = as_anna.post("/sessions/book", form(anna, mrs_lee, service=str(walk.pk), free="1"))
    found = [one for one in links(page) if one["day"] == [DAY.isoformat()]]
    assert [one["starts"] for one in found] == [["09:30"], ["10:00"]]
    where = page.content.decode().split("book?")[1].split('"')[0].replace("&amp;", "&")
    again = as_anna.get(f"/sessions/book?{where}").content.decode()
    assert 'value="09:30"' in again and f'value="{walk.pk}" selected' in again
    assert "data-errors" not in page.content.decode()


def test_a_free_time_that_walks_into_the_dark_says_so_and_keeps_the_route(as_anna, anna, mrs_lee):
    """Civil dusk in London on 10 January is at about 16:50; a walk ends a quarter of an hour before."""
    factories.hours(anna, 0, 1, 2, 3, 4, 5, 6, starts=time(14), ends=time(19))
    service, route = factories.service(minutes=45, note_minutes=0), factories.route(anna)
    typed = form(anna, mrs_lee, service=str(service.pk), free="1", route=str(route.pk), mode="walk")
    page = as_anna.post("/sessions/book", typed | {"day": f"{DAY.year + 1}-01-10"})
    (_day, times), *_rest = page.context["free"]
    assert [one.clock for one in times if not one.is_dark] == ["14:00", "14:30", "15:00", "15:30"]
    assert "into the dark" in page.content.decode() and all(str(route.pk) in one.along for one in times)
    indoors = as_anna.post("/sessions/book", typed | {"day": f"{DAY.year + 1}-01-10", "mode": "indoor"})
    assert "into the dark" not in indoors.content.decode()


def test_free_times_need_a_service_and_a_therapist(as_anna, anna, mrs_lee, walk):
    for wrong in ({"service": ""}, {"service": "nonsense"}, {"service": str(walk.pk), "day": "0000"}):
        page = as_anna.post("/sessions/book", form(anna, mrs_lee, free="1") | wrong)
        assert page.status_code == 200 and "Choose a service, with whom and from which day" in page.content.decode()
    page = as_anna.get("/sessions/book", {"free": "1", "service": str(walk.pk)})
    assert page.status_code == 200


def test_a_colleagues_times_are_not_shown_to_whoever_may_not_book_them(as_anna, ben, mrs_lee, walk):
    factories.hours(ben)
    page = as_anna.post("/sessions/book", form(ben, mrs_lee, service=str(walk.pk), free="1"))
    assert not links(page)


def test_as_many_queries_whatever_is_booked(as_anna, anna, mrs_lee, walk):
    counts = []
    for number in range(3):
        factories.session(anna, mrs_lee, starts_at=datetime.combine(DAY, time(13 + number), ZONE))
        with CaptureQueriesContext(connection) as queries:
            as_anna.post("/sessions/book", form(anna, mrs_lee, service=str(walk.pk), free="1"))
        counts.append(len(queries))
    assert counts[0] == counts[2], counts


def test_sending_the_form_takes_few_statements(as_anna, anna, mrs_lee, walk):
    """With the session of the browser, who asks, the practice, and both ends of the transaction."""
    ready(mrs_lee, anna)
    route = factories.route(anna, surface="firm")
    outdoors = {"mode": "walk", "route": str(route.pk), "fallback": "room", "room": str(factories.room().pk)}
    for number, (most, fields) in enumerate(((20, {}), (24, outdoors))):
        typed = form(anna, mrs_lee, starts=f"1{number}:00", request_key=str(uuid4()), **fields)
        with CaptureQueriesContext(connection) as queries:
            assert as_anna.post("/sessions/book", typed).status_code == 302
        assert len(queries) <= most, [one["sql"][:100] for one in queries]


def test_outside_hours_is_said_before_booking_and_stops_nothing(as_anna, anna, mrs_lee, walk):
    late = form(anna, mrs_lee, starts="20:00", minutes="50")
    assert "Outside the hours of Anna" in as_anna.post("/sessions/book", late | {"look": "1"}).content.decode()
    assert as_anna.post("/sessions/book", late).status_code == 302
